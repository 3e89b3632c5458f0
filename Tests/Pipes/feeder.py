#!/usr/bin/env python3
"""Brings the records of a slice to its shards: feeder.py SHARDS FIELDS WORK SLICE SEEN SEED

What a program does that reads each object once for all shards, as plainly as it can be said: the routed lines of the objects
that are not in SEEN, which it then writes anew; the shards' answers; and for each shard what it needs, in any order and some of it twice,
in WORK.K.fed behind the slice. Its builds are in WORK.K, their receipts in WORK.K.receipt; and a second attempt of each, on a copy of what
was there before, with the same in another order, in WORK.again.K. Python's standard library only.
"""
import collections
import random
import shutil
import subprocess
import sys

count, fields, work, slice_name, seen_name, seed = sys.argv[1:]
count, chance = int(count), random.Random(int(seed))
numbers = range(1, count + 1)


def run(given, *command):
    return subprocess.run([*command, "--fields", fields], input=b"".join(given), stdout=subprocess.PIPE, check=True).stdout


def ended(lines):
    return [*lines, b"#end\tlines=%d\n" % len(lines)]


def lines(printed):
    """All but the #end, which has to be there and to count them."""
    found = printed.splitlines(keepends=True)
    assert found and found[-1] == b"#end\tlines=%d\n" % (len(found) - 1), "the output is truncated"
    return found[:-1]


with open(slice_name, "rb") as file:
    stream = file.readlines()
try:
    with open(seen_name, "rb") as file:
        seen = set(file)
except FileNotFoundError:
    seen = set()
objects = [line for line in stream if not line.startswith(b"#")]
new = lines(run([line for line in objects if line not in seen], "part-cat", "--shards", str(count)))

shards = collections.defaultdict(set)
for line in new:
    shard, key, _ = line.split(b"\t", 2)
    if shard.isdigit():
        shards[key].add(int(shard))
shards.pop(b"-", None)
needs = {key: set(found) for key, found in shards.items()}
fed = {number: [] for number in numbers}
questions = [b"%s\t%d\n" % (key, shard) for key, found in shards.items() for shard in found]
for number in numbers if seen else ():
    asked = [*stream, *ended(chance.sample(questions, len(questions)))]
    for line in lines(run(asked, "delta-build", "--ask", "--shard", f"{number}/{count}", "--work", f"{work}.{number}")):
        shard, key = line.rstrip(b"\n").split(b"\t")[:2]
        if shard == b"want":
            needs[key].add(number)
        else:
            fed[int(shard)].append(line)
for line in new:
    shard, key, _ = line.split(b"\t", 2)
    for number in needs.get(key, [int(shard)]) if shard.isdigit() else numbers:
        fed[number].append(line)


def build(number, place):
    """One attempt."""
    given = fed[number] + [line for line in fed[number] if chance.random() < 0.2]
    chance.shuffle(given)
    with open(f"{place}.{number}.fed", "wb") as file:
        file.writelines([*stream, *ended(given)])
    with open(f"{place}.{number}.fed", "rb") as file, open(f"{place}.{number}.receipt", "wb") as receipt:
        command = ["delta-build", "--fed", "--shard", f"{number}/{count}", "--work", f"{place}.{number}"]
        subprocess.run([*command, "--skip-bad", "9", "-q", "--fields", fields], stdin=file, stdout=receipt, check=True)


for number in numbers:
    shutil.rmtree(f"{work}.again.{number}", ignore_errors=True)
    if seen:
        shutil.copytree(f"{work}.{number}", f"{work}.again.{number}")
    build(number, work)
    build(number, work + ".again")
with open(seen_name, "wb") as file:
    file.writelines(objects)
