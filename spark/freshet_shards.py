#!/usr/bin/env python3
"""Builds the index of a slice as N shards on Spark, and prints the receipt that one machine's delta-build would print.

    part-ls ... | part-pick |
      freshet_shards.py --fields ads.fields --state s3://bucket/state/ads --shards 8 --master spark://host:7077 |
      index-publish s3://bucket/index/ads | wm advance ads

Spark moves records and runs processes; all rules about records are in these, which must be in PATH on the executors, too:

    delta-build --last-build      here: which objects are new since the last build
    part-cat --shards             a task for some of these: each record, with its shard and the key of its document
    delta-build --ask             a task for each old shard: its records of documents that other shards speak of now
    delta-build --fed             a task for each shard: builds it from what is new, and leaves its files in STATE
    delta-build --join            here: makes one index of the shards that Spark accepted

With nothing on standard input nothing is printed, and Spark isn't started. A lost executor, a repeated task or a
speculative one change no byte of the index; a shard that fails fails the batch.

Executors work in other directories than this program: a directory is listed by its whole path, part-ls "$PWD/ads". Only those
of --master 'local[N]' read what was listed by a relative one.

The other options of part-cat and delta-build are given by their variables, which go with every process: FRESHET_FORMAT,
FRESHET_COLUMNS, FRESHET_ROWS_TIME_COLUMN, FRESHET_ROWS_SINCE, FRESHET_ROWS_UNTIL, FRESHET_MEMORY, FRESHET_THREADS (here 1, as
Spark counts on), FRESHET_JOBS, FRESHET_PATIENCE, FRESHET_GRACE, FRESHET_ANONYMOUS, FRESHET_REQUESTER_PAYS. No other one of freshet's does, an
executor's own included. Credentials do not, either: executors have theirs.
"""

import os
import re

from freshet_build import build, last_build
from freshet_command import Options, aside, created, number, run
from freshet_processes import Failed, Job
from freshet_session import add_spark_options, elsewhere, spark


def add_build_options(options):
    options.add("--fields", "what the members of the records mean; freshet-fields(5)", "FILE", required=True)
    options.add("--state", "what builds leave for the next: s3://, or a directory, where all executors are on this machine", "PLACE", required=True)
    options.add("--shards", "how many; where it is another number than before, the build begins from nothing", "N",
                type=number, required=True)
    options.add("--partitions", "how many tasks decode what is new; one for 64 MB as listed, and at least one for each core", "N", type=number)
    options.add("--skip-bad", "pass over up to so many malformed records; 0", "N", "0", type=number)
    options.add("--scratch", "where a machine keeps the shards that it built; in the executor's directory, which goes with it", "DIR")
    options.add("--keep", "how many of them; all", "N", type=number)


def job(options, slice):
    """What is to be built."""
    with open(options.fields, "rb") as file:
        fields = file.read()
    # One that is cut within a line is delta-build's to refuse.
    if slice.endswith(b"\n") and not re.search(rb'^(#|\{"#")', slice, re.M):
        slice += b"#end\tlines=%d\n" % slice.count(b"\n")
    return Job(
        fields=fields, slice=slice, shards=options.shards, state=place(options.state), last=[], skip_bad=options.skip_bad,
        scratch=options.scratch and os.path.abspath(options.scratch), keep=max(1, options.keep or options.shards), variables=variables())


def place(state):
    return state if "://" in state else os.path.abspath(state)


def variables():
    names = """FORMAT COLUMNS ROWS_TIME_COLUMN ROWS_SINCE ROWS_UNTIL MEMORY THREADS JOBS PATIENCE GRACE ANONYMOUS
        REQUESTER_PAYS""".split()
    given = {f"FRESHET_{name}": os.environ.get(f"FRESHET_{name}") for name in names}
    return {"FRESHET_THREADS": "1"} | {name: value for name, value in given.items() if value}


def due(slice, options):
    """What is to be built, and what to go on from; None where nothing is. What can be refused before Spark is started is."""
    wanted = job(options, slice)
    last = last_build(wanted, options.fields)
    if not last:
        return None
    for line in last.objects:
        reachable(line.rstrip(b"\n").split(b"\t")[4].decode(errors="replace"), options)
    return wanted, last


def reachable(location, options):
    if elsewhere(options) and not location.startswith(("/", "s3://")):
        raise Failed(64, f"cannot decode {location}: executors have other directories: list it by its whole path")


def main(arguments):
    parser = Options(
        prog="freshet_shards.py", description=__doc__,
        epilog="Each option but --conf has its variable, --shards FRESHET_SHARDS. Exit status: as in freshet(7); 75 where executors were lost "
        "too often.")
    add_build_options(parser)
    parser.add("--slice", "read it from a file; under spark-submit, which has no standard input", "FILE")
    parser.add("--receipt", "write it to a file; under spark-submit, which mixes all output", "FILE")
    add_spark_options(parser)
    options = parser.parse_args(arguments)
    if "PYSPARK_GATEWAY_PORT" in os.environ and not (options.slice and options.receipt):
        raise Failed(64, "cannot use standard input and output under spark-submit: name --slice and --receipt")
    output = os.dup(1)
    with open(options.slice or 0, "rb") as file:
        slice = file.read()
    with created(options.receipt) if options.receipt else open(output, "wb") as file:
        file.write(receipt_of(slice, options) if slice else b"")


def receipt_of(slice, options):
    found = due(slice, options)
    if not found:
        return b""
    with spark("freshet_shards", options) as context:
        return aside(lambda: build(context, *found, options.partitions), context.stop)


if __name__ == "__main__":
    run("freshet_shards", main)
