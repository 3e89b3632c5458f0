#!/usr/bin/env python3
"""Lists the tables of other projects and compares with deltalake: delta_golden.py DIR[:DIR...]

Each directory below one of these that has a `_delta_log` is listed by part-ls. It must have deltalake's version and files, with
their bytes; those that are named below must be refused, for that reason. Where all files are there, part-cat must print as many rows as
deltalake's engine counts, which leaves out those that are deleted. Exit 1 where one differs, with a line for each. Needs deltalake and pyarrow.
"""
import os
import re
import subprocess
import sys
import urllib.parse

import pyarrow as pa
from deltalake import DeltaTable, QueryBuilder

# By the end of the directory's name.
REFUSED = {
    "column-?mapping|partitioning_mapping|icebegCompat|timestamp_ntz-(id|name)-mode|resources/delta/table-with-dv-small|table_with_column_mapping":
        "'columnMapping'",
    "type-widening(-nested)?": "'typeWidening",
    "catalog-owned-preview|basic_catalog_managed.*": "only its catalog knows",
    "simple_table_features|deltalog-invalid-protocol-version": "it needs reader version ",
    "missing-metadata|without-metadata": "its log has no metaData",
    "missing-protocol|without-protocol": "its log has no protocol",
    "versions-not-contiguous": "version 1 is missing",
    "data-reader-absolute-paths-escaped-chars": "has '..' in it",
    "table-with-dv-special-char": "names another machine",
}
# What deltalake does not read, and is read here: logs of old tests, whose metadata has no schema and no partition columns.
ALONE = "canonicalized-paths-.*|corrupted-last-checkpoint|deltalog-commit-info|update-deleted-directory"


def part_ls(table):
    command = ["part-ls", table, "--table", "delta", "--commit-time", "--every", "1d"]
    return subprocess.run(command, capture_output=True, text=True)


def listed(text):
    files = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            _, _, size, _, location = line.split("\t")
            files[urllib.parse.unquote(location)] = int(size)
    return files


def wanted(path):
    """The version, {location: bytes}, and a function that counts the rows: by the engine that applies deletion vectors."""
    table = DeltaTable(path)
    files = {}
    for action in pa.table(table.get_add_actions(flatten=False)).to_pylist():
        name = urllib.parse.unquote(action["path"])
        name = re.sub("^file:(//)?", "", name)
        files[name if name.startswith("/") or "://" in name else f"{path}/{name}"] = action["size_bytes"]
    return table.version(), files, lambda: rows(table)


def rows(table):
    """Nil where deltalake can't read them."""
    try:
        found = QueryBuilder().register("t", table).execute("select count(*) as n from t")
        return pa.table(found.read_all()).column("n")[0].as_py()
    except Exception:
        return None


def check(path):
    """What is wrong; nil where nothing is."""
    run = part_ls(path)
    reason = next((reason for name, reason in REFUSED.items() if re.search(f"({name})(-?(name|id|mode|v2|enabled))*$", path, re.I)), None)
    if reason is not None:
        right = run.returncode == 65 and reason in run.stderr and run.stderr.count("\n") == 1
        return None if right else f"wanted to be refused for {reason}: {run.returncode} {run.stderr}"
    if run.returncode != 0:
        return f"{run.returncode} {run.stderr}"
    if re.search(f"/({ALONE})$", path):
        return None
    version, files, count_rows = wanted(path)
    got = listed(run.stdout)
    if f"\tversion={version}\t" not in run.stdout:
        return f"wanted version {version}, got {run.stdout.splitlines()[0]}"
    if got != files:
        return f"wanted {sorted(files.items() - got.items())[:2]}, got {sorted(got.items() - files.items())[:2]}"
    if not all(os.path.exists(name) for name in files):
        return None
    lines = "".join(line + "\n" for line in run.stdout.splitlines() if not line.startswith("#"))
    cat = subprocess.run(["part-cat"], input=lines, capture_output=True, text=True)
    if cat.returncode != 0:
        # VARIANT columns are refused by name; of some tables only the data was kept.
        return None if "VARIANT" in cat.stderr or "no such object" in cat.stderr or "it is gone" in cat.stderr else f"part-cat: {cat.stderr}"
    (rows, count) = (count_rows(), cat.stdout.count("\n"))
    counted.append(rows is not None)
    return None if rows is None or count == rows else f"wanted {rows} rows, got {count}"


counted = []


def main(places):
    count = wrong = 0
    for place in places.split(":"):
        for path, directories, _ in sorted(os.walk(os.path.realpath(place))):
            if "_delta_log" in directories:
                count += 1
                complaint = check(path)
                if complaint:
                    wrong += 1
                    print(f"{path}: {complaint}")
    print(f"{count} tables of other projects, {sum(counted)} of them with their rows, {wrong} wrong")
    # Threads of pyarrow's may abort an interpreter that ends otherwise.
    sys.stdout.flush()
    os._exit(wrong > 0)


if __name__ == "__main__":
    main(sys.argv[1])
