"""Asks a double, for the scripts.

    ask.py same CONTROL NAME            nothing where a searcher sees there the documents of standard input, else the difference
    ask.py updates LOG MARK             ids in the log of a Solr, a line an update: `+a1 +a2 -b1`, or `commit`; the file MARK is
                                        how many requests were told of before
"""
import json
import os
import socket
import sys


def ask(control, path):
    """By the socket itself: what knows all of HTTP takes longer to load than to answer."""
    host, _, port = control.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    return answer.partition(b"\r\n\r\n")[2].decode()


def ordered(lines):
    return sorted(json.dumps(json.loads(line), separators=(",", ":"), ensure_ascii=False) for line in lines if line)


def compare(wanted, found):
    wanted, found = ordered(wanted), ordered(found)
    for sign, lines, others in (("-", wanted, found), ("+", found, wanted)):
        for line in lines:
            if line not in others or lines.count(line) != others.count(line):
                print(sign + line)


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
    if verb == "same":
        # A document may have U+2028 in it, which splitlines takes for the end of a line.
        compare(sys.stdin.read().split("\n"), ask(rest[0], f"/documents/{rest[1]}").split("\n"))
    elif verb == "updates":
        log, mark = entries(rest[0]), 0
        if os.path.exists(rest[1]):
            with open(rest[1]) as file:
                mark = int(file.read())
        with open(rest[1], "w") as file:
            file.write(str(len(log)))
        for entry in log[mark:]:
            if entry["path"].endswith("/update"):
                print(update(entry))
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
