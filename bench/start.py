"""start: what it costs to start each executable, and a pipe that has nothing to do.

    bench/run start [--runs N]

Each command is started N times, all of them in turn. The pipe is the five of README.md over local directories, with its
`wm get`, in sh, with the watermark at the newest partition.
"""

import os
import subprocess
import sys

import measure
import page

TOOLS = ["part-ls", "part-pick", "part-cat", "delta-build", "index-publish", "wm", "index-search", "index-check"]
PIPE = """\
part-ls "$PLACE/ads" -l 'dt=%Y-%m-%d/hour=%H/minute=%M' --every 5m --window 5h --after "$(wm get -g ads)" |
  part-pick --policy rate --now "$NOW" |
  delta-build --fields "$PLACE/fields" --work "$PLACE/work" |
  index-publish "$PLACE/index" |
  wm advance ads
"""


def pipe(place):
    """The command of a pipe with nothing due: its one partition is published."""
    folder = os.path.join(place, "ads/dt=2026-05-04/hour=10/minute=05")
    os.makedirs(folder)
    with open(os.path.join(folder, "part-0.ndjson"), "w", encoding="utf-8") as file:
        file.write('{"id":"a1","title":"Red bicycle"}\n')
    with open(os.path.join(place, "fields"), "w", encoding="utf-8") as file:
        file.write("id id\ntitle text\n")
    script = os.path.join(place, "pipe.sh")
    with open(script, "w", encoding="utf-8") as file:
        file.write(PIPE)
    tools = os.path.dirname(measure.tool("wm"))
    os.environ.update(PATH=f"{tools}:{os.environ['PATH']}", PLACE=place, FRESHET_WM=f"sqlite:{place}/wm.db")
    os.environ["NOW"] = "2026-05-04T10:12:00Z"
    if not subprocess.run(["sh", script], check=True, stdout=subprocess.PIPE).stdout:
        sys.exit("bench: the pipe did nothing where it had something to do")
    if subprocess.run(["sh", script], check=True, stdout=subprocess.PIPE).stdout:
        sys.exit("bench: the pipe did something where it had nothing to do")
    return ["sh", script]


def row(name, costs, yardstick):
    cost = measure.median(costs)
    ratio = f"{measure.ratio(costs, yardstick):.2f}"
    return [name, f"{cost.cpu * 1000:.2f}", ratio, f"{cost.wall * 1000:.2f}"]


def main(arguments):
    choice = page.options(__doc__, runs=100).parse_args(arguments)
    sqlite = "sqlite3 :memory: 'select 1'"
    commands = {"true": ["/bin/true"], sqlite: ["sqlite3", ":memory:", "select 1"]}
    commands |= {f"{name} --version": [measure.tool(name), "--version"] for name in TOOLS}
    with measure.scratch() as place:
        commands["the pipe of five, nothing due"] = pipe(place)
        costs = {name: [] for name in commands}
        for _ in range(choice.runs):
            for name, command in commands.items():
                costs[name].append(measure.run(command))
    rows = [row(name, found, costs[sqlite]) for name, found in costs.items()]
    head = ["", "CPU ms", "ratio to sqlite3", "wall ms"]
    page.report("start", choice, arguments, f"{choice.runs} runs in turn:", page.table(head, rows))


if __name__ == "__main__":
    main(sys.argv[1:])
