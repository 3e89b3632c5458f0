"""Writes the Parquet file whose decoding bench/gate counts, the same bytes each time: python bench/gate_parquet.py FILE"""

import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Tests/Pipes/parquet"))
import small

ROWS = 100_000


def entries(make, chance, nulls=0.0):
    return [(0, 0, None) if chance.random() < nulls else (0, 1 if nulls else 0, make(row)) for row in range(ROWS)]


def main(path):
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghij", k=chance.randint(3, 9))).encode() for _ in range(200)]
    columns = [
        ("id", small.INT64, 0, entries(lambda row: row * 5 + chance.randint(0, 4), chance), {"encoding": small.DELTA}),
        ("price", small.DOUBLE, 1, entries(lambda row: chance.randint(1, 9999) / 100, chance, 0.1), {}),
        ("split", small.DOUBLE, 0, entries(lambda row: chance.random(), chance), {"encoding": small.SPLIT}),
        ("brand", small.BYTES, 1, entries(lambda row: chance.choice(words), chance, 0.1), {"dictionary": True}),
        ("title", small.BYTES, 0, entries(lambda row: b" ".join(chance.choices(words, k=4)), chance), {"version": 2}),
    ]
    nodes, chunks = [], []
    for name, kind, definition, values, options in columns:
        nodes.append(small.leaf(name, definition, kind))
        chunks.append(small.Chunk([name], kind, values, (0, definition), {"rows": 2000, "runs": False, "checksum": True, **options}))
    with open(path, "wb") as file:
        file.write(small.parquet(nodes, [(ROWS, chunks)]))


if __name__ == "__main__":
    main(sys.argv[1])
