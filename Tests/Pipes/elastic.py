#!/usr/bin/env python3
"""An Elasticsearch index, asked as its readers ask it.

elastic.py documents URL/INDEX   its documents, sorted by id, one a line, as `canonical` prints them
elastic.py canonical FIELD       the same of the lines of standard input, whose id is in that field
elastic.py watch URL/ALIAS N     reads until there is a file `over`: each answer has all N documents, and of one price;
                                 prints how many answers of how many prices there were, exit 1 with the first that is wrong
elastic.py state URL/INDEX       what freshet keeps in it
"""
import json
import os
import sys
import urllib.request


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def show(documents):
    for name in sorted(documents):
        print(name, json.dumps(documents[name], sort_keys=True))


def documents(url):
    ask("POST", url + "/_refresh")
    page = ask("POST", url + "/_search?scroll=1m", {"size": 1000, "sort": ["_doc"]})
    found = {}
    while page["hits"]["hits"]:
        found.update((hit["_id"], hit["_source"]) for hit in page["hits"]["hits"])
        page = ask("POST", url.rsplit("/", 1)[0] + "/_search/scroll", {"scroll": "1m", "scroll_id": page["_scroll_id"]})
    show(found)


def canonical(field):
    show({document[field]: document for document in map(json.loads, sys.stdin)})


def watch(url, count):
    answers, prices = 0, set()
    while not os.path.exists("over"):
        hits = ask("POST", url + "/_search", {"size": 10000})["hits"]["hits"]
        seen = {hit["_source"]["price"] for hit in hits}
        if len(hits) != int(count) or len(seen) != 1:
            sys.exit(f"answer {answers}: {len(hits)} documents of {sorted(seen)}")
        answers, prices = answers + 1, prices | seen
    print(answers, len(prices))


def state(url):
    for index in ask("GET", url + "/_mapping").values():
        print(json.dumps(index["mappings"].get("_meta", {}).get("freshet"), sort_keys=True))


if __name__ == "__main__":
    {"documents": documents, "canonical": canonical, "watch": watch, "state": state}[sys.argv[1]](*sys.argv[2:])
