"""kill -9 of a pipe at moments uniform over its run time: of all of it, or of one stage, with one or two pipes alive.

    kill.py [--whole N] [--each N] [--seed N] [--jobs N]

N kills of whole pipes and N of each stage (half as many of the gate, a quarter of `wm hold`), in any order; those that found nothing alive do
not count. What happens to the shop in between, and where the kills fall, follows the seed. SIGINT and SIGTERM end it with
the figures so far. The places: shop.py.

After each kill, by the real tools:
  - every file that the current and the kept generations name is there and whole (torn)
  - the watermark is at the published generation or one behind; neither goes back; what the log says was published is
    what the generation was made of (ahead)
After up to four kills, from whatever state is left:
  - two runs without a kill exit 0 (wedged), and the index equals one built from nothing (lost)
  - a third writes nothing: no file, no move (wedged)
A holder that is killed leaves its command alone, and a lease that the next one takes when it is over, with a newer fence.
Not tested here: power loss, full disks (41- and following), one of several threads.
"""
import argparse
import itertools
import json
import os
import random
import select
import shutil
import signal
import sys
import threading
import time
import traceback

from shop import STAGES, Failed, Pipe, Place, Process, Shop, generation_of, story

LONGEST = 180  # seconds without a round
GATE = "gate"
HOLD = "wm hold"
# A batch as a person's script has it, under a lease.
SCRIPT = """part-ls "$0" --after "$(wm get -g "$1")" | part-pick --policy latest --late --now "$2" |
  delta-build --fields "$3" --work "$4" | index-publish "$5" | wm advance "$1" """
WHOLE = "whole"


class Stop(Exception):
    """A signal asks for the figures so far."""


class Torn(Failed):
    kind = "torn"


class Ahead(Failed):
    kind = "ahead"


class Lost(Failed):
    kind = "lost"


class Wedged(Failed):
    kind = "wedged"


class Figures:
    """What a run did, and what it found; those of several add up."""

    def __init__(self, values=None):
        self.values = values or {}

    def count(self, group, name, by=1):
        counts = self.values.setdefault(group, {})
        counts[name] = counts.get(name, 0) + by

    def add(self, other):
        for group, counts in other.items():
            for name, number in counts.items():
                self.count(group, name, number)

    def get(self, group, name):
        return self.values.get(group, {}).get(name, 0)

    def total(self, group):
        return sum(self.values.get(group, {}).values())

    def line(self, group, order):
        counts = self.values.get(group, {})
        return ", ".join(f"{name} {counts[name]}" for name in order if name in counts)

    def text(self, seconds):
        stages = STAGES[1:]
        zero = ", ".join(f"{self.get('bad', kind)} {kind}" for kind in ("torn", "ahead", "lost", "wedged"))
        return "\n".join([
            f"{self.total('kills')} kills: {zero} ({self.get('rounds', 'rounds')} rounds, {seconds:.0f} s)",
            f"  of: {self.line('kills', [WHOLE, *stages, GATE, HOLD])}",
            f"  whole pipes were met in: {self.line('landed', [*STAGES, 'after'])}",
            "  two pipes alive: {}, in one work directory: {}".format(
                self.get("pairs", "pairs"), self.get("pairs", "one work directory")),
            f"  found: {self.line('found', FOUND)}",
        ])


FOUND = ["half-written files", "a journal of SQLite", "built, not published", "sent, not published",
         "published, the watermark behind", "done", "nothing"]


class Harness:
    def __init__(self, folder, seed, quotas, figures):
        self.random = random.Random(seed)
        self.place = Place(folder, "kill")
        self.shop = Shop(self.place, self.random)
        self.works = [f"{folder}/work", f"{folder}/work2"]
        self.quotas, self.figures = quotas, figures
        self.generation, self.position, self.moves = 0, "", []
        self.ends = [0.1] * len(STAGES)

    # MARK: Runs

    def drive(self, pipe, victim, share):
        """Runs a pipe, and kills what is to be killed when that share of its time is over; what was met."""
        begin = time.monotonic()
        if victim is None:
            pipe.start()
            pipe.wait()
            return 0
        if victim == GATE:
            pipe.start()
            return self.kill_gate(pipe)
        index = len(STAGES) - 1 if victim == WHOLE else STAGES.index(victim)
        end = begin + share * self.ends[index]
        pipe.start(until=end if victim == WHOLE else None)
        time.sleep(max(0.0, end - time.monotonic()))
        victims = pipe.stages if victim == WHOLE else pipe.stages[index:index + 1]
        met = sum([process.kill() for process in victims])
        pipe.wait()
        return met

    def kill_gate(self, pipe):
        path = f"{self.place.folder}/gate.pid"
        met = 0
        while pipe.stages[-1].poll() is None:
            try:
                with open(path) as file:
                    text = file.read()
            except FileNotFoundError:
                text = ""
            if text.endswith("\n"):
                os.unlink(path)
                os.kill(int(text), signal.SIGKILL)
                met = 1
                break
            time.sleep(0.0005)
        codes = pipe.wait()
        if met and codes[STAGES.index("index-publish")] != 1:
            raise Ahead(f"the gate was killed, and the pipe ended with {codes}")
        return met

    def clean(self, work):
        pipe = Pipe(self.place, work, self.shop.now)
        begin = time.monotonic()
        pipe.start()
        ends = []
        for stage in pipe.stages:
            stage.wait()
            ends.append(time.monotonic() - begin)
        codes = [stage.code for stage in pipe.stages]
        if codes != [0] * len(STAGES):
            raise Wedged(f"a run without a kill ended with {codes}")
        return ends

    def measure(self):
        """How long a run takes, and each stage of it: now and then anew, for the machine may be slower or faster."""
        runs = []
        for _ in range(3):
            self.shop.slot += 1
            self.shop.write(self.shop.slot, "x.json", self.shop.records())
            runs.append(self.clean(self.works[0]))
        self.inspect()
        self.ends = [sum(ends) / len(ends) for ends in zip(*runs)]

    def held(self, share=None):
        """A batch under a lease, whose holder is killed when that share of its time is over; how it ended."""
        place = self.place
        command = [SCRIPT, place.source, place.name, f"@{self.shop.now}", place.fields, self.works[0], place.dest]
        reading, writing = os.pipe()
        holder = Process(
            ["wm", "hold", place.name, "--ttl", "1s", "--wait", "20s", "--", "sh", "-c", *command], place.env, None,
            writing, place.errors)
        os.close(writing)
        if share is not None:
            time.sleep(share * self.ends[-1] * 1.2)
            holder.kill()
        with open(reading) as file:
            file.read()  # until the command is over, which lives on
        return holder.wait()

    # MARK: Kills

    def kill_holder(self):
        """The command goes on without its holder; the next one waits until the lease is over, and has a newer fence."""
        if self.held(self.random.random()) == -signal.SIGKILL:
            self.figures.count("kills", HOLD)
            self.quotas[HOLD] -= 1
        self.inspect(self.generation + 1)
        if self.held() != 0:
            raise Wedged("the lease of a holder that was killed is not taken")
        self.inspect()

    def choose(self):
        """A victim, as likely as there are many of its kind still to kill; None when all are done."""
        left = [(name, number) for name, number in self.quotas.items() if number > 0]
        if not left:
            return None
        return self.random.choices([name for name, _ in left], [number for _, number in left])[0]

    def kill(self, victim):
        place = self.place
        place.forget_errors()
        if victim == HOLD:
            return self.kill_holder()
        before = place.snapshot(*self.works)
        at = self.generation
        pipes = [self.pipe(victim, self.works[0])]
        plans = [(victim, self.random.random())]
        if victim != GATE and self.random.random() < 0.3:
            together = self.random.random() < 0.5
            pipes.append(self.pipe(None, self.works[0 if together else 1]))
            # The other is killed too, or it lives.
            plans.append((WHOLE if victim == WHOLE and self.random.random() < 0.4 else None, self.random.random()))
            plans[0] = (victim, plans[0][1] * 1.5)
            self.figures.count("pairs", "pairs")
            if together:
                self.figures.count("pairs", "one work directory")
        met, errors = [0] * len(pipes), []

        def run(index):
            try:
                met[index] = self.drive(pipes[index], *plans[index])
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=run, args=(index,)) for index in range(1, len(pipes))]
        for thread in threads:
            thread.start()
        run(0)
        for thread in threads:
            thread.join()
        if errors:
            raise errors[0]
        for (name, _), pipe, number in zip(plans, pipes, met):
            if name == WHOLE:
                self.figures.count("landed", pipe.landed())
            if name and number:
                self.figures.count("kills", name)
                self.quotas[name] -= 1
        self.inspect(at + len(pipes))
        if any(met):
            self.find(before, at)

    def pipe(self, victim, work):
        gate = None
        if victim == GATE:
            gate = f"echo $$ >'{self.place.folder}/gate.pid'; exec sleep 5"
        elif self.random.random() < 0.1:
            gate = "index-check \"$FRESHET_INDEX\""
        return Pipe(self.place, work, self.shop.now, gate=gate)

    def find(self, before, at):
        """What a kill left half done."""
        new = set(self.place.snapshot(*self.works)) - set(before)
        found = []
        if any("/.tmp-" in name for name in new):
            found.append("half-written files")
        if os.path.exists(f"{self.place.folder}/wm.db-journal"):
            found.append("a journal of SQLite")
        if self.generation == at:
            if any("/builds/" in name for name in new):
                found.append("built, not published")
            if any(name.startswith(self.place.dest) and "/.tmp-" not in name for name in new):
                found.append("sent, not published")
        if self.generation > self.behind:
            found.append("published, the watermark behind")
        elif self.generation > at:
            found.append("done")
        for name in found or ["nothing"]:
            self.figures.count("found", name)

    # MARK: Invariants

    def inspect(self, most=None):
        """What holds at any time."""
        place = self.place
        generations = place.generations()
        number = generations[0]["generation"] if generations else 0
        names = [generation["manifest"] for generation in generations]
        if [one["generation"] for one in generations] != list(range(number, number - len(generations), -1)):
            raise Torn(f"generations {[one['generation'] for one in generations]}")
        if names:
            try:
                place.run("index-check", place.dest, *names)
            except Failed as error:
                raise Torn(str(error))
        position, generation = place.watermark()
        if not max(0, number - 1) <= generation <= number:
            raise Ahead(f"generation {number} is published, and the watermark at {generation}")
        if number < self.generation or position < self.position or most is not None and number > most:
            raise Ahead(f"from {self.position}@{self.generation} to {position}@{number}")
        if position and generation == number and position != generations[0]["position"]:
            raise Ahead(f"the watermark is at {position}, and the index at {generations[0]['position']}")
        self.generation, self.position, self.behind = number, position, generation
        self.inspect_log(generations)

    def inspect_log(self, generations):
        moves = self.place.log(4)
        fault = story(moves)
        if fault:
            raise Ahead(fault)
        self.compare_slices(moves, generations)
        self.last = moves[-1] if moves else None

    def last_move(self):
        return (self.place.log(1) or [None])[-1]

    def compare_slices(self, moves, generations):
        """What the log says a generation was made of, and what the generation says."""
        slices = {}
        for generation in generations:
            text = self.place.content_of(generation["manifest"][len(self.place.dest) + 1:])
            receipts = json.loads(text)["receipts"] if text else []
            slices[generation["generation"]] = {one["#"]: one for one in receipts}.get("slice", {}).get("hash")
        for move in moves:
            number = generation_of(move["to"])
            wanted, said = slices.get(number), move.get("slice")
            if wanted and said and said != wanted:
                raise Ahead(f"generation {number} is of slice {wanted}, and the log says {said}")

    def complete(self):
        """From whatever is left: two runs, and all is done; a third writes nothing."""
        work = self.works[0]
        self.clean(work)
        self.clean(work)
        self.inspect()
        if self.behind != self.generation or self.position != self.shop.position:
            raise Wedged(f"two runs came to {self.position}@{self.behind}, and not to "
                         f"{self.shop.position}@{self.generation}")
        documents = self.place.documents(self.place.dest, self.place.build_from_nothing(self.shop.now)).splitlines()
        half = len(documents) // 2
        if documents[:half] != documents[half:]:
            raise Lost("two runs gave other documents than a build from nothing")
        before, last = self.place.snapshot(*self.works), self.last
        self.clean(work)
        after = self.place.snapshot(*self.works)
        if before != after or last != self.last_move():
            changed = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
            raise Wedged(f"a third run wrote: {changed}, and the log from {last} to {self.last_move()}")

    def collect(self):
        """The collector, whole or killed."""
        argv = ["index-publish", "--gc", "--keep", "2", "--grace", "0s", self.place.dest]
        process = Process(argv, self.place.env, errors=self.place.errors)
        if self.random.random() < 0.3:
            time.sleep(self.random.random() * 0.01)
            if process.kill():
                self.figures.count("found", "a collector")
        if process.wait() not in (0, -signal.SIGKILL):
            raise Wedged(f"the collector ended with {process.code}")
        self.inspect()

    def rounds(self):
        """Until all are killed that are to be; yields after each round."""
        for number in itertools.count():
            if number % 25 == 0:
                self.measure()
            self.shop.step()
            for _ in range(self.random.choice((1, 2, 3, 4))):
                victim = self.choose()
                if victim is None:
                    return
                self.kill(victim)
                if self.random.random() < 0.4:
                    self.shop.step()
            self.complete()
            if self.random.random() < 0.2:
                self.collect()
            self.figures.count("rounds", "rounds")
            yield


def work(folder, seed, quotas, output):
    """One harness in a folder of its own; its figures go to a descriptor after each round, and at the end."""
    os.makedirs(folder)
    figures = Figures()
    harness = Harness(folder, seed, quotas, figures)

    def report(trouble=None):
        os.write(output, (json.dumps({"figures": figures.values, "trouble": trouble}) + "\n").encode())

    def stop(*_):
        raise Stop()

    def late(*_):
        raise Wedged(f"nothing went on for {LONGEST} seconds")

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGALRM, late)
    trouble = None
    try:
        signal.alarm(LONGEST)
        for _ in harness.rounds():
            report()
            signal.alarm(LONGEST)
    except Stop:
        pass
    except Failed as error:
        kind = getattr(error, "kind", "wedged")
        figures.count("bad", kind)
        trouble = f"{kind}, seed {seed}, in {folder}: {error}\n{harness.place.said()}"
    except Exception:
        trouble = traceback.format_exc() + harness.place.said()
    signal.alarm(0)
    report(trouble)
    if not trouble:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1 if trouble else 0)


def start(job, options):
    """A process for a share of the kills; where its figures come from."""
    def share(number):
        return number // options.jobs + (job < number % options.jobs)

    quotas = {WHOLE: share(options.whole), GATE: share(options.each // 2), HOLD: share(options.each // 4)}
    quotas.update({stage: share(options.each) for stage in STAGES[1:]})
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            work(f"{os.getcwd()}/job{job}", options.seed + job, quotas, writing)
        finally:
            os._exit(70)
    os.close(writing)
    return pid, os.fdopen(reading, "rb", buffering=0)


def gather(workers, begin):
    """The last figures of each worker; said once a minute."""
    last, rest, said = {}, {pid: b"" for pid, _ in workers}, begin
    left = {pipe: pid for pid, pipe in workers}
    while left:
        for pipe in select.select(list(left), [], [], 60)[0]:
            pid = left[pipe]
            piece = pipe.read(1 << 16)
            if not piece:
                del left[pipe]
            *lines, rest[pid] = (rest[pid] + piece).split(b"\n")
            if lines:
                last[pid] = json.loads(lines[-1])
        if time.monotonic() - said > 60:
            said = time.monotonic()
            print(total(last).text(said - begin), flush=True)
    return last


def total(last):
    figures = Figures()
    for one in last.values():
        figures.add(one["figures"])
    return figures


def main():
    parser = argparse.ArgumentParser()
    for name, number in (("whole", 20), ("each", 4), ("seed", 7), ("jobs", 1)):
        parser.add_argument(f"--{name}", type=int, default=number)
    options = parser.parse_args()
    begin = time.monotonic()
    sys.stdout.flush()
    workers = [start(job, options) for job in range(options.jobs)]

    def stop(*_):
        for pid, _ in workers:
            os.kill(pid, signal.SIGTERM)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    last = gather(workers, begin)
    codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid, _ in workers]
    for one in last.values():
        if one["trouble"]:
            print(one["trouble"])
    print(total(last).text(time.monotonic() - begin))
    sys.exit(1 if any(codes) else 0)


if __name__ == "__main__":
    main()
