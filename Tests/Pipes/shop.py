"""What kill.py and loops.py share: a shop's objects, the processes of a pipe, and what the tools say of an index.

Python's standard library only. The places come from the environment: SOURCE and DEST (below this directory where they
are not set, or s3://), STORE (as FRESHET_WM has it; a SQLite file where it is not set).
"""
import datetime
import http.client
import json
import os
import re
import select
import signal
import shutil
import time
import urllib.parse
import xml.etree.ElementTree

import put

SLOT = 300
START = 1777852800  # 2026-05-04T00:00:00Z
FIELDS = """\
ad_id        id
item_id      group
title        text
brand        keyword
price        number
clicks       number    group   sum
also_bought  keyword   group   union
"""


class Failed(Exception):
    """An invariant that does not hold."""


def expect(what, wanted, got):
    if wanted != got:
        raise Failed(f"{what}: wanted {wanted!r}, got {got!r}")


def rfc(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


# MARK: Processes

PATHS = {}


def executable(name):
    if name not in PATHS:
        PATHS[name] = shutil.which(name) or name
    return PATHS[name]


class Process:
    """One child. posix_spawn, since a pipe of many small processes is what is measured."""

    def __init__(self, argv, env, stdin=None, stdout=None, errors=None):
        actions = []
        if stdin is None:
            actions.append((os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0))
        else:
            actions.append((os.POSIX_SPAWN_DUP2, stdin, 0))
        if stdout is None:
            actions.append((os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0))
        else:
            actions.append((os.POSIX_SPAWN_DUP2, stdout, 1))
        if errors is not None:
            actions.append((os.POSIX_SPAWN_DUP2, errors, 2))
        self.argv, self.code = argv, None
        self.pid = os.posix_spawn(
            executable(argv[0]), argv, env, file_actions=actions, setsigdef=[signal.SIGPIPE])

    def poll(self):
        """The exit code, minus the signal where one ended it; None while it runs."""
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def wait(self):
        if self.code is None:
            self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code

    def send(self, number):
        if self.poll() is None:
            os.kill(self.pid, number)
            return True
        return False

    def kill(self):
        return self.send(signal.SIGKILL)


STAGES = ["wm get", "part-ls", "part-pick", "delta-build", "index-publish", "wm advance"]


class Pipe:
    """One micro-batch, as a shell would start it: first the watermark is read, then all stages at once."""

    def __init__(self, place, work, now, gate=None, policy="latest", options=()):
        self.place, self.work, self.now, self.gate, self.policy = place, work, now, gate, policy
        self.options = list(options)
        self.stages, self.deadline = [], None

    def start(self, until=None):
        """All of it, or as far as it gets until that time."""
        place = self.place
        reading, writing = os.pipe()
        get = Process(["wm", "get", "-g", place.name], place.env, None, writing, place.errors)
        os.close(writing)
        self.stages.append(get)
        after = b""
        while True:
            left = None if until is None else max(0.0, until - time.monotonic())
            if not select.select([reading], [], [], left)[0]:
                os.close(reading)
                return
            piece = os.read(reading, 4096)
            if not piece:
                break
            after += piece
        os.close(reading)
        if get.wait() != 0:
            return  # as `set -e` has it; an empty watermark would be another one
        self.after = after.decode().strip()
        feed = None
        for argv in self.commands():
            if until is not None and time.monotonic() >= until:
                break
            last = argv[0] == "wm"
            reading, writing = (None, None) if last else os.pipe()
            self.stages.append(Process(argv, place.env, feed, writing, place.errors))
            for descriptor in (feed, writing):
                if descriptor is not None:
                    os.close(descriptor)
            feed = reading
        if feed is not None:
            os.close(feed)

    def commands(self):
        gate = ["--gate", self.gate] if self.gate else []
        return [
            ["part-ls", self.place.source, "--after", self.after],
            ["part-pick", "--policy", self.policy, "--late", "--now", f"@{self.now}"] + self.options,
            ["delta-build", "--fields", self.place.fields, "--work", self.work],
            ["index-publish", self.place.dest] + gate,
            ["wm", "advance", self.place.name],
        ]

    def wait(self):
        return [stage.wait() for stage in self.stages]

    def kill(self):
        return sum([stage.kill() for stage in self.stages])

    def landed(self):
        """Where a kill of the whole pipe met it: the first stage that had not ended."""
        for index, stage in enumerate(self.stages):
            if stage.code == -signal.SIGKILL:
                return STAGES[index]
        return STAGES[len(self.stages)] if len(self.stages) < len(STAGES) else "after"


# MARK: The places

class Place:
    def __init__(self, folder, label):
        self.folder = folder
        token = f"{label}-{os.getpid()}-{time.time_ns() // 1000000}"
        self.source = os.environ.get("SOURCE") or f"{folder}/ads"
        self.dest = os.environ.get("DEST") or f"{folder}/published"
        if self.source.startswith("s3://"):
            self.source += f"/{token}/ads"
        if self.dest.startswith("s3://"):
            self.dest += f"/{token}/index"
        self.name = token
        self.fields = f"{folder}/ads.fields"
        with open(self.fields, "w") as file:
            file.write(FIELDS)
        self.env = dict(os.environ)
        self.env.update(
            FRESHET_WM=os.environ.get("STORE") or f"sqlite:{folder}/wm.db",
            FRESHET_LAYOUT="dt=%Y-%m-%d/hour=%H/minute=%M", FRESHET_EVERY="5m", FRESHET_WINDOW="30m",
            FRESHET_MAX_SHRINK="100")
        self.errors = os.open(f"{folder}/errors", os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
        self.s3 = S3() if "s3://" in self.source + self.dest else None

    def forget_errors(self):
        os.ftruncate(self.errors, 0)

    def said(self):
        with open(f"{self.folder}/errors", errors="replace") as file:
            return file.read()[-2000:]

    def run(self, *argv, codes=(0,), feed=None):
        """What a tool prints."""
        reading, writing = os.pipe()
        process = Process(list(argv), self.env, feed, writing, self.errors)
        os.close(writing)
        with open(reading, "rb") as file:
            output = file.read().decode()
        if process.wait() not in codes:
            raise Failed(f"{' '.join(argv)}: exit {process.code}")
        return output

    def watermark(self):
        """(position, generation); ('', 0) where there is none."""
        text = self.run("wm", "get", "-g", self.name).strip()
        if not text:
            return "", 0
        position, generation = text.split("@")
        return position, int(generation)

    def log(self, most=1 << 40):
        """The last moves, oldest first."""
        lines = self.run("wm", "log", "--json", "-n", str(most), self.name).splitlines()
        return [json.loads(line) for line in reversed(lines)]

    def generations(self):
        """Newest first, as far as the collector left them."""
        lines = self.run("index-publish", "--list", "--json", self.dest).splitlines()
        return [json.loads(line) for line in lines]

    def documents(self, *places):
        """One after another."""
        return self.run("index-check", "--documents", *places)

    def build_from_nothing(self, now):
        """Where the index is of the window that a pipe would take, built with no history."""
        fresh = f"{self.folder}/fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        feed = None
        processes = []
        for argv in [
            ["part-ls", self.source], ["part-pick", "--policy", "latest", "--now", f"@{now}"],
            ["delta-build", "--fields", self.fields, "--work", fresh]
        ]:
            reading, writing = os.pipe()
            processes.append(Process(argv, self.env, feed, writing, self.errors))
            os.close(writing)
            if feed is not None:
                os.close(feed)
            feed = reading
        with open(feed) as file:
            receipt = file.read()
        for process in processes:
            if process.wait() != 0:
                raise Failed(f"{process.argv[0]} from nothing: exit {process.code}")
        return re.search(r"^#index.*\tlocation=(\S+)", receipt, re.M).group(1)

    def snapshot(self, *works):
        """What a run that writes nothing leaves as it is."""
        found = {}
        for root in [self.dest, *works]:
            if root.startswith("s3://"):
                found.update(self.s3.list(root))
            else:
                for folder, _, names in os.walk(root):
                    for name in names:
                        state = os.lstat(f"{folder}/{name}")
                        found[f"{folder}/{name}"] = (state.st_ino, state.st_mtime_ns, state.st_size)
        return found

    def content_of(self, path):
        """Of a small file at the destination, named from there on."""
        if self.dest.startswith("s3://"):
            return self.s3.get(f"{self.dest}/{path}")
        try:
            with open(f"{self.dest}/{path}", "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None


def generation_of(standing):
    """Of TIME@N."""
    return int(standing.rsplit("@", 1)[1])


def story(moves):
    """What is wrong with a log, oldest move first; None where each leads on from the one before."""
    for older, newer in zip(moves, moves[1:]):
        if newer.get("from") != older["to"]:
            return f"the log goes from {newer.get('from')}, and came to {older['to']}"
        if generation_of(newer["to"]) <= generation_of(older["to"]) or newer["to"] < older["to"][:20]:
            return f"the log goes from {older['to']} to {newer['to']}"
        if newer.get("fence", 0) < older.get("fence", 0):
            return f"the fence goes from {older['fence']} to {newer.get('fence')}"
        if newer["sequence"] <= older["sequence"]:
            return f"move {newer['sequence']} follows {older['sequence']}"
    for move in moves:
        if move["action"] != "advance":
            return f"a move that nobody made: {move}"
    return None


class S3:
    """As much of a store as a producer and an onlooker need; the signatures are put.py's."""

    def __init__(self):
        endpoint = urllib.parse.urlsplit(os.environ["AWS_ENDPOINT_URL_S3"])
        self.connection = http.client.HTTPConnection(endpoint.netloc, timeout=60)

    def ask(self, method, uri, body=b"", query=""):
        for attempt in range(5):
            try:
                target, headers = put.signed(method, uri, body, query)
                self.connection.request(method, target + (f"?{query}" if query else ""), body, headers)
                answer = self.connection.getresponse()
                content = answer.read()
                if answer.status < 500 or attempt == 4:
                    return answer.status, content
            except (http.client.HTTPException, OSError):
                self.connection.close()
                if attempt == 4:
                    raise
        raise Failed("unreachable")

    def put(self, uri, body):
        expect(f"PUT {uri}", 200, self.ask("PUT", uri, body)[0])

    def remove(self, uri):
        expect(f"DELETE {uri}", 204, self.ask("DELETE", uri)[0])

    def get(self, uri):
        status, content = self.ask("GET", uri)
        return content if status == 200 else None

    def list(self, uri):
        bucket, prefix = uri[len("s3://"):].split("/", 1)
        found, token = {}, None
        while True:
            query = f"prefix={urllib.parse.quote(prefix + '/', safe='')}"
            query = "list-type=2&" + query
            if token:
                query = f"continuation-token={urllib.parse.quote(token, safe='')}&" + query
            status, body = self.ask("GET", f"s3://{bucket}", query=query)
            expect(f"listing of {uri}", 200, status)
            root = xml.etree.ElementTree.fromstring(body)
            space = root.tag[:root.tag.index("}") + 1]
            for entry in root.iter(f"{space}Contents"):
                values = [entry.findtext(space + name) for name in ("Key", "ETag", "LastModified", "Size")]
                found[f"s3://{bucket}/{values[0]}"] = tuple(values[1:])
            token = root.findtext(f"{space}NextContinuationToken")
            if not token:
                return found


class Shop:
    """The producer: ads in five-minute partitions, that come, come late, change, go; single ads and whole items deleted."""

    def __init__(self, place, random):
        self.place, self.random = place, random
        self.slot, self.number = 0, 0
        self.objects = {}  # key: slot

    @property
    def now(self):
        """When the newest partition has settled."""
        return START + self.slot * SLOT + SLOT + 60

    @property
    def position(self):
        return rfc(START + self.slot * SLOT)

    def key(self, slot, name):
        moment = datetime.datetime.fromtimestamp(START + slot * SLOT, datetime.timezone.utc)
        return moment.strftime("dt=%Y-%m-%d/hour=%H/minute=%M/") + name

    def write(self, slot, name, lines):
        body = "".join(json.dumps(line) + "\n" for line in lines).encode()
        key = self.key(slot, name)
        if self.place.s3 and self.place.source.startswith("s3://"):
            self.place.s3.put(f"{self.place.source}/{key}", body)
        else:
            path = f"{self.place.source}/{key}"
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(f"{self.place.source}/.part", "wb") as file:
                file.write(body)
            os.rename(f"{self.place.source}/.part", path)
        self.objects[key] = slot

    def remove(self, key):
        if self.place.source.startswith("s3://"):
            self.place.s3.remove(f"{self.place.source}/{key}")
        else:
            path = f"{self.place.source}/{key}"
            os.unlink(path)
            try:
                os.removedirs(os.path.dirname(path))
            except OSError:
                pass
        del self.objects[key]

    def records(self):
        random = self.random
        lines = []
        for _ in range(random.randint(1, 5)):
            self.number += 1
            ad, item = f"a{random.randrange(24)}", f"i{random.randrange(8)}"
            kind = random.randrange(12)
            if kind == 0:
                lines.append({"item_id": item, "_delete": True})
            elif kind == 1:
                lines.append({"ad_id": ad, "_delete": True})
            elif kind == 2:
                lines.append({"item_id": item, "clicks": random.randrange(9), "also_bought": [ad]})
            else:
                lines.append({
                    "ad_id": ad, "item_id": item, "title": f"thing {self.number} of {item}", "brand": f"b{kind}",
                    "price": random.randrange(99), "clicks": 1})
        return lines

    def step(self):
        """What happens between two batches; always something."""
        random = self.random
        live = [key for key, slot in self.objects.items() if slot > self.slot - 5]
        kind = random.randrange(10)
        if live and kind == 0:
            key = random.choice(live)
            self.write(self.objects[key], key.rsplit("/", 1)[1], self.records())
        elif kind == 1 and [key for key in live if self.objects[key] < self.slot]:
            # Not the newest partition's, which would begin the window of a build from nothing earlier.
            self.remove(random.choice([key for key in live if self.objects[key] < self.slot]))
        elif live and kind < 4:
            slot = max(1, self.slot - random.randrange(5))
            self.write(slot, f"late{self.number}.json", self.records())
        else:
            self.slot += 1
            self.write(self.slot, "x.json", self.records())
            if kind == 9:
                self.write(self.slot, "y.json", self.records())
        self.forget_old()

    def forget_old(self):
        """A partition far behind the window is of no use to anybody: the listings stay short."""
        for key, slot in list(self.objects.items()):
            if slot < self.slot - 12:
                self.remove(key)
