"""base-delta: a query over a base and the delta that is laid over it, against the same query over each of them alone.

    bench/run base-delta [--full] [--runs N] [--corpus NAME:MB] [--queries N]

The base has all records but the last tenth. The delta has that tenth, and a ninth of the base's groups again, whole:
those are hidden in the base. Times are those of `index-search --queries FILE -v`.
"""

import json
import os
import statistics
import sys

import measure
import page
from queries import draw
from query import freshet, write

FIELDS = os.path.join(measure.HERE, "corpus.fields")


def split(corpus, base, delta):
    """Writes the records of the base and those of the delta."""
    with open(corpus, encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    with open(corpus, encoding="utf-8") as lines, open(base, "w", encoding="utf-8") as old, open(
        delta, "w", encoding="utf-8"
    ) as new:
        for number, line in enumerate(lines):
            if number >= count * 9 // 10:
                new.write(line)
                continue
            old.write(line)
            if sum(json.loads(line)["group"].encode()) % 9 == 0:
                new.write(line)


def row(name, figures):
    base, delta, both = figures["base"], figures["delta"], figures["both"]
    ratio = statistics.median(c["median"] / (a["median"] + b["median"]) for a, b, c in zip(base, delta, both))
    rates = statistics.median(a["rate"] ** -1 + b["rate"] ** -1 for a, b in zip(base, delta))
    total = statistics.median(c["rate"] ** -1 for c in both)
    middle = (statistics.median(run["median"] for run in runs) for runs in (base, delta, both))
    return [name, *(f"{figure:.0f}" for figure in middle), f"{ratio:.2f}", f"{total / rates:.2f}"]


def main(arguments):
    options = page.options(__doc__, runs=5)
    options.add_argument("--corpus", metavar="NAME:MB", help="as products:192")
    options.add_argument("--queries", type=int, default=200, help="of each kind")
    choice = options.parse_args(arguments)
    name, _, megabytes = (choice.corpus or ("products:192" if choice.full else "products:60")).partition(":")
    file = measure.corpus(name, int(megabytes or 60))
    rows = []
    with measure.scratch() as folder:
        records = [os.path.join(folder, "base.ndjson"), os.path.join(folder, "delta.ndjson")]
        split(file, *records)
        base, delta = (measure.build(path, FIELDS, path + ".index")[1] for path in records)
        path, run = os.path.join(folder, "queries"), os.path.join(folder, "run")
        for (kind, band), queries in draw(file, choice.queries).items():
            write(path, queries, None)
            figures = {"base": [], "delta": [], "both": []}
            for _ in range(choice.runs):
                figures["base"].append(freshet([base], path, run))
                figures["delta"].append(freshet([delta], path, run))
                figures["both"].append(freshet(["--base", base, delta], path, run))
            rows.append(row(f"{kind}, {band}", figures))
    head = ["median, us", "base", "delta", "both", "both/sum", "of the totals"]
    page.report(
        "base-delta",
        choice,
        arguments,
        f"{os.path.basename(file)}, {choice.runs} runs in turn:",
        page.table(head, rows),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
