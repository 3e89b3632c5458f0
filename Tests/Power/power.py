"""Power cuts: every prefix of what the tools do to a file system, and every subset of what they had not synced by then.

A run of several commands is traced (shim.c), played to a disk that loses what was not synced (disk.py), and at each point each
state that the disk can be in is judged: what was acknowledged is there, a generation is old or new and whole, the watermark is
old or new and never ahead of the index. Of those states some are laid out, and a real batch runs in them: it heals all.

Then the proof that this can fail: with each fsync ignored, one at a time, something of it is violated.

Not tested here: file systems that break POSIX' rules, such as one that loses what was synced; damage to other blocks.
"""
import collections
import json
import os
import random
import sqlite3
import sys

import disk
import rig

# `sure`: what was acknowledged before it; `before`, `after`: what was there, and is there. One that was killed acknowledges nothing.
Step = collections.namedtuple("Step", "name records sure before after removes killed")
Facts = collections.namedtuple("Facts", "generation watermark receipts kept")


class Story:
    """Commands in a world, each traced; what each changes is known by what was there before it and after."""

    def __init__(self, rig_, world=None):
        self.rig = rig_
        self.world = world or rig_.world()
        self.start = os.stat(self.world.folder).st_ino
        self.trace = os.path.join(rig_.folder, f"trace{self.rig.worlds}")
        self.steps = []
        self.facts = self.sure = Facts(0, None, (), ())

    def do(self, name, *command, input=b"", cut=None):
        """Runs a command, which with `cut` is killed before that change of its."""
        before, sure = self.facts, self.sure
        if os.path.exists(self.trace):
            os.remove(self.trace)
        options = {"TRACE": self.trace}
        if cut:
            options.update(AT=cut, DO="before 9")
        result = self.world.run(*command, input=input, shim=options)
        if result.code != (0 if cut is None else -9):
            rig.fail(f"{name}: {result}")
        records = disk.read_trace(self.trace, self.world.folder) if os.path.exists(self.trace) else []
        files = self.world.files()
        generation = rig.current(files)
        watermark = rig.stored_watermark(files.get("wm.db"), files.get("wm.db-journal"), self.rig.folder)
        receipts, kept = before.receipts, before.kept
        if command[0] == "delta-build" and cut is None:
            receipts = (receipts + (result.out,))[-2:]
        if generation != before.generation:
            kept += (json.loads(files["published/CURRENT"])["manifest"]["name"],)
        if "--gc" in command and cut is None:
            kept = tuple(name for name in kept if "published/generations/" + name in files)
        self.facts = Facts(generation, watermark, receipts, kept)
        self.steps.append(Step(name, records, sure, before, self.facts, "--gc" in command, cut is not None))
        if cut is None:
            self.sure = self.facts
        return result.out

    def batch(self, minute):
        built = self.do(f"build {minute}", "delta-build", input=self.world.slice(minute))
        published = self.do(f"publish {minute}", "index-publish", "published", input=built)
        self.do(f"advance {minute}", "wm", "advance", "ads", input=published)
        return built, published


def whole_story(rig_):
    """Each kind of publish, a build on the last one, a retry, and each command of wm that changes something."""
    story = Story(rig_)
    built, _ = story.batch(0)
    story.do("publish again", "index-publish", "published", input=built)
    base = [line for line in built.decode().splitlines() if line.startswith("#index")][0].split("location=")[1]
    story.batch(5)
    story.do("publish a base", "index-publish", "published", "--base", "--index", base)
    built, _ = story.batch(10)
    story.do("build again", "delta-build", input=story.world.slice(15))
    rolled = story.do("roll back", "index-publish", "published", "--rollback", "1", "--force")
    story.do("advance to that", "wm", "advance", "ads", input=rolled)
    story.do("collect", "index-publish", "published", "--gc", "--keep", "1", "--grace", "0s")
    story.do("set", "wm", "set", "ads", "2026-05-04T10:05:00Z@3")
    story.do("rewind", "wm", "rewind", "ads")
    return story


COMMANDS = {"build": ["delta-build"], "publish": ["index-publish", "published"], "advance": ["wm", "advance", "ads"]}


def short_story(rig_):
    story = Story(rig_)
    story.batch(0)
    return story


def changes(rig_, command):
    """The words of those that a command of a first batch makes."""
    story, text = Story(rig_), None
    path = os.path.join(rig_.folder, "changes")
    text = story.world.slice(0)
    for name, arguments in COMMANDS.items():
        if os.path.exists(path):
            os.remove(path)
        text = story.world.must(*arguments, input=text, shim={"LIST": path})
        if name == command:
            break
    story.world.remove()
    with open(path) as file:
        return [line.split("\t")[0] for line in file]


def cut_story(rig_, command, at):
    """A first batch of which one command was killed before its change number `at`, and then a whole one."""
    story = Story(rig_)
    text = story.world.slice(0)
    for name, arguments in COMMANDS.items():
        if name == command:
            story.do(f"{name}, killed at {at}", *arguments, input=text, cut=at)
        text = story.do(f"{name} 0", *arguments, input=text)
    return story


class Judge:
    """Says what is wrong with a state of the disk; remembers what it has seen of each part."""

    def __init__(self, rig_):
        self.folder = rig_.folder
        self.seen = {}
        self.watermark = self.read_watermark

    def part(self, state, prefix, question, *more):
        key = (question, more, frozenset((path, digest) for path, (digest, _) in state.items() if path.startswith(prefix)))
        if key not in self.seen:
            if len(self.seen) > 50000:
                self.seen.clear()
            files = {path: content for path, (_, content) in state.items() if path.startswith(prefix)}
            try:
                self.seen[key] = (question(files, *more), None)
            except (ValueError, KeyError, TypeError, sqlite3.Error) as error:
                self.seen[key] = (None, f"{type(error).__name__}: {error}")
        return self.seen[key]

    def read_watermark(self, files):
        return rig.stored_watermark(files.get("wm.db"), files.get("wm.db-journal"), self.folder)

    def objection(self, state, step, acknowledged):
        """None where all holds."""
        possible = (step.after,) if acknowledged else (step.sure, step.before, step.after)
        sure = possible[0]
        generation, wrong = self.part(state, "published/", rig.current)
        if wrong:
            return wrong
        if generation not in [facts.generation for facts in possible]:
            return f"generation {generation} is current, and {sure.generation} was acknowledged"
        for name in sure.kept:
            if not (step.removes and name not in step.after.kept):
                wrong = self.part(state, "published/", rig.generation_files, name)[1]
                if wrong:
                    return "of the kept generations, " + wrong
        watermark, wrong = self.part(state, "wm.db", self.watermark)
        if wrong:
            return "wm.db: " + wrong
        if watermark not in [facts.watermark for facts in possible]:
            return f"the watermark is {watermark}, and {sure.watermark} was acknowledged"
        if watermark and int(watermark.split("@")[1]) > generation:
            return f"the watermark {watermark} is ahead of generation {generation}"
        # A build keeps the files of the last one, and no older ones.
        for receipt in sure.receipts[0 if sure.receipts == step.after.receipts else -1:]:
            wrong = self.part(state, "work/", rig.built, receipt)[1]
            if wrong:
                return "of an index that was acknowledged, " + wrong
        return None


class Play:
    """A story played to a disk; with `ignored`, the fsync of that number does nothing."""

    def __init__(self, story, judge, ignored=None, most_exhaustive=12, random_ones=1000):
        self.story, self.judge, self.ignored = story, judge, ignored
        self.most_exhaustive, self.random_ones = most_exhaustive, random_ones
        self.counted = 0
        self.syncs = []
        self.distinct = set()
        self.sample, self.wanted, self.chance = [], 0, random.Random(5)

    def points(self):
        """Each point between two changes: the disk there, its step, whether that was acknowledged, whether all states are new."""
        there = disk.Disk(self.story.start)
        for step in self.story.steps:
            prints = [index for index, record in enumerate(step.records) if record.word == "print"]
            acknowledged = False
            for index, record in enumerate(step.records):
                if record.word == "print":
                    acknowledged = index == prints[-1] and not step.killed
                    yield there, step, acknowledged, True
                    continue
                if record.word == "sync":
                    self.syncs.append((step.name, record.path))
                    if len(self.syncs) - 1 == self.ignored:
                        continue
                pending = len(there.pending)
                grew = there.do(record)
                yield there, step, acknowledged, not grew or len(there.pending) != pending + 1
            yield there, step, not step.killed, True

    def run(self, first_only=False):
        """What is wrong, as a list of sentences."""
        wrong = []
        for number, (there, step, acknowledged, anew) in enumerate(self.points()):
            if self.ignored is not None and len(self.syncs) <= self.ignored:
                continue
            units = there.open_units()
            few = len(units) <= self.most_exhaustive
            last = bool(units) and bool(there.pending) and units[-1] is there.pending[-1]
            self.counted += 1 << len(units) if few else 0
            for chosen in disk.subsets(units, self.most_exhaustive, self.random_ones, number, not anew and last):
                self.counted += not few
                state = there.state(chosen)
                key = (hash(frozenset((path, digest) for path, (digest, _) in state.items())), step.name, acknowledged)
                if key in self.distinct:
                    continue
                self.distinct.add(key)
                self.keep(state, step)
                objection = self.judge.objection(state, step, acknowledged)
                if objection:
                    arrived = ", ".join(self.describe(unit) for unit, _ in chosen) or "nothing"
                    wrong.append(f"{step.name}, after {number} changes{', acknowledged' if acknowledged else ''}: "
                                 f"{objection}; of what was not synced there arrived: {arrived}")
                    if first_only or len(wrong) > 20:
                        return wrong
        return wrong

    def all_syncs(self):
        for _ in self.points():
            pass
        return self.syncs

    @staticmethod
    def describe(unit):
        if unit.changes:
            return " and ".join(f"{path} {'there' if node is not None else 'gone'}" for path, node in unit.changes)
        return f"a write of {len(unit.data)}" if unit.data else "a size"

    def keep(self, state, step):
        """A fair sample of all that come by."""
        if len(self.sample) < self.wanted:
            self.sample.append((state, step))
        elif self.wanted:
            place = self.chance.randrange(len(self.distinct))
            if place < self.wanted:
                self.sample[place] = (state, step)


class Healing:
    """A state laid out on a real file system, and real batches in it: nobody has to do anything by hand."""

    def __init__(self, rig_):
        self.rig = rig_
        world = rig_.world()
        world.batch(20)
        self.wanted = world.documents()
        world.remove()

    def objection(self, state, step):
        world = self.rig.world()
        for path, (_, content) in state.items():
            os.makedirs(os.path.dirname(world.path(path)), exist_ok=True)
            with open(world.path(path), "wb") as file:
                file.write(content)
        wrong = self.heal(world)
        world.remove()
        return wrong and f"{step.name}: {wrong}"

    def heal(self, world):
        for _ in range(2):
            built = world.run("delta-build", input=world.slice(20))
            if built.code != 0:
                return f"delta-build: {built}"
            published = world.run("index-publish", "published", input=built.out)
            if published.code != 0:
                return f"index-publish: {published}"
            advanced = world.run("wm", "advance", "ads", input=published.out)
            if advanced.code != 0:
                return f"wm advance: {advanced}"
        files = world.files()
        if world.run("index-check", "published").code != 0:
            return "index-check finds something"
        if world.documents() != self.wanted:
            return "other documents than from nothing"
        generation, watermark = rig.current(files), world.watermark()
        if watermark != f"2026-05-04T10:20:00Z@{generation}":
            return f"two clean batches end at generation {generation}, watermark {watermark}"
        before = world.files()
        world.run("index-publish", "published", input=world.run("delta-build", input=world.slice(20)).out)
        changed = sorted(path for path, content in world.files().items() if before.get(path) != content)
        if [path for path in changed if path.startswith("published/")]:
            return f"a third batch writes {changed}"
        left = [path for path in files if "/.tmp-" in path and path.startswith("work/")]
        return f"left behind: {left}" if left else None


# What an fsync is for where no power cut shows it: of the folder, of what is in it.
REASONS = {
    "folder": "a folder that is synced once more before anything is acknowledged",
    "state": "the work directory's state, without which the next build begins from nothing: it spares work, no more",
    "again": "of what is durable already, as whoever is late can't know",
    "journal": "SQLite's, while there is nothing yet that could be lost",
}


def reason(story, number, syncs):
    """Why the fsync of that number is not needed in that story; None where there is no reason."""
    step, path = syncs[number]
    name = os.path.basename(path)
    if path.startswith("work") and name.startswith(".tmp-") and os.path.dirname(path) == "work":
        return "state"
    if step in ("publish again", "roll back") and path in ("published/CURRENT", "published"):
        return "again"
    if path.startswith("wm.db") or (path == "." and step.startswith("advance")):
        return "journal"
    if any(later == path for _, later in syncs[number + 1:]) or path == "work":
        return "folder" if not name.startswith(".tmp-") and path != "published/CURRENT" else None
    return None


def teeth(story, judge, every, only=None):
    """Which fsyncs matter: with each ignored in turn, is anything wrong? How many were shown to be needed, and the others."""
    all_syncs = Play(story, judge).all_syncs()
    others, shown = [], 0
    for number in range(0, len(all_syncs), every):
        if only and all_syncs[number][0] != only:
            continue
        game = Play(story, judge, ignored=number, most_exhaustive=4, random_ones=30)
        if game.run(first_only=True):
            shown += 1
        else:
            others.append((reason(story, number, all_syncs), ": ".join(all_syncs[number])))
    return shown, others


class Tally:
    def __init__(self):
        self.changes = self.states = self.distinct = self.healed = self.stories = self.wrong = 0

    def add(self, rig_, story, judge, healing, samples, most, some):
        game = Play(story, judge, most_exhaustive=most, random_ones=some)
        game.wanted = samples
        wrong = game.run() + list(filter(None, (healing.objection(state, step) for state, step in game.sample)))
        for sentence in wrong:
            print(sentence)
        self.stories += 1
        self.changes += sum(len(step.records) for step in story.steps)
        self.states += game.counted
        self.distinct += len(game.distinct)
        self.healed += len(game.sample)
        self.wrong += len(wrong)

    def __str__(self):
        return (f"{self.stories} stories of {self.changes} changes: {self.states} crash states, {self.distinct} of them distinct, "
                f"{self.healed} healed by real batches; {self.wrong} violations")


def cut_stories(rig_):
    """Each command of a first batch, killed before each of its changes; above all where a name is there, and not yet synced."""
    chance = random.Random(2)
    names, others = rig.sized((0.05, 0), (0.4, 0.02), (1, 1))
    for command in COMMANDS:
        words = changes(rig_, command)
        for at, (last, word) in enumerate(zip([None] + words, words), 1):
            if chance.random() < (names if word == "fsync" and last in ("mkdir", "rename") else others):
                yield cut_story(rig_, command, at)


def main():
    rig_ = rig.Rig()
    judge, healing = Judge(rig_), Healing(rig_)
    story = short_story(rig_) if rig.SIZE == "quick" else whole_story(rig_)
    for step in story.steps:
        if any(record.word == "shared-map" for record in step.records):
            rig.fail(f"{step.name} writes through a shared mapping, which no trace sees")
    whole, cut = Tally(), Tally()
    whole.add(rig_, story, judge, healing, *rig.sized((1, 3, 10), (20, 6, 60), (500, 12, 1000)))
    print(f"power cuts: {whole}")
    for other in cut_stories(rig_):
        cut.add(rig_, other, judge, healing, *rig.sized((0, 3, 5), (1, 4, 15), (2, 8, 100)))
        other.world.remove()
    print(f"power cuts after a kill and another run: {cut}")
    shown, others = teeth(story, judge, rig.sized(16, 5, 1))
    print(f"with one fsync ignored: {shown} of {shown + len(others)} end in a violation; the others are")
    for (why, _), number in collections.Counter((why, "") for why, _ in others).items():
        print(f"  {number}: {REASONS.get(why, 'NOT KNOWN')}")
    unknown = [place for why, place in others if why is None]
    for place in unknown:
        print(f"needless, and nobody knows why: {place}")
    sys.exit(1 if whole.wrong or cut.wrong or unknown or not shown else 0)


if __name__ == "__main__":
    main()
