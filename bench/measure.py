"""Runs commands as whole processes, takes their times from the kernel, and condenses them to medians."""

import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
BUILT = os.environ.get("BENCH_BUILT", "")

# Seconds of CPU (user and system, with all children that were waited for), of the clock; bytes of peak memory of the
# largest process.
Cost = namedtuple("Cost", "cpu wall peak")


def tool(name):
    """One of freshet's executables."""
    path = os.path.join(BUILT, name)
    if not os.access(path, os.X_OK):
        sys.exit(f"bench: cannot find {name}: start the benchmarks with bench/run")
    return path


def run(arguments, stdin="/dev/null", stdout="/dev/null", stderr=None):
    """Runs a command to its end; the Cost of it. It is a failure of the benchmark when the command fails."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
    ]
    if stderr:
        actions.append((os.POSIX_SPAWN_OPEN, 2, stderr, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644))
    start = time.monotonic()
    child = os.posix_spawnp(arguments[0], arguments, os.environ, file_actions=actions)
    try:
        _, status, usage = os.wait4(child, 0)
    except BaseException:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        raise
    wall = time.monotonic() - start
    if status:
        sys.exit(f"bench: {' '.join(arguments)}: exit {os.waitstatus_to_exitcode(status)}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)


def corpus(name, megabytes):
    """The path of a corpus; made by another process, so that this one stays small (see Cost)."""
    made = subprocess.run(
        [sys.executable, os.path.join(HERE, "corpora.py"), name, str(megabytes)], check=True, stdout=subprocess.PIPE
    )
    return made.stdout.decode().strip()


def scratch():
    """A temporary folder, gone at the end of a with statement. On the disk that TMPDIR is on."""
    return tempfile.TemporaryDirectory(prefix="freshet-bench-")


def size(folder, but=()):
    """Bytes of the files below a folder, but for those with one of these endings."""
    found = 0
    for path, _, names in os.walk(folder):
        found += sum(os.path.getsize(os.path.join(path, name)) for name in names if not name.endswith(tuple(but)))
    return found


def receipt(path, word, key):
    """A value of a receipt line, as `#index ... location=...`."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            head, *fields = line.rstrip("\n").split("\t")
            if head == "#" + word:
                return dict(field.split("=", 1) for field in fields)[key]
    sys.exit(f"bench: no #{word} in {path}")


def build(corpus, fields, work, *options):
    """Builds an index of records; the Cost, and the location of the index."""
    os.makedirs(work, exist_ok=True)
    out = os.path.join(work, "receipt")
    cost = run([tool("delta-build"), "--records", "--fields", fields, "--work", work, *options], corpus, out)
    return cost, receipt(out, "index", "location")


def peak(cost):
    """Peak memory in MB. The kernel counts a command as no smaller than the Python that it was started from."""
    floor = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"< {floor / 1e6:.0f}" if cost.peak <= floor else f"{cost.peak / 1e6:.0f}"


def median(costs):
    """The median of each of the figures."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs)))


def ratio(costs, others, figure="cpu"):
    """The median of the ratios round by round, so that a machine that changes its speed does little harm."""
    return statistics.median(getattr(a, figure) / getattr(b, figure) for a, b in zip(costs, others))
