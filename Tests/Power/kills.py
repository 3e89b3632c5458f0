"""kill -9 before and after each system call that changes the file system, of each stage and of a whole batch, and once more in
the run that follows; other signals likewise. What is there is old or new and whole, and the next run completes it.

Not tested here: power cuts (power.py); kills inside a system call.
"""
import os
import random
import signal
import sys

import cases
import coverage
import rig

# What a person asks for is done anew by a second run; a collector finds nothing more.
ONCE = {"rollback", "base", "rewind", "set", "collecting"}


def struck(case, world, number, how, done, **options):
    """Runs it with the signal; whether the call was reached."""
    if os.path.exists(done):
        os.remove(done)
    result = world.run(*case.command, input=case.text, start_new_session=True,
                       shim=dict(options, AT=number, DO=how, DONE=done, **shared(world)))
    return result, os.path.exists(done)


def shared(world):
    """One count for all processes of a pipe."""
    path = os.path.join(world.rig.folder, "count")
    with open(path, "wb") as file:
        file.write(bytes(8))
    return {"COUNT": path}


def one(case, number, how, second, done):
    """What is wrong after a kill at that call, and with `second` one more at that call of the next run."""
    world = case.before.rig.world(case.before)
    try:
        result, reached = struck(case, world, number, how, done)
        wrong = case.objection(world)
        if wrong is None and second:
            struck(case, world, second, how, done)
            if case.name not in ONCE:
                wrong = case.objection(world)
        if wrong is None and case.name not in ONCE:
            wrong = heal(case, world)
        return reached, wrong and f"{case.name}, {how} at {number}{f' and {second}' if second else ''}: {wrong}"
    finally:
        world.remove()


def heal(case, world):
    """A batch whose watermark is behind takes a run to catch up, and one more."""
    if case.command[0] != "sh":
        return case.heal(world)
    case.run(world)
    again = case.run(world)
    if again.code != 0:
        return f"the next run: {again}"
    # The same documents; their generation is one more where a batch was superseded by what was there.
    there, wanted = cases.facts(world), case.facts_after
    position, _, generation = (there[1] or "").partition("@")
    if position != wanted[1].split("@")[0] or generation != str(there[0]):
        return f"the next runs leave {there}, and not {wanted}"
    if case.built_documents(world) != case.documents:
        return "other documents than an untouched run's"
    return None


def kills(rig_, all_of_them):
    share, seconds = rig.sized((0.02, 0), (0.05, 0.05), (1, 2))
    chance = random.Random(9)
    done = os.path.join(rig_.folder, "done")
    seen = coverage.check(all_of_them[::rig.sized(4, 1, 1)])
    print(f"the shim sees each of {seen} changes that strace sees" if seen else "strace can't trace here: the shim is unchecked")
    points, hits, made, wrongs = 0, set(), 0, []
    for case in all_of_them:
        prefix = "group-" if case.command[0] == "sh" else ""
        counted = len(case.count(**shared(case.before)))
        points += counted
        for number in range(1, counted + 1):
            for how in "before", "after":
                if share < 1 and chance.random() > share and not (how == "before" and rig.SIZE == "full"):
                    continue
                more = int(seconds) if seconds >= 1 else int(chance.random() < seconds)
                for second in [0] + [chance.randrange(1, counted + 1) for _ in range(more)]:
                    reached, wrong = one(case, number, f"{prefix}{how} 9", second, done)
                    made += 1 + bool(second)
                    if reached:
                        hits.add((case.name, number))
                    if wrong:
                        wrongs.append(wrong)
    for wrong in wrongs[:20]:
        print(wrong)
    print(f"{made} kills in {len(all_of_them)} stages and batches, at {len(hits)} of their {points} changes; "
          f"{len(wrongs)} violations")
    if rig.SIZE != "quick" and len(hits) < points:
        rig.fail("not every change was killed")
    return len(wrongs)


SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE}


def signals(rig_, all_of_them):
    """A stage that is asked to end ends by that signal, or is done; it leaves no temporary file, and all of a receipt or none."""
    share = rig.sized(0.01, 0.12, 1)
    chance = random.Random(4)
    done = os.path.join(rig_.folder, "done")
    made, wrongs = 0, []
    for case in all_of_them:
        if case.command[0] == "sh":
            continue
        for number in range(1, len(case.count()) + 1):
            for sent in sorted(SIGNALS):
                if chance.random() < share:
                    made += 1
                    wrong = ask_to_end(case, number, sent, done)
                    if wrong:
                        wrongs.append(f"{case.name}, {sent.name} at {number}: {wrong}")
    for wrong in wrongs[:20]:
        print(wrong)
    print(f"{made} signals that ask a stage to end; {len(wrongs)} violations")
    return len(wrongs)


def ask_to_end(case, number, sent, done):
    world = case.before.rig.world(case.before)
    try:
        result, _ = struck(case, world, number, f"before {int(sent)}", done)
        if result.code not in rig.DOCUMENTED | {-sent}:
            return str(result)
        if result.code == 0 and not case.is_done(world):
            return "exit 0, and it is not done"
        # A listing comes as it is read; without its #end it is none.
        cut = case.name == "listing" and b"#end" not in result.out
        if case.name != "collecting" and not cut and len(result.out.splitlines()) not in (0, case.lines):
            return f"it printed {result.out[:80]}"
        left = cases.temporary(world)
        if left:
            return f"left {left}"
        return case.objection(world) or (heal(case, world) if case.name not in ONCE else None)
    finally:
        world.remove()


def outputs(rig_, all_of_them):
    """Nobody reads what is printed, or there is nothing to read: said with a documented code, and the next run completes it."""
    wrongs = []
    for case in all_of_them:
        for how in rig.sized((">/dev/full",), (">/dev/full", ">&-", "<&-"), (">/dev/full", ">&-", "<&-")):
            if case.command[0] == "sh" or (how == "<&-" and not case.text):
                continue
            world = case.before.rig.world(case.before)
            result = world.run("sh", "-c", f'exec "$@" {how}', "sh", *case.command, input=case.text)
            wrong = None
            if result.code not in (rig.DOCUMENTED - {0} if case.prints and case.lines else rig.DOCUMENTED):
                wrong = str(result)
            elif how == ">/dev/full" and case.lines and result.code != 74:
                wrong = str(result)
            elif result.code and result.err.count(b"\n") != 1:
                wrong = f"not one line: {result}"
            wrong = wrong or case.objection(world) or (heal(case, world) if case.name not in ONCE else None)
            if wrong:
                wrongs.append(f"{case.name} {how}: {wrong}")
            world.remove()
    for wrong in wrongs:
        print(wrong)
    print(f"{len(all_of_them)} stages with outputs that are full or closed, and no input; {len(wrongs)} violations")
    return len(wrongs)


def main():
    rig_ = rig.Rig()
    all_of_them = cases.all_cases(rig_)
    wrong = {"kills": kills, "signals": signals, "outputs": outputs}[sys.argv[1]](rig_, all_of_them)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
