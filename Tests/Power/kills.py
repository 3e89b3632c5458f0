"""kill -9 before and after each system call that changes the file system, of each stage and of a whole batch, and once more in
the run that follows; other signals likewise. What is there is old or new and whole, and the next run completes it.

Not tested here: power cuts (power.py); kills inside a system call.
"""
import collections
import os
import random
import signal
import sys

import cases
import rig

# A rollback is repeated on purpose, and a gc's output is what it removed: a second run of them does it anew, or nothing.
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
    if case.command[0] == "sh":
        case.run(world)
        again = case.run(world)
        if again.code != 0:
            return f"the next run: {again}"
        if cases.facts(world) != case.facts_after:
            return f"the next runs leave {cases.facts(world)}, and not {case.facts_after}"
        return None
    return case.heal(world)


def kills(rig_, all_of_them):
    share, seconds = rig.sized((0.04, 0), (0.45, 0.3), (1, 3))
    chance = random.Random(9)
    done = os.path.join(rig_.folder, "done")
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


def main():
    rig_ = rig.Rig()
    sys.exit(1 if kills(rig_, cases.all_cases(rig_)) else 0)


if __name__ == "__main__":
    main()
