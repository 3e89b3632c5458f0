"""What the programs of spark/ do where no Spark is needed: alone.py SLICE, of 10,000 documents, beside ads.fields."""
import contextlib
import glob
import os
import signal
import subprocess
import sys
import time
from types import SimpleNamespace

SPARK = os.path.join(os.environ["TESTS"], "..", "spark")
sys.path.insert(0, SPARK)
from freshet_build import last_build, malformed, portions
from freshet_command import aside, created
from freshet_processes import Failed, child, workplace
from freshet_session import elsewhere, failure, unstarted
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
    quiet = last_build(wanted(), "ads.fields")
    expect("states", ["none", "none"], quiet.states)
    expect("objects", True, len(quiet.objects) > 0)
    for name, value in (("JSON", "true"), ("EMPTY_FAILS", "true"), ("COLUMNS", "ad_id"), ("RECORDS", "nowhere")):
        chosen = wanted()
        os.environ[f"FRESHET_{name}"] = value
        expect(f"what is to be built, with FRESHET_{name}", quiet, last_build(chosen, "ads.fields"))
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
            taken = last_build(wanted(), "ads.fields")
        except Failed as failed:
            expect("exit", 65, failed.code)
        else:
            sys.exit(f"FAILED: an answer that is cut was taken: {taken}")
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


def shards(*options):
    return program("freshet_shards.py", "--state", "state", "--shards", "2", "--slice", sys.argv[1], *options)


def streaming(source, *options):
    return program("streaming_example.py", source, "ads", "published", "--state", "state", "--shards", "2", *options)


def program(name, *options):
    """Its exit, and what it says, where Spark can't be started."""
    run = subprocess.run(
        [sys.executable, f"{SPARK}/{name}", *options], stderr=subprocess.PIPE, env={**os.environ, "JAVA_HOME": "/"})
    return run.returncode, run.stderr.decode()


def what_cannot_be_is_refused_first():
    os.makedirs("folder", exist_ok=True)
    with open("wrong.fields", "w") as file:
        file.write("id nonsense\n")
    for code, sentence, *options in [
        (73, "cannot create nowhere/receipt: No such file or directory", "--receipt", "nowhere/receipt"),
        (73, "cannot create folder: Is a directory", "--receipt", "folder"),
        (64, "cannot read the options: argument --conf: 'spark.x' is no KEY=VALUE; see --help", "--conf", "spark.x"),
        (66, "cannot open nothing: No such file or directory", "--fields", "nothing"),
    ]:
        expect(f"{options}", (code, f"freshet_shards: {sentence}\n"), shards("--fields", "ads.fields", *options))
    code, said = shards("--fields", "wrong.fields")
    expect("the name of a file with a mistake", (78, True), (code, "cannot read wrong.fields:1: " in said))
    with open("short", "wb") as short, open(sys.argv[1], "rb") as whole:
        short.write(b"".join(line for line in whole if not line.startswith(b"#"))[:-1])
    code, said = shards("--fields", "ads.fields", "--slice", "short")
    expect("a slice that is cut within a line", (65, True), (code, "newline" in said))


def relative_locations_are_for_executors_that_have_our_directory():
    with open("relative", "wb") as relative, open(sys.argv[1], "rb") as whole:
        relative.writelines(line.replace(f"{HERE}/".encode(), b"") for line in whole if not line.startswith(b"#"))
    refused = "executors have other directories: list it by its whole path\n"
    for master in [], ["--master", "spark://127.0.0.1:1"], ["--conf", "spark.master=local-cluster[2,1,1024]"]:
        code, said = shards("--fields", "ads.fields", "--slice", "relative", *master)
        expect(f"{master}", (64, 1, True), (code, said.count("\n"), "cannot decode ads/" in said and said.endswith(refused)))
    for master, away in ("local", False), ("local[2]", False), ("local[*,3]", False), ("local-cluster[2,1,9]", True), ("yarn", True), (None, True):
        expect(f"executors of {master} are elsewhere", away, elsewhere(SimpleNamespace(master=master, conf=[])))


def a_stream_that_cannot_go_is_refused_first():
    for code, words, source, fields in [
        (66, "cannot open nothing: No such file", f"{HERE}/ads", "nothing"),
        (78, "cannot read wrong.fields:1: ", f"{HERE}/ads", "wrong.fields"),
        (66, "nowhere", f"{HERE}/nowhere", "ads.fields"),
        (64, "cannot decode ads: executors have other directories", "ads", "ads.fields"),
    ]:
        got, said = streaming(source, "--fields", fields)
        expect(f"{source}, {fields}: {said}", (code, 1, True), (got, said.count("\n"), words in said))
    layout = os.environ.pop("FRESHET_LAYOUT")
    code, said = streaming(f"{HERE}/ads", "--fields", "ads.fields")
    expect(f"no layout: {said}", (64, True), (code, "no layout" in said))
    os.environ["FRESHET_LAYOUT"] = layout


def a_version_is_that_of_the_tools():
    release = subprocess.run(["delta-build", "--version"], stdout=subprocess.PIPE, check=True).stdout
    for name in "freshet_shards", "streaming_example":
        said = subprocess.run([sys.executable, f"{SPARK}/{name}.py", "--version"], stdout=subprocess.PIPE, check=True).stdout
        expect("version", f"{name} {release.decode()}", said.decode())


# MARK: What Spark says

def context(stopped, name="app-20260504090000-0000"):
    inner = SimpleNamespace(isStopped=lambda: stopped)
    return SimpleNamespace(_jsc=SimpleNamespace(sc=lambda: inner), applicationId=name, master="spark://host:7077")


def a_failure_is_told_in_words():
    more = "(--log FILE has more)"
    unanswered = (69, f"cannot reach spark://host:7077: no master of Spark's answers {more}")
    java = "An error occurred while calling o22.addFile.\n: java.nio.file.NoSuchFileException: /tmp/x\n\tat sun.nio.fs.X(X.java:9)"
    worker = "org.apache.spark.api.python.PythonException: Traceback (most recent call last):\n  File \"x\", line 1\n%s\n\n\tat org.x.Y(Y.java:9)"
    aborted = "An error occurred.\n: org.apache.spark.SparkException: Job aborted due to stage failure: lost too often\n\tat org.x"
    for text, given, wanted in [
        (java, context(True, "spark-application-1763772000"), unanswered),
        (java, context(True), (75, f"cannot go on: spark://host:7077 has ended it {more}")),
        (java, None, (75, f"cannot go on: its master has ended it {more}")),
        (java, context(False), (70, f"cannot build: /tmp/x {more}")),
        (worker % "ValueError: no shard 9", context(False), (70, f"cannot build: ValueError: no shard 9 {more}")),
        (worker % "freshet_processes.Failed: [73] cannot work in /x: denied", context(False), (73, "cannot work in /x: denied")),
        (aborted, context(False), (75, f"cannot build: Job aborted due to stage failure: lost too often {more}")),
    ]:
        failed = failure(Exception(text), given or SimpleNamespace(_jsc=None, master="its master"))
        expect(text, wanted, (failed.code, failed.sentence))
    parse = "An error occurred while calling None.JavaSparkContext.\n: org.apache.spark.SparkException: Could not parse Master URL: 'local['\n\tat org.x"
    stopped = "An error occurred.\n: java.lang.IllegalStateException: Cannot call methods on a stopped SparkContext.\n\tat org.x"
    for text, wanted in (stopped, unanswered), (parse, (69, f"cannot start Spark: Could not parse Master URL: 'local[' {more}")):
        failed = unstarted(Exception(text), SimpleNamespace(master="spark://host:7077", conf=[]))
        expect(text, wanted, (failed.code, failed.sentence))


def a_failure_is_told_where_spark_cannot_be_stopped():
    def fails(error):
        raise error

    try:
        aside(lambda: fails(Failed(75, "cannot go on")), lambda: fails(ConnectionRefusedError("of a JVM that is gone")))
    except Failed as failed:
        expect("what is told", (75, "cannot go on"), (failed.code, failed.sentence))


def a_receipt_is_written_to_what_is_there():
    os.mkfifo("fifo")
    reader = subprocess.Popen(["cat", "fifo"], stdout=subprocess.PIPE)
    with created("fifo") as file:
        file.write(b"receipt")
    expect("what comes out of a FIFO", b"receipt", reader.communicate()[0])
    os.symlink("target", "link")
    with created("link") as file:
        file.write(b"receipt")
    expect("what a symbolic link leads to", (True, b"receipt"), (os.path.islink("link"), open("target", "rb").read()))
    with contextlib.suppress(Failed), created("target") as file:
        file.write(b"half")
        raise Failed(65, "cannot go on")
    expect("what is there after a failure", b"receipt", open("target", "rb").read())


WRITING = """
import os, sys, time
sys.path.insert(0, os.environ["SPARK"])
from freshet_command import created, run
def main(arguments):
    with created("written"):
        print("begun", flush=True)
        time.sleep(600)
run("writing", main)
"""


def a_signal_leaves_nothing():
    for number in signal.SIGINT, signal.SIGTERM:
        process = subprocess.Popen(
            [sys.executable, "-c", WRITING], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "SPARK": SPARK})
        expect("first line", b"begun\n", process.stdout.readline())
        expect("files", 1, len(glob.glob("written*")))
        process.send_signal(number)
        expect("what is said", b"", process.communicate()[1])
        expect("exit, files", (128 + number, []), (process.returncode, glob.glob("written*")))


def malformed_records_come_in_the_order_of_the_slice():
    slice = b"t\tt\t1\ttag\ts3://b/z\nt\tt\t1\ttag\ts3://b/a\n#end\tlines=2\n"
    lines = [("a", 1), ("z", 10), ("z", 9)]
    found = [("bad", b"bad\t-\ts3://b/%s\t%d\tnone\n" % (name.encode(), number)) for name, number in lines]
    expect("order", [("s3://b/z", 9), ("s3://b/z", 10), ("s3://b/a", 1)], [bad[1:3] for bad in sorted(malformed(found, slice))])


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


def one_that_cannot_be_made_is_told():
    for root in f"{HERE}/ads.fields", "/proc/nothing":
        try:
            with workplace(wanted()._replace(scratch=root), 1):
                sys.exit(f"FAILED: {root} was taken")
        except Failed as failed:
            expect(root, (73, True), (failed.code, failed.sentence.startswith(f"cannot work in {root}: ")))


keys_go_to_all_partitions()
variables_of_other_programs_change_nothing()
an_answer_that_is_cut_is_refused()
objects_are_shared_among_the_cores()
only_what_a_process_does_not_take_in_is_forgiven()
a_sentence_is_shown_whole()
what_cannot_be_is_refused_first()
relative_locations_are_for_executors_that_have_our_directory()
a_stream_that_cannot_go_is_refused_first()
a_version_is_that_of_the_tools()
a_failure_is_told_in_words()
a_failure_is_told_where_spark_cannot_be_stopped()
a_receipt_is_written_to_what_is_there()
a_signal_leaves_nothing()
malformed_records_come_in_the_order_of_the_slice()
work_directories_are_kept_and_tidied_up()
one_that_cannot_be_made_is_told()
