"""pipe: what a whole batch costs, from the watermark to the watermark, with windows of 60 partitions of 5,000 and of 50,000 records.

    bench/run pipe [--full] [--records 5000,50000] [--partitions N] [--batches M]

Measured are `wm get`, `part-ls`, `part-pick`, `delta-build`, `index-publish` and `wm advance`, each one for itself, on local
directories with the watermark in SQLite: for the first window, and for batches with a new partition of one object each.
"""

import os
import subprocess
import sys

import measure
import page
from partitions import FIELDS, LAYOUT, STEP, NOON, Catalogue

STAGES = ["wm get", "part-ls", "part-pick", "delta-build", "index-publish", "wm advance"]


class Pipe:
    """A destination that follows the partitions of a catalogue."""

    def __init__(self, folder, corpus, records, length):
        self.folder, self.records, self.length = folder, records, length
        self.catalogue = Catalogue(os.path.join(folder, "partitions"), corpus, records, length)
        self.fields = os.path.join(folder, "fields")
        with open(self.fields, "w", encoding="utf-8") as file:
            file.write(FIELDS)
        while self.catalogue.written < length:
            self.catalogue.write()
        self.first, self.batches = self.batch(), []

    def batch(self):
        """The Cost of each stage."""
        store = ["--store", f"sqlite:{self.folder}/wm.db"]
        path = {name: os.path.join(self.folder, name.replace(" ", "-")) for name in STAGES}
        costs = [self.stage(["wm", "get", "-g", *store, "bench"], path["wm get"])]
        with open(path["wm get"], encoding="utf-8") as file:
            after = file.read().strip()
        window = f"{self.length * STEP}s"
        listing = [self.catalogue.folder, "-l", LAYOUT, "--every", f"{STEP}s", "--window", window, "--after", after]
        now = f"@{NOON + (self.catalogue.written + 1) * STEP}"
        costs.append(self.stage(["part-ls", *listing], path["part-ls"]))
        costs.append(self.stage(["part-pick", "--now", now], path["part-pick"], path["part-ls"]))
        build = ["delta-build", "--fields", self.fields, "--work", os.path.join(self.folder, "work")]
        costs.append(self.stage(build, path["delta-build"], path["part-pick"]))
        publish = ["index-publish", os.path.join(self.folder, "published")]
        costs.append(self.stage(publish, path["index-publish"], path["delta-build"]))
        costs.append(self.stage(["wm", "advance", *store, "bench"], path["wm advance"], path["index-publish"]))
        return costs

    def stage(self, words, out, given="/dev/null"):
        return measure.run([measure.tool(words[0]), *words[1:]], given, out)

    def advance(self):
        self.catalogue.write()
        self.batches.append(self.batch())

    def objects(self):
        """Bytes of a partition, decompressed, in MB."""
        newest = subprocess.run(
            f"find {self.catalogue.folder} -name '*.gz' | sort | tail -1 | xargs zcat | wc -c",
            shell=True, check=True, stdout=subprocess.PIPE).stdout
        return int(newest) / 1e6


def total(costs):
    return sum(cost.cpu for cost in costs)


def row(pipe):
    totals = [total(costs) for costs in pipe.batches]
    medians = [measure.median([costs[index] for costs in pipe.batches]) for index in range(len(STAGES))]
    return [
        f"{pipe.records:,}",
        f"{pipe.objects():.1f}",
        f"{total(pipe.first):.2f}",
        f"{sorted(totals)[len(totals) // 2]:.2f}",
        f"{sum(totals) / len(totals):.2f}",
        f"{medians[3].cpu:.2f}",
        f"{medians[4].cpu:.2f}",
        f"{sum(cost.cpu for cost in medians) - medians[3].cpu - medians[4].cpu:.2f}",
        f"{max(cost.peak for costs in pipe.batches for cost in costs) / 1e6:.0f}",
    ]


HEAD = ["records", "MB", "first CPU s", "batch CPU s", "mean", "delta-build", "index-publish", "the rest", "peak MB"]


def main(arguments):
    options = page.options(__doc__)
    options.add_argument("--records", help="of a partition; 5000,50000 with --full")
    options.add_argument("--partitions", type=int, default=60)
    options.add_argument("--batches", type=int, default=12)
    choice = options.parse_args(arguments)
    sizes = [int(size) for size in (choice.records or ("5000,50000" if choice.full else "5000")).split(",")]
    corpus = measure.corpus("products", 60)
    with measure.scratch() as folder:
        pipes = []
        for records in sizes:
            place = os.path.join(folder, str(records))
            os.makedirs(place)
            pipes.append(Pipe(place, corpus, records, choice.partitions))
        for _ in range(choice.batches):
            for pipe in pipes:
                pipe.advance()
        rows = [row(pipe) for pipe in pipes]
    title = f"{choice.batches} batches, each with a new partition of {choice.partitions}; MB are of a partition, decompressed:"
    page.report("pipe", choice, arguments, title, page.table(HEAD, rows))


if __name__ == "__main__":
    main(sys.argv[1:])
