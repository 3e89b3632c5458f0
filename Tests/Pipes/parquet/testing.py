#!/usr/bin/env python3
"""Reads the files of apache/parquet-testing with part-cat: testing.py DIR, where DIR is a copy of that repository.

Those in scope are compared with pyarrow (check.py); a file of `REFUSED` has to be refused with exit 65 and one line that says so, and
what of it can be read when other columns are selected is compared with pyarrow, too.
"""

import fnmatch
import glob
import os
import re
import sys

import check
import rows as printer

# pattern: (what the complaint says, columns that can be read all the same, why)
REFUSED = {
    "data/datapage_v1-corrupt-checksum.parquet": ("checksum", [], "its pages' checksums are wrong, which pyarrow does not look at"),
    "data/rle-dict-uncompressed-corrupt-checksum.parquet": ("checksum", [], "the same, of a dictionary"),
    "data/encrypt_columns_plaintext_footer.parquet.encrypted": ("encrypted", ["boolean_field", "int32_field"], "some columns are encrypted"),
    "data/aes256/encrypt_columns_plaintext_footer.parquet.encrypted": ("encrypted", [], "all columns are encrypted"),
    "data/*.encrypted": ("encrypted", [], "the footer is encrypted"),
    "data/unknown-logical-type.parquet": ("column with unknown type", ["column with known type"], "a type of tomorrow is not guessed at"),
    "data/geospatial/geography-*": ("(?i)geography", ["id"], "what a geography is as JSON is not decided"),
    "data/geospatial/crs-geography.parquet": ("(?i)geography", ["wkt"], "the same"),
    "data/geospatial/geospatial*": ("(?i)geometry", ["group", "wkt"], "what a geometry is as JSON is not decided"),
    "data/geospatial/*": ("(?i)geometry", ["wkt"], "the same"),
    "data/large_string_map.brotli.parquet": ("", [], "4 kB that become two strings of 1 GB: beyond the limit of expansion"),
    "shredded_variant/*": ("(?i)variant", [], "what a variant is as JSON is not decided"),
    "bad_data/ARROW-GH-41317.parquet": ("", [], "its columns have different numbers of rows"),
    "bad_data/ARROW-GH-41321.parquet": ("", [], "a page has fewer levels than its header says"),
    "bad_data/ARROW-GH-45185.parquet": ("", [], "its first repetition level is 1"),
    "bad_data/ARROW-GH-47662.parquet": ("", [], "a required column has fewer values than rows"),
    "bad_data/ARROW-RS-GH-6229-DICTHEADER.parquet": ("", [], "a dictionary of a negative number of values"),
    "bad_data/ARROW-RS-GH-6229-LEVELS.parquet": ("", [], "a page has too few repetition levels"),
    "bad_data/PARQUET-1481.parquet": ("", [], "a physical type that there is none of"),
}
# What pyarrow misreads: days and nanoseconds that Spark let overflow. They are read as they stand; in microseconds since 1970:
OVERFLOWN = {"data/int96_from_spark.parquet": [1704141296123456, 1704070800000000, 253402225200000000, 1735599600000000, None, -9357363680509551616]}


def refused(path, complaint, others):
    status, out, said = check.part_cat(path)
    if status != 65 or said.count("\n") != 1:
        return f"exit {status} instead of 65, {said.count(chr(10))} lines: {said[:300]}"
    # What the path says is no complaint.
    if not re.search(complaint, said.partition(path)[2]):
        return f"refused, but not for {complaint}: {said.strip()}"
    if not others:
        return None
    table, leaves, _ = check.table_of(path, columns=others)
    found = check.difference(path, table, leaves, ["--select", ",".join(others)])
    return found and f"with --select {','.join(others)}: {found}"


def compared(name, path):
    table, leaves, _ = check.table_of(path)
    if name not in OVERFLOWN:
        return check.difference(path, table, leaves)
    wanted = ["null" if value is None else f'"{printer.timestamp(value, 10**6)}Z"' for value in OVERFLOWN[name]]
    return check.unlike_lines([f'{{"{table.column_names[0]}":{value}}}' for value in wanted], path)


def main(directory):
    found = [*glob.glob(directory + "/data/**/*", recursive=True), *glob.glob(directory + "/*/*.parquet")]
    failures = agreed = turned_down = 0
    for path in sorted(set(path for path in found if path.endswith((".parquet", ".encrypted")))):
        name = os.path.relpath(path, directory)
        rule = next((rule for pattern, rule in REFUSED.items() if fnmatch.fnmatch(name, pattern)), None)
        try:
            complaint = refused(path, *rule[:2]) if rule else compared(name, path)
        except Exception as error:
            complaint = f"no second reader: {error}"
        if complaint:
            failures += 1
            print(f"FAILED: {name}: {complaint}" + (f" (wanted: refused, {rule[2]})" if rule else ""))
        else:
            agreed, turned_down = agreed + (rule is None), turned_down + (rule is not None)
    assert agreed + failures > 50, "this is not parquet-testing"
    print(f"parquet-testing: {agreed} files agree, {turned_down} are refused as they should be, {failures} failed")
    sys.stdout.flush()
    os._exit(failures > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
