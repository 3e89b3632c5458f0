#!/usr/bin/env python3
"""Writes a table's newest checkpoint, deltalake's, in the other forms that there are: delta_checkpoints.py TABLE DIR

DIR/parts has it in three parts, DIR/json and DIR/parquet by the second specification with two sidecars, DIR/whole without; DIR/damaged
has three newer ones that can't be read, of which one lacks a part. What is before the checkpoint is not in the copies. Needs pyarrow.
"""
import json
import os
import shutil
import sys

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

UUID = "80a083e8-7026-4e79-81be-64bd76c43a11"


def copy(table, target, version, checkpoint):
    """All of the table but its checkpoints, and the commits that the newest stands for."""
    shutil.copytree(table, target, copy_function=os.link)
    log = f"{target}/_delta_log"
    for name in os.listdir(log):
        if name == "_last_checkpoint" or ".checkpoint." in name or int(name[:20]) < version:
            os.unlink(f"{log}/{name}")
    return f"{log}/{version:020d}"


def actions(rows):
    """Rows as the lines of a checkpoint in JSON."""
    for row in rows.to_pylist():
        for name, value in row.items():
            if value is not None:
                maps = {key: dict(inner) for key, inner in value.items() if isinstance(inner, list) and key in ("configuration", "tags")}
                if "format" in value:
                    maps["format"] = {"provider": value["format"]["provider"], "options": {}}
                yield {name: {**value, **maps}}


def main(table, directory):
    log = f"{table}/_delta_log"
    newest = max(name for name in os.listdir(log) if name.endswith(".checkpoint.parquet"))
    version = int(newest[:20])
    rows = pq.read_table(f"{log}/{newest}")
    os.makedirs(directory)

    start = copy(table, f"{directory}/parts", version, newest)
    size = -(-rows.num_rows // 3)
    for part in range(3):
        pq.write_table(rows.slice(part * size, size), f"{start}.checkpoint.{part + 1:010d}.0000000003.parquet")

    is_file = pc.is_valid(rows["add"])
    files, others = rows.filter(is_file).select(["add"]), rows.filter(pc.invert(is_file)).select(["protocol", "metaData"])
    lines = [line for line in actions(others) if line.keys() & {"protocol", "metaData"}]
    for form in ("json", "parquet", "whole"):
        start = copy(table, f"{directory}/{form}", version, newest)
        if form == "whole":
            pq.write_table(rows, f"{start}.checkpoint.{UUID}.parquet", compression="zstd")
            continue
        sidecars = f"{directory}/{form}/_delta_log/_sidecars"
        os.makedirs(sidecars)
        half = files.num_rows // 2
        names = [f"a-{UUID}.parquet", f"b-{UUID}.parquet"]
        pq.write_table(files.slice(0, half), f"{sidecars}/{names[0]}", row_group_size=3)
        pq.write_table(files.slice(half), f"{sidecars}/{names[1]}")
        entries = [{"path": name, "sizeInBytes": 1, "modificationTime": 1} for name in names]
        if form == "json":
            with open(f"{start}.checkpoint.{UUID}.json", "w", encoding="utf-8") as out:
                for line in [{"checkpointMetadata": {"version": version}}] + lines + [{"sidecar": entry} for entry in entries]:
                    out.write(json.dumps(line) + "\n")
        else:
            column = pa.array([None] * others.num_rows + entries)
            # Rows of files have neither of the two.
            both = pa.concat_tables([others, rows.filter(is_file).slice(0, len(entries)).select(["protocol", "metaData"])])
            pq.write_table(both.append_column("sidecar", column), f"{start}.checkpoint.{UUID}.parquet")

    damaged = f"{directory}/damaged"
    shutil.copytree(table, damaged)
    last = max(int(name[:20]) for name in os.listdir(log) if name[:20].isdigit())
    start = f"{damaged}/_delta_log/{last:020d}"
    whole = open(f"{log}/{newest}", "rb").read()
    for name, content in [("checkpoint.parquet", whole[:-100]), ("checkpoint.0000000001.0000000002.parquet", whole),
                          (f"checkpoint.{UUID}.json", b'{"protocol":')]:
        with open(f"{start}.{name}", "wb") as out:
            out.write(content)


if __name__ == "__main__":
    main(*sys.argv[1:])
    # Threads of pyarrow's may abort an interpreter that ends otherwise.
    os._exit(0)
