"""The driver of a build of shards: what Spark is asked to do, and in which order."""

import contextlib
import heapq
import operator
import os
import sys
import tempfile
from collections import namedtuple

import freshet_processes
import freshet_tasks
from freshet_processes import Failed, child
from freshet_session import failure
from freshet_tasks import NOTE, answered, built, decoded, mentioned, met, routed, spread

# What is known ahead of a build: the id of the last one, the states of its shards, and the object lines that are new since.
Last = namedtuple("Last", "id states objects")

# One task decodes about so many bytes of objects, as they are listed.
PORTION = 64 << 20


def last_build(job, fields):
    """What to go on from; None where nothing is to be built. `fields` is the file, by the name that its mistakes are told by."""
    argv = ["delta-build", "--last-build", "--state", job.state, "--fields", fields]
    argv += ["--shards", str(job.shards), "--skip-bad", str(job.skip_bad)]
    answer = tool("read the slice", argv, job.slice, job.variables)
    if not answer:
        return None
    last, ended = Last(None, [], []), False
    for line in answer.splitlines(keepends=True):
        word, *fields = line.decode().rstrip("\n").split("\t")
        if word == "#last":
            last = last._replace(id=value(fields, "id"))
        elif word == "#shard":
            last.states.append(value(fields, "state"))
        elif word == "#end":
            ended = value(fields, "lines") == str(len(last.objects))
        elif not word.startswith("#"):
            last.objects.append(line)
    if not (last.id and ended) or len(last.states) != job.shards:
        raise Failed(65, "cannot read the slice: delta-build's answer is truncated, or another version's")
    return last


def build(context, job, last, partitions=None):
    """The receipt of the joined index, as bytes; `context` is a SparkContext. Raises Failed."""
    try:
        for module in (freshet_processes, freshet_tasks):
            context.addPyFile(os.path.abspath(module.__file__))
        with contextlib.ExitStack() as held:
            tasks = portions(last.objects, partitions, least=context.defaultParallelism)
            return joined(job, last, shards(context, job._replace(last=last.states), tasks, held))
    except Failed:
        raise
    except Exception as error:
        raise failure(error, context) from None


def shards(context, job, portions, held):
    """The receipts of all shards. What is broadcast, or kept on the executors' disks, is there until `held` lets go of it."""
    from pyspark import StorageLevel

    def share(value):
        shared = context.broadcast(value)
        held.callback(shared.destroy)
        return shared

    def keep(records):
        records.persist(StorageLevel.DISK_ONLY)
        held.callback(records.unpersist)
        return records

    job, count, senders = share(job), job.shards, len(portions)
    records = keep(context.parallelize(portions, senders).flatMap(lambda objects: decoded(job.value, objects)))
    movers, questions = compared(records, job, senders)
    if any(state != "none" for state in job.value.last):
        questions = share(questions)
        numbers = context.parallelize(range(1, count + 1), count)
        answers = keep(numbers.flatMap(lambda shard: answered(job.value, shard, questions.value)))
        senders += count
        for key, mask, _ in heed(answers.filter(lambda answer: answer[0] == NOTE or answer[2] is None).collect()):
            movers[key] = movers.get(key, 0) | mask
        records = records.union(answers)
    movers = share(movers)
    receipts = (
        records.mapPartitions(lambda records: routed(job.value, movers.value, records))
        .partitionBy(count, lambda shard: shard - 1)
        .mapPartitionsWithIndex(lambda index, blocks: built(job.value, index + 1, senders, blocks))
        .collect()
    )
    return heed(receipts)


def compared(records, job, width):
    """Of the documents of new objects: {KEY: its shards} of those that are in several; what to ask old shards, as text."""
    pairs = records.mapPartitions(mentioned).reduceByKey(operator.or_, width, spread)
    asking = any(state != "none" for state in job.value.last)
    found = heed(pairs.mapPartitions(lambda masks: met(asking, masks)).collect())
    for number, (_, location, place, reason) in enumerate(sorted(malformed(found, job.value.slice))):
        if number == job.value.skip_bad:
            raise Failed(65, f"cannot read {location}: line {place}: {reason}")
        print(f"freshet_shards: passed over {location}: line {place}: {reason}", file=sys.stderr)
    movers = dict(pair for kind, pair in found if kind == "mover")
    return movers, b"".join(text for kind, text in found if kind == "questions")


def malformed(found, slice):
    """(the place of its object in the slice, LOCATION, its line, why) of each malformed record."""
    objects = [line.split(b"\t")[4:5] for line in slice.split(b"\n")]
    places = {location: place for place, locations in enumerate(objects) for location in locations}
    for kind, line in found:
        if kind == "bad":
            _, _, location, number, reason = line.rstrip(b"\n").split(b"\t", 4)
            yield places.get(location, 0), location.decode(errors="replace"), int(number), reason.decode(errors="replace")


def heed(results):
    """The results, where no note of a failure is among them."""
    for result in results:
        if result[0] == NOTE:
            raise Failed(*result[1:])
    return results


def portions(objects, count=None, least=1):
    """The objects as lists of about the same bytes, one for each task; not below `least`, where there are as many objects."""
    sizes = {line: int(line.split(b"\t")[2] or 0) for line in objects}
    count = count or max(sum(sizes.values()) // PORTION + 1, least)
    tasks = [(0, number, []) for number in range(max(1, min(count, len(objects))))]
    for line in sorted(objects, key=lambda line: (-sizes[line], line)):
        size, number, lines = tasks[0]
        heapq.heapreplace(tasks, (size + sizes[line], number, lines + [line]))
    return [lines for _, _, lines in tasks]


def joined(job, last, receipts):
    """The index of all shards becomes STATE's last build: its receipt."""
    with tempfile.TemporaryDirectory(prefix="freshet-") as folder:
        names = [f"{folder}/{number}" for number, _ in enumerate(receipts)]
        for name, (receipt,) in zip(names, receipts):
            with open(name, "wb") as file:
                file.write(receipt)
        argv = ["delta-build", "--join", "--state", job.state, "--last", last.id, *names]
        return tool("join the shards", argv, b"", job.variables)


def tool(doing, argv, given=b"", variables=()):
    """What a process on this machine prints."""
    with tempfile.TemporaryFile() as text, tempfile.TemporaryFile() as answer:
        text.write(given)
        text.seek(0)
        with child(doing, argv, variables, stdin=text, stdout=answer):
            pass
        answer.seek(0)
        return answer.read()


def value(fields, key):
    return dict(field.split("=", 1) for field in fields)[key]
