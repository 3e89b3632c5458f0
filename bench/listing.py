"""listing: what listing time partitions over S3 costs, by the layout, the history and the range that is wanted.

    bench/run listing [--runs N] [--days N] [--full]

Buckets of a real server (../shared/rig) with a day and with a year of history, in a layout that sorts by time and in one
with `*` before it. Requests are counted through a proxy; CPU, wall time and peak memory are taken with the server asked
directly. Then memory alone, with a server that makes up its pages: 10^5, 10^6 and, with --full, 10^7 objects.
"""

import contextlib
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta

import measure
import page
import server

END = datetime(2026, 5, 5)
HOURS = 5
FLAT = "dt=%Y-%m-%d/hour=%H/minute=%M"
BELOW = "region=*/" + FLAT
REGIONS = ["ap", "eu", "sa", "us"]


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def fill(name, days):
    """Two objects every five minutes; in each of the regions every hour."""
    start = (END - timedelta(days=days)).strftime("%Y-%m-%d")
    if name == FLAT:
        server.fill(days, start, prefix=f"flat-{days}/")
    else:
        for region in REGIONS:
            server.fill(days, start, prefix=f"regions-{days}/region={region}/", minutes=60)


def command(bucket, name, days, hours):
    place = f"s3://{bucket}/{'flat' if name == FLAT else 'regions'}-{days}"
    since = ["--since", stamp(END - timedelta(hours=hours))] if hours else []
    return [measure.tool("part-ls"), place, "--layout", name, "--until", stamp(END), *since]


def listings(bucket, days, runs, place):
    """A row for each layout and range."""
    rows = []
    for name in [FLAT, BELOW]:
        for hours, words in [(HOURS, f"{HOURS} hours"), (0, "all of it")]:
            asked = command(bucket, name, days, hours)
            found = subprocess.run(asked, check=True, stdout=subprocess.PIPE).stdout.count(b"\n") - 2
            with server.counted(place) as counts:
                measure.run(asked)
            costs = [measure.run(asked) for _ in range(runs)]
            cost = measure.median(costs)
            objects = f"{found - (1 if found > 16_384 else 0):,}"
            rows.append(
                [name, f"{days} d", words, objects, sum(counts.values()), f"{cost.cpu:.3f}", f"{cost.wall:.2f}", measure.peak(cost)]
            )
    return rows


@contextlib.contextmanager
def made_up(place, objects, roots):
    """Points the environment at a server of made-up pages."""
    port = os.path.join(place, "pages-port")
    pages = [sys.executable, os.path.join(measure.HERE, "pages.py"), port, str(objects), str(roots)]
    child, before = subprocess.Popen(pages), dict(os.environ)
    try:
        while not os.path.exists(port):
            time.sleep(0.02)
        with open(port, encoding="utf-8") as file:
            os.environ["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{file.read()}"
        os.environ.update(AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x", AWS_REGION="us-east-1")
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        child.terminate()
        child.wait()
        os.remove(port)


def memory(place, sizes):
    rows = []
    for roots in [1, 16]:
        for objects in sizes:
            with made_up(place, objects, roots):
                asked = [measure.tool("part-ls"), "s3://made-up/ev", "--layout", FLAT if roots == 1 else BELOW]
                cost = measure.run(asked, stdout=os.path.join(place, "lines"))
            with open(os.path.join(place, "lines"), "rb") as lines:
                lines.seek(-500, os.SEEK_END)
                requests = lines.read().split(b"requests=")[1].split()[0].decode()
            rows.append([f"{objects:,}", roots, requests, f"{cost.cpu:.2f}", measure.peak(cost)])
    return rows


def main(arguments):
    parser = page.options(__doc__, runs=3)
    parser.add_argument("--days", type=int, help="of the long history (30; with --full 365)")
    choice = parser.parse_args(arguments)
    long = choice.days or (365 if choice.full else 30)
    parts = []
    with measure.scratch() as place:
        if server.there():
            rows = []
            with server.up(place) as bucket:
                for days in [1, long]:
                    for name in [FLAT, BELOW]:
                        fill(name, days)
                    rows += listings(bucket, days, choice.runs, place)
            head = ["layout", "history", "range", "objects", "requests", "CPU s", "wall s", "peak MB"]
            parts += [f"part-ls, {choice.runs} runs:", page.table(head, rows)]
        sizes = [10**5, 10**6] + ([10**7] if choice.full else [])
        parts += ["Of pages that are made up:"]
        parts += [page.table(["objects", "roots", "requests", "CPU s", "peak MB"], memory(place, sizes))]
        page.report("listing", choice, arguments, *parts)


if __name__ == "__main__":
    main(sys.argv[1:])
