#!/usr/bin/env python3
"""Makes what the benchmarks read, in the cache, and prints its path.

    bench/corpora.py products [MB]     product records, many languages: ../shared/data where that is present
    bench/corpora.py text [MB]         English: the descriptions of Debian's packages, as apt has them
    bench/corpora.py generated [MB]    made-up words with Zipf's frequencies; stands in where one of those can't be had

All are NDJSON with the fields id, group, title, body, brand, price. The same command makes the same bytes again, from
the same source. A corpus that is larger than its source goes on with copies of it: with other ids and groups, and the
words of title and body beginning at another one.
"""

import gzip
import json
import os
import random
import re
import subprocess
import sys
from bisect import bisect
from itertools import accumulate

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("BENCH_SHARED") or os.path.join(HERE, "../../shared")
PRODUCTS = os.path.join(SHARED, "data/products.ndjson.gz")
MEGABYTE = 1_000_000
DEFAULTS = {"products": 60, "text": 60, "generated": 60}


def cache():
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(home, "freshet-bench")
    os.makedirs(folder, exist_ok=True)
    return folder


def say(line):
    print("corpora: " + line, file=sys.stderr)


# Sources: functions that give the records of one copy, in order.


def products():
    with gzip.open(PRODUCTS, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def stanzas(text):
    """The stanzas of a Debian control file, as dictionaries."""
    for stanza in text.split("\n\n"):
        fields = re.findall(r"^([A-Za-z0-9-]+): ?(.*(?:\n[ \t].*)*)", stanza, re.MULTILINE)
        if fields:
            yield dict(fields)


def apt(*command):
    """What an apt tool says of package lists of our own, so that those of the machine stay as they are."""
    folder = os.path.join(cache(), "apt")
    options = ["Acquire::Languages=en", f"Dir::State::lists={folder}/lists", f"Dir::Cache={folder}"]
    if os.getuid() == 0:
        options.append("APT::Sandbox::User=root")
    os.makedirs(folder + "/lists/partial", exist_ok=True)
    os.makedirs(folder + "/archives/partial", exist_ok=True)
    arguments = [command[0]] + [word for option in options for word in ("-o", option)] + list(command[1:])
    return subprocess.run(arguments, check=True, stdout=subprocess.PIPE).stdout.decode("utf-8", "replace")


def translations():
    """The lists with the long descriptions, fetched where they are not here yet."""
    folder = os.path.join(cache(), "apt/lists")
    for attempt in (1, 2):
        names = os.listdir(folder) if os.path.isdir(folder) else []
        found = sorted(os.path.join(folder, name) for name in names if "_i18n_Translation-en" in name)
        if found or attempt == 2:
            return found
        say("fetching Debian's package lists")
        apt("apt-get", "update", "-q", "-q")
    return []


def text():
    sections = {stanza["Package"]: stanza for stanza in stanzas(apt("apt-cache", "dumpavail")) if "Package" in stanza}
    seen = set()
    for path in translations():
        for stanza in stanzas(apt("/usr/lib/apt/apt-helper", "cat-file", path)):
            name, long = stanza.get("Package"), stanza.get("Description-en")
            if not name or not long or name in seen:
                continue
            seen.add(name)
            title, _, body = long.partition("\n")
            about = sections.get(name, {})
            yield {
                "id": name,
                "group": about.get("Source", name).split(" ")[0],
                "title": title,
                "body": re.sub(r"^ \.?", "", body, flags=re.MULTILINE),
                "brand": about.get("Section", "none"),
                "price": int(about.get("Installed-Size", "0")),
            }


class Words:
    """Made-up words, the first the most frequent (Zipf), one in twelve with letters beyond ASCII.

    Uses random() alone, whose numbers Python promises to keep.
    """

    SCRIPTS = [("ba ce do fi gu ha ji ko lu ma ne pi ro sa te vu wa xi yo za".split(), 0.92)]
    SCRIPTS += [("é ñe ö çi ã šu".split(), 0.96), ("и но ра ст ове к".split(), 0.98)]
    SCRIPTS += [("茶 水 米 油 的".split(), 1)]

    def __init__(self, rng, count):
        self.rng = rng
        words = {}
        while len(words) < count:
            words[self.made_up()] = None
        self.words = list(words)
        self.sums = list(accumulate(1 / (rank + 2.7) for rank in range(count)))

    def made_up(self):
        which = self.rng.random()
        syllables = next(syllables for syllables, bound in self.SCRIPTS if which < bound)
        length = 1 + int(self.rng.random() * 2 + self.rng.random() * 3)
        return "".join(syllables[int(self.rng.random() * len(syllables))] for _ in range(length))

    def word(self):
        return self.words[bisect(self.sums, self.rng.random() * self.sums[-1])]

    def text(self, count):
        return " ".join(self.word() for _ in range(count))


def generated(records=200_000, vocabulary=100_000, seed=1):
    rng = random.Random(seed)
    words = Words(rng, vocabulary)
    for number in range(records):
        group = number // 10
        body = words.text(int(60 * rng.random() ** 2)).replace(" ba ", ' "ba", ')
        yield {
            "id": f"{number:013d}",
            "group": f"{group:09d}",
            "title": words.text(2 + int(6 * rng.random())).capitalize(),
            "body": body,
            "brand": f"{int(1000 * rng.random() ** 3):03d}",
            "price": int(1000 * rng.random()) / 10,
        }


# Copies.


def turned(value, rng):
    words = value.split(" ")
    start = int(rng.random() * len(words))
    return " ".join(words[start:] + words[:start])


def copies(source, size):
    """Lines of the source, and of copies of it, until there are size bytes."""
    rng = random.Random(2)
    written = copy = 0
    while written < size:
        before = written
        for record in source():
            if copy:
                record["id"] += f"-{copy}"
                record["group"] += f"-{copy}"
                record["title"] = turned(record["title"], rng)
                record["body"] = turned(record["body"], rng)
            line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
            yield line
            written += len(line)
            if written >= size:
                return
        if written == before:
            raise SystemExit("corpora: the source is empty")
        copy += 1


def source(name):
    if name == "products" and not os.path.exists(PRODUCTS):
        say("../shared/data is not here: generated records stand in for products")
        return generated
    if name == "text":
        try:
            if translations():
                return text
        except (OSError, subprocess.CalledProcessError) as error:
            say(str(error))
        say("apt has no descriptions: generated records stand in for English text")
        return generated
    return {"products": products, "generated": generated}[name]


def make(name, size=None):
    """The path of a corpus of that many megabytes, made where it is not there yet."""
    size = size or DEFAULTS[name]
    records = source(name)
    stand_in = "-generated" if records is generated and name != "generated" else ""
    path = os.path.join(cache(), f"{name}-{size}{stand_in}.ndjson")
    if not os.path.exists(path):
        say(f"writing {os.path.basename(path)}")
        with open(path + ".part", "wb") as file:
            file.writelines(copies(records, size * MEGABYTE))
        os.rename(path + ".part", path)
    return path


def main(arguments):
    if not 1 <= len(arguments) <= 2 or arguments[0] not in DEFAULTS or not all(a.isdigit() for a in arguments[1:]):
        print(__doc__.split("\n\n")[0] + "\n\n" + __doc__.split("\n\n")[1], file=sys.stderr)
        return 64
    print(make(arguments[0], int(arguments[1]) if arguments[1:] else None))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
