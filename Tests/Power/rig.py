"""Worlds: folders in which batches run, with the system calls of the executables under control (shim.c), and what must hold in
them. Written apart from the code under test. Python's standard library only.

    WORLD/ads -> objects        a shop's ads, whole and durable: nobody loses them
    WORLD/work, /published, /wm.db
"""
import atexit
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SIZE = os.environ.get("FRESHET_SIZE", "full")
DOCUMENTED = {0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 77, 78}


def sized(quick, full, long):
    return {"quick": quick, "full": full, "long": long}[SIZE]


def fail(text):
    print("FAILED: " + text)
    sys.exit(1)


def scratch():
    """A folder in memory where there is one, and gone at the end: nothing here depends on a disk."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    folder = tempfile.mkdtemp(prefix="freshet-power-", dir=place)
    atexit.register(shutil.rmtree, folder, True)
    return folder


def compile_shim(folder):
    target = os.path.join(folder, "shim.so")
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", target, os.path.join(HERE, "shim.c"), "-ldl", "-lpthread"],
                   check=True)
    return target


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __str__(self):
        return f"exit {self.code}: {self.err.decode(errors='replace').strip()}"


class Rig:
    """The shim and the objects, which all worlds share."""

    def __init__(self):
        self.folder = scratch()
        self.shim = compile_shim(self.folder)
        self.worlds = 0
        self.ads = os.path.join(self.folder, "objects")
        for minute in range(0, 25, 5):
            self.feed(minute)
        with open(os.path.join(self.folder, "ads.fields"), "w") as fields:
            fields.write("ad_id id\nitem_id group\ntitle text\nbrand keyword\nprice number\n")

    def feed(self, minute):
        """One object a partition; the second one is larger than a page, and all touch some groups of the first."""
        folder = os.path.join(self.ads, f"dt=2026-05-04/hour=10/minute={minute:02}")
        os.makedirs(folder)
        with open(os.path.join(folder, "x.json"), "w") as file:
            for n in range(120 if minute == 5 else 24):
                record = {"ad_id": f"a{minute}-{n}" if n % 3 else f"a{n}", "item_id": f"i{n % 40}",
                          "title": f"word{n % 7} and {minute * n}", "brand": f"b{n % 4}", "price": n * minute}
                file.write(json.dumps(record) + "\n")

    def world(self, like=None):
        """An empty one, or a copy with the same times."""
        self.worlds += 1
        folder = os.path.join(self.folder, f"w{self.worlds}")
        if like is None:
            os.mkdir(folder)
            os.symlink(self.ads, os.path.join(folder, "ads"))
        else:
            shutil.copytree(like.folder, folder, symlinks=True)
        return World(self, folder)


class World:
    def __init__(self, rig, folder):
        self.rig, self.folder = rig, folder
        self.environment = dict(
            os.environ, FRESHET_WM="sqlite:wm.db", FRESHET_LAYOUT="dt=%Y-%m-%d/hour=%H/minute=%M", FRESHET_EVERY="5m",
            FRESHET_WINDOW="1h", FRESHET_FIELDS=os.path.join(rig.folder, "ads.fields"), FRESHET_WORK="work",
            SWIFT_BACKTRACE="enable=no", TMPDIR=folder)

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def shimmed(self, options, under="work:published:wm.db:wm.db-journal:."):
        """The environment of a process under the shim; options are POWER_... without that."""
        more = {"LD_PRELOAD": self.rig.shim, "POWER_UNDER": ":".join(
            self.folder if part == "." else self.path(part) for part in under.split(":"))}
        more.update({"POWER_" + key: str(value) for key, value in options.items()})
        return dict(self.environment, **more)

    def run(self, *command, input=b"", shim=None, timeout=60, **more):
        environment = self.environment if shim is None else self.shimmed(shim)
        done = subprocess.run(command, input=input, capture_output=True, cwd=self.folder, env=environment,
                              timeout=timeout, **more)
        return Result(done.returncode, done.stdout, done.stderr)

    def must(self, *command, input=b"", shim=None):
        result = self.run(*command, input=input, shim=shim)
        if result.code != 0:
            fail(f"{' '.join(command)}: {result}")
        return result.out

    # The stages of a batch, up to the partition that begins at that minute after ten.

    def slice(self, minute):
        after = self.must("wm", "get", "-g", "ads").decode().strip()
        listed = self.must("part-ls", "ads", "--after", after)
        return self.must("part-pick", "--policy", "latest", "--now", f"2026-05-04T10:{minute + 6:02}:00Z", input=listed)

    def batch(self, minute):
        """A clean one: all of it, or it fails the test."""
        built = self.must("delta-build", input=self.slice(minute))
        published = self.must("index-publish", "published", input=built)
        return self.must("wm", "advance", "ads", input=published)

    def documents(self):
        return self.must("index-check", "--documents", "published")

    def watermark(self):
        return self.must("wm", "get", "-g", "ads").decode().strip()

    def files(self):
        """All of them, by relative path."""
        found = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if not os.path.islink(path):
                    with open(path, "rb") as file:
                        found[os.path.relpath(path, self.folder)] = file.read()
        return found


# What must hold. `files` is a dictionary from relative paths to bytes.

def sha256(data):
    return hashlib.sha256(data).hexdigest()


def generation_files(files, name, sha=None):
    """What a generation's manifest names, each there and whole; raises ValueError otherwise."""
    data = files.get("published/generations/" + name)
    if data is None:
        raise ValueError(f"generations/{name} is missing")
    digest = sha256(data)
    if (sha and digest != sha) or not name.endswith(f"-{digest[:32]}.json"):
        raise ValueError(f"generations/{name} is damaged")
    manifest = json.loads(data)
    for layer in "base", "delta":
        if manifest[layer]:
            check_segments(files, "published/segments/", manifest[layer]["index"])
    return manifest


def check_segments(files, folder, index):
    for segment in index["segments"]:
        for part in [segment] + ([segment["live"]] if segment["live"] else []):
            data = files.get(folder + part["name"])
            if data is None:
                raise ValueError(f"{folder}{part['name']} is missing")
            if sha256(data) != part["sha256"]:
                raise ValueError(f"{folder}{part['name']} is damaged")


def current(files):
    """The published generation's number, 0 where there is none; raises ValueError where it is not whole."""
    data = files.get("published/CURRENT")
    if data is None:
        return 0
    body, cut, checksum = data.partition(b',"checksum":"')
    if not cut or checksum != f'{sha256(body)}"}}\n'.encode():
        raise ValueError("CURRENT is damaged")
    pointer = json.loads(data)
    manifest = generation_files(files, pointer["manifest"]["name"], pointer["manifest"]["sha256"])
    if manifest["generation"] != pointer["generation"]:
        raise ValueError("CURRENT names another generation's manifest")
    return pointer["generation"]


def stored_watermark(database, journal, folder):
    """`TIME@N` from SQLite's file with the journal that was beside it; None where there is none; raises sqlite3.Error."""
    if database is None:
        return None
    path = os.path.join(folder, "store.db")
    for name, data in (path, database), (path + "-journal", journal):
        if data is not None:
            with open(name, "wb") as file:
                file.write(data)
        elif os.path.exists(name):
            os.remove(name)
    connection = sqlite3.connect(path)
    try:
        if connection.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the integrity check fails")
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'watermark'").fetchone():
            return None
        row = connection.execute("SELECT position, generation FROM watermark WHERE name = 'ads'").fetchone()
        moves = connection.execute("SELECT to_position, generation FROM log WHERE name = 'ads' ORDER BY seq DESC").fetchone()
        if row is None:
            return None
        if row != moves:
            raise sqlite3.DatabaseError(f"the watermark is {row}, and the last move of the log {moves}")
        return f"{row[0]}@{row[1]}"
    finally:
        connection.close()


def built(files, receipt):
    """Whether the index that a receipt names is there and whole; raises ValueError otherwise."""
    for line in receipt.decode().splitlines():
        if line.startswith("#index\t"):
            fields = dict(field.split("=", 1) for field in line.split("\t")[1:])
            data = files.get(fields["location"])
            if data is None:
                raise ValueError(f"{fields['location']} is missing")
            check_segments(files, "work/segments/", json.loads(data))
