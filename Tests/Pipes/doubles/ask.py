"""Asks a double, for the scripts.

    ask.py faults CONTROL [RULE...]     replaces its faults
    ask.py struck CONTROL               how often they struck, together
    ask.py documents CONTROL NAME       what a searcher sees there, sorted
    ask.py sorted                       the documents on standard input, in the same form
    ask.py updates LOG [FIRST]          ids of the log of a Solr from request FIRST on, a line an update: `+a1 +a2 -b1`, or `commit`
    ask.py last LOG                     the number of the last request
"""
import json
import sys
import urllib.request


def ask(url, body=None):
    request = urllib.request.Request(url, data=body, method="PUT" if body is not None else "GET")
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def show(lines):
    for line in sorted(json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False) for line in lines):
        print(line)


def entries(log):
    with open(log) as file:
        return [json.loads(line) for line in file]


def update(entry):
    words = []
    for name, value in json.loads(entry["body"], object_pairs_hook=list):
        if name == "commit":
            words.append("commit")
        elif name == "add":
            words.append("+" + dict(dict(value)["doc"])["ad_id"])
        else:
            words += ["-" + identity for identity in value]
    return " ".join(words)


def main(verb, *rest):
    if verb == "faults":
        ask(rest[0] + "/faults", "".join(rule + "\n" for rule in rest[1:]).encode())
    elif verb == "struck":
        print(sum(int(line.split("\t")[0]) for line in ask(rest[0] + "/faults").splitlines()))
    elif verb == "documents":
        show(ask(f"{rest[0]}/documents/{rest[1]}").splitlines())
    elif verb == "sorted":
        show(sys.stdin.read().splitlines())
    elif verb == "updates":
        first = int(rest[1]) if len(rest) > 1 else 0
        for entry in entries(rest[0]):
            if entry["path"].endswith("/update") and entry["n"] >= first:
                print(update(entry))
    elif verb == "last":
        print(entries(rest[0])[-1]["n"])
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
