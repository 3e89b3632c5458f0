"""Each system call fails, in turn, once and for good: the exit code is a documented one, one line names the place, what was
there stays or the new is whole, nothing that looks whole is left, no receipt follows a failed fsync, and the next run does it all.

Not tested here: calls of the dynamic loader and the runtime outside the world; sockets (the Swift suites' fault matrix).
"""
import collections
import errno
import os
import random
import re
import sys

import cases
import kills
import rig

E = errno
ERRORS = {
    "open": [E.EIO, E.EMFILE, E.ENOMEM, E.EINTR], "create": [E.EIO, E.ENOSPC, E.EDQUOT, E.EMFILE, E.EINTR],
    "close": [E.EIO, E.EINTR], "read": [E.EIO, E.EINTR, E.EAGAIN, "short"], "pread": [E.EIO, E.EINTR, "short"],
    "write": [E.EIO, E.ENOSPC, E.EDQUOT, E.EINTR, E.EAGAIN, "short"], "fsync": [E.EIO, E.ENOSPC, E.EDQUOT],
    "stat": [E.EIO, E.ENOMEM], "access": [E.EIO], "mmap": [E.ENOMEM, E.ENFILE], "flock": [E.EINTR, E.ENOLCK],
    "lock": [E.EINTR, E.ENOLCK, E.EAGAIN], "dup": [E.EMFILE], "readdir": [E.EIO], "truncate": [E.EIO], "times": [E.EIO],
    "rename": [E.EIO, E.ENOSPC, E.EDQUOT, E.ENOMEM], "link": [E.EIO, E.EXDEV], "unlink": [E.EIO],
    "mkdir": [E.EIO, E.ENOSPC, E.EDQUOT], "unlock": [], "chmod": [E.EPERM],
}
CHANGES = {"create", "write", "fsync", "truncate", "rename", "link", "unlink", "mkdir"}
ONCE_ONLY = {E.EINTR, E.EAGAIN, "short"}
RETRIED = {("read", E.EINTR), ("write", E.EINTR), ("flock", E.EINTR), ("pread", E.EINTR), ("read", "short"),
           ("pread", "short"), ("write", "short")}


def actions(word):
    for code in ERRORS[word]:
        if code == "short":
            yield code, "short"
            continue
        yield code, f"fail {code}"
        if code not in ONCE_ONLY:
            yield code, f"fail-on {code}"


def one(case, number, word, path, code, how, done, last):
    """What is wrong where that call fails; `last` is the change before it."""
    world = case.before.rig.world(case.before)
    try:
        what = f"{case.name}: {word} {number} of {os.path.relpath(path, world.folder) if '/' in path else path}: {how} " \
               f"({E.errorcode.get(code, code)})"
        if os.path.exists(done):
            os.remove(done)
        result = case.run(world, ALL=1, AT=number, DO=how, DONE=done)
        if not os.path.exists(done):
            return None
        with open(done) as file:
            word = file.read().split("\t")[0]
        wrong = judge(case, world, result, word, path, code, last)
        return wrong and f"{what}: {wrong}"
    finally:
        world.remove()


def batch(case, number, word, path, how, done):
    """The same in a pipe: whatever the other stages make of it, what is there is whole, and the next batches complete it."""
    world = case.before.rig.world(case.before)
    try:
        result, _ = kills.struck(case, world, number, how, done, ALL=1)
        wrong = str(result) if result.code not in rig.DOCUMENTED else case.objection(world) or kills.heal(case, world)
        return wrong and f"{case.name}: {word} {number} of {path}: {how}: {wrong}"
    finally:
        world.remove()


def judge(case, world, result, word, path, code, last):
    if result.code not in rig.DOCUMENTED or result.code == 70:
        return str(result)
    if result.code and result.err.count(b"\n") != 1:
        return f"not one line: {result}"
    # What a collector prints is what it has removed, one by one.
    if result.code and result.out and path != "standard output" and case.name != "collecting":
        return f"printed {result.out[:60]} and {result}"
    if result.code and not names(result.err.decode()):
        return f"no place is named: {result}"
    if word == "fsync" and result.code == 0 and not is_sqlites(case, path, last):
        return "an fsync failed, and it went on"
    if (word, code) in RETRIED and result.code != 0:
        return f"not tried again: {result}"
    wrong = case.objection(world)
    if wrong:
        return wrong
    if result.code == 0 and not case.is_done(world):
        return f"exit 0, and there is {cases.facts(world)}"
    if result.code == 0 and len(result.out.splitlines()) != case.lines:
        return f"exit 0, and printed {result.out[:80]}"
    if cases.temporary(world) and word != "unlink":
        return f"left {cases.temporary(world)}"
    if case.name not in kills.ONCE:
        wrong = case.heal(world)
        if wrong is None and [name for name in cases.temporary(world) if name.startswith("work/")]:
            return f"the next run left {cases.temporary(world)}"
    return wrong


def is_sqlites(case, path, last):
    """SQLite itself goes on where the folder of a new journal can't be synced. The sync that is the commit, of the folder that
    the journal was removed from, it heeds."""
    return case.command[0] == "wm" and re.fullmatch(r".*/w\d+", path) is not None and last == "fsync"


def names(line):
    """The place itself, the folder that it is in, or what it is for."""
    return re.search(r"standard (in|out)put|published|work|wm\.db|ads| \.: ", line)


def main():
    rig_ = rig.Rig()
    all_of_them = cases.all_cases(rig_)
    done = os.path.join(rig_.folder, "done")
    chance = random.Random(3)
    share = rig.sized(0.003, 0.06, 1)
    made, wrongs, words = 0, [], collections.Counter()
    for case in all_of_them:
        is_batch = case.command[0] == "sh"
        calls, last = case.count(ALL=1, **(kills.shared(case.before) if is_batch else {})), None
        for number, (word, path) in enumerate(calls, 1):
            if "/libexec/swift" in path or "swift-backtrace" in path:
                continue                # the runtime's own, at its start
            for code, how in actions(word):
                if chance.random() > share:
                    continue
                made += 1
                words[word] += 1
                if is_batch:
                    wrong = batch(case, number, word, path, how, done)
                else:
                    wrong = one(case, number, word, path, code, how, done, last)
                if wrong:
                    wrongs.append(wrong)
            last = word if word in CHANGES else last
    for wrong in wrongs[:40]:
        print(wrong)
    kinds = ", ".join(f"{number} {word}" for word, number in words.most_common())
    print(f"{made} calls failed in {len(all_of_them)} stages and batches ({kinds}); {len(wrongs)} violations")
    sys.exit(1 if wrongs else 0)


if __name__ == "__main__":
    main()
