"""What each stage is asked to do where its system calls are killed or fail: a world before it, a command, and what it leaves."""
import json
import os
import sqlite3

import rig

Facts = tuple      # (generation, watermark, id of the last build)


class Case:
    """`changes`: what an untouched run changes, by its facts before and after."""

    def __init__(self, name, before, command, text=b"", prints=True):
        self.name, self.before, self.command, self.text, self.prints = name, before, command, text, prints
        self.facts_before = facts(before)
        after = before.rig.world(before)
        untouched = after.run(*command, input=text)
        if untouched.code != 0:
            rig.fail(f"{name}: {untouched}")
        self.facts_after = facts(after)
        self.out = untouched.out
        self.lines = len(untouched.out.splitlines())
        self.documents = self.built_documents(after)
        after.remove()

    def count(self, **options):
        """The words and paths of the calls that are counted."""
        world = self.before.rig.world(self.before)
        path = os.path.join(world.rig.folder, "list")
        if os.path.exists(path):
            os.remove(path)
        self.run(world, LIST=path, **options)
        world.remove()
        with open(path) as file:
            return [line.rstrip("\n").split("\t") for line in file]

    def run(self, world, timeout=60, **options):
        return world.run(*self.command, input=self.text, shim=options or None, timeout=timeout)

    def objection(self, world):
        """Of what is there after anything at all."""
        try:
            there = facts(world)
        except (ValueError, KeyError, TypeError, sqlite3.Error) as error:
            return f"{type(error).__name__}: {error}"
        for ours, before, after in zip(there[:2], self.facts_before, self.facts_after):
            if ours not in (before, after):
                return f"{ours}, and neither {before} nor {after}"
        if there[1] and there[0] is not None and int(there[1].split("@")[1]) > there[0]:
            return f"the watermark {there[1]} is ahead of generation {there[0]}"
        return None

    def is_done(self, world):
        """A build that could not read the one before it began from nothing: another file, and the same documents."""
        there = facts(world)
        return there[:2] == self.facts_after[:2] and (
            there[2] == self.facts_after[2] or self.built_documents(world) == self.documents)

    def built_documents(self, world):
        build = last_build(world.files())
        return build and world.must("index-check", "--documents", f"work/builds/{build}.json")

    def heal(self, world):
        """The same again, with nothing in its way: then all is done."""
        again = self.run(world)
        if again.code != 0 or again.err.count(b"\n") > 1:
            return f"the next run: {again}"
        if not self.is_done(world):
            return f"the next run leaves {facts(world)}, and not {self.facts_after}"
        if self.prints and not again.out:
            return "the next run prints nothing"
        return None


def facts(world):
    files = world.files()
    watermark = rig.stored_watermark(files.get("wm.db"), files.get("wm.db-journal"), world.rig.folder)
    return rig.current(files), watermark, last_build(files)


def last_build(files):
    """The id of the index that the work directory's state names, which is to be whole."""
    state = files.get("work/state")
    if not state or b"build=" not in state:
        return None
    name = state.decode().split("build=")[1].split("\t")[0]
    data = files.get(f"work/builds/{name}.json")
    if data is None:
        raise ValueError(f"builds/{name}.json is missing")
    rig.check_segments(files, "work/segments/", json.loads(data))
    return name


def temporary(world):
    return [path for path in world.files() if os.path.basename(path).startswith((".tmp-", "freshet-"))]


PIPE = """part-ls ads --after "$(wm get -g ads)" | part-pick --policy latest --now 2026-05-04T10:{:02}:00Z |
delta-build | index-publish published | wm advance ads"""


def all_cases(rig_):
    """From an empty folder on: each stage first, then upon what is there."""
    world = rig_.world()
    cases = []

    def case(name, *command, text=b"", prints=True):
        """Then it is done, so that the next one follows."""
        cases.append(Case(name, rig_.world(world), command, text, prints))
        return world.must(*command, input=text)

    def stages(minute, word):
        built = case(f"{word} build", "delta-build", text=world.slice(minute))
        published = case(f"{word} publish", "index-publish", "published", text=built)
        case(f"{word} advance", "wm", "advance", "ads", text=published)
        return built

    listed = world.must("part-ls", "ads", "--after", "")
    cases.append(Case("listing", rig_.world(world), ("part-ls", "ads", "--after", "")))
    cases.append(Case("picking", rig_.world(world),
                      ("part-pick", "--policy", "latest", "--now", "2026-05-04T10:06:00Z"), listed))
    cases.append(Case("first batch", rig_.world(world), ("sh", "-c", PIPE.format(6)), prints=True))
    built = stages(0, "first")
    stages(5, "second")
    cases.append(Case("next batch", rig_.world(world), ("sh", "-c", PIPE.format(16))))
    base = [line for line in built.decode().splitlines() if line.startswith("#index")][0].split("location=")[1]
    case("base", "index-publish", "published", "--base", "--index", base)
    stages(10, "third")
    case("rollback", "index-publish", "published", "--rollback", "1", "--force")
    case("collecting", "index-publish", "published", "--gc", "--keep", "0", "--grace", "0s")
    case("set", "wm", "set", "ads", "2026-05-04T10:05:00Z@3")
    case("rewind", "wm", "rewind", "ads")
    return cases
