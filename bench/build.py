"""build: raw indexing speed against peers, memory, and size of the index.

    bench/run build [--full] [--runs N] [--corpus NAME:MB]... [--without PEER]...

Each is one process from the file to a committed index, parsing included: MB of input per second of CPU; seconds of CPU
and of the clock, with their ratios to freshet's; peak memory; the size of what it wrote, and of that without the stored
documents, as parts of the input.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec

import measure
import page

MEGABYTE = 1_000_000
FIELDS = os.path.join(measure.HERE, "corpus.fields")
PEERS = os.path.join(measure.HERE, "peers")


class Contestant:
    """One way to index a file: what it reads (stdin, ndjson or dump), and the command, given the file and a folder."""

    def __init__(self, name, reads, command, index_bytes=None):
        self.name, self.reads, self.command, self.index_bytes = name, reads, command, index_bytes
        self.costs, self.bytes, self.without_documents = [], 0, None

    def go(self, sources, folder):
        shutil.rmtree(folder, ignore_errors=True)
        file = sources[self.reads]
        stdin = file if self.reads == "stdin" else "/dev/null"
        self.costs.append(measure.run(self.command(file, folder), stdin, folder + ".out", folder + ".err"))
        self.bytes = measure.size(folder)
        self.without_documents = self.index_bytes and self.index_bytes(folder)


def freshet(threads):
    def command(_, folder):
        options = ["--records", "--threads", str(threads), "--fields", FIELDS, "--work", folder]
        return [measure.tool("delta-build"), *options]

    return Contestant(f"freshet, {threads} thread{'s'[:threads - 1]}", "stdin", command, freshet_index_bytes)


def freshet_index_bytes(folder):
    """Bytes of the segments, without those that hold the stored documents, as index-check counts them."""
    stat = folder + ".stat"
    measure.run(
        [measure.tool("index-check"), "--stat", measure.receipt(folder + ".out", "index", "location")], stdout=stat
    )
    with open(stat, encoding="utf-8") as lines:
        figures = dict(line.rstrip("\n").rsplit("\t", 1) for line in lines)
    return int(figures["bytes"]) - sum(int(value) for name, value in figures.items() if " bytes of store" in name)


def tantivy(threads):
    def command(file, folder):
        return [sys.executable, os.path.join(PEERS, "tantivy-build"), file, folder, str(threads)]

    def index_bytes(folder):
        return measure.size(folder, but=[".store"])

    return Contestant(f"Tantivy, {threads} thread{'s'[:threads - 1]}", "ndjson", command, index_bytes)


def fts5(file, folder):
    return [os.path.join(PEERS, "fts5-build"), file, folder]


def xapian(dump, folder):
    script = os.path.join(PEERS, "corpus.index")
    return ["scriptindex", "--stemmer=none", "--overwrite", folder, script, dump]


def contestants(without):
    field = [freshet(1), freshet(2)]
    if find_spec("tantivy"):
        field += [tantivy(1), tantivy(2)]
    field.append(Contestant("SQLite FTS5", "ndjson", fts5))
    if shutil.which("scriptindex"):
        field.append(Contestant("Xapian scriptindex", "dump", xapian))
    return [one for one in field if not any(one.name.lower().startswith(name.lower()) for name in without)]


HEAD = ["", "MB/CPU s", "CPU s", "ratio", "wall s", "ratio", "peak MB", "size", "index"]


def row(one, first, megabytes):
    cost = measure.median(one.costs)
    return [
        one.name,
        f"{megabytes / cost.cpu:.1f}",
        f"{cost.cpu:.2f}",
        f"{measure.ratio(one.costs, first.costs):.2f}",
        f"{cost.wall:.2f}",
        f"{measure.ratio(one.costs, first.costs, 'wall'):.2f}",
        measure.peak(cost),
        f"{one.bytes / MEGABYTE / megabytes:.2f}",
        "" if one.without_documents is None else f"{one.without_documents / MEGABYTE / megabytes:.2f}",
    ]


def compete(file, runs, without):
    """The title and the table of one corpus."""
    field = contestants(without)
    with measure.scratch() as folder:
        sources = {"stdin": file, "ndjson": file, "dump": os.path.join(folder, "dump")}
        if any(one.reads == "dump" for one in field):
            measure.run([sys.executable, os.path.join(PEERS, "xapian-dump"), file, sources["dump"]])
        for _ in range(runs):
            for one in field:
                one.go(sources, os.path.join(folder, "index"))
    megabytes = os.path.getsize(file) / MEGABYTE
    title = f"{os.path.basename(file)}, {megabytes:.0f} MB, {runs} runs in turn; ratios to {field[0].name}:"
    return title, page.table(HEAD, [row(one, field[0], megabytes) for one in field])


def versions():
    """Which peers these are."""
    said = [f"Tantivy {version('tantivy')} (PyPI)"] if find_spec("tantivy") else []
    for name, command in (("SQLite", ["sqlite3", "--version"]), ("Xapian", ["scriptindex", "--version"])):
        if shutil.which(command[0]):
            found = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
            said.append(f"{name} {re.search(r'[0-9]+(?:[.][0-9]+)+', found)[0]} (Debian)")
    return ", ".join(said) + "."


def main(arguments):
    options = page.options(__doc__, runs=3)
    options.add_argument(
        "--corpus", action="append", metavar="NAME:MB", help="as products:192; more than once for more"
    )
    options.add_argument("--without", action="append", default=[], metavar="PEER", help="leave it out, as xapian")
    choice = options.parse_args(arguments)
    corpora = choice.corpus or (["products:192", "text:363"] if choice.full else ["products:60", "text:60"])
    parts = []
    for corpus in corpora:
        name, _, megabytes = corpus.partition(":")
        parts += compete(measure.corpus(name, int(megabytes or 60)), choice.runs, choice.without)
    page.report("build", choice, arguments, *parts, versions())


if __name__ == "__main__":
    main(sys.argv[1:])
