#!/usr/bin/env python3
"""The same batches as a Structured Streaming job, for those who run these already: a trigger is a batch.

    streaming_example.py s3://bucket/ads ads s3://bucket/index/ads --every '5 minutes' \\
      --fields ads.fields --state s3://bucket/state/ads --shards 8

The stream is no more than the clock: what a batch reads is said by the listing and by the watermark NAME, which wm keeps
outside Spark (FRESHET_WM). So the checkpoint may be lost, a trigger may come twice, and another loop may take over. Layout,
step and window come from FRESHET_LAYOUT, FRESHET_EVERY and FRESHET_WINDOW.

A batch that is refused, or fails with what may pass (1, 69, 71, 73, 74, 75), is left to the next trigger; anything else ends
the job.
"""

import argparse
import os
import sys
import tempfile
import threading

from freshet_build import build, last_build, tool
from freshet_processes import Failed
from freshet_shards import Options, add_build_options, job
from freshet_tasks import AGAIN


def run(doing, argv, given=b""):
    """What a command of the pipe prints, with the variables that are set for all of them."""
    names = [name for name in os.environ if name.startswith("FRESHET_") and name != "FRESHET_JSON"]
    return tool(doing, argv, given, {name: os.environ[name] for name in names})


def batch(context, options):
    """One batch; what `wm advance` says, or nothing where nothing was due."""
    after = run("read the watermark", ["wm", "get", "-g", options.name]).decode().strip()
    listing = run("list", ["part-ls", options.source, "--after", after])
    slice = run("pick", ["part-pick", "--policy", options.policy, "--late"], listing)
    if not slice:
        return ""
    wanted = job(options, slice)
    last = last_build(wanted)
    if not last:
        return ""
    receipt = build(context, wanted, last, options.partitions)
    published = run("publish", ["index-publish", options.destination], receipt)
    return run("advance the watermark", ["wm", "advance", options.name], published).decode()


class Batches:
    """What foreachBatch calls, until something ends it."""

    def __init__(self, options):
        self.options, self.ended, self.failed = options, threading.Event(), None

    def __call__(self, clock, number):
        if self.ended.is_set():
            return
        try:
            print(batch(clock.sparkSession.sparkContext, self.options), end="", flush=True)
        except Failed as failed:
            print(f"streaming_example: {failed.sentence}", file=sys.stderr, flush=True)
            if failed.code not in (1, *AGAIN):
                self.failed = failed
                self.ended.set()
        if self.options.triggers and number + 1 >= self.options.triggers:
            self.ended.set()


def main(arguments):
    parser = Options(
        prog="streaming_example.py", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("source", help="a directory or s3:// prefix of partitions")
    parser.add_argument("name", help="the watermark's")
    parser.add_argument("destination", help="where index-publish publishes to")
    add_build_options(parser)
    parser.add("--every", "between two triggers; 5 minutes", "SPAN", "5 minutes")
    parser.add("--policy", "part-pick's; rate", "POLICY", "rate")
    parser.add_argument("--triggers", help="end after so many", metavar="N", type=int)
    options = parser.parse_args(arguments)

    from pyspark.sql import SparkSession

    session = SparkSession.builder.getOrCreate()
    batches = Batches(options)
    with tempfile.TemporaryDirectory(prefix="freshet-clock-") as checkpoint:
        clock = session.readStream.format("rate").load().writeStream.foreachBatch(batches)
        query = clock.trigger(processingTime=options.every).option("checkpointLocation", checkpoint).start()
        while not batches.ended.wait(1) and query.isActive:
            pass
        if query.exception():
            batches.failed = Failed(70, f"cannot go on: {str(query.exception()).splitlines()[0]}")
            print(f"streaming_example: {batches.failed.sentence}", file=sys.stderr)
        query.stop()
    session.stop()
    return batches.failed.code if batches.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failed as failed:
        print(f"streaming_example: {failed.sentence}", file=sys.stderr)
        sys.exit(failed.code)
