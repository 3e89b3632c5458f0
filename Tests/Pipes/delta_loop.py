#!/usr/bin/env python3
"""A table that changes from step to step, for a loop over it.

    delta_loop.py begin TABLE       makes it
    delta_loop.py step TABLE N      commit N: rows that are new, changed, deleted; a compaction; a checkpoint. Exit 1 after the last one.
    delta_loop.py rows TABLE        prints its rows as NDJSON

An id's rows are all in one partition, so that a document is what the table's row says. Needs deltalake and pyarrow.
"""
import datetime
import json
import os
import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake


def rows(ids, word):
    ids = list(ids)
    return pa.table({
        "id": [f"a{number}" for number in ids],
        "title": [f"{word} thing {number}" for number in ids],
        "price": pa.array([number * 0.5 for number in ids], pa.float64()),
        "dt": pa.array([datetime.date(2026, 5, 4 + number % 2) for number in ids], pa.date32()),
        "hour": pa.array([number % 24 for number in ids], pa.int32()),
    })


def append(path, ids, word):
    write_deltalake(path, rows(ids, word), mode="append", partition_by=["dt", "hour"])


def merge(path, ids, word):
    (DeltaTable(path).merge(rows(ids, word), "s.id = t.id", source_alias="s", target_alias="t")
     .when_matched_update_all().when_not_matched_insert_all().execute())


STEPS = [
    lambda path: append(path, range(1, 200), "first"),
    lambda path: append(path, range(200, 260), "second"),
    lambda path: DeltaTable(path).delete("price < 10"),
    lambda path: DeltaTable(path).optimize.compact(),
    lambda path: merge(path, range(100, 300), "merged"),
    lambda path: DeltaTable(path).create_checkpoint(),
    lambda path: DeltaTable(path).update(predicate="hour = 5", updates={"title": "'five'"}),
    lambda path: append(path, range(1000, 1040), "last"),
    lambda path: DeltaTable(path).optimize.z_order(["id"]),
    lambda path: DeltaTable(path).delete("hour = 7"),
]


def main(command, path, *more):
    if command == "begin":
        append(path, [0], "begin")
    elif command == "step":
        if int(more[0]) >= len(STEPS):
            sys.exit(1)
        STEPS[int(more[0])](path)
    else:
        for row in DeltaTable(path).to_pyarrow_table(columns=["id", "title", "price"]).to_pylist():
            print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
    # Threads of pyarrow's may abort an interpreter that ends otherwise.
    sys.stdout.flush()
    os._exit(0)
