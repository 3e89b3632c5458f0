"""Several loops on one name and one destination, while a producer lands partitions and readers read.

    loops.py [--loops N] [--batches N] [--shared] [--seed N]

Each loop is a pipe, again and again, in a work directory of its own, or with --shared all in one. Now and then one of a
loop's stages is stopped (SIGSTOP) and goes on later, as a machine does that swaps or sleeps; a collector runs beside it.
Meanwhile, all the time:
  - index-check and index-search of the destination exit 0, and no group is seen half: what its records sum up to is the
    same in each of its documents
  - no stage fails, but delta-build where another is at work in its directory, or an object went or changed (75); and index-publish
    where it stood still while others in one work directory built twice, which removes what it was to send (66)
In the end:
  - generations are numbered without a gap, and each has one `advance` in the log: from where the one before went
  - every partition is the end of a move or was counted as skipped by one; none fell into a gap
  - the documents are those of a build from nothing, and another run of each loop writes nothing
The places: shop.py. Not tested here: kills (kill.py), clocks that jump.
"""
import argparse
import json
import os
import random
import signal
import sys
import threading
import time

from shop import SLOT, Failed, Pipe, Place, Process, STAGES, Shop, expect, generation_of, story


class Market:
    def __init__(self, loops, batches, shared, seed):
        self.place = Place(os.getcwd(), "loops")
        self.random = random.Random(seed)
        self.shop = Shop(self.place, self.random)
        self.works = [f"{os.getcwd()}/work{0 if shared else loop}" for loop in range(loops)]
        self.shared, self.batches = shared, batches
        self.alive = [None] * loops
        self.ended = threading.Event()
        self.trouble = []
        self.counts = dict(runs=0, again=0, gone=0, reads=0, stops=0, collections=0)
        self.lock = threading.Lock()

    def count(self, name, by=1):
        with self.lock:
            self.counts[name] += by

    def watch(self, body, *arguments):
        """Runs it in a thread; what goes wrong ends all."""
        def run():
            try:
                body(*arguments)
            except Exception as error:
                self.trouble.append(f"{body.__name__}: {type(error).__name__}: {error}")
                self.ended.set()
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    # MARK: Those who write

    def run_once(self, loop):
        pipe = Pipe(self.place, self.works[loop], self.shop.now)
        self.alive[loop] = pipe
        pipe.start()
        codes = pipe.wait()
        self.alive[loop] = None
        self.count("runs")
        if codes[STAGES.index("delta-build")] == 75:
            codes[STAGES.index("delta-build")] = 0
            self.count("again")
        if self.shared and codes[STAGES.index("index-publish")] == 66:
            codes[STAGES.index("index-publish")] = 0
            self.count("gone")
        expect(f"loop {loop}", [0] * len(STAGES), codes)

    def loop(self, number):
        while not self.ended.is_set():
            self.run_once(number)

    def produce(self):
        """Partitions as fast as they are published; now and then more than one at once, or one that is late."""
        seen, last = 0, time.monotonic()
        while not self.ended.is_set():
            position, generation = self.place.watermark()
            if generation > seen:
                seen, last = generation, time.monotonic()
            if generation >= self.batches:
                return self.ended.set()
            if time.monotonic() - last > 120:
                raise Failed(f"nothing was published for two minutes, after generation {generation}")
            if position == self.shop.position:
                for _ in range(self.random.choice((1, 1, 1, 2, 3))):
                    self.shop.step()
            else:
                time.sleep(0.005)

    def collect(self):
        while not self.ended.wait(0.3):
            self.place.run("index-publish", "--gc", "--keep", "2", "--grace", "0s", self.place.dest)
            self.count("collections")

    def stop(self):
        """A stage stands still for longer than others need for a batch."""
        random_ = random.Random(1)
        while not self.ended.wait(random_.random() * 0.3):
            pipe = random_.choice(self.alive)
            if pipe is None or len(pipe.stages) < len(STAGES):
                continue
            stage = pipe.stages[random_.choice((3, 4, 4, 5))]
            try:
                os.kill(stage.pid, signal.SIGSTOP)
                self.ended.wait(random_.random() * 0.5)
                os.kill(stage.pid, signal.SIGCONT)
                self.count("stops")
            except ProcessLookupError:
                pass

    # MARK: Those who read

    def read(self):
        while not self.ended.is_set():
            if self.place.content_of("CURRENT") is None:
                time.sleep(0.01)
                continue
            self.place.run("index-check", self.place.dest)
            self.place.run("index-search", self.place.dest, "thing")
            self.check_groups(self.place.documents(self.place.dest))
            self.count("reads")

    @staticmethod
    def check_groups(documents):
        groups = {}
        for line in documents.splitlines():
            document = json.loads(line)
            folded = (document.get("clicks"), document.get("also_bought"))
            if groups.setdefault(document["item_id"], folded) != folded:
                raise Failed(f"half of a group: {line}, and {groups[document['item_id']]}")

    # MARK: In the end

    def run(self):
        self.shop.step()
        threads = [self.watch(self.loop, number) for number in range(len(self.works))]
        threads += [self.watch(body) for body in (self.produce, self.read, self.collect, self.stop)]
        for thread in threads:
            thread.join()
        if self.trouble:
            raise Failed("; ".join(self.trouble))
        for _ in range(2):
            for loop in range(len(self.works)):
                self.run_once(loop)
        moves = self.place.log()
        self.check_log(moves)
        fresh = self.place.build_from_nothing(self.shop.now)
        if self.place.documents(self.place.dest) != self.place.documents(fresh):
            raise Failed("the documents are not those of a build from nothing")
        before = self.place.snapshot(*self.works)
        for loop in range(len(self.works)):
            self.run_once(loop)
        after = self.place.snapshot(*self.works)
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        expect("what another run changes", [], changed)
        expect("what another run moves", len(moves), len(self.place.log()))
        return moves

    def check_log(self, moves):
        fault = story(moves)
        if fault:
            raise Failed(fault)
        numbers = [generation_of(move["to"]) for move in moves]
        generations = self.place.generations()
        expect("moves, one a generation", list(range(1, len(numbers) + 1)), numbers)
        expect("the last generation", numbers[-1], generations[0]["generation"])
        expect("the last position", self.shop.position, moves[-1]["to"][:20])
        lineages = {move["lineage"] for move in moves}
        expect("lineages", 1, len(lineages))
        for older, newer in zip(moves, moves[1:]):
            steps = (seconds(newer["to"]) - seconds(older["to"])) // SLOT
            expect(f"the gap of {newer['to']}", 0, newer.get("gap", 0))
            expect(f"what {newer['to']} skipped", max(0, steps - 1), newer["skipped"])


def seconds(standing):
    return int(time.mktime(time.strptime(standing[:20], "%Y-%m-%dT%H:%M:%SZ")))


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    options = argparse.ArgumentParser()
    options.add_argument("--loops", type=int, default=2)
    options.add_argument("--batches", type=int, default=10)
    options.add_argument("--shared", action="store_true")
    options.add_argument("--seed", type=int, default=7)
    options = options.parse_args()
    begin = time.monotonic()
    market = Market(options.loops, options.batches, options.shared, options.seed)
    directories = "one work directory" if options.shared else "work directories of their own"
    what = f"{options.loops} loops, {directories}"
    try:
        moves = market.run()
    except Failed as error:
        print(f"FAILED: {what}: {error}\n{market.place.said()}")
        sys.exit(1)
    counts = market.counts
    print(
        f"{what}: {len(moves)} generations, one advance each, in {counts['runs']} runs; "
        f"{sum(move.get('skipped', 0) for move in moves)} partitions skipped and counted; "
        f"{counts['again']} times 75, {counts['gone']} times 66; {counts['stops']} stops, {counts['collections']} collections, "
        f"{counts['reads']} reads: 0 torn, 0 twice, 0 lost ({time.monotonic() - begin:.0f} s)")


if __name__ == "__main__":
    main()
