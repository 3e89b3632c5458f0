"""search-cold: how long a person waits for `index-search` at a prompt: a process a query. Against the shell of SQLite.

    bench/run search-cold [--full] [--runs N] [--corpus NAME:MB]

Warm is with the index in the page cache; cold after its pages were dropped from it (by posix_fadvise).
"""

import os
import sys

import measure
import page
from queries import draw

FIELDS = os.path.join(measure.HERE, "corpus.fields")
RANKED = "select id, bm25(records) from records where records match '{{title body}}: {}' order by rank limit 10"


def drop(folder):
    """Asks the kernel to forget the contents of the files below a folder."""
    for path, _, names in os.walk(folder):
        for name in names:
            file = os.open(os.path.join(path, name), os.O_RDONLY)
            os.fsync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)


def row(name, costs, ours):
    cost = measure.median(costs)
    walls = sorted(cost.wall for cost in costs)
    return [
        name,
        f"{cost.wall * 1000:.2f}",
        f"{walls[int(0.9 * (len(walls) - 1))] * 1000:.2f}",
        f"{measure.ratio(costs, ours, 'wall'):.2f}",
        f"{cost.cpu * 1000:.2f}",
        f"{measure.ratio(costs, ours):.2f}",
    ]


def main(arguments):
    options = page.options(__doc__, runs=40)
    options.add_argument("--corpus", metavar="NAME:MB", help="as products:192")
    choice = options.parse_args(arguments)
    name, _, megabytes = (choice.corpus or ("products:192" if choice.full else "products:60")).partition(":")
    file = measure.corpus(name, int(megabytes or 60))
    costs = {}
    with measure.scratch() as folder:
        ours, theirs = os.path.join(folder, "freshet"), os.path.join(folder, "fts5")
        _, index = measure.build(file, FIELDS, ours)
        measure.run(
            [os.path.join(measure.HERE, "peers/fts5-build"), file, theirs], stdout=os.path.join(folder, "out")
        )
        drawn = draw(file, choice.runs)
        for band in ("frequent", "rare"):
            for word in drawn["one word", band]:
                commands = {
                    "index-search": (ours, [measure.tool("index-search"), index, word]),
                    "sqlite3": (theirs, ["sqlite3", f"{theirs}/index.db", RANKED.format(word)]),
                }
                for tool, (place, command) in commands.items():
                    drop(place)
                    costs.setdefault((tool, band, "cold"), []).append(measure.run(command))
                    costs.setdefault((tool, band, "warm"), []).append(measure.run(command))
    rows = []
    for (tool, band, state), found in sorted(costs.items(), key=lambda item: item[0][1:]):
        rows.append(row(f"{tool}, a {band} word, {state}", found, costs["index-search", band, state]))
    head = ["", "wall ms", "p90", "ratio", "CPU ms", "ratio"]
    page.report(
        "search-cold",
        choice,
        arguments,
        f"{os.path.basename(file)}, {choice.runs} words of each kind:",
        page.table(head, rows),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
