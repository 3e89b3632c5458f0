"""What all benchmarks have in common at the terminal: their options, and the page with their table."""

import argparse
import os
import shlex

from measure import HERE


def options(doc):
    """A parser with the options of every benchmark; its help is the text at the head of the script."""
    parser = argparse.ArgumentParser(
        prog="bench/run", description=doc, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    parser.add_argument("--full", action="store_true", help="the sizes that are quoted, instead of some minutes' worth")
    parser.add_argument("--runs", type=int, help="how often each command is measured")
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


def report(name, arguments, *parts):
    """Prints the result of a benchmark, and keeps it in bench/results for the README to quote."""
    command = shlex.join(["bench/run", name, *arguments])
    text = "\n\n".join([f"# {name}", f"`{command}`, on {machine()}; medians.", *parts]) + "\n"
    print(text)
    with open(os.path.join(HERE, "results", name + ".md"), "w", encoding="utf-8") as file:
        file.write(text)
