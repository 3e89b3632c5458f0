#!/usr/bin/env python3
"""Has part-cat read parts of Parquet files, and compares with pyarrow: parts.py DIR

Some columns, rows of a range of times (of each type of time, with statistics and without), several files, threads; and that what is not
wanted is not read: its bytes are damaged, and nobody minds.
"""
import os
import sys

import check
import pyarrow as pa
import pyarrow.parquet as pq
import rows as printer
import values

LONG = os.environ.get("FRESHET_SIZE") == "long"
START = 1_777_888_800
TYPES = {"day": pa.date32(), **{f"at_{unit}_{name}": pa.timestamp(unit, zone) for unit in ("ms", "us", "ns") for name, zone in (("utc", "UTC"), ("local", None))}}


def timed(rows):
    """Times that go up with the rows, roughly, with some missing, at the edges of seconds, too."""
    table = values.simple(rows, 3).drop_columns(["at_us_utc"]).append_column("row", pa.array(range(rows), pa.int64()))
    for name, kind in TYPES.items():
        numbers = []
        for row in range(rows):
            seconds = START + 86_400 * (row // 10) + (row * 7919) % 3000
            unit = values.SECONDS.get(getattr(kind, "unit", None), 1)
            part = [0, unit - 1, 1, 0][row % 4] if unit > 1 else 0
            numbers.append(None if row % 13 == 5 else seconds // 86_400 if name == "day" else seconds * unit + part)
        table = table.append_column(name, values.array(kind, numbers))
    return table


def within(table, name, since, until):
    """The rows whose time is in [since, until), in seconds."""
    kind = table.schema.field(name).type
    unit = values.SECONDS.get(getattr(kind, "unit", None), 1)
    numbers = table.column(name).combine_chunks().view(pa.int32() if name == "day" else pa.int64()).to_pylist()
    factor = 86_400 if name == "day" else 1
    keep = [row for row, number in enumerate(numbers) if number is not None
            and (since is None or number * factor >= since * unit) and (until is None or number * factor < until * unit)]
    return table.take(pa.array(keep, pa.int64()))


def expect(failures, what, path, table, *arguments):
    found = check.difference(path, table, None, arguments)
    if found:
        failures.append(what)
        print(f"FAILED: {what}: part-cat {' '.join(arguments)} {path}: {found}")


def columns(directory, failures):
    path = f"{directory}/columns.parquet"
    table = values.shapes(60).append_column("plain", pa.array(range(60)))
    pq.write_table(table, path, row_group_size=17, data_page_size=50)
    for names in (["plain"], ["struct", "list"], ["map_of_structs"], ["three", "plain", "maps"]):
        wanted = [name for name in table.column_names if name in names]
        expect(failures, "columns", path, table.select(wanted), "--select", ",".join(names))
    expect(failures, "a column that is not there", path, table.select(["plain"]), "--select", "plain,absent")
    status, out, said = check.part_cat("--select", "absent", path)
    if (status, out) != (0, b"{}\n" * 60):
        failures.append("no column at all")
        print(f"FAILED: --select absent: exit {status}, {out[:100]} {said}")
    with open(f"{directory}/fields", "w", encoding="utf-8") as file:
        file.write("plain id\nlist number\n")
    expect(failures, "a fields file", path, table.select(["list", "plain"]), "--fields", f"{directory}/fields")


def times(directory, failures):
    rows = 400
    table = timed(rows)
    days = [None, START, START + 86_400 * 7, START + 86_400 * 7 + 1500, START + 86_400 * 25, START + 86_400 * 39 + 100, START + 10**8]
    ranges = [(since, until) for since in days for until in days if (since or until) and (since is None or until is None or since < until)]
    for statistics in (True, False):
        path = f"{directory}/times-{statistics}.parquet"
        pq.write_table(table, path, row_group_size=40, write_statistics=statistics)
        for name in TYPES:
            for since, until in ranges[::1 if LONG else 4] if statistics else ranges[::7]:
                arguments = ["--time-column", name]
                arguments += [] if since is None else ["--since", f"@{since}"]
                arguments += [] if until is None else ["--until", f"@{until}"]
                wanted = within(table, name, since, until)
                expect(failures, "times", path, wanted, *arguments)
                expect(failures, "times of some columns", path, wanted.select(["row"]), *arguments, "--select", "row")
    old = f"{directory}/times-int96.parquet"
    pq.write_table(table.select(["row", "at_ns_utc"]), old, row_group_size=40, use_deprecated_int96_timestamps=True)
    expect(failures, "INT96", old, within(table, "at_ns_utc", days[2], days[4]).select(["row", "at_ns_utc"]), "--time-column", "at_ns_utc",
           "--since", f"@{days[2]}", "--until", f"@{days[4]}")


def unwanted(directory, failures):
    """The bytes of columns and row groups that are not asked for are wrong."""
    table = timed(400)
    path, harmed = f"{directory}/whole.parquet", f"{directory}/harmed.parquet"
    pq.write_table(table, path, row_group_size=40, compression="snappy", write_page_checksum=True)
    metadata = pq.ParquetFile(path).metadata
    names = [metadata.schema.column(place).path for place in range(metadata.num_columns)]

    def harm(wrong):
        data = bytearray(open(path, "rb").read())
        for group in range(metadata.num_row_groups):
            for place, name in enumerate(names):
                if wrong(group, name):
                    chunk = metadata.row_group(group).column(place)
                    start = min(offset for offset in (chunk.data_page_offset, chunk.dictionary_page_offset) if offset is not None)
                    data[start:start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
        with open(harmed, "wb") as file:
            file.write(data)

    harm(lambda group, name: name != "row" and name != "string")
    expect(failures, "columns that are not wanted are read", harmed, table.select(["string", "row"]), "--select", "row,string")
    harm(lambda group, name: group not in (4, 5))
    since, until = START + 86_400 * 16, START + 86_400 * 24
    for name in TYPES:
        # A day begins at midnight, which is not where START is.
        wanted = within(table, name, since, until)
        if name != "day":
            expect(failures, "row groups that are not wanted are read", harmed, wanted, "--time-column", name, "--since", f"@{since}", "--until", f"@{until}")
    status, _, said = check.part_cat(harmed)
    if status != 65 or said.count("\n") != 1:
        failures.append("harm that is not seen")
        print(f"FAILED: a damaged file is read: exit {status}, {said}")


def several(directory, failures):
    tables = [values.simple(rows, rows) for rows in (0, 1, 300, 7, 5000)]
    paths = [f"{directory}/several {place}%.parquet" for place in range(len(tables))]
    for path, table in zip(paths, tables):
        pq.write_table(table, path, row_group_size=50)
    wanted = None
    for threads in (1, 2, 7):
        status, out, said = check.part_cat("--threads", str(threads), *[path.replace("%", "%25").replace(" ", "%20") for path in paths])
        if status != 0:
            status, out, said = check.part_cat("--threads", str(threads), *paths)
        wanted = out if wanted is None else wanted
        found = f"exit {status}: {said}" if status else "other bytes than one thread's" if out != wanted else check.unlike(pa.concat_tables(tables), None, out)
        if found:
            failures.append("several")
            print(f"FAILED: {threads} threads, several files: {found}")


def long_values(directory, failures):
    """Strings of megabytes, and one beyond the limit of a line."""
    path = f"{directory}/long.parquet"
    table = pa.table({"s": ["x" * 10_000_000, None, "é" * 4_000_000, ""], "n": [1, 2, 3, 4]})
    pq.write_table(table, path)
    expect(failures, "long strings", path, table)
    pq.write_table(pa.table({"s": ["x" * (17 << 20)]}), path)
    status, _, said = check.part_cat(path)
    if status != 65 or said.count("\n") != 1:
        failures.append("a line that is too long")
        print(f"FAILED: a line of 17 MB: exit {status}, {said[:300]}")


def main(directory):
    os.makedirs(directory, exist_ok=True)
    failures = []
    for test in (columns, times, unwanted, several, long_values):
        test(directory, failures)
    print(f"parts of files: {len(failures)} failures")
    sys.stdout.flush()
    os._exit(bool(failures))


if __name__ == "__main__":
    main(*sys.argv[1:])
