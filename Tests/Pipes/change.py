"""What `index-publish -` prints, taken by a reader whose producer dies: random histories.

    change.py [--steps N] [--seed N]

The reader takes lines, each an add or a delete by its id, which it may see twice. In each step the slice of the moment is
built and its change printed, of the build, or behind a destination of that generation; then
  - all of it arrives, and the watermark moves; or all of it, and the watermark does not
  - a part arrives: the producer dies after any line, or the pipe is cut while index-publish writes to it
  - nothing is printed: that has to be said, exit 1, by one line that names --from; the reader throws away what it has, and takes
    `--from none`
Meanwhile objects come, late ones too, and go; another pipe publishes, a base comes, a generation is published again, old ones are
collected; the work directory loses a build, what was printed, or everything.
After each run that arrived whole the reader has exactly the documents of the state that it was told of. Where nothing was lost,
nothing is refused. Not tested here: --keep-expired, --with-key (transcripts), Kafka itself, two printers at once.
"""
import argparse
import fcntl
import glob
import json
import os
import random
import shutil
import subprocess

HOUR = "2026-05-04T%02d:00:00Z"


class Failed(Exception):
    pass


class Pipe:
    """One reader's, with its watermark."""

    def __init__(self, name, dest, chance):
        self.work, self.dest, self.random = f"{name}.work", dest, chance
        self.after, self.generation, self.reader = "", 0, {}
        # Whether something was lost, so that it may refuse.
        self.lost = False
        # The next run is --from none, to a reader who has thrown away what he had.
        self.none = False
        # The receipt of what has arrived, and did not move the watermark yet, and what the reader had then.
        self.late, self.at = None, {}

    def slice(self, hour):
        mark = f"{self.after}@{self.generation}" if self.after else ""
        listed = tool(["part-ls", "in", "--after", mark])[0]
        return tool(["part-pick", "--policy", "latest", "--late", "--now", HOUR % (hour + 1)], listed)[0]

    def build(self, hour):
        chosen = self.slice(hour)
        built = tool(["delta-build", "--work", self.work], chosen)[0]
        if chosen and not built and not self.dest and not self.lost and self.reader != self.at:
            raise Failed(f"{self.after}@{self.generation} is taken for what the reader has")
        return built

    def publish(self, receipt):
        if not self.dest:
            return receipt
        out, code, said = tool(["index-publish", "-q", "--max-shrink", "100%", self.dest], receipt, check=False)
        # 1: a base or a rollback is in its way, and a later batch gets through.
        if code > 1:
            raise Failed(f"exit {code}: {said}")
        return out

    def moved(self, receipt, documents):
        line = [line for line in receipt.splitlines() if line.startswith("#published")][-1]
        said = dict(word.split("=", 1) for word in line.split("\t")[1:])
        if int(said["generation"]) > self.generation:
            self.after, self.generation = max(self.after, said["to"]), int(said["generation"])
        self.late, self.at = None, documents

    def take(self, lines):
        for line in lines:
            change = json.loads(line)
            if change["op"] == "add":
                self.reader[change["id"]] = change["document"]
            elif change["op"] == "delete":
                self.reader.pop(change["id"], None)

    def run(self, hour, fate=None):
        """What became of it, in a word: that one, if it is given, and something is printed."""
        receipt = self.publish(self.build(hour))
        if not receipt:
            return "nothing"
        if not fate and self.random.random() < 0.1:
            return "killed"
        if self.none:
            self.reader, self.late = {}, None
        if not fate and self.late and self.random.random() < 0.2:
            # The watermark moves by what has arrived before something else began to.
            self.moved(*self.late)
            return "late"
        fate = fate or self.random.choice(["moved", "moved", "arrived", "part", "part", "cut"])
        if fate == "cut":
            lines = cut(self.printing(), receipt, self.random.choice([0, 500, 3000, 9000, 30000]))
            self.take(lines)
            self.begun()
            return fate
        out, code, said = tool(self.printing(), receipt, check=False)
        if code == 1:
            if out or said.count("\n") != 1 or "--from" not in said:
                raise Failed(f"it refuses with {out!r} and {said!r}")
            if not self.lost or self.none:
                raise Failed(f"it refuses, although nothing is lost: {said}")
            self.none = True
            return "refused"
        if code:
            raise Failed(f"exit {code}: {said}")
        lines = out.splitlines()
        end = json.loads(lines[-1])
        if end["op"] != "end" or end["adds"] + end["deletes"] != len(lines) - 1:
            raise Failed(f"it ends with {lines[-1]}")
        self.take(lines[:self.random.randrange(len(lines))] if fate == "part" else lines)
        self.begun()
        if fate == "part":
            return fate
        self.check(receipt)
        with open("done") as file:
            self.late = file.read(), self.reader.copy()
        if fate == "moved":
            self.moved(*self.late)
            self.none, self.lost = False, False
        return fate

    def begun(self):
        """A work directory knows what was begun --from none. A destination does not: it has to be said again."""
        self.none = self.none and self.dest is not None

    def printing(self):
        return ["index-publish", "-", "--receipt", "done", "--max-shrink", "100%"] + ["--from", "none"] * self.none

    def check(self, receipt):
        lines = [line for line in receipt.splitlines() if line.startswith(("#index", "#published"))]
        said = dict(word.split("=", 1) for word in lines[-1].split("\t")[1:])
        place = said["location"]
        if lines[-1].startswith("#published"):
            place = glob.glob(f"{place}/generations/{said['generation']}-*.json")[0]
        shown = [json.loads(line) for line in tool(["index-check", "--documents", place])[0].splitlines()]
        wanted = {document["id"]: document for document in shown}
        if wanted != self.reader:
            extra, missing = sorted(self.reader.keys() - wanted.keys()), sorted(wanted.keys() - self.reader.keys())
            other = sorted(k for k in wanted.keys() & self.reader.keys() if wanted[k] != self.reader[k])
            raise Failed(f"the reader has {extra} beside, {missing} not, {other} otherwise than {place}")


def tool(argv, text="", check=True):
    process = subprocess.run(argv, input=text, capture_output=True, text=True)
    if check and process.returncode:
        raise Failed(f"{argv}: exit {process.returncode}: {process.stderr}")
    return process.stdout, process.returncode, process.stderr


def cut(argv, text, count):
    """Whole lines of the first bytes that it printed, before nobody read on."""
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    fcntl.fcntl(process.stdout, getattr(fcntl, "F_SETPIPE_SZ", 1031), 4096)
    process.stdin.write(text.encode())
    process.stdin.close()
    taken = b""
    while len(taken) < count:
        piece = os.read(process.stdout.fileno(), min(count - len(taken), 4096))
        if not piece:
            break
        taken += piece
    process.stdout.close()
    process.wait()
    return taken.decode(errors="ignore").split("\n")[:-1]


class History:
    def __init__(self, seed, behind):
        self.random, self.behind, self.hour, self.parts, self.story = random.Random(seed), behind, 2, 0, []
        for name in ["in", "d", "pipe.work", "other.work", "full.work"]:
            shutil.rmtree(name, ignore_errors=True)
        dest = "d" if behind else None
        self.pipe, self.other = Pipe("pipe", dest, self.random), Pipe("other", "d", self.random)
        self.collected = False
        self.lossy = self.random.random() < 0.4

    def records(self):
        """Long ones, so that a pipe is full before all is in it."""
        for _ in range(self.random.randrange(1, 8)):
            ad, item = f"a{self.random.randrange(40)}", f"i{self.random.randrange(8)}"
            kind = self.random.random()
            if kind < 0.15:
                yield {"id": ad, "_delete": True}
            elif kind < 0.2:
                yield {"item": item, "_delete": True}
            else:
                yield {"id": ad, "item": item, "title": str(self.random.randrange(3)) * self.random.choice([9, 4000])}

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.writelines(json.dumps(record) + "\n" for record in self.records())

    def land(self):
        self.parts += 1
        if self.random.random() < 0.6 and self.hour < 22:
            self.hour += 1
        hour = self.hour - self.random.choice([0, 0, 0, 1])
        self.write(f"in/dt=2026-05-04/hour={hour:02}/part-{self.parts}.json")

    def lift(self):
        """Often the last one, so that all is as it was."""
        objects = sorted(glob.glob("in/*/*/*"))
        last = [path for path in objects if path.endswith(f"part-{self.parts}.json")]
        if len(objects) > 1:
            os.remove(self.random.choice(objects + last * len(objects)))

    def rest(self):
        pass

    def base(self):
        with open("records", "w") as file:
            file.writelines(json.dumps(record) + "\n" for record in self.records() if "_delete" not in record)
        with open("records") as file:
            receipt = tool(["delta-build", "--records", "--work", "full.work"], file.read())[0]
        if not receipt:
            return
        options = ["--force", "--base", "--to", HOUR % max(self.hour - 1, 0)]
        published = tool(["index-publish", "-q", *options, "d"], receipt)[0]
        if self.random.random() < 0.5:
            self.told(published)

    def told(self, receipt):
        """By a person, who has no watermark, or asks it."""
        if self.pipe.none:
            self.pipe.reader = {}
        asks = self.pipe.generation > 0 and self.random.random() < 0.5
        options = ["--after-generation", str(self.pipe.generation)] * asks
        out, code, said = tool(self.pipe.printing() + options, receipt, check=False)
        if code == 0:
            self.pipe.take(out.splitlines())
            self.pipe.check(receipt)
        elif code != 1 or out or not (self.pipe.lost if asks else self.collected):
            raise Failed(f"exit {code}: {said}")

    def compete(self):
        receipt = self.other.publish(self.other.build(self.hour))
        if receipt:
            self.other.moved(receipt, None)

    def back(self):
        if not os.path.exists("d"):
            return
        numbers = [int(line.split("\t")[0]) for line in tool(["index-publish", "--list", "d"])[0].splitlines()]
        receipt = tool(["index-publish", "-q", "--force", "--rollback", str(self.random.choice(numbers)), "d"])[0]
        if receipt and self.random.random() < 0.5:
            self.told(receipt)

    def lose(self):
        if not self.lossy:
            return
        if self.behind:
            if os.path.exists("d"):
                keep = str(self.random.randrange(3))
                tool(["index-publish", "--gc", "--keep", keep, "--grace", "0s", "d"])
                self.pipe.lost = self.collected = True
            return
        if not self.pipe.generation:
            return
        work = self.pipe.work
        kind = self.random.choice(["work", "build", "segment", "printed"])
        if kind == "work":
            shutil.rmtree(work, ignore_errors=True)
        else:
            files = {"build": "builds/*.json", "segment": "segments/*.seg", "printed": "builds/printed"}[kind]
            for path in sorted(glob.glob(f"{work}/{files}")):
                if kind == "printed" or self.random.random() < 0.5:
                    os.remove(path)
        self.pipe.lost = True

    def step(self, fate=None):
        if self.behind:
            kinds, weights = [self.land, self.lift, self.base, self.compete, self.back, self.lose], [10, 3, 2, 4, 1, 2]
        else:
            kinds, weights = [self.land, self.lift, self.rest, self.lose], [10, 5, 3, 1]
        what = self.random.choices(kinds, weights)[0]
        self.story.append(what.__name__)
        what()
        fate = self.pipe.run(self.hour, fate)
        self.story.append(fate)
        return fate


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.environ.update(
        FRESHET_FIELDS="fields", FRESHET_LAYOUT="dt=%Y-%m-%d/hour=%H", FRESHET_EVERY="1h", FRESHET_WINDOW="3h")
    with open("fields", "w") as file:
        file.write("id id\nitem group\ntitle text\n")
    counts, left, seed = {}, options.steps, options.seed
    while left > 0:
        history = History(seed, behind=seed % 2 == 0)
        history.land()
        steps = min(left, 24, options.steps // 2)
        for step in range(steps):
            left -= 1
            try:
                fate = history.step("moved" if step == steps - 1 else None)
            except Failed as error:
                print(f"seed {seed}: {error}\n  after {' '.join(history.story)}")
                return 1
            counts[fate] = counts.get(fate, 0) + 1
        seed += 1
    print(f"{options.steps} steps, {seed - options.seed} histories, from seed {options.seed}: {counts}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
