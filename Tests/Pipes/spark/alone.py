"""What the programs of spark/ do where no Spark is needed: alone.py SLICE, of 10,000 documents, beside ads.fields."""
import contextlib
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

SPARK = os.path.join(os.environ["TESTS"], "..", "spark")
sys.path.insert(0, SPARK)
from freshet_build import last_build, portions
from freshet_processes import Failed, child, workplace
from freshet_shards import job
from freshet_tasks import spread

HERE = os.getcwd()
TOOLS = os.environ["PATH"]


def expect(what, wanted, got):
    if wanted != got:
        sys.exit(f"FAILED: {what}: wanted {wanted!r}, got {got!r}")


def wanted(shards=2, keep=1):
    with open(sys.argv[1], "rb") as file:
        slice = file.read()
    return job(
        SimpleNamespace(fields="ads.fields", state=f"{HERE}/state", shards=shards, skip_bad=0, scratch=f"{HERE}/scratch", keep=keep),
        slice)


def keys_go_to_all_partitions():
    argv = ["part-cat", "--shards", "1", "--fields", "ads.fields"]
    routed = subprocess.run(argv, stdin=open(sys.argv[1]), stdout=subprocess.PIPE, check=True).stdout
    keys = {int(line.split(b"\t")[1], 16) for line in routed.splitlines() if line.startswith(b"1\t")}
    expect("keys", 10000, len(keys))
    for width in 7, 16, 80:
        counts = [0] * width
        for key in keys:
            counts[spread(key) % width] += 1
        expect(f"keys of each of {width} partitions are about as many", True, max(counts) < 2 * min(counts))


def variables_of_other_programs_change_nothing():
    quiet = last_build(wanted())
    expect("states", ["none", "none"], quiet.states)
    expect("objects", True, len(quiet.objects) > 0)
    for name, value in (("JSON", "true"), ("EMPTY_FAILS", "true"), ("COLUMNS", "ad_id"), ("RECORDS", "nowhere")):
        chosen = wanted()
        os.environ[f"FRESHET_{name}"] = value
        expect(f"what is to be built, with FRESHET_{name}", quiet, last_build(chosen))
        del os.environ[f"FRESHET_{name}"]


def an_answer_that_is_cut_is_refused():
    """For it would be taken for nothing to do, or for fewer shards or objects."""
    answer = subprocess.run(
        ["delta-build", "--last-build", "--state", "state", "--fields", "ads.fields", "--shards", "2"],
        stdin=open(sys.argv[1]), stdout=subprocess.PIPE, check=True).stdout
    lines = answer.splitlines(keepends=True)
    os.makedirs("cut")
    with open("cut/delta-build", "w") as file:
        file.write(f"#!/bin/sh\nexec cat '{HERE}/answer'\n")
    os.chmod("cut/delta-build", 0o755)
    os.environ["PATH"] = f"{HERE}/cut:{TOOLS}"
    cuts = [lines[:end] for end in range(1, len(lines))] + [lines[:end] + lines[end + 1 :] for end in range(len(lines))]
    for cut in [[b'{"#":"last","id":"none"}\n'], *cuts]:
        with open("answer", "wb") as file:
            file.writelines(cut)
        try:
            sys.exit(f"FAILED: an answer that is cut was taken: {last_build(wanted())}")
        except Failed as failed:
            expect("exit", 65, failed.code)
    os.environ["PATH"] = TOOLS


def objects_are_shared_among_the_cores():
    lines = [b"t\tt\t%d\ttag\ts3://b/%d\n" % (number, number) for number in range(16)]
    expect("tasks for small objects", 8, len(portions(lines, least=8)))
    expect("tasks for few objects", 2, len(portions(lines[:2], least=8)))
    expect("tasks that are asked for", 3, len(portions(lines, 3, least=8)))
    large = [b"t\tt\t%d\ttag\ts3://b/%d\n" % (64 << 20, number) for number in range(4)]
    expect("tasks for large objects", 4, len(portions(large)))
    expect("objects", sorted(lines), sorted(line for task in portions(lines, least=5) for line in task))


def only_what_a_process_does_not_take_in_is_forgiven():
    try:
        with child("feed", ["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL):
            raise BrokenPipeError("of somebody else")
    except BrokenPipeError:
        pass
    else:
        sys.exit("FAILED: a connection of Spark's that broke was taken for the process's")


def a_sentence_is_shown_whole():
    said = "delta-build: cannot read a\u2028b\x0bc: line 1: no record"
    try:
        with child("build", ["sh", "-c", 'echo more >&2; echo "$1" >&2; exit 65', "sh", said]):
            pass
    except Failed as failed:
        expect("sentence", (65, f"cannot build: {said}"), (failed.code, failed.sentence))


def a_receipt_that_has_no_place_is_refused_first():
    argv = [f"{SPARK}/freshet_shards.py", "--fields", "ads.fields", "--state", "state", "--shards", "2", "--slice", sys.argv[1]]
    run = subprocess.run(
        [sys.executable, *argv, "--receipt", "nowhere/receipt"], stderr=subprocess.PIPE, env={**os.environ, "JAVA_HOME": "/"})
    expect("exit", 73, run.returncode)
    expect("sentence", b"freshet_shards: cannot create nowhere/receipt: No such file or directory\n", run.stderr)


# MARK: Work directories

HOLDING = """
import os, sys, time
sys.path.insert(0, os.environ["SPARK"])
from freshet_processes import Job, workplace
job = Job(*[None] * 9)._replace(shards=int(sys.argv[2]), state=sys.argv[1], scratch=sys.argv[3], keep=1)
with workplace(job, 1) as work:
    os.makedirs(work.path, exist_ok=True)
    open(f"{work.path}/file", "w").close()
    print(work.path, flush=True)
    time.sleep(600)
"""


@contextlib.contextmanager
def held(shards):
    """A work directory that another process holds, until that is killed."""
    argv = [sys.executable, "-c", HOLDING, f"{HERE}/state", str(shards), f"{HERE}/scratch"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, env={**os.environ, "SPARK": SPARK})
    try:
        yield process.stdout.readline().decode().strip()
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def work_in(shards, shard, keep=1):
    with workplace(wanted(shards, keep), shard) as work:
        os.makedirs(work.path, exist_ok=True)
        return work.path


def there():
    return sorted(f"{HERE}/scratch/{name}" for name in os.listdir("scratch") if not name.endswith(".lock"))


def work_directories_are_kept_and_tidied_up():
    first = work_in(2, 1)
    expect("what is there", [first], there())
    with held(2) as other:
        expect("the directory of an attempt that was there before", first, other)
        with held(2) as third:
            expect("two attempts at once share a directory", False, third == first)
            fourth = work_in(2, 1)
            expect("three attempts at once share a directory", False, fourth in (first, third))
            expect("what is there beside two that work", [first, third], there())
    expect("what two that were killed leave", [first, third], there())
    time.sleep(0.01)
    second = work_in(2, 2, keep=2)
    expect("what the next keeps of them", [first, second], there())
    time.sleep(0.01)
    new = work_in(3, 1, keep=2)
    expect("what is kept of two shards where they are three now", sorted([second, new]), there())
    last = work_in(3, 2)
    expect("one that is kept", [last], there())
    expect("locks", [os.path.basename(last) + ".lock"], [name for name in os.listdir("scratch") if name.endswith(".lock")])
    with contextlib.suppress(Failed), workplace(wanted(3), 2):
        raise Failed(65, "cannot go on")
    expect("what a failure leaves", [], os.listdir("scratch"))


keys_go_to_all_partitions()
variables_of_other_programs_change_nothing()
an_answer_that_is_cut_is_refused()
objects_are_shared_among_the_cores()
only_what_a_process_does_not_take_in_is_forgiven()
a_sentence_is_shown_whole()
a_receipt_that_has_no_place_is_refused_first()
work_directories_are_kept_and_tidied_up()
