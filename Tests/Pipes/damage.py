#!/usr/bin/env python3
"""Damages an SQLite store, byte by byte of its header and page by page: Tests/Pipes/damage.py BYTES PAGES MEGABYTES

The store has two names: `ads` with a long log, up to MEGABYTES, and `other`. BYTES of the header's hundred, and PAGES of all
(0 is every one), are damaged, each alone, and `wm` is asked. Every answer is right (of `wm log` and `wm ls`: every line), or it is refused: one line, and 65 (which
says how to mend it), 74 or, where the damage says that the file may not be written, 77. Never a signal, never another answer.
"""
import os
import random
import shutil
import sqlite3
import subprocess
import sys

RECEIPT = (
    "#slice\tto=2026-05-05T10:15:00Z\tevery=300\tpolicy=rate\n"
    "#published\tgeneration=1000000\tto=2026-05-05T10:15:00Z\tlineage=L\n#end\tlines=0\n"
)
STORE, OTHER = "damaged.db", "2026-05-04T10:05:00Z@5"


def wm(*arguments, text=""):
    return subprocess.run(["wm", *arguments, "--store", "sqlite:" + STORE], input=text, capture_output=True, text=True)


def make(megabytes):
    """The store, and what `wm log ads` says of it."""
    for name in ["ads", "other"]:
        assert wm("set", name, OTHER).returncode == 0
    store = sqlite3.connect(STORE)
    row = "'ads', '2026-05-04T10:05:00Z', 'set', '2026-05-04T10:05:00Z', n, '2026-05-04T10:05:00Z', n + 1, 'me', hex(randomblob(40))"
    while os.path.getsize(STORE) < megabytes * 1e6:
        with store:
            last = store.execute("SELECT max(generation) FROM log WHERE name = 'ads'").fetchone()[0]
            store.execute(
                "WITH RECURSIVE numbers (n) AS (SELECT ? UNION ALL SELECT n + 1 FROM numbers WHERE n < ?) "
                "INSERT INTO log (name, at, action, from_position, from_generation, to_position, generation, who, why) "
                f"SELECT {row} FROM numbers", (last, last + 499),
            )
            store.execute("UPDATE watermark SET generation = ? WHERE name = 'ads'", (last + 500,))
    store.close()
    log = wm("log", "ads").stdout.splitlines()
    return wm("get", "-g", "ads").stdout, log


def problem(done, right):
    if done.returncode == 0:
        return None if right(done.stdout) else "a wrong answer: " + done.stdout[:100]
    if done.stderr.count("\n") != 1 or (done.stdout and not right(done.stdout)):
        return f"exit {done.returncode}: {done.stderr}"
    if done.returncode == 65 and (".recover" in done.stderr or "mend it with sqlite3(1)" in done.stderr
                                  or "database of something else" in done.stderr or "are of version" in done.stderr):
        return None
    return None if done.returncode in (74, 77) else f"exit {done.returncode}: {done.stderr}"


def ask(standing, log):
    """Each question, on a copy that the one before has not touched; what was wrong, and how many were refused."""
    moves = dict.fromkeys(log)
    questions = [
        (("get", "-g", "ads"), "", lambda said: said == standing),
        (("get", "-g", "other"), "", lambda said: said == OTHER + "\n"),
        (("ls",), "", lambda said: {line.split("\t")[1] for line in said.splitlines()} <= {standing.strip(), OTHER}),
        (("log", "ads"), "", lambda said: all(line in moves for line in said.splitlines())),
        (("advance", "ads"), RECEIPT, lambda said: said == "2026-05-05T10:15:00Z@1000000\n"),
    ]
    refused = 0
    for arguments, text, right in questions:
        done = wm(*arguments, text=text)
        refused += done.returncode != 0
        found = problem(done, right)
        if found:
            return f"wm {' '.join(arguments)}: {found}", refused
    return None, refused


def main(bytes_of_header, pages, megabytes):
    standing, log = make(float(megabytes))
    with open(STORE, "rb") as file:
        whole = file.read()
    chance = random.Random(7)
    count = len(whole) // 4096
    damages = [(at, bytes([whole[at] ^ change])) for at in range(100) for change in (0xFF, 0x01, 0x02)]
    if int(bytes_of_header):
        damages = chance.sample(damages, int(bytes_of_header))
    every = range(count)
    for page in sorted(chance.sample(every, int(pages)) if int(pages) else every):
        kind = page % 3
        other = chance.randrange(count)
        damage = [chance.randbytes(4096), bytes(4096), whole[other * 4096:other * 4096 + 4096]][kind]
        damages.append((page * 4096, damage))
    wrong = refused = 0
    for at, damage in damages:
        for left in (STORE + "-journal", STORE + "-wal", STORE + "-shm"):
            if os.path.exists(left):
                os.unlink(left)
        with open(STORE, "wb") as file:
            file.write(whole[:at] + damage + whole[at + len(damage):])
        found, more = ask(standing, log)
        refused += more > 0
        if found:
            wrong += 1
            print(f"at {at}, {len(damage)} bytes: {found}")
    print(f"{len(damages)} damages to a file of {count} pages: {refused} refused, {wrong} wrong")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
