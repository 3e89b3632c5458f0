#!/usr/bin/env python3
"""Reads with part-cat the Parquet files that small.py makes by hand, whose rows are known, and those that have to be refused: known.py DIR

Python's standard library is enough.
"""

import json
import os
import re
import subprocess
import sys

import small


def part_cat(*arguments):
    return subprocess.run(["part-cat", *arguments], capture_output=True)


def parsed(line):
    """1e+300 and 1e300 are the same number, 12.30 and 12.3 are not."""
    return json.loads(
        line,
        parse_int=lambda text: ("number", text),
        parse_float=lambda text: float(text) if "e" in text.lower() else ("number", text.removesuffix(".0")),
    )


def unlike(path, lines):
    done = part_cat(path)
    if done.returncode != 0 or done.stderr:
        return f"exit {done.returncode}: {done.stderr.decode()}"
    got = done.stdout.decode().splitlines()
    if len(got) != len(lines):
        return f"{len(lines)} rows wanted, {len(got)} got"
    return next(
        (f"row {place}: wanted {one}, got {two}" for place, (one, two) in enumerate(zip(lines, got)) if one != two and parsed(one) != parsed(two)),
        None,
    )


def accepted(path, complaint, has_more):
    done = part_cat("--format", "parquet", path)
    said = done.stderr.decode()
    if done.returncode != 65 or said.count("\n") != 1 or not said.startswith("part-cat: cannot "):
        return f"exit {done.returncode} and not one line: {said[:300]}"
    if not re.search(complaint, said):
        return f"refused, but not for {complaint}: {said}"
    if has_more:
        done = part_cat("--format", "parquet", "--select", "good", path)
        if (done.returncode, done.stdout) != (0, b'{"good":7}\n'):
            return f"the good column: exit {done.returncode}, {done.stdout} {done.stderr}"
    return None


def main(directory):
    os.makedirs(directory, exist_ok=True)
    read = failures = turned_down = 0
    for name, make, lines in small.files():
        path = f"{directory}/{name}.parquet"
        make(path)
        found = unlike(path, lines)
        read, failures = read + 1, failures + bool(found)
        if found:
            print(f"FAILED: {path}: {found}")
    for name, data, complaint, has_more in small.refused():
        path = f"{directory}/refused-{name}.parquet"
        with open(path, "wb") as file:
            file.write(data)
        found = accepted(path, complaint, has_more)
        turned_down, failures = turned_down + 1, failures + bool(found)
        if found:
            print(f"FAILED: {path}: {found}")
    print(f"by hand: {read} files to be read, {turned_down} to be refused, {failures} failures")
    sys.exit(failures > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
