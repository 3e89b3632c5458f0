"""Partitions of made-up changes to a catalogue, as producers drop them: for the window benchmark."""

import gzip
import json
import os
import random
import time

NOON = 1_777_896_000  # 2026-05-04T12:00:00Z
STEP = 300
LAYOUT = "dt=%Y-%m-%d/hour=%H/minute=%M"
FIELDS = """\
id      id
group   group
title   text
body    text
brand   keyword
price   number
clicks  number  group  sum
"""
# Of the records of a partition: new products, then updates to ones that are in the window, then clicks on their groups.
NEW, UPDATES = 0.8, 0.15


def instant(number):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOON + STEP * number))


class Catalogue:
    """Writes partitions 0, 1, 2 ... of constant size below a folder.

    A group is three products of one partition. What is updated or clicked was new in one of the window's partitions,
    any of them with the same chance: the wider the window, the wider a batch's groups are spread.
    """

    def __init__(self, folder, corpus, records, window):
        self.folder, self.records, self.window = folder, records, window
        self.rng = random.Random(3)
        self.source = self.products(corpus)
        self.written = 0

    @staticmethod
    def products(corpus):
        """Products without end: the corpus over and over, with numbers for ids."""
        number = 0
        while True:
            with open(corpus, encoding="utf-8") as lines:
                for line in lines:
                    record = json.loads(line)
                    record["id"], record["group"] = f"p{number}", f"g{number // 3}"
                    yield record
                    number += 1

    def new(self):
        return int(self.records * NEW)

    def earlier(self):
        """The number of a product that was new in one of the window's other partitions."""
        first = max(0, self.written - self.window + 1)
        partition = first + int(self.rng.random() * max(1, self.written - first))
        return partition * self.new() + int(self.rng.random() * self.new())

    def lines(self):
        for _ in range(self.new()):
            yield next(self.source)
        for _ in range(int(self.records * UPDATES)):
            number = self.earlier()
            yield {"id": f"p{number}", "group": f"g{number // 3}", "price": int(self.rng.random() * 1000) / 10}
        while True:
            yield {"group": f"g{self.earlier() // 3}", "clicks": 1 + int(self.rng.random() * 9)}

    def write(self):
        """The next partition: one object, as gzip."""
        folder = os.path.join(self.folder, time.strftime(LAYOUT, time.gmtime(NOON + STEP * self.written)))
        os.makedirs(folder)
        with gzip.GzipFile(os.path.join(folder, "part-0.ndjson.gz"), "wb", 1, mtime=0) as file:
            for _, record in zip(range(self.records), self.lines()):
                file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        self.written += 1
