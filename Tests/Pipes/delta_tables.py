#!/usr/bin/env python3
"""Writes Delta tables by deltalake, says what is in each version, and compares what part-ls and part-cat print with that.

    delta_tables.py write DIR                    DIR/NAME are tables; DIR/expected.ndjson has a line for each version of each
    delta_tables.py list DIR                     a line for each: NAME VERSION, those to list; with --after: NAME AFTER VERSION
    delta_tables.py files DIR NAME VERSION       standard input is part-ls' of that version: its live files, bytes, times, tags
    delta_tables.py changes DIR NAME AFTER VERSION    ... of `--after-version AFTER`: only new data that is still live
    delta_tables.py rows DIR NAME VERSION        standard input is part-cat's: the rows of that version, in any order

A line of expected.ndjson: {"table", "version", "time": of its commit, in ms, "files": [{"path": of the object below the table,
"bytes", "modified": ms, "partition": {name: value as the log spells it, or null}, "rows"}], "added": [paths that this commit added with
dataChange], "removed": how many it removed so, "rows": [JSON]; null where a vacuum has taken files}. Versions whose log was cleaned up
have no line. The first difference is printed and ends with exit 1. Needs deltalake and pyarrow. Not tested here: what Spark's writer
alone does (its jars are not on PyPI): deletion vectors, column mapping, checkpoints of several parts and of v2, commit timestamps in
commits; the golden tables have them.
"""

import collections
import datetime
import decimal
import functools
import glob
import json
import os
import shutil
import sys
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "parquet"))
HOUR = datetime.datetime(2026, 5, 4, 10, tzinfo=datetime.timezone.utc)


def batch(start, count, **more):
    """Some rows, with a time, a decimal and a nested value."""
    import pyarrow as pa

    numbers = range(start, start + count)
    columns = {
        "id": pa.array(numbers, pa.int64()),
        "name": pa.array([None if number % 7 == 0 else f"name {number} ü" for number in numbers], pa.string()),
        "price": pa.array([decimal.Decimal(number) / 100 for number in numbers], pa.decimal128(10, 2)),
        "at": pa.array([HOUR + datetime.timedelta(minutes=number) for number in numbers], pa.timestamp("us", "UTC")),
        "tags": pa.array([[str(tag) for tag in range(number % 3)] for number in numbers], pa.list_(pa.string())),
        "place": [{"lat": number / 8, "lon": None} for number in numbers],
    }
    columns["place"] = pa.array(columns["place"], pa.struct([("lat", pa.float64()), ("lon", pa.float64())]))
    return pa.table({**columns, **more})


def hours(start, count, first=0):
    """Rows of partitions dt= and hour=."""
    at = [HOUR + datetime.timedelta(hours=first + number % 5) for number in range(count)]
    return batch(start, count, dt=[f"{time:%Y-%m-%d}" for time in at], hour=[f"{time:%H}" for time in at])


def appends(write, path):
    for number in range(5):
        write(path, batch(10 * number, 10), mode="append")


def overwrites(write, path):
    write(path, batch(0, 20))
    write(path, batch(100, 10), mode="overwrite")
    write(path, batch(200, 10), mode="append")
    write(path, batch(300, 5), mode="overwrite")


def partitioned(write, path):
    for number in range(4):
        write(path, hours(100 * number, 50, 3 * number), mode="append", partition_by=["dt", "hour"])
    again = batch(900, 5, dt=["2026-05-04"] * 5, hour=["10"] * 5)
    write(path, again, mode="overwrite", partition_by=["dt", "hour"], predicate="dt = '2026-05-04' AND hour = '10'")


def typed_partitions(write, path):
    import pyarrow as pa

    days = [datetime.date(2026, 5, 4), datetime.date(1969, 12, 31), None]
    table = batch(
        0,
        12,
        day=pa.array([days[number % 3] for number in range(12)], pa.date32()),
        shard=pa.array([number % 2 or None for number in range(12)], pa.int32()),
        live=pa.array([number % 4 == 0 for number in range(12)]),
        since=pa.array([HOUR + datetime.timedelta(seconds=number % 2, microseconds=number % 3) for number in range(12)], pa.timestamp("us", "UTC")),
        level=pa.array([decimal.Decimal(number % 3).scaleb(-2) for number in range(12)], pa.decimal128(6, 2)),
    )
    write(path, table, partition_by=["day", "shard", "live", "since", "level"])


ODD = [
    "plain",
    "with space",
    "per%cent",
    "per%20cent",
    "a+b",
    "a/b",
    "a=b",
    "a:b",
    "ünï 😀",
    "q?x#y",
    '"quoted"',
    "it's",
    "back\\slash",
    "{brace}",
    "tab\there",
    "new\nline",
    "",
    None,
    "__HIVE_DEFAULT_PARTITION__",
    "..",
    "*",
    "[x]",
    "a&b;c,d",
]


def odd_values(write, path):
    # One commit a value, so that a store that can't take one fails alone.
    for number, value in enumerate(ODD):
        try:
            write(path, batch(10 * number, 3, key=[value] * 3), mode="append", partition_by=["key"])
        except Exception as error:
            print(f"odd_values: {value!r} can't be written: {str(error)[:100]}", file=sys.stderr)


def odd_columns(write, path):
    import pyarrow as pa

    table = pa.table({"a b": [1, 2], "p%c": ["x", "y"], "ü": [1.5, 2.5]})
    write(path, table, partition_by=["p%c"])


def deletes(write, path):
    write(path, batch(0, 100))
    write(path, batch(100, 100), mode="append")
    write.table(path).delete("id % 10 = 3")
    write.table(path).delete("id >= 150")
    write.table(path).update(predicate="id = 5", updates={"name": "'changed'"})


def merges(write, path):
    write(path, batch(0, 50))
    for start in (40, 80):
        (
            write.table(path)
            .merge(batch(start, 30), "s.id = t.id", source_alias="s", target_alias="t")
            .when_matched_update_all()
            .when_not_matched_insert_all()
            .execute()
        )


def compacted(write, path):
    for number in range(6):
        write(path, hours(10 * number, 10, number), mode="append", partition_by=["dt", "hour"])
    write.table(path).optimize.compact()
    write(path, hours(500, 10), mode="append", partition_by=["dt", "hour"])
    write.table(path).optimize.z_order(["id"])
    write(path, hours(600, 10), mode="append", partition_by=["dt", "hour"])


def checkpoints(write, path):
    for number in range(25):
        write(path, batch(10 * number, 3), mode="append")
        if number in (10, 17):
            write.table(path).create_checkpoint()
    write.table(path).delete("id < 100")
    write.table(path).create_checkpoint()
    write(path, batch(900, 3), mode="append")


def checkpoint_only(write, path):
    """The log before the checkpoint is gone; and the hint, too."""
    for number in range(5):
        write(path, hours(10 * number, 10, number), mode="append", partition_by=["dt", "hour"])
    write.table(path).create_checkpoint()
    write(path, hours(900, 3), mode="append", partition_by=["dt", "hour"])
    for version in range(5):
        os.unlink(f"{path}/_delta_log/{version:020d}.json")
    os.unlink(f"{path}/_delta_log/_last_checkpoint")


def vacuumed(write, path):
    write(path, batch(0, 20))
    write(path, batch(100, 10), mode="overwrite")
    write(path, batch(200, 10), mode="append")
    write.table(path).vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)


def evolved(write, path):
    import pyarrow as pa

    write(path, batch(0, 10))
    write(path, batch(10, 10, brand=[f"b{number}" for number in range(10)]), mode="append", schema_mode="merge")
    write(path, batch(20, 5), mode="append", schema_mode="merge")
    write(path, pa.table({"id": ["now", "text"]}), mode="overwrite", schema_mode="overwrite")


def emptied(write, path):
    write(path, batch(0, 0))
    write(path, batch(0, 10), mode="append")
    write.table(path).delete()


def many_commits(write, path):
    for number in range(40):
        write(path, batch(number, 1), mode="append")


def no_statistics(write, path):
    write(path, batch(0, 20), configuration={"delta.dataSkippingNumIndexedCols": "0"})
    write(path, batch(20, 20), mode="append")


def change_data(write, path):
    """Files of changes lie beside, which are no data."""
    write(path, batch(0, 20), configuration={"delta.enableChangeDataFeed": "true"})
    write.table(path).update(predicate="id < 5", updates={"name": "'changed'"})
    write.table(path).delete("id = 7")


def local_times(write, path):
    """A reader's feature that is known: timestampNtz."""
    import pyarrow as pa

    at = pa.array([HOUR.replace(tzinfo=None) + datetime.timedelta(hours=number) for number in range(6)], pa.timestamp("us"))
    write(path, batch(0, 6, local=at, slot=at), partition_by=["slot"])


def restored(write, path):
    for number in range(3):
        write(path, batch(10 * number, 10), mode="append" if number else "error")
    write.table(path).restore(0)
    write(path, batch(900, 5), mode="append")


TABLES = [
    appends,
    overwrites,
    partitioned,
    typed_partitions,
    odd_values,
    odd_columns,
    deletes,
    merges,
    compacted,
    checkpoints,
    checkpoint_only,
    vacuumed,
    evolved,
    emptied,
    many_commits,
    no_statistics,
    change_data,
    local_times,
    restored,
]


class Write:
    """write_deltalake, with the table as it is now beside."""

    def __call__(self, path, data, mode="error", **options):
        from deltalake import write_deltalake

        write_deltalake(path, data, mode=mode, **options)

    def table(self, path):
        from deltalake import DeltaTable

        return DeltaTable(path)


def write(directory):
    os.makedirs(directory, exist_ok=True)
    with open(f"{directory}/expected.ndjson", "w", encoding="utf-8") as out:
        for make in TABLES:
            path = f"{directory}/{make.__name__}"
            shutil.rmtree(path, ignore_errors=True)
            try:
                make(Write(), path)
            except Exception as error:
                # A writer of another version can't do all; what is there up to then is tested.
                print(f"{make.__name__}: {type(error).__name__}: {str(error)[:200]}", file=sys.stderr)
            if not os.path.isdir(f"{path}/_delta_log"):
                continue
            for version in versions(path):
                out.write(json.dumps(described(make.__name__, path, version), ensure_ascii=False) + "\n")


def versions(path):
    """Those that can still be read: from the first checkpoint or commit 0 on."""
    names = os.listdir(f"{path}/_delta_log")
    commits = {int(name[:20]) for name in names if name[20:] == ".json"}
    checkpoints = {int(name[:20]) for name in names if ".checkpoint" in name and name.endswith(".parquet") and name[:20].isdigit()}
    first = 0 if 0 in commits else min(checkpoints)
    return [version for version in sorted(commits | checkpoints) if version >= first]


def described(name, path, version):
    from deltalake import DeltaTable

    table = DeltaTable(path, version=version)
    commit = actions(path, version)
    info = [action["commitInfo"] for action in commit if "commitInfo" in action]
    files = sorted((live(path, action) for action in adds(table)), key=lambda file: file["path"])
    gone = [file for file in files if not os.path.exists(f"{path}/{file['path']}")]
    return {
        "table": name,
        "version": version,
        "time": (info[0].get("inCommitTimestamp") or info[0].get("timestamp")) if info else None,
        "files": files,
        "added": sorted(urllib.parse.unquote(action["add"]["path"]) for action in commit if "add" in action and action["add"]["dataChange"]),
        "removed": sum("remove" in action and action["remove"]["dataChange"] for action in commit),
        "rows": None if gone else printed(table),
    }


def adds(table):
    """The table's live files, as deltalake says. A partition's value is taken from the log, where it is a string."""
    actions = table.get_add_actions(flatten=False)
    import pyarrow as pa

    return pa.table(actions).to_pylist() if not hasattr(actions, "to_pylist") else actions.to_pylist()


def live(path, action):
    log = logged(path).get(action["path"], {})
    modified = action["modification_time"]
    if isinstance(modified, datetime.datetime):
        modified = round(modified.timestamp() * 1000)
    key = action["path"]
    if not os.path.exists(f"{path}/{key}"):
        key = urllib.parse.unquote(key)
    return {
        "path": key,
        "bytes": action["size_bytes"],
        "modified": modified,
        "partition": log.get("partitionValues", action.get("partition") or {}),
        "rows": action.get("num_records"),
    }


@functools.lru_cache(maxsize=2)
def logged(path):
    """Every add of the log's commits by its path, in the log's spelling and decoded."""
    found = {}
    for name in sorted(glob.glob(glob.escape(path) + "/_delta_log/*.json")):
        for action in actions(path, int(os.path.basename(name)[:20])):
            if "add" in action:
                found[action["add"]["path"]] = found[urllib.parse.unquote(action["add"]["path"])] = action["add"]
    return found


def actions(path, version):
    try:
        with open(f"{path}/_delta_log/{version:020d}.json", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    except FileNotFoundError:
        return []


def printed(table):
    import rows

    return rows.lines(table.to_pyarrow_table(), marked=True)


def expected(directory, name=None, version=None):
    with open(f"{directory}/expected.ndjson", encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            if name in (None, one["table"]) and version in (None, one["version"]):
                yield one


def listed(root):
    """{path below the table: (modified in seconds, bytes, tag)} of part-ls' lines, whole or not at all."""
    found = {}
    for line in sys.stdin.read().splitlines():
        if line.startswith("#"):
            continue
        _, modified, size, tag, location = line.split("\t")
        time = datetime.datetime.fromisoformat(modified.replace("Z", "+00:00"))
        location = urllib.parse.unquote(location, errors="surrogateescape")
        path = os.path.relpath(location, os.path.realpath(root)) if os.path.isabs(location) else os.path.relpath(location, root)
        assert path not in found, f"{path} is listed twice"
        found[path] = (int(time.timestamp()), int(size), urllib.parse.unquote(tag))
    return found


def files(directory, name, version):
    (one,) = expected(directory, name, int(version))
    compare_files(listed(f"{directory}/{name}"), {file["path"]: file for file in one["files"]}, f"{name} {version}")


def changes(directory, name, after, version):
    (one,) = expected(directory, name, int(version))
    new = {path for other in expected(directory, name) if int(after) < other["version"] <= int(version) for path in other["added"]}
    wanted = {file["path"]: file for file in one["files"] if file["path"] in new}
    compare_files(listed(f"{directory}/{name}"), wanted, f"{name} {after}..{version}")


def compare_files(got, wanted, what):
    if got.keys() != wanted.keys():
        sys.exit(
            f"{what}: listed but not live: {sorted(got.keys() - wanted.keys())[:3]}; "
            f"live but not listed: {sorted(wanted.keys() - got.keys())[:3]}"
        )
    for path, (modified, size, tag) in got.items():
        file = wanted[path]
        if (modified, size) != (file["modified"] // 1000, file["bytes"]):
            sys.exit(f"{what}: {path}: wanted {file['modified'] // 1000} {file['bytes']}, got {modified} {size}")
        if not tag.startswith("delta:{"):
            sys.exit(f"{what}: {path}: a tag that is none of a table: {tag}")


def rows(directory, name, version):
    import rows as printer

    (one,) = expected(directory, name, int(version))
    if one["rows"] is None:
        sys.exit(f"{name} {version}: a vacuum has taken its files")
    wanted = [printer.parse(line) for line in one["rows"]]
    got = [printer.parse(line) for line in sys.stdin.read().splitlines()]
    if len(wanted) != len(got):
        sys.exit(f"{name} {version}: {len(wanted)} rows wanted, {len(got)} got")
    waiting = collections.defaultdict(list)
    for row in wanted:
        waiting[identity(row)].append(row)
    for row in got:
        # A column that a file is older than is absent where the table says null.
        match = next((other for other in waiting[identity(row)] if printer.same(without_nulls(other), without_nulls(row))), None)
        if match is None:
            sys.exit(f"{name} {version}: got {row}, wanted one of {waiting[identity(row)][:3]}")
        waiting[identity(row)].remove(match)


def identity(row):
    return str(dict(row).get("id"))


def without_nulls(row):
    import rows as printer

    return printer.Pairs(pair for pair in row if pair[1] is not None)


def list_versions(directory, *options):
    last = None
    for one in expected(directory):
        if options == ():
            print(one["table"], one["version"])
        elif last == one["table"]:
            print(one["table"], one["version"] - 1, one["version"])
        last = one["table"]


if __name__ == "__main__":
    {"write": write, "list": list_versions, "files": files, "changes": changes, "rows": rows}[sys.argv[1]](*sys.argv[2:])
    sys.stdout.flush()
    # Threads of deltalake's may outlive Python's end, and abort it.
    os._exit(0)
