#!/usr/bin/env python3
"""Compares part-cat with pyarrow, value by value: check.py DIR WRITER ...

Each of a writer's files (writers.py; FRESHET_SIZE says how many) is written into DIR, read back with pyarrow, printed (rows.py), and
compared with what part-cat prints of it. A column that pyarrow can't read is read with DuckDB instead, or is taken from the table that was
written; a writer's file that can't be written is said, and counts as no failure. A difference names the file, which stays in DIR, the
row, the column, and both values. At the end: how many files, rows and column chunks agreed, by writer, codec and encoding.

Not tested here: that a file is read as fast as pyarrow does.
"""

import collections
import os
import subprocess
import sys
import warnings

import pyarrow as pa
import pyarrow.parquet as pq
import rows as printer
import writers

warnings.filterwarnings("ignore")


class Unreadable(Exception):
    pass


def table_of(path, source=None, columns=None):
    """The table and its leaves, by pyarrow where it can, or some columns of it, which are no groups."""
    try:
        file = pq.ParquetFile(path, arrow_extensions_enabled=True)
    except pa.ArrowInvalid as error:
        return by_duckdb(path, "*"), None, f"DuckDB, since pyarrow can't ({error})"
    leaves = printer.leaves(file.schema)
    if columns:
        leaves = [leaf for leaf in leaves if leaf.path in columns]
    try:
        table = file.read(columns)
        if any(leaf.physical == "INT96" for leaf in leaves):
            table = without_overflow(path, table)
        if table.num_rows != file.metadata.num_rows:
            raise Unreadable(f"{table.num_rows} rows of {file.metadata.num_rows}")
        return table, leaves, "pyarrow"
    except Exception as error:
        if source is not None:
            return source, None, f"what was written, since pyarrow can't ({error})"
        return by_columns(path, file), leaves, f"DuckDB for what pyarrow can't ({error})"


def without_overflow(path, table):
    """INT96 of years that 64 bits of nanoseconds don't have, in microseconds."""
    coarse = pq.ParquetFile(path, coerce_int96_timestamp_unit="us").read()
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type):
            fine = table.column(place).cast(pa.int64()).to_pylist()
            rough = coarse.column(place).cast(pa.int64()).to_pylist()
            if any(one is not None and one // 1000 != other for one, other in zip(fine, rough)):
                table = table.set_column(place, field.name, coarse.column(place))
    return table


def by_duckdb(path, columns):
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    found = connection.execute(f"SELECT {columns} FROM read_parquet(?)", [path])
    return found.to_arrow_table() if hasattr(found, "to_arrow_table") else found.arrow()


def by_columns(path, file):
    columns = {}
    for place, name in enumerate(file.schema_arrow.names):
        try:
            columns[name] = file.read(columns=[name]).column(0)
        except Exception:
            try:
                columns[name] = by_duckdb(path, '"' + name.replace('"', '""') + '"').column(0)
            except Exception as error:
                raise Unreadable(f"{name}: neither pyarrow nor DuckDB reads it: {error}") from error
    return pa.table(columns)


def part_cat(*arguments):
    done = subprocess.run(["part-cat", *arguments], capture_output=True)
    return done.returncode, done.stdout, done.stderr.decode(errors="replace")


def difference(path, table, leaves, arguments=()):
    """What part-cat does otherwise; None where it agrees."""
    status, out, complaint = part_cat(*arguments, path)
    if status != 0:
        return f"exit {status}: {complaint.strip()[:300]}"
    return unlike(table, leaves, out)


def unlike(table, leaves, out):
    try:
        got = out.decode().split("\n")
    except UnicodeDecodeError as error:
        return f"what is printed is not UTF-8: {error}"
    if got.pop() != "":
        return "the last line has no newline"
    wanted = printer.lines(table, leaves)
    if len(got) != len(wanted):
        return f"{len(wanted)} rows wanted, {len(got)} got"
    others = [place for place, (one, two) in enumerate(zip(wanted, got)) if one != two]
    if not others:
        return None
    marked = printer.lines(table.take(others) if table.num_columns else table, leaves, marked=True)
    for place, line in zip(others, marked):
        try:
            found = printer.parse(got[place])
        except (ValueError, RecursionError) as error:
            return f"row {place}: no JSON: {error}: {got[place][:200]}"
        row = printer.parse(line)
        if printer.same(row, found):
            continue
        if [name for name, _ in row] != [name for name, _ in found]:
            return f"row {place}: members {[name for name, _ in row]} wanted, {[name for name, _ in found]} got"
        for (name, one), (_, two) in zip(row, found):
            if not printer.same(one, two):
                return f"row {place}, column {name}: wanted {str(one)[:300]}, got {str(two)[:300]}"
        return f"row {place}: {line[:300]} wanted, {got[place][:300]} got"
    return None


def chunks(path):
    """(codec, version of pages as far as it is said, encodings) of each column chunk"""
    metadata = pq.ParquetFile(path).metadata
    for group in range(metadata.num_row_groups):
        for column in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(column)
            for encoding in set(chunk.encodings):
                yield chunk.compression, encoding


def main(directory, *names):
    size = os.environ.get("FRESHET_SIZE", "full")
    os.makedirs(directory, exist_ok=True)
    total = failures = 0
    for writer in names:
        agreed, others, written, seen = 0, 0, collections.Counter(), 0
        for name, make, *source in writers.WRITERS[writer](size):
            path = os.path.join(directory, f"{writer}-{name}.parquet")
            try:
                make(path)
            except Exception as error:
                print(f"{writer} {name}: can't be written: {type(error).__name__}: {str(error).splitlines()[0][:200]}")
                continue
            try:
                table, leaves, reader = table_of(path, *source)
            except Exception as error:
                print(f"{writer} {name}: no second reader: {str(error)[:200]}")
                continue
            if reader != "pyarrow":
                print(f"{writer} {name}: compared with {reader[:200]}")
            found = difference(path, table, leaves)
            if found is None:
                agreed += 1
                seen += table.num_rows
                written.update(chunks(path))
                os.unlink(path)
            else:
                others += 1
                print(f"FAILED: {path}: {found}")
        failures += others
        print(f"{writer}: {agreed} files of {seen} rows agree, {others} don't")
        for (codec, encoding), count in sorted(written.items()):
            print(f"  {writer} {codec} {encoding}: {count} column chunks")
        total += agreed
    print(f"{total} files agree, {failures} don't")
    sys.stdout.flush()
    os._exit(failures > 0)


def unlike_lines(lines, path):
    """The lines that are known without any reader."""
    _, out, _ = part_cat(path)
    got = out.decode().splitlines()
    return None if len(got) == len(lines) and all(map(alike, lines, got)) else f"wanted {lines[:5]}, got {got[:5]}"


def alike(one, two):
    return one == two or numbers(printer.parse(one)) == numbers(printer.parse(two))


def numbers(value):
    """1.5e300 and 1.5E+300 are one number; 12.30 and 12.3 are not."""
    if isinstance(value, printer.Number):
        return float(value) if "e" in value.lower() or value.endswith(".0") else value
    if isinstance(value, printer.Pairs):
        return [(name, numbers(one)) for name, one in value]
    return [numbers(one) for one in value] if isinstance(value, list) else value


if __name__ == "__main__":
    main(*sys.argv[1:])
