"""Spark as the programs start it, and what its failures mean to them."""

import contextlib
import logging
import os
import re
import sys
import tempfile

from freshet_command import aside, setting
from freshet_processes import Failed, unopened

MORE = "(--log FILE has more)"


def add_spark_options(options):
    options.add("--master", "Spark's; by default what spark-defaults.conf has", "URL")
    options.add("--log", "what Spark has to say is appended there; by default it is dropped", "FILE")
    options.add_argument("--conf", help="a setting of Spark's; may be repeated", metavar="KEY=VALUE", action="append", default=[], type=setting)


def elsewhere(options):
    """Whether executors have other directories than we: those of a local master are threads of its own process."""
    return not re.match(r"local(\[|$)", options.master or dict(options.conf).get("spark.master", ""))


@contextlib.contextmanager
def spark(name, options):
    """A SparkContext. The JVM gets the log for its output, and standard output with it, which is ours no more."""
    with opened(options.log) if options.log else tempfile.TemporaryFile() as log:
        errors = os.dup(2)
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
        logging.basicConfig(stream=sys.stdout)  # For py4j, which tells of a JVM that is gone in traces.
        try:
            context = aside(lambda: started(name, options))
        except Failed:
            raise
        except Exception as error:
            raise unstarted(error, options) from None
        finally:
            os.dup2(errors, 2)
            os.close(errors)
        try:
            yield context
        finally:
            with contextlib.suppress(Exception):  # Of a JVM that is gone there is nothing to stop.
                context.stop()


def opened(log):
    try:
        return open(log, "ab")
    except OSError as error:
        raise Failed(73, f"cannot open {log}: {error.strerror}") from None


def started(name, options):
    try:
        from pyspark import SparkConf, SparkContext
    except ImportError as error:
        raise Failed(78, f"cannot start Spark: {error} (python3 -m pip install pyspark, and Java)") from None

    conf = SparkConf().setIfMissing("spark.app.name", name)
    if options.master:
        conf.setMaster(options.master)
    return SparkContext.getOrCreate(conf.setAll(options.conf))


# MARK: Failures

def unstarted(error, options):
    # A context that gives its master up ends in another thread, under the hands of the one that still sets it up.
    if elsewhere(options) and re.search("NullPointerException|stopped|running MetricsSystem", str(error)):
        return unanswered(options.master or "Spark")
    return Failed(69, f"cannot start Spark: {reason(error)} {MORE}")


def unanswered(master):
    return Failed(69, f"cannot reach {master}: no master of Spark's answers {MORE}")


def failure(error, context):
    """What Spark says has failed, as one of ours: the sentence of a task's last attempt, where there is one."""
    ours = re.findall(r"Failed: \[(\d+)\] (cannot .*)", str(error))
    if ours:
        return Failed(int(ours[-1][0]), ours[-1][1].strip())
    if ended(context):
        return Failed(75, f"cannot go on: {context.master} has ended it {MORE}") if registered(context) else unanswered(context.master)
    if isinstance(error, OSError):
        return unopened(error)
    lost = re.findall(r".*(?:ExecutorLost|Job aborted).*", str(error))
    if lost and "Traceback" not in str(error):
        return Failed(75, f"cannot build: {sentence(lost[0])} {MORE}")
    return Failed(70, f"cannot build: {reason(error)} {MORE}")


def ended(context):
    """Whether Spark is gone, which a context is not told: no master was found, the master has had enough, the JVM was killed."""
    try:
        return context._jsc.sc().isStopped()
    except Exception:
        return True


def registered(context):
    """Whether a master has ever given it a name: until then Spark makes one up."""
    try:
        return not context.applicationId.startswith("spark-application-")
    except Exception:
        return True


def reason(error):
    """The sentence of what was raised, be it here, in Java, or by Python on an executor."""
    lines = [line for line in str(error).split("\n") if line.strip()] or [type(error).__name__]
    if "Traceback (most recent call last)" in str(error):
        lines = [line for line in lines if re.match(r"\w+(Error|Exception)\b", line)][-1:] or lines
    elif lines[0].startswith("An error occurred while calling"):
        lines = lines[1:] or lines
    return sentence(lines[0])


def sentence(line):
    """Without the classes that Java says it with."""
    return re.sub(r"^[: ]*((Caused by: )?\w+(\.[\w$]+)+: )*", "", line).strip()[:300]
