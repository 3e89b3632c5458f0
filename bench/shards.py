"""shards: what the parts of a build of shards cost, each alone: routing, Python's hands, a shard's answers to questions.

    bench/run shards [--shards 80] [--questions 3200000] [--runs N]

On the corpus `products 60` as one object, on one thread. Spark itself, and what a shard costs that is built, is not in it: of these
`bench/run pipe` and Spark's own figures tell. docs/scale.md adds up.
"""

import gzip
import os
import pickle
import random
import sys
import time

import measure
import page

sys.path.insert(0, os.path.join(measure.HERE, "../spark"))
import freshet_tasks as tasks


class Corpus:
    """An object of the records, and one of them as gzip; `slices` are the paths of slices of the one and of the other."""

    def __init__(self, folder):
        with open(measure.corpus("products", 60), "rb") as file:
            records = file.read()
        self.records, self.size = records.count(b"\n"), len(records) / 1e6
        self.slices = [
            sliced(os.path.join(folder, name), name, data)
            for name, data in (("records.json", records), ("records.json.gz", gzip.compress(records, 1)))
        ]


def sliced(place, name, data):
    """The path of a slice of one object."""
    os.makedirs(os.path.join(place, "dt=2026-05-04"))
    with open(os.path.join(place, "dt=2026-05-04", name), "wb") as file:
        file.write(data)
    listing, slice = os.path.join(place, "listing"), os.path.join(place, "slice")
    measure.run([measure.tool("part-ls"), place, "-l", "dt=%Y-%m-%d", "--window", "1d"], stdout=listing)
    measure.run([measure.tool("part-pick"), "--policy", "latest", "--now", "2026-05-06T00:00:00Z"], listing, slice)
    return slice


def decoding(corpus, shards):
    """Rows (what, CPU ms a MB): part-cat, and with routing; the path of the routed lines."""
    out, rows = corpus.slices[0] + ".routed", []
    fields = os.path.join(measure.HERE, "corpus.fields")
    routing = ["--shards", str(shards), "--fields", fields]
    plain, compressed = corpus.slices
    for name, slice, options in (
        ("part-cat", plain, []), ("part-cat --shards, of gzip -1", compressed, routing), ("part-cat --shards", plain, routing),
    ):
        cost = measure.run([measure.tool("part-cat"), "--threads", "1", *options], slice, out)
        rows.append((name, f"{cost.cpu / corpus.size * 1000:.1f} ms a MB"))
    return rows, out


def hands(routed, shards):
    """Rows (what, CPU µs a record) of the functions of spark/freshet_tasks.py, on at most 200,000 lines."""
    with open(routed, "rb") as file:
        lines = [line for line in file if not line.startswith(b"#")][:200_000]

    def parsed():
        split = ((line, line.split(b"\t", 2)) for line in lines)
        return [(int(shard), int(key, 16), line) for line, (shard, key, _) in split]

    def timed(work):
        start = time.process_time()
        result = work()
        return result, f"{(time.process_time() - start) / len(lines) * 1e6:.2f} µs a record"

    records, parse = timed(parsed)
    _, collect = timed(lambda: list(tasks.mentioned(records)))
    _, route = timed(lambda: list(tasks.routed(Shards(shards), {}, records)))
    batches = [records[at : at + 1000] for at in range(0, len(records), 1000)]
    _, carry = timed(lambda: [pickle.loads(pickle.dumps(batch, 5)) for batch in batches])
    return [("parse a line", parse), ("collect its key", collect), ("route it", route), ("pickle it in batches, there and back", carry)]


class Shards:
    """As much of a job as `routed` looks at."""

    def __init__(self, shards):
        self.shards = shards


def asking(corpus, routed, shards, questions, folder):
    """A row: one shard that is asked for so many documents, of which it has about one in a hundred."""
    work, fed, receipt = (os.path.join(folder, name) for name in ("work", "fed", "receipt"))
    with open(fed, "wb") as out:
        for path in (corpus.slices[0], routed):
            with open(path, "rb") as file:
                out.write(file.read())
    options = ["--shard", f"1/{shards}", "--work", work, "--threads", "1"]
    options += ["--fields", os.path.join(measure.HERE, "corpus.fields")]
    measure.run([measure.tool("delta-build"), "--fed", *options], fed, receipt)
    with open(routed, "rb") as file:
        known = [line.split(b"\t", 2)[1] for line in file if line.startswith(b"1\t")]
    draw = random.Random(1)
    with open(corpus.slices[0], "rb") as slice, open(fed, "wb") as out:
        out.write(slice.read())
        for number in range(questions):
            key = draw.choice(known) if number % 100 == 0 else b"%016x" % (draw.getrandbits(44) << 20)
            out.write(b"%s\t%d\n" % (key, draw.randint(2, shards)))
        out.write(b"#end\tlines=%d\n" % questions)
    cost = measure.run([measure.tool("delta-build"), "--ask", *options], fed, receipt)
    return f"{questions:,} questions to one shard", f"{cost.cpu:.2f} s", measure.peak(cost) + " MB"


def main(arguments):
    options = page.options(__doc__)
    options.add_argument("--shards", type=int, default=80)
    options.add_argument("--questions", type=int, default=3_200_000)
    choice = options.parse_args(arguments)
    with measure.scratch() as folder:
        corpus = Corpus(folder)
        rows, routed = decoding(corpus, choice.shards)
        rows += hands(routed, choice.shards)
        *asked, peak = asking(corpus, routed, choice.shards, choice.questions, folder)
    title = f"{corpus.records:,} records of {corpus.size:.1f} MB, {choice.shards} shards (peak of the last row {peak}):"
    page.report("shards", choice, arguments, title, page.table(["", "CPU"], [*rows, asked]))


if __name__ == "__main__":
    main(sys.argv[1:])
