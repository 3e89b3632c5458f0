"""query: how long a query takes in one process that has the index open, against Tantivy. Ten best by BM25, one thread.

    bench/run query [--full] [--runs N] [--corpus NAME:MB]... [--queries N] [--field NAME]

freshet's times are those of `index-search --queries FILE -v`: from the query's text to the ids of the hits. Tantivy's
are taken in Python around its calls, once for the same (parse, search, the ids of the hits) and once for the search
alone, of a query that is parsed. Ratios are Tantivy's time to freshet's, and freshet's queries a second to Tantivy's:
above 1 freshet is faster. Words are looked for in title and body, or in the field that is named.
"""

import json
import os
import re
import statistics
import subprocess
import sys

import measure
import page
from queries import draw

FIELDS = os.path.join(measure.HERE, "corpus.fields")
PEERS = os.path.join(measure.HERE, "peers")


def freshet(location, queries, run):
    """Median, 99th percentile (microseconds) and queries a second, as index-search says them."""
    measure.run(
        [measure.tool("index-search"), "--queries", queries, "-v", *location], stdout=run, stderr=run + ".err"
    )
    with open(run + ".err", encoding="utf-8") as file:
        found = re.search(r"median ([0-9.]+) us, p99 ([0-9.]+) us, ([0-9.]+) queries a second", file.read())
    return dict(zip(("median", "p99", "rate"), map(float, found.groups())))


def tantivy(index, queries, run):
    command = [sys.executable, os.path.join(PEERS, "tantivy-query"), index, queries, run]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def scores(run, scale=1):
    """The scores of each query's hits, to two digits: ids may differ where scores are equal."""
    found = {}
    with open(run, encoding="utf-8") as lines:
        for line in lines:
            query, _, _, _, score, _ = line.split()
            found.setdefault(query, []).append(float(f"{float(score) / scale:.2g}"))
    return found


def within(field, query):
    """The query with the field before each of its words, or before its phrase."""
    if not field:
        return query
    if query.startswith('"'):
        return f"{field}:{query}"
    return " ".join(re.sub(r"^(\+?)", rf"\g<1>{field}:", word) for word in query.split(" "))


def write(path, queries, field):
    with open(path, "w", encoding="utf-8") as file:
        for number, query in enumerate(queries, 1):
            file.write(f"{number}\t{within(field, query)}\n")


# Tantivy's scores have this factor, as Lucene's had before version 8.
K1_PLUS_ONE = 2.2
HEAD = [
    "median, us",
    "queries",
    "freshet",
    "p99",
    "Tantivy",
    "p99",
    "ratio",
    "search alone",
    "ratio",
    "rates",
    "alone",
]


def middle(runs, *path):
    def figure(run):
        for name in path:
            run = run[name]
        return run

    return statistics.median(figure(run) for run in runs)


def row(name, count, ours, theirs):
    def ratio(figure, which):
        return statistics.median(b[which][figure] / a[figure] for a, b in zip(ours, theirs))

    return [
        name,
        str(count),
        f"{middle(ours, 'median'):.0f}",
        f"{middle(ours, 'p99'):.0f}",
        f"{middle(theirs, 'whole', 'median'):.0f}",
        f"{middle(theirs, 'whole', 'p99'):.0f}",
        f"{ratio('median', 'whole'):.2f}",
        f"{middle(theirs, 'alone', 'median'):.0f}",
        f"{ratio('median', 'alone'):.2f}",
        f"{1 / ratio('rate', 'whole'):.2f}",
        f"{1 / ratio('rate', 'alone'):.2f}",
    ]


def compare(file, choice, folder):
    """The table of one corpus, and how many queries had the same best scores in both."""
    _, index = measure.build(file, FIELDS, os.path.join(folder, "freshet"))
    other = os.path.join(folder, "tantivy")
    measure.run([sys.executable, os.path.join(PEERS, "tantivy-build"), file, other, "1"])
    rows, same, total = [], 0, 0
    for (kind, band), queries in draw(file, choice.queries).items():
        if not queries:
            continue
        path, run = os.path.join(folder, "queries"), os.path.join(folder, "run")
        write(path, queries, choice.field)
        ours, theirs = [], []
        for _ in range(choice.runs):
            ours.append(freshet([index], path, run))
            theirs.append(tantivy(other, path, run + ".peer"))
        mine, yours = scores(run), scores(run + ".peer", K1_PLUS_ONE)
        same += sum(mine.get(key) == yours.get(key) for key in map(str, range(1, len(queries) + 1)))
        total += len(queries)
        rows.append(row(f"{kind}, {band}", len(queries), ours, theirs))
    return page.table(HEAD, rows), f"In {same} of {total} queries the ten best scores are the same to two digits."


def main(arguments):
    options = page.options(__doc__, runs=5)
    options.add_argument(
        "--corpus", action="append", metavar="NAME:MB", help="as products:44; more than once for more"
    )
    options.add_argument("--queries", type=int, default=200, help="of each kind")
    options.add_argument("--field", help="look for words in it alone, as body")
    choice = options.parse_args(arguments)
    corpora = choice.corpus or (
        ["products:44", "products:192", "text:363"] if choice.full else ["products:44", "text:60"]
    )
    parts = []
    for corpus in corpora:
        name, _, megabytes = corpus.partition(":")
        file = measure.corpus(name, int(megabytes or 60))
        with measure.scratch() as folder:
            parts += [f"{os.path.basename(file)}, {choice.runs} runs in turn:", *compare(file, choice, folder)]
    page.report("query", choice, arguments, *parts)


if __name__ == "__main__":
    main(sys.argv[1:])
