"""window: what a batch costs, with windows of 6, 60 and 600 partitions, when one partition is new and one is gone.

    bench/run window [--full] [--records N] [--batches M] [--windows 6,60,600]

Measured is `delta-build < slice`: for the first window, for each batch behind it, and for a build from nothing of the
new and the expired partition alone. Not measured: making the partitions, listing and picking them.
"""

import filecmp
import os
import shutil
import subprocess
import sys

import measure
import page
from partitions import FIELDS, LAYOUT, Catalogue, instant


class Window:
    """A work directory that follows the partitions of a catalogue."""

    def __init__(self, folder, corpus, records, length):
        self.folder, self.length = folder, length
        self.catalogue = Catalogue(os.path.join(folder, "partitions"), corpus, records, length)
        self.fields = os.path.join(folder, "fields")
        self.out = os.path.join(folder, "receipt")
        with open(self.fields, "w", encoding="utf-8") as file:
            file.write(FIELDS)
        while self.catalogue.written < length:
            self.catalogue.write()
        self.first = self.build(self.slice(self.last() - length, self.last()))
        self.batches, self.pairs, self.touched = [], [], []

    def last(self):
        return self.catalogue.written - 1

    def slice(self, after, to):
        """A file with the slice of the partitions (after, to]."""
        path = os.path.join(self.folder, "slice")
        bounds = ["--since", instant(after + 1), "--until", instant(to + 1)]
        listing = subprocess.run(
            [measure.tool("part-ls"), self.catalogue.folder, "-l", LAYOUT, "--every", "300s", *bounds],
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        pick = [
            measure.tool("part-pick"),
            "--from",
            instant(after),
            "--to",
            instant(to),
            "--window",
            f"{300 * (to - after)}s",
        ]
        with open(path, "wb") as file:
            subprocess.run(pick, check=True, input=listing, stdout=file)
        return path

    def build(self, chosen, work="work"):
        work = os.path.join(self.folder, work)
        return measure.run(
            [measure.tool("delta-build"), "--fields", self.fields, "--work", work], stdin=chosen, stdout=self.out
        )

    def advance(self):
        """One batch."""
        self.catalogue.write()
        self.batches.append(self.build(self.slice(self.last() - self.length, self.last())))
        self.touched.append(int(measure.receipt(self.out, "index", "touched")))

    def pair(self):
        """The partition that this batch brought and the one that it lost, built from nothing."""
        both = []
        for number in (self.last() - self.length, self.last()):
            with open(self.slice(number - 1, number), encoding="utf-8") as lines:
                both += [line for line in lines if not line.startswith("#")]
        path = os.path.join(self.folder, "slice")
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(both)
        shutil.rmtree(os.path.join(self.folder, "pair"), ignore_errors=True)
        self.pairs.append(self.build(path, "pair"))

    def documents(self, name):
        path = os.path.join(self.folder, name)
        measure.run(
            [measure.tool("index-check"), "--documents", measure.receipt(self.out, "index", "location")], stdout=path
        )
        return path

    def check(self):
        """The documents are those of a build from nothing."""
        chosen = self.slice(self.last() - self.length, self.last())
        self.build(chosen)
        grown = self.documents("grown")
        self.build(chosen, "nothing")
        if not filecmp.cmp(grown, self.documents("nothing.json"), shallow=False):
            sys.exit(
                f"bench: after {len(self.batches)} batches the window of {self.length} is not what a build gives"
            )


HEAD = [
    "partitions",
    "first CPU s",
    "batch CPU s",
    "mean",
    "to the first",
    "to the pair",
    "wall s",
    "slowest",
    "peak MB",
    "touched",
]


def row(window, first):
    batch, pair = measure.median(window.batches), measure.median(window.pairs)
    mean = sum(cost.cpu for cost in window.batches) / len(window.batches)
    return [
        str(window.length),
        f"{window.first.cpu:.2f}",
        f"{batch.cpu:.3f}",
        f"{mean:.3f}",
        f"{mean / (sum(cost.cpu for cost in first.batches) / len(first.batches)):.2f}",
        f"{mean / pair.cpu:.2f}",
        f"{batch.wall:.3f}",
        f"{max(cost.wall for cost in window.batches):.3f}",
        measure.peak(max(window.batches, key=lambda cost: cost.peak)),
        f"{sorted(window.touched)[len(window.touched) // 2]}",
    ]


def main(arguments):
    options = page.options(__doc__)
    options.add_argument("--records", type=int, help="of a partition; 5000 with --full")
    options.add_argument("--batches", type=int, default=24)
    options.add_argument("--windows", default="6,60,600")
    choice = options.parse_args(arguments)
    records = choice.records or (5000 if choice.full else 1000)
    corpus = measure.corpus("products", 60)
    with measure.scratch() as folder:
        windows = []
        for length in map(int, choice.windows.split(",")):
            place = os.path.join(folder, str(length))
            os.makedirs(place)
            windows.append(Window(place, corpus, records, length))
        for _ in range(choice.batches):
            for window in windows:
                window.advance()
                window.pair()
        for window in windows:
            window.check()
    pairs = f"The pair alone: {measure.median(windows[0].pairs).cpu:.3f} CPU s."
    title = f"{choice.batches} batches, each with a new partition of {records} records and one gone; ratios of means:"
    page.report(
        "window", choice, arguments, title, page.table(HEAD, [row(window, windows[0]) for window in windows]), pairs
    )


if __name__ == "__main__":
    main(sys.argv[1:])
