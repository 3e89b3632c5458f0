#!/usr/bin/env python3
"""Cuts a connection to PostgreSQL at each of its bytes: Tests/Pipes/cut.py SERVER-FOLDER COUNT|all [SEED]

A proxy stands before the server's unix socket, and real `wm` processes go through it: advance, set, rewind and the first
set of all, of a name of its own each. How a connection is cut:

    up N      the server gets N bytes of the first connection, and then the end of it
    down N    the client gets N bytes of what the server says, and then the end of it; the server has got all
    late N    as down N, with the client's last bytes held back until it has come again and gone, or for a while
    always    as up or down, every connection, until the patience is over

COUNT cases are drawn by the seed; `all` is each byte of each way, for all four. After that, by the log and the watermark of
each name: exit 0 is exactly once; another exit not at all, or at most once where the line says that it is not known.
"""
import os
import random
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
POSITION = "2026-05-04T10:%02d:00Z"
RECEIPT = (
    "#slice\tto=2026-05-04T10:15:00Z\tevery=300\tpolicy=rate\n"
    "#published\tgeneration=9\tto=2026-05-04T10:15:00Z\tlineage=L\n#end\tlines=0\n"
)
OPERATIONS = {
    "advance": (["wm", "advance", "-q"], [], RECEIPT, POSITION % 15 + "@9"),
    "set": (["wm", "set"], [POSITION % 20], "", POSITION % 20 + "@5"),
    "rewind": (["wm", "rewind"], [], "", POSITION % 5 + "@5"),
    "make": (["wm", "set"], [POSITION % 20 + "@5"], "", POSITION % 20 + "@5"),
}


class Proxy:
    """Listens in a folder of its own. `plan` is (way, N); `seen` counts connections, `passed` the first one's bytes."""

    def __init__(self, server):
        self.server, self.plan, self.always = server, (None, 0), False
        self.folder = tempfile.mkdtemp()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(f"{self.folder}/.s.PGSQL.5432")
        self.listener.listen(16)
        self.url = f"postgres://tester@{self.folder.replace('/', '%2F')}/postgres"
        threading.Thread(target=self.accept, daemon=True).start()

    def begin(self, plan, always=False):
        self.plan, self.always, self.seen, self.passed = plan, always, 0, {"up": 0, "down": 0}
        self.came_again = threading.Event()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            self.seen += 1
            cut = self.plan if self.seen == 1 or self.always else (None, 0)
            threading.Thread(target=self.serve, args=(client, cut, self.seen, self.came_again), daemon=True).start()

    def serve(self, client, cut, number, came_again):
        upstream = socket.socket(socket.AF_UNIX)
        try:
            upstream.connect(f"{self.server}/.s.PGSQL.5432")
            self.pump(client, upstream, cut, number, came_again)
        except OSError:
            pass
        client.close()
        upstream.close()
        if number > 1:
            came_again.set()

    def pump(self, client, upstream, cut, number, came_again):
        way, limit = cut
        sent = {"up": 0, "down": 0}
        held = b""
        both = selectors.DefaultSelector()
        both.register(client, selectors.EVENT_READ, ("up", client, upstream))
        both.register(upstream, selectors.EVENT_READ, ("down", upstream, client))
        while True:
            for key, _ in both.select():
                here, source, target = key.data
                data = source.recv(65536)
                if not data:
                    return
                room = limit - sent[here] if here == ("down" if way == "late" else way) else len(data)
                # What the client says last is kept from the server for now.
                if way == "late" and here == "up" and held == b"" and data.find(b"COMMIT") >= 0:
                    held = data
                    client.close()
                    came_again.wait(0.3)
                    upstream.sendall(held)
                    upstream.recv(65536)
                    return
                target.sendall(data[:room])
                sent[here] += min(len(data), room)
                if number == 1:
                    self.passed[here] = sent[here]
                if len(data) > room or (way and room == 0):
                    return


def psql(server, sql):
    return subprocess.run(
        ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", server, "-U", "tester", "postgres"],
        input=sql, check=True, capture_output=True, text=True,
    ).stdout.split("\n")[:-1]


def prepare(server, names):
    """Each name was set twice, so that it can be rewound."""
    log = "INSERT INTO freshet_log (name, at, action, from_position, from_generation, to_position, generation, who)"
    rows = "FROM generate_series(1, %d) AS n;" % names
    first, second = POSITION % 5, POSITION % 10
    psql(server, "\n".join([
        f"INSERT INTO freshet_watermark SELECT 'n' || n, '{second}', 5, NULL, NULL, NULL, 'me', '{second}' {rows}",
        f"{log} SELECT 'n' || n, '{first}', 'set', NULL, NULL, '{first}', 5, 'me' {rows}",
        f"{log} SELECT 'n' || n, '{second}', 'set', '{first}', 5, '{second}', 5, 'me' {rows}",
    ]))


def name_of(operation, number):
    return ("new%d" if operation == "make" else "n%d") % number


def run(proxy, operation, number, patience):
    command, rest, text, _ = OPERATIONS[operation]
    environment = dict(os.environ, FRESHET_WM=proxy.url, FRESHET_PATIENCE=patience)
    return subprocess.run(
        [*command, name_of(operation, number), *rest], input=text, env=environment, capture_output=True, text=True, timeout=120
    )


def lengths(proxy, operation, number):
    """Bytes up and down of an operation that nobody cuts."""
    proxy.begin((None, 0))
    done = run(proxy, operation, number, "20s")
    assert done.returncode == 0, done.stderr
    time.sleep(0.02)
    return dict(proxy.passed)


def every_case(proxy):
    cases = []
    for n, operation in enumerate(OPERATIONS, 1):
        found = lengths(proxy, operation, n)
        for way, length in found.items():
            assert length > 500, (operation, found)
            cases += [(operation, way, at, False) for at in range(length)]
        cases += [(operation, "late", 1 << 30, False)] * 8
    return cases


def judge(server, number, case, done, moves):
    """What is wrong with what happened; None where nothing is."""
    operation, way, at, always = case
    wanted = OPERATIONS[operation][3]
    before = 0 if operation == "make" else 2
    doubt = "whether %s was moved is not known" % name_of(operation, number) in done.stderr
    if done.returncode == 0:
        if done.stdout != wanted + "\n":
            return "printed " + done.stdout
        if len(moves) != before + 1:
            return "exit 0, and %d moves" % (len(moves) - before)
    elif not always:
        return "exit %d, where another connection was to be had" % done.returncode
    elif done.returncode != 75 or done.stderr.count("\n") != 1:
        return "exit %d" % done.returncode
    elif len(moves) > before + doubt:
        return "exit 75, and %d moves" % (len(moves) - before)
    if any(a[1] != b[0] for a, b in zip(moves, moves[1:])):
        return "the log has a gap"
    return None


def main(server, count, seed="7"):
    proxy = Proxy(server)
    psql(server, "DROP TABLE IF EXISTS freshet_watermark, freshet_log, freshet_lease, freshet_version")
    proxy.begin((None, 0))
    assert run(proxy, "make", 0, "20s").returncode == 0
    prepare(server, len(OPERATIONS))
    cases = every_case(proxy)
    if count != "all":
        chance = random.Random(seed)
        cases = chance.sample([case for case in cases if case[1] != "late"], int(count)) + [
            (operation, "late", 1 << 30, False) for operation in OPERATIONS
        ]
        cases += [(*case[:3], True) for case in chance.sample(cases, max(1, int(count) // 20)) if case[1] != "late"]
    psql(server, "TRUNCATE freshet_watermark, freshet_log")
    prepare(server, len(cases))
    results = []
    for number, case in enumerate(cases, 1):
        proxy.begin(case[1:3], case[3])
        results.append(run(proxy, case[0], number, "0s" if case[3] else "20s"))
        if case[1] != "late" and proxy.seen < 2 and not case[3] and case[2] < 500:
            sys.exit(f"{case}: was not cut")
    time.sleep(0.5)
    moves = {}
    for row in psql(server, "SELECT name, from_position || '@' || from_generation, to_position || '@' || generation FROM freshet_log ORDER BY seq"):
        name, *ends = row.split("|")
        moves.setdefault(name, []).append(ends)
    standing = dict(row.split("|") for row in psql(server, "SELECT name, position || '@' || generation FROM freshet_watermark"))
    wrong = 0
    for number, (case, done) in enumerate(zip(cases, results), 1):
        name = name_of(case[0], number)
        log = moves.get(name, [])
        problem = judge(server, number, case, done, log)
        if not problem and (log or None) and standing[name] != log[-1][1]:
            problem = "the watermark is not where the log says"
        if problem:
            wrong += 1
            print(case, problem, done.stderr.strip())
    refused = sum(done.returncode != 0 for done in results)
    print(f"{len(cases)} connections cut, {refused} moves refused, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
