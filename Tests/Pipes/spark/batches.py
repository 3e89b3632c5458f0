"""Batches by executors in processes of their own, which are killed, slowed down and cheated: each time the index is that of one
machine, and its files are those of a STATE for which nothing went wrong.

Not tested here: several machines, executors that are lost behind a network, more data than fits into memory.
"""
import contextlib
import filecmp
import os
import random
import re
import shutil
import subprocess
import sys
import time
from types import SimpleNamespace

import pyspark

sys.path.insert(0, os.path.join(os.environ["TESTS"], "..", "spark"))
from freshet_build import build, last_build
from freshet_processes import Failed
from freshet_shards import job

SHARDS = 3
START = 1777852800  # 2026-05-04T00:00:00Z
HERE = os.getcwd()
TOOLS = os.environ["PATH"]
MEDDLING = f"{HERE}/meddling"


def expect(what, wanted, got):
    if wanted != got:
        sys.exit(f"FAILED: {what}: wanted {wanted!r}, got {got!r}")


def run(*argv, given=None):
    """What one of the tools prints, with nobody between."""
    return subprocess.run(argv, input=given, stdout=subprocess.PIPE, check=True, env={**os.environ, "PATH": TOOLS}).stdout


# MARK: Data

RANDOM = random.Random(5)


def record():
    """Of few documents and groups, so that they meet: updates, moves to groups of other shards, deletes, facts of groups."""
    ad, item = f"a{RANDOM.randrange(400)}", f"i{RANDOM.randrange(90)}"
    match RANDOM.randrange(14):
        case 0:
            return f'{{"ad_id":"{ad}","_delete":true}}'
        case 1:
            return f'{{"item_id":"{item}","_delete":true}}'
        case 2 | 3:
            return f'{{"item_id":"{item}","clicks":{RANDOM.randrange(99)},"also_bought":["i{RANDOM.randrange(90)}"]}}'
    words = f"words w{RANDOM.randrange(50)} w{RANDOM.randrange(50)}"
    return f'{{"ad_id":"{ad}","item_id":"{item}","title":"{words}","price":{RANDOM.randrange(999)}}}'


def write(partition, records):
    """Two objects."""
    folder = time.strftime("ads/dt=%Y-%m-%d/hour=%H/minute=%M", time.gmtime(START + 300 * partition))
    os.makedirs(folder, exist_ok=True)
    for part in range(2):
        with open(f"{folder}/part-{part}.json", "w") as file:
            file.writelines(f"{line}\n" for line in records[part::2])


def picked(partition):
    after = run("wm", "get", "-g", "ads").decode().strip()
    listing = run("part-ls", f"{HERE}/ads", "--after", after)
    return run("part-pick", "--policy", "latest", "--late", "--now", f"@{START + 300 * partition + 360}", given=listing)


# MARK: Builds

def by_spark(context, slice, state, skip_bad=0, new=None):
    options = SimpleNamespace(
        fields="ads.fields", state=f"{HERE}/{state}", shards=SHARDS, skip_bad=skip_bad, scratch=f"{HERE}/scratch", keep=2)
    wanted = job(options, slice)
    last = last_build(wanted, options.fields)
    if new is not None:
        expect("objects that are new", new, len(last.objects))
    return build(context, wanted, last, partitions=4)


def receipt(text, word):
    found = [line for line in text.decode().splitlines() if line.startswith(f"#{word}\t")][-1]
    return dict(field.split("=", 1) for field in found.split("\t")[1:])


def compare(name, ours, whole):
    for key in ("to", "documents", "tombstones", "groups", "bad"):
        expect(f"{name}: {key}", receipt(whole, "index")[key], receipt(ours, "index")[key])
    run("index-check", receipt(ours, "index")["location"])
    for what in ("--documents", "--dump"):
        texts = [run("index-check", what, receipt(text, "index")["location"]) for text in (whole, ours)]
        expect(f"{name}: {what} is that of one machine", True, texts[0] == texts[1])


def compare_states(name):
    """The same files, byte for byte, whatever went wrong on the way to one of them."""
    for folder in ("segments", "runs", "keys", "states", "builds"):
        names = [set(os.listdir(f"{state}/{folder}")) for state in ("meddled", "quiet")]
        names = [{file for file in files if not file.endswith(".published")} for files in names]
        expect(f"{name}: files in {folder}", sorted(names[1]), sorted(names[0]))
        _, differing, odd = filecmp.cmpfiles(f"meddled/{folder}", f"quiet/{folder}", names[0], shallow=False)
        expect(f"{name}: bytes in {folder}", ([], []), (differing, odd))


@contextlib.contextmanager
def meddling(*what):
    """It has to have been done at the end."""
    for name in what:
        open(f"{MEDDLING}/{name}", "w").close()
    open(f"{MEDDLING}/started", "w").close()
    yield
    for name in what:
        expect(f"{name} was done", True, os.path.exists(f"{MEDDLING}/did-{name}"))


def starts(step):
    with open(f"{MEDDLING}/started") as file:
        return file.read().split().count(step)


def fails(name, code, words, attempt):
    """It fails like that, and STATE names what it named before."""
    with open("meddled/last", "rb") as file:
        before = file.read()
    try:
        attempt()
        sys.exit(f"FAILED: {name} went well")
    except Failed as failed:
        expect(f"{name}: {failed.sentence}", (code, True), (failed.code, words in failed.sentence and "\n" not in failed.sentence))
    with open("meddled/last", "rb") as file:
        expect(f"{name}: last", before, file.read())


def batch(context, number, slice, what=(), skip_bad=0, new=2):
    """One batch three ways; published from the one that was meddled with."""
    name = f"batch {number} ({', '.join(what) or 'quiet'})"
    began = time.monotonic()
    whole = run("delta-build", "--fields", "ads.fields", "--work", "whole", "--skip-bad", str(skip_bad), given=slice)
    with meddling(*what):
        ours = by_spark(context, slice, "meddled", skip_bad, new)
    if "slow-fed-1" in what:
        expect("two attempts at the shard that was slow", True, starts("fed-1") > 1)
    again = by_spark(context, slice, "quiet", skip_bad)
    compare(name, ours, whole)
    expect(f"{name}: id", receipt(again, "index")["id"], receipt(ours, "index")["id"])
    compare_states(name)
    published = run("index-publish", "--max-shrink", "100%", "published", given=ours)
    run("wm", "advance", "ads", given=published)
    documents = run("index-check", "--documents", receipt(whole, "index")["location"])
    expect(f"{name}: what is published", True, documents == run("index-check", "--documents", "published"))
    expect(f"{name}: files that the driver keeps", [], os.listdir(context._temp_dir))
    print(f"{name}: {receipt(ours, 'index')['documents']} documents, {time.monotonic() - began:.1f} s", flush=True)


# MARK: What happens

def happen(context):
    for partition in range(6):
        write(partition, [record() for _ in range(120)])
    batch(context, 0, picked(5), ["kill-decode"], new=12)

    write(6, [record() for _ in range(60)])
    batch(context, 1, picked(6), ["kill-fed-2"])
    ended = [open(f"{MEDDLING}/{name}").read().strip() for name in os.listdir(MEDDLING) if name.startswith("ended-")]
    expect("exit of what a killed executor fed", ["65"], ended)

    write(7, [record() for _ in range(60)])
    batch(context, 2, picked(7), ["slow-fed-1", "again-ask-3", "again-fed-2"])

    # As on one machine: refused by the one that comes first in the slice, whatever the driver, a shard or a name says first.
    write(8, [record() for _ in range(58)] + ["not a record", "nor this", *[record() for _ in range(40)], "nor that"])
    slice = picked(8)
    whole = subprocess.run(
        ["delta-build", "--fields", "ads.fields", "--work", "refused", "--skip-bad", "1", "-q"], input=slice, stderr=subprocess.PIPE,
        env={**os.environ, "PATH": TOOLS})
    sentence = whole.stderr.decode().removeprefix("delta-build: ").strip()
    fails("malformed records", whole.returncode, sentence, lambda: by_spark(context, slice, "meddled", skip_bad=1))
    batch(context, 3, slice, skip_bad=3)
    # Those of old objects count, too.
    write(9, [record() for _ in range(9)] + ["not a record"])
    slice = picked(9)
    fails("malformed records of two batches", 65, "minute=45/part-1.json: line 5:", lambda: by_spark(context, slice, "meddled", skip_bad=3))
    if os.environ["FRESHET_SIZE"] == "long":
        happen_for_long(context)


def happen_for_long(context):
    slice = picked(9)
    for what, words in (("fail-fed-3", "build shard 3/3: delta-build: cannot go on"), ("cut-decode", "decode"), ("fail-ask-1", "ask")):
        with meddling(what):
            fails(what, 65, words, lambda: by_spark(context, slice, "meddled", skip_bad=4))
    batch(context, 4, slice, skip_bad=4)

    # What was published is due no more; and without its last build all of it is built anew.
    options = SimpleNamespace(fields="ads.fields", state=f"{HERE}/meddled", shards=SHARDS, skip_bad=4, scratch=None, keep=1)
    expect("what is left to do", None, last_build(job(options, picked(9)), options.fields))
    os.remove("meddled/last")
    os.remove("quiet/last")
    write(10, [record() for _ in range(60)])
    batch(context, 5, picked(10), skip_bad=4, new=12)


# MARK: The cluster

@contextlib.contextmanager
def cluster():
    """Spark's own, of two machines by their names, since a machine gets no second attempt at what it is busy with; its address."""
    running = []

    def start(what, *options):
        log = f"{HERE}/{what}-{len(running)}.log"
        argv = [f"{os.path.dirname(pyspark.__file__)}/bin/spark-class", f"org.apache.spark.deploy.{what.lower()}.{what}", *options]
        with open(log, "w") as file:
            running.append(subprocess.Popen(argv, stdout=file, stderr=file, env={**os.environ, "SPARK_DAEMON_MEMORY": "128m"}))
        return log

    try:
        log = start("Master", "--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        address = found(r"spark://127.0.0.1:\d+", log)
        for host in "127.0.0.2", "127.0.0.3":
            start("Worker", "--host", host, "--webui-port", "0", "--cores", "2", "--memory", "1g", "--work-dir", f"{HERE}/{host}", address)
        yield address
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait()


def found(pattern, log, patience=60):
    """The first match in a log, once it is there."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        with open(log) as file:
            if match := re.search(pattern, file.read()):
                return match[0]
        time.sleep(0.1)
    sys.exit(f"FAILED: {log} has no {pattern}")


def main():
    os.makedirs(MEDDLING)
    os.makedirs("between")
    for tool in ("part-cat", "delta-build"):
        shutil.copy(os.path.join(os.path.dirname(__file__), "meddle.py"), f"between/{tool}")
    os.environ.update(MEDDLING=MEDDLING, PATH=f"{HERE}/between:{TOOLS}")
    with cluster() as address:
        settings = {
            "spark.master": address,
            "spark.executor.memory": "512m",
            "spark.executor.cores": "1",
            "spark.cores.max": "3",
            "spark.ui.enabled": "false",
            "spark.speculation": "true",
            "spark.speculation.quantile": "0.5",
            "spark.speculation.multiplier": "2",
            "spark.speculation.minTaskRuntime": "3s",
        }
        context = pyspark.SparkContext(conf=pyspark.SparkConf().setAll(settings.items()))
        context.setLogLevel("OFF")
        try:
            happen(context)
        finally:
            context.stop()


main()
