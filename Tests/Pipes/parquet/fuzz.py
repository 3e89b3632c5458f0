#!/usr/bin/env python3
"""Damages Parquet files, and has part-cat read each: fuzz.py [--seed S] [--only CASE] SECONDS [FILE ...]

It begins with the files of small.py, each of a few hundred bytes, and with the FILEs. They are damaged as bytes (flipped, cut, joined
with others), as structures (fields of the footer and of pages' headers changed, left out, doubled, and written again), and below the
compression and the checksums. part-cat has to end with 0, or with 65 and one line, within 20 s, 1 GB of memory and 256 MB of output; what it prints
has to be JSON; and where a page has a checksum, no flipped bit of it may be read. Never a signal.

The damage of a case follows from the seed, the case and the files alone. What fails is kept in ./failures, with how to make it again.
Python's standard library is enough.
"""

import argparse
import binascii
import json
import os
import random
import resource
import signal
import struct
import sys
import time

import small
import thrift

LIMITS = {resource.RLIMIT_AS: 6 << 30, resource.RLIMIT_CPU: 20, resource.RLIMIT_FSIZE: 256 << 20, resource.RLIMIT_CORE: 0}
MEMORY = 1 << 20
ODD = [0, 1, -1, 2, 7, 8, 127, 128, 255, 256, 65535, 2**31 - 1, -(2**31), 2**31, 2**32, 2**40, 2**63 - 1, -(2**63), 2**63, 2**64, -2, 100, 1000]


def damaged(chance, data):
    """Bytes with something wrong, as many as before in most cases."""
    data = bytearray(data)
    if not data:
        return bytes(data)
    for _ in range(chance.choice([1, 1, 1, 2, 4, 8])):
        at = chance.randrange(len(data))
        how = chance.randrange(8)
        if how < 3:
            data[at] ^= 1 << chance.randrange(8)
        elif how == 3:
            data[at] = chance.choice([0, 1, 2, 127, 128, 254, 255])
        elif how == 4:
            data[at : at + 4] = struct.pack("<i", chance.choice([0, -1, 1, 2**31 - 1, -(2**31), len(data)]))[: len(data) - at]
        elif how == 5:
            data[at : at + chance.choice([1, 2, 8])] = b""
        elif how == 6:
            data[at:at] = chance.randbytes(chance.choice([1, 2, 8]))
        else:
            end = min(len(data), at + chance.choice([2, 8, 64]))
            data[at:end] = bytes([chance.choice([0, 255, data[at]])]) * (end - at)
        if not data:
            break
    return bytes(data)


def spots(value, kind, found):
    """Everything in a struct that can be changed: (the list it is in, its place, its type)."""
    if kind == thrift.STRUCT:
        for field in value:
            found.append((value, field))
            spots(field[2], field[1], found)
    elif kind == thrift.LIST:
        for one in value[1]:
            spots(one, value[0], found)
    return found


def change(chance, fields):
    """One field of a struct, however deep, made wrong."""
    places = spots(fields, thrift.STRUCT, [])
    if not places:
        return
    owner, field = chance.choice(places)
    kind, value, how = field[1], field[2], chance.randrange(10)
    if how == 0:
        owner.remove(field)
    elif how == 1:
        owner.insert(owner.index(field), list(field))
    elif how == 2:
        field[0] = chance.choice([field[0] + 1, max(0, field[0] - 1), 99])
    elif kind in (thrift.I16, thrift.I32, thrift.I64, thrift.BYTE):
        field[2] = chance.choice([*ODD, value + 1, value - 1, value * 2, -value, value + 8, chance.getrandbits(40)])
    elif kind in (thrift.TRUE, thrift.FALSE):
        field[1] = thrift.TRUE + thrift.FALSE - kind
    elif kind == thrift.BINARY:
        field[2] = damaged(chance, value) if value and chance.random() < 0.7 else chance.choice([b"", b"\xff" * 5, b"x" * 3000])
    elif kind == thrift.LIST:
        inner, values = value
        values = list(values)
        if values and how < 5:
            values.pop(chance.randrange(len(values)))
        elif values and how < 9:
            values.insert(chance.randrange(len(values)), chance.choice(values))
        else:
            values = values * chance.choice([0, 2, 20])
        if inner in (thrift.I32, thrift.I64) and chance.random() < 0.3:
            values = [chance.choice(ODD) for _ in values]
        field[2] = (inner, values)
    elif kind == thrift.STRUCT and value:
        change(chance, value)


def footer_of(data):
    size = struct.unpack("<I", data[-8:-4])[0]
    start = len(data) - 8 - size
    if start < 4:
        raise ValueError("no footer")
    return start, thrift.Decoder(data[start:-8]).struct()


def closed(pages, footer):
    footer = thrift.encode(footer)
    return pages + footer + struct.pack("<I", len(footer)) + b"PAR1"


def by_footer(chance, data):
    start, footer = footer_of(data)
    for _ in range(chance.choice([1, 1, 2, 3])):
        change(chance, footer)
    return closed(data[:start], footer)


def chunks_of(footer):
    """Of each column chunk, its metadata."""
    groups = thrift.get(footer, 4, (0, []))[1]
    return [thrift.get(column, 3, []) for group in groups for column in thrift.get(group, 1, (0, []))[1]]


def by_page(chance, data):
    """A page's header, or its body with the checksum made good again; the offsets behind it follow."""
    start, footer = footer_of(data)
    meta = chance.choice([one for one in chunks_of(footer) if thrift.get(one, 7)])
    at = min(offset for offset in (thrift.get(meta, 9), thrift.get(meta, 11)) if offset is not None)
    end = at + thrift.get(meta, 7)
    pages = []
    while at < end:
        decoder = thrift.Decoder(data, at)
        header = decoder.struct()
        size = thrift.get(header, 3)
        pages.append((at, decoder.at, decoder.at + size, header))
        at = decoder.at + size
    first, body, last, header = chance.choice(pages)
    content = data[body:last]
    if chance.random() < 0.5:
        change(chance, header)
    else:
        content = damaged(chance, content)
        for field in header:
            if field[0] == 3:
                field[2] = len(content)
            elif field[0] == 4 and chance.random() < 0.9:
                crc = binascii.crc32(content)
                field[2] = crc - (1 << 32) if crc >> 31 else crc
    new = thrift.encode(header) + content
    moved = len(new) - (last - first)
    for one in chunks_of(footer):
        for field in one:
            if field[0] in (9, 11) and field[2] > first:
                field[2] += moved
            elif field[0] in (6, 7) and one is meta:
                field[2] += moved
    return closed(data[:first] + new + data[last:start], footer)


def by_content(chance, name):
    """A file of small.py made again, with what is wrong below the compression."""
    whole, count = small.compress, 0

    def wrong(codec, data):
        return whole(codec, damaged(chance, data) if chance.random() < 0.5 else data)

    small.compress = wrong
    try:
        return next(data for one, data, _ in small.contents() if one == name)
    finally:
        small.compress = whole


def by_bytes(chance, data, others):
    how = chance.randrange(6)
    if how < 3:
        return damaged(chance, data)
    at, end = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
    if how == 3:
        return data[:at] + data[end:]
    if how == 4:
        other = chance.choice(others)
        return data[:at] + other[len(other) - (len(data) - at) :]
    return data[:at]


class Corpus:
    def __init__(self, files):
        self.files = [(name, data) for name, data, _ in small.contents()]
        self.ours = {name for name, _ in self.files}
        for path in files:
            with open(path, "rb") as file:
                self.files.append((path, file.read()))
        self.others = [data for _, data in self.files]

    def case(self, seed, number):
        """(name, the damaged file, whether it may not be read)"""
        chance = random.Random(f"{seed}:{number}")
        name, data = chance.choice(self.files)
        how = chance.randrange(5)
        try:
            if how == 0:
                return name, by_footer(chance, data), False
            if how == 1:
                return name, by_page(chance, data), False
            if how == 2 and name in self.ours:
                return name, by_content(chance, name), False
            if how == 3 and name in self.ours:
                flipped = flip(chance, data)
                if flipped:
                    return name, flipped, True
        except (ValueError, IndexError, KeyError, TypeError, OverflowError):
            pass
        return name, by_bytes(chance, data, self.others), False


def flip(chance, data):
    """One bit of a page that has a checksum; None where none has."""
    _, footer = footer_of(data)
    bodies = []
    for meta in chunks_of(footer):
        at = min(offset for offset in (thrift.get(meta, 9), thrift.get(meta, 11)) if offset is not None)
        end = at + thrift.get(meta, 7)
        while at < end:
            decoder = thrift.Decoder(data, at)
            header = decoder.struct()
            at = decoder.at + thrift.get(header, 3)
            if thrift.get(header, 4) is not None and at > decoder.at:
                bodies.append((decoder.at, at))
    if not bodies:
        return None
    changed = bytearray(data)
    changed[chance.randrange(*chance.choice(bodies))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def run(program, path, out, err):
    """(status as of waitpid, kilobytes, seconds)"""
    actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)]
    actions += [(os.POSIX_SPAWN_OPEN, number, file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600) for number, file in ((1, out), (2, err))]
    began = time.monotonic()
    child = os.posix_spawn(program, ["part-cat", path], {**os.environ, "SWIFT_BACKTRACE": "enable=no"}, file_actions=actions)
    for limit, value in LIMITS.items():
        resource.prlimit(child, limit, (value, value))
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, 20)
    _, status, used = os.wait4(child, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    return status, used.ru_maxrss, time.monotonic() - began


def wrong_with(program, path, must_refuse, folder):
    """What is wrong with how part-cat took it, or None; and whether it was read."""
    out, err = folder + "/out", folder + "/err"
    status, memory, seconds = run(program, path, out, err)
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)} after {seconds:.1f} s, {memory >> 10} MB", False
    code = os.WEXITSTATUS(status)
    with open(err, encoding="utf-8", errors="replace") as file:
        said = file.read(4000)
    if code not in (0, 65):
        return f"exit {code}: {said[:300]}", False
    if memory > MEMORY:
        return f"exit {code}, with {memory >> 10} MB of memory", False
    if code == 65:
        if said.count("\n") != 1 or not said.startswith("part-cat: cannot "):
            return f"exit 65, but not with one line: {said[:300]}", False
        return None, False
    if must_refuse:
        return "a flipped bit is read, checksum or not", True
    with open(out, "rb") as file:
        for line in file:
            try:
                json.loads(line)
            except (ValueError, RecursionError) as error:
                return f"exit 0, but what is printed is not JSON: {error}", True
    return None, True


def work(number, workers, corpus, options, program, until):
    """Every so manieth case; its count of runs and failures goes out on standard output as one line each."""
    folder = f"{os.getcwd()}/worker-{number}"
    os.makedirs(folder, exist_ok=True)
    path, runs, read, failures, case = folder + "/damaged.parquet", 0, 0, 0, number
    while time.monotonic() < until and failures < 20:
        name, data, must_refuse = corpus.case(options.seed, case)
        with open(path, "wb") as file:
            file.write(data)
        found, was_read = wrong_with(program, path, must_refuse, folder)
        runs, read = runs + 1, read + was_read
        if found:
            failures += 1
            kept = f"{os.getcwd()}/failures/{options.seed}-{case}.parquet"
            os.makedirs("failures", exist_ok=True)
            os.replace(path, kept)
            print(
                f"FAILED: {name}, case {case}: {found}\n  part-cat {kept}\n  made again by: "
                f"Tests/Pipes/parquet/fuzz.py --seed {options.seed} --only {case} 0 {' '.join(options.files)}",
                flush=True,
            )
        case += workers
    with open(folder + "/count", "w", encoding="utf-8") as file:
        file.write(f"{runs} {read} {failures}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    program = next((f"{folder}/part-cat" for folder in os.environ["PATH"].split(":") if os.access(f"{folder}/part-cat", os.X_OK)), None)
    if program is None:
        sys.exit("no part-cat in PATH")
    corpus = Corpus(options.files)
    if options.only is not None:
        name, data, must_refuse = corpus.case(options.seed, options.only)
        path = f"{os.getcwd()}/{options.seed}-{options.only}.parquet"
        with open(path, "wb") as file:
            file.write(data)
        sys.exit(f"{path}, of {name}: {wrong_with(program, path, must_refuse, os.getcwd())[0] or 'nothing is wrong'}")
    workers = len(os.sched_getaffinity(0))
    until = time.monotonic() + options.seconds
    children = []
    for number in range(workers):
        child = os.fork()
        if child == 0:
            try:
                work(number, workers, corpus, options, program, until)
            finally:
                os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    counts = []
    for number in range(workers):
        with open(f"worker-{number}/count", encoding="utf-8") as file:
            counts.append([int(count) for count in file.read().split()])
    runs, read, failures = map(sum, zip(*counts))
    print(f"seed {options.seed}: {runs} damaged files, {read} of them read, {runs - read - failures} refused, {failures} failures")
    sys.exit(failures > 0 or runs < 10)


if __name__ == "__main__":
    main()
