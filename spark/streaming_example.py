#!/usr/bin/env python3
"""The same batches as a Structured Streaming job, for those who run these already: a trigger is a batch.

    streaming_example.py s3://bucket/ads ads s3://bucket/index/ads --tick 5m \\
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
from freshet_command import Options, aside, number, outcome, run, seconds
from freshet_processes import Failed
from freshet_shards import add_build_options, job
from freshet_tasks import AGAIN


def step(doing, argv, given=b""):
    """What a command of the pipe prints, with the variables that are set for all of them."""
    names = [name for name in os.environ if name.startswith("FRESHET_") and name != "FRESHET_JSON"]
    return tool(doing, argv, given, {name: os.environ[name] for name in names})


def batch(context, options):
    """One batch; what `wm advance` says, or nothing where nothing was due."""
    after = step("read the watermark", ["wm", "get", "-g", options.name]).decode().strip()
    listing = step("list", ["part-ls", options.source, "--after", after])
    slice = step("pick", ["part-pick", "--policy", options.policy, "--late"], listing)
    if not slice:
        return ""
    wanted = job(options, slice)
    last = last_build(wanted, options.fields)
    if not last:
        return ""
    receipt = build(context, wanted, last, options.partitions)
    published = step("publish", ["index-publish", options.destination], receipt)
    return step("advance the watermark", ["wm", "advance", options.name], published).decode()


class Batches:
    """What foreachBatch calls, until something ends it."""

    def __init__(self, options):
        self.options, self.ended, self.code = options, threading.Event(), 0

    def __call__(self, clock, trigger):
        if self.ended.is_set():
            return
        code, said = outcome(lambda: print(batch(clock.sparkSession.sparkContext, self.options), end="", flush=True))
        if self.ended.is_set():
            return  # by a signal, which is why it failed
        if said:
            print(f"streaming_example: {said}", file=sys.stderr, flush=True)
        if code not in (0, 1, *AGAIN):
            self.code = code
            self.ended.set()
        if self.options.triggers and trigger + 1 >= self.options.triggers:
            self.ended.set()


def main(arguments):
    parser = Options(
        prog="streaming_example.py", formatter_class=argparse.RawDescriptionHelpFormatter, description=__doc__)
    parser.add_argument("source", help="a directory or s3:// prefix of partitions")
    parser.add_argument("name", help="the watermark's")
    parser.add_argument("destination", help="where index-publish publishes to")
    add_build_options(parser)
    parser.add("--tick", "between two triggers; 5m", "SPAN", "5m", type=seconds)
    parser.add("--policy", "part-pick's; rate", "POLICY", "rate")
    parser.add("--triggers", "end after so many", "N", type=number)
    options = parser.parse_args(arguments)

    from pyspark.sql import SparkSession

    session = aside(SparkSession.builder.getOrCreate)
    batches = Batches(options)
    try:
        return clocked(session, batches, options.tick)
    finally:
        session.stop()


def clocked(session, batches, tick):
    """Runs the batches until something ends them; the exit code."""
    with tempfile.TemporaryDirectory(prefix="freshet-clock-") as checkpoint:
        clock = session.readStream.format("rate").load().writeStream.foreachBatch(batches)
        query = clock.trigger(processingTime=f"{tick} seconds").option("checkpointLocation", checkpoint).start()
        try:
            while not batches.ended.wait(1) and query.isActive:
                pass
        finally:
            # A batch that is at work fails, and is left to whoever comes next.
            batches.ended.set()
            query.stop()
        if query.exception():
            raise Failed(70, f"cannot go on: {str(query.exception()).splitlines()[0]}")
    return batches.code


if __name__ == "__main__":
    run("streaming_example", main)
