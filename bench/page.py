"""What all benchmarks have in common at the terminal: their options, and the page with their table."""

import argparse
import os
import shlex

from measure import HERE

END = "<!-- end -->\n"


def options(doc, runs=None):
    """A parser with the options of every benchmark, its help the text at the head of the script; runs: the default."""
    parser = argparse.ArgumentParser(
        prog="bench/run", description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--full", action="store_true", help="in the sizes that are quoted, and keep the result")
    if runs:
        parser.add_argument("--runs", type=int, default=runs, help=f"how often each command is measured ({runs})")
    return parser


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
    return f"{len(os.sched_getaffinity(0))} cores of {model}"


def table(head, rows):
    """A table that reads well as text and as Markdown: the first column to the left, figures to the right."""
    lines = [[str(cell) for cell in line] for line in [head, *rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]

    def line(cells):
        first, *others = (c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, widths)))
        return "| " + " | ".join([first, *others]) + " |"

    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([line(lines[0]), rule, *map(line, lines[1:])])


def report(name, choice, arguments, *parts, details=()):
    """Prints the result of a benchmark. With --full it is kept in bench/results and, but for the details, quoted in
    README.md."""
    command = shlex.join(["bench/run", name, *arguments])
    text = "\n\n".join([f"`{command}`, on {machine()}; medians.", *parts]) + "\n"
    whole = "\n".join([f"# {name}\n\n{text}", *(f"{part}\n" for part in details)])
    print(whole)
    if not choice.full:
        return
    results = os.path.join(HERE, "results")
    os.makedirs(results, exist_ok=True)
    with open(os.path.join(results, name + ".md"), "w", encoding="utf-8") as file:
        file.write(whole)
    quote(os.path.join(HERE, "../README.md"), f"<!-- bench {name} -->\n", text)


def quote(path, mark, text):
    """Puts the text between a mark and the end mark behind it, where the file has that mark."""
    with open(path, encoding="utf-8") as file:
        before, found, after = file.read().partition(mark)
    if found:
        with open(path, "w", encoding="utf-8") as file:
            file.write(before + mark + text + END + after.partition(END)[2])
