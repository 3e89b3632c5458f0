"""A file system that loses what was not synced: from a trace of shim.c to what can be on the disk after a power cut.

What is sure:      the data and size of a file as of its last fsync or fdatasync; the entries of a directory as of its last fsync.
What may be there: of everything since then any part, in order within one file and within one directory: each write
                   whole, page by page, or as a size with nothing behind it (zeros); each creation, removal and rename (within
                   a directory atomic; from one to another, an entry that came and one that went). A file of which only the
                   name is there is empty.
"""
import collections
import hashlib
import os
import random

PAGE = 4096
Record = collections.namedtuple("Record", "word inode number path other data")
Unit = collections.namedtuple("Unit", "number home changes node offset data")  # changes: of names; else data, None: a size


def read_trace(path, root):
    """The records, with paths below `root`."""
    with open(path, "rb") as file:
        data = file.read()
    at, records = 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        word, inode, number, length, name, other = data[at:end].decode().split("\t")
        at = end + 1 + int(length)
        records.append(Record(word, int(inode), int(number), relative(name, root), relative(other, root),
                              data[end + 1:at]))
    return records


def relative(path, root):
    path = path.removesuffix(" (deleted)")
    return os.path.relpath(path, root) if path.startswith(root) else path


def parent(path):
    return os.path.dirname(path) or "."


class Disk:
    def __init__(self, root_inode):
        self.folders = {root_inode: "."}            # inode to path
        self.nodes = {}                             # inode to node, of what is open or named now
        self.names = {".": 0}                       # path to node, as the disk surely has it; folders are 0
        self.visible = {}                           # the same as a process sees it
        self.content = collections.defaultdict(bytes)
        self.version = collections.Counter()        # how often that content was added to
        self.pending = []
        self.units = self.made = 0
        self.cache = {}

    # What the trace does.

    def do(self, record):
        """Carries it out; whether the disk can be in new states now."""
        before = self.units
        getattr(self, "do_" + record.word.replace("-", "_"))(record)
        return self.units > before

    def do_create(self, record):
        self.made += 1
        self.nodes[record.inode] = self.made
        self.rename(parent(record.path), [(record.path, self.made)])

    def do_mkdir(self, record):
        self.folders[record.inode] = record.path
        self.rename(parent(record.path), [(record.path, 0)])

    def do_link(self, record):
        self.rename(parent(record.path), [(record.path, self.nodes[record.inode])])

    def do_unlink(self, record):
        self.rename(parent(record.path), [(record.path, None)])

    def do_rename(self, record):
        node = self.nodes[record.inode]
        came, went = (record.other, node), (record.path, None)
        if parent(record.path) == parent(record.other):
            self.rename(parent(record.path), [went, came])
        else:
            self.rename(parent(record.other), [came])
            self.rename(parent(record.path), [went])

    def do_write(self, record):
        self.add(None, None, self.nodes[record.inode], record.number, record.data)

    def do_truncate(self, record):
        self.add(None, None, self.nodes[record.inode], record.number, None)

    def do_sync(self, record):
        folder = self.folders.get(record.inode)
        node = None if folder else self.nodes[record.inode]
        left = []
        for unit in self.pending:
            if folder is not None and unit.home == folder:
                self.names.update(unit.changes)
            elif folder is None and unit.node == node and unit.changes is None:
                self.content[node] = written(self.content[node], unit, 1)
                self.version[node] += 1
            else:
                left.append(unit)
        self.pending = left

    def rename(self, folder, changes):
        self.visible.update(changes)
        self.add(folder, changes, None, None, None)

    def add(self, home, changes, node, offset, data):
        self.units += 1
        self.pending.append(Unit(self.units, home, changes, node, offset, data))

    # What can be there after a power cut.

    def open_units(self):
        """What may or may not have reached the disk, as far as any name can lead to it."""
        reachable = set(self.names.values()) | {node for unit in self.pending if unit.changes for _, node in unit.changes}
        return [unit for unit in self.pending if unit.changes or unit.node in reachable]

    def state(self, chosen):
        """What is there where of `chosen`, pairs of a unit and 1 (or 2: a write's size alone), and nothing else arrived: a
        dictionary from paths to (digest, content)."""
        names, data = dict(self.names), {}
        for unit, how in chosen:
            if unit.changes:
                names.update(unit.changes)
            else:
                data.setdefault(unit.node, []).append((unit, how))
        found, folders = {}, {"."}
        for path in sorted(names):
            node = names[path]
            if node is None or (path != "." and parent(path) not in folders):
                continue
            if node == 0:
                folders.add(path)
            else:
                found[path] = self.bytes_of(node, data.get(node, []))
        return found

    def bytes_of(self, node, applied):
        key = (node, self.version[node], tuple((unit.number, unit.offset, how) for unit, how in applied))
        if key not in self.cache:
            if len(self.cache) > 20000:
                self.cache.clear()
            content = self.content[node]
            for unit, how in applied:
                content = written(content, unit, how)
            self.cache[key] = (hashlib.sha1(content).digest(), content)
        return self.cache[key]


def written(content, unit, how):
    if unit.data is None:
        return content[:unit.offset].ljust(unit.offset, b"\0")
    end = unit.offset + len(unit.data)
    if how == 2:
        return content.ljust(end, b"\0")
    content = content.ljust(unit.offset, b"\0")
    return content[:unit.offset] + unit.data + content[end:]


def pages(units):
    """The same with each write as one unit a page."""
    split = []
    for unit in units:
        if unit.changes or not unit.data:
            split.append(unit)
            continue
        at = 0
        while at < len(unit.data):
            end = at + PAGE - (unit.offset + at) % PAGE
            split.append(unit._replace(offset=unit.offset + at, data=unit.data[at:end]))
            at = end
    return split


def subsets(units, most_exhaustive, random_ones, seed, only_with_last=False):
    """What of the units arrives: each subset where they are few; else none, all, each alone, all but one, and random ones. Then
    the same of their pages, and writes of which only the size arrived."""
    count = len(units)
    if count <= most_exhaustive:
        for mask in range(1 << count):
            if only_with_last and count and not mask >> (count - 1):
                continue
            yield [(unit, 1) for bit, unit in enumerate(units) if mask >> bit & 1]
    else:
        yield from corners(units)
        yield from drawn(units, random_ones - 2 * count, seed)
    for index, unit in enumerate(units):
        if unit.data:
            yield [(other, 2 if other is unit else 1) for other in units]
            yield [(other, 2 if other is unit else 1) for other in units[:index + 1]]
    parts = pages(units)
    if len(parts) > count:
        yield from corners(parts)
        yield from drawn(parts, random_ones // 4, seed + 1)


def corners(units):
    yield []
    yield [(unit, 1) for unit in units]
    for unit in units:
        yield [(unit, 1)]
        yield [(other, 1) for other in units if other is not unit]


def drawn(units, number, seed):
    chance = random.Random(seed)
    for _ in range(max(number, 0)):
        often = chance.random()
        yield [(unit, 2 if unit.data and chance.random() < 0.1 else 1) for unit in units if chance.random() < often]
