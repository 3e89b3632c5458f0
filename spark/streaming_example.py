#!/usr/bin/env python3
"""The same batches as a Structured Streaming job, for those who run these already: a trigger is a batch.

    FRESHET_LAYOUT='dt=%Y-%m-%d/hour=%H/minute=%M' FRESHET_EVERY=5m FRESHET_WINDOW=5h \\
      streaming_example.py s3://bucket/ads ads s3://bucket/index/ads --tick 5m \\
      --fields ads.fields --state s3://bucket/state/ads --shards 8 --master spark://host:7077

The stream is no more than the clock: what a batch reads is said by the listing and by the watermark NAME, which wm keeps
outside Spark (FRESHET_WM). So the checkpoint may be lost, a trigger may come twice, and another loop may take over. The
options of the tools are given by their variables, as layout, step and window are above.

What can be refused before Spark is started is: the first batch is looked at, ahead of its trigger. A batch that is refused,
or fails with what may pass (1, 69, 73, 74, 75), is left to the next trigger; anything else ends the job.
"""

import os
import sys
import tempfile
import threading
import time

from freshet_build import build, tool
from freshet_command import Options, aside, number, outcome, run, seconds
from freshet_processes import Failed
from freshet_session import add_spark_options, failure, spark
from freshet_shards import add_build_options, due, reachable
from freshet_tasks import AGAIN

# What the next trigger may mend.
PASSING = (0, 1, *AGAIN)


def step(doing, argv, given=b""):
    """What a command of the pipe prints, with the variables that are set for all of them."""
    # FRESHET_TO is ours, and a time to part-pick.
    names = [name for name in os.environ if name.startswith("FRESHET_") and name not in ("FRESHET_JSON", "FRESHET_TO")]
    return tool(doing, argv, given, {name: os.environ[name] for name in names})


def picked(options):
    """The slice of the batch that is due, or nothing."""
    after = step("read the watermark", ["wm", "get", "-g", options.name]).decode().strip()
    listing = step("list", ["part-ls", options.source, "--after", after])
    return step("pick", ["part-pick", "--policy", options.policy, "--late"], listing)


def batch(context, options):
    """One batch; what `wm advance` says, or nothing where nothing was due."""
    found = due(picked(options), options)
    if not found:
        return ""
    receipt = build(context, *found, options.partitions)
    published = step("publish", ["index-publish", options.destination], receipt)
    for target in options.to:
        try:
            step(f"publish to {target}", ["index-publish", target], published)
        except Failed as failed:  # A later batch brings what it missed.
            print(f"streaming_example: {failed.sentence}", file=sys.stderr, flush=True)
    return step("advance the watermark", ["wm", "advance", options.name], published).decode()


class Batches:
    """What foreachBatch calls, until something ends it."""

    def __init__(self, options, output):
        self.options, self.output, self.ended, self.stopped, self.code = options, output, threading.Event(), False, 0

    def stop(self):
        self.stopped = True
        self.ended.set()

    def __call__(self, clock, trigger):
        if self.ended.is_set():
            return
        code, said = outcome(lambda: self.output.write(batch(clock.sparkSession.sparkContext, self.options)) and self.output.flush())
        if self.stopped:
            return  # That is why it failed.
        if said:
            print(f"streaming_example: {said}", file=sys.stderr, flush=True)
        if code not in PASSING:
            self.code = code
            self.ended.set()
        if self.options.triggers and trigger + 1 >= self.options.triggers:
            self.ended.set()


def main(arguments):
    parser = Options(prog="streaming_example.py", description=__doc__, epilog="Exit status: as in freshet(7).")
    parser.add_argument("source", help="a directory or s3:// prefix of partitions")
    parser.add_argument("name", help="the watermark's")
    parser.add_argument("destination", help="where index-publish publishes to")
    add_build_options(parser)
    parser.add("--to", "serving systems that are told what is published, with blanks between them", "TARGETS", "", type=str.split)
    parser.add("--tick", "between two triggers; 5m", "SPAN", "5m", type=seconds)
    parser.add("--policy", "part-pick's; rate", "POLICY", "rate")
    parser.add("--triggers", "end after so many", "N", type=number)
    add_spark_options(parser)
    options = parser.parse_args(arguments)
    reachable(options.source, options)
    look_ahead(options)
    with open(os.dup(1), "w") as output, spark("freshet_streaming", options) as context:
        batches = Batches(options, output)
        try:
            aside(lambda: clocked(context, batches, options.tick), batches.stop)
        except Failed:
            raise
        except Exception as error:
            raise failure(error, context) from None
        return batches.code


def look_ahead(options):
    try:
        due(picked(options), options)
    except Failed as failed:
        if failed.code not in PASSING:
            raise


def clocked(context, batches, tick):
    """Runs the batches until something ends them."""
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory(prefix="freshet-clock-") as checkpoint:
        clock = SparkSession(context).readStream.format("rate").load().writeStream.foreachBatch(batches)
        query = clock.trigger(processingTime=f"{tick} seconds").option("checkpointLocation", checkpoint).start()
        try:
            while not batches.ended.wait(1) and query.isActive:
                pass
            if not batches.stopped:
                idle(query, tick)
        finally:
            # A batch that is at work fails, and is left to whoever comes next.
            batches.stop()
            query.stop()
        if query.exception():
            raise query.exception()


def idle(query, tick, patience=10):
    """Waits until it has noted its last trigger, and the next one, at a multiple of the tick, isn't about to come: Spark complains of
    one that is stopped while it writes."""
    end = time.monotonic() + patience
    while query.isActive and time.monotonic() < end:
        if not query.status["isTriggerActive"] and tick - time.time() % tick > 0.3:
            return
        time.sleep(0.05)


if __name__ == "__main__":
    run("streaming_example", main)
