"""wm: advances a second, on SQLite and on PostgreSQL.

    bench/run wm [--runs N] [--seconds S]

One client, and eight at once: each starts `wm advance` again and again, with the next receipt, as a pipe's end does. Either each
client has a name of its own, or all have the same; then some come with a receipt that another has overtaken, which changes
nothing. Both stores sync what they commit to the disk that TMPDIR is on. PostgreSQL is a server of the benchmark's own, on a unix
socket, with its own defaults.
"""

import os
import statistics
import subprocess
import sys
import threading
import time
from collections import namedtuple

import measure
import page

RECEIPT = (
    "#slice\tto=2026-05-04T10:05:00Z\tevery=300\tpolicy=rate\tobjects=61\tskipped=0\tgap=0\thash=cafe\n#index\tid=babe\n"
    "#published\tgeneration=%d\tto=2026-05-04T10:05:00Z\tlineage=L\n#end\tlines=0\n"
)
SERVER = os.path.join(measure.HERE, "../Tests/Pipes/postgres")

# Per second, and CPU milliseconds for each, of wm and of the server.
Speed = namedtuple("Speed", "rate cpu server failed")


class Loop(threading.Thread):
    """A client: starts a command until the time is over."""

    def __init__(self, command, receipt, generations, until):
        super().__init__()
        self.command, self.receipt, self.generations, self.until = command, receipt, generations, until
        self.done = self.failed = self.cpu = 0

    def run(self):
        actions = [
            (os.POSIX_SPAWN_OPEN, 0, self.receipt, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        ]
        while time.monotonic() < self.until:
            with open(self.receipt, "w", encoding="utf-8") as file:
                file.write(RECEIPT % next(self.generations))
            child = os.posix_spawn(self.command[0], self.command, os.environ, file_actions=actions)
            _, status, usage = os.wait4(child, 0)
            self.cpu += usage.ru_utime + usage.ru_stime
            self.done += 1
            self.failed += status != 0


def together(place, commands, generations, seconds, server=None):
    """Runs as many clients as there are commands; the Speed."""
    before, start = server_cpu(server), time.monotonic()
    loops = [
        Loop(command, f"{place}/receipt-{n}", numbers, start + seconds)
        for n, (command, numbers) in enumerate(zip(commands, generations))
    ]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()
    wall = time.monotonic() - start
    done = sum(loop.done for loop in loops)
    cpu = sum(loop.cpu for loop in loops)
    return Speed(
        done / wall, 1000 * cpu / done, 1000 * (server_cpu(server) - before) / done, sum(loop.failed for loop in loops)
    )


def server_cpu(folder):
    """Seconds of a server, its processes that have ended included."""
    if not folder:
        return 0
    with open(f"{folder}/data/postmaster.pid", encoding="utf-8") as file:
        postmaster = int(file.readline())
    ticks = 0
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/stat", encoding="utf-8") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(process) == postmaster:
            ticks += sum(map(int, fields[11:15]))
        elif int(fields[1]) == postmaster:
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Generations:
    """1, 2, 3 ... for all who ask, in whichever thread."""

    def __init__(self):
        self.lock, self.last = threading.Lock(), 0

    def __next__(self):
        with self.lock:
            self.last += 1
            return self.last


def start_server(folder):
    started = subprocess.run([SERVER, "start", folder], stdout=subprocess.PIPE, text=True, check=False)
    return started.stdout.strip() if started.returncode == 0 else None


def case(place, store, clients, shared, seconds, server):
    os.environ["FRESHET_WM"] = store
    common = Generations()
    name = f"bench{time.monotonic_ns()}"
    wm = measure.tool("wm")
    commands = [[wm, "advance", "-q", name if shared else f"{name}/{n}"] for n in range(clients)]
    return together(place, commands, [common if shared else Generations() for _ in commands], seconds, server)


def main(arguments):
    parser = page.options(__doc__, runs=3)
    parser.add_argument("--seconds", type=float, default=5, help="how long each case runs, each time (5)")
    choice = parser.parse_args(arguments)
    with measure.scratch() as place:
        # The server's user is another one where this is root.
        os.chmod(place, 0o711)
        folder = os.path.join(place, "server")
        url = start_server(folder)
        stores = {"SQLite": (f"sqlite:{place}/wm.db", None)} | ({"PostgreSQL": (url, folder)} if url else {})
        cases = [
            (name, clients, shared)
            for name in stores for clients, shared in [(1, False), (8, False), (8, True)]
        ]
        found = {key: [] for key in ["nothing", *cases]}
        try:
            for _ in range(choice.runs):
                version = [[measure.tool("wm"), "--version"]]
                found["nothing"].append(together(place, version, [Generations()], choice.seconds / 2))
                for key in cases:
                    store, server = stores[key[0]]
                    found[key].append(case(place, store, *key[1:], choice.seconds, server))
        finally:
            if url:
                subprocess.run([SERVER, "stop", folder], check=False)
    rows = []
    for key, speeds in found.items():
        store, clients, names = ("wm --version", 1, "") if key == "nothing" else (*key[:2], "one" if key[2] else "own")
        middle = [statistics.median(figures) for figures in zip(*speeds)]
        server = f"{middle[2]:.2f}" if store == "PostgreSQL" else ""
        rows.append([store, clients, names, f"{middle[0]:.0f}", f"{middle[1]:.2f}", server, sum(s.failed for s in speeds)])
    head = ["", "clients", "names", "a second", "CPU ms each", "server's CPU ms", "failed"]
    parts = [f"{choice.runs} times {choice.seconds:g} seconds each, in turn:", page.table(head, rows)]
    if not url:
        parts.append("PostgreSQL is not installed here.")
    page.report("wm", choice, arguments, *parts)


if __name__ == "__main__":
    main(sys.argv[1:])
