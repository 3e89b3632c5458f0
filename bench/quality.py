"""quality: how good the ranking is, on two judged collections, beside what other engines give.

    bench/run quality

The collections are those of ../shared/ir; what the others give is in its README, with the words taken as runs of
[a-z0-9] and no stemming. freshet is given the text as it is, and once more split into those words beforehand, so that
the analysis is the same; Tantivy and SQLite FTS5 are run here too, on the split text. The stemmed rows are with the
stemmer for English. Each query is the OR of its words, with 1,000 hits.
"""

import json
import math
import os
import re
import sqlite3
import subprocess
import sys
from importlib.util import find_spec

import measure
import page

SHARED = os.environ.get("BENCH_SHARED") or os.path.join(measure.HERE, "../../shared")
MEASURES = ["AP", "nDCG@10", "P@10", "R@100"]


def split(text):
    return " ".join(re.findall("[a-z0-9]+", text.lower()))


def average_precision(ranked, relevant):
    found, total = 0, 0.0
    for rank, name in enumerate(ranked, 1):
        if name in relevant:
            found += 1
            total += found / rank
    return total / len(relevant)


def gain(ranked, relevant):
    """nDCG@10 of judgements that are 0 or 1."""
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(10, len(relevant)) + 1))
    return sum(1 / math.log2(rank + 1) for rank, name in enumerate(ranked[:10], 1) if name in relevant) / ideal


def measures(run, judgements):
    """The four measures as trec_eval defines them, as means over the queries that have something relevant."""
    sums = [0.0] * 4
    for query, relevant in judgements.items():
        ranked = run.get(query, [])
        found = [average_precision(ranked, relevant), gain(ranked, relevant)]
        found += [len(relevant & set(ranked[:10])) / 10, len(relevant & set(ranked[:100])) / len(relevant)]
        sums = [a + b for a, b in zip(sums, found)]
    return [total / len(judgements) for total in sums]


def judged(path):
    relevant = {}
    with open(path, encoding="utf-8") as lines:
        for query, _, document, grade in map(str.split, lines):
            if int(grade) > 0:
                relevant.setdefault(query, set()).add(document)
    return relevant


class Collection:
    def __init__(self, name):
        folder = os.path.join(SHARED, "ir", name)
        with open(os.path.join(folder, "docs.ndjson"), encoding="utf-8") as lines:
            self.documents = [(record["id"], record["text"]) for record in map(json.loads, lines)]
        with open(os.path.join(folder, "queries.tsv"), encoding="utf-8") as lines:
            self.queries = [line.rstrip("\n").split("\t", 1) for line in lines]
        self.judgements = judged(os.path.join(folder, "qrels"))


def without_signs(text):
    """The text with nothing in it that the query language gives a meaning."""
    return re.sub(r'["+:]|(?<!\w)-', " ", text)


def freshet(collection, folder, transform, option=""):
    """The run of freshet, with the text as transform gives it, and an option for its line of the fields file."""
    work = os.path.join(folder, "freshet")
    subprocess.run(["rm", "-rf", work], check=True)
    records, fields, queries = (os.path.join(folder, name) for name in ("records", "fields", "queries"))
    with open(records, "w", encoding="utf-8") as file:
        file.writelines(
            json.dumps({"id": name, "text": transform(text)}) + "\n" for name, text in collection.documents
        )
    with open(fields, "w", encoding="utf-8") as file:
        file.write(f"id id\ntext text {option}\n")
    with open(queries, "w", encoding="utf-8") as file:
        file.writelines(f"{name}\t{without_signs(transform(text))}\n" for name, text in collection.queries)
    _, index = measure.build(records, fields, work)
    out = os.path.join(folder, "run")
    measure.run([measure.tool("index-search"), "-k", "1000", "--queries", queries, index], stdout=out)
    run = {}
    with open(out, encoding="utf-8") as lines:
        for query, _, document, *_ in map(str.split, lines):
            run.setdefault(query, []).append(document)
    return run


def tantivy(collection, stemmer=None):
    """The run of Tantivy, word by word: its parser would take a word that comes twice once."""
    import tantivy as library

    analysis = library.TextAnalyzerBuilder(library.Tokenizer.simple()).filter(library.Filter.lowercase())
    analyzer = (analysis.filter(library.Filter.stemmer(stemmer)) if stemmer else analysis).build()
    schema = library.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw")
    schema.add_text_field("text", tokenizer_name="words")
    index = library.Index(schema.build())
    index.register_tokenizer("words", analyzer)
    writer = index.writer(num_threads=1)
    for name, text in collection.documents:
        writer.add_document(library.Document(id=name, text=split(text)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher, run = index.searcher(), {}
    for name, text in collection.queries:
        words = [library.Query.term_query(index.schema, "text", word) for word in analyzer.analyze(split(text))]
        query = library.Query.boolean_query([(library.Occur.Should, word) for word in words])
        hits = searcher.search(query, 1000).hits
        run[name] = [searcher.doc(address)["id"][0] for _, address in hits]
    return run


def fts5(collection):
    base = sqlite3.connect(":memory:")
    base.execute("create virtual table records using fts5(id unindexed, text)")
    base.executemany(
        "insert into records values (?, ?)", ((name, split(text)) for name, text in collection.documents)
    )
    run = {}
    for name, text in collection.queries:
        match = " OR ".join(f'"{word}"' for word in split(text).split())
        found = base.execute("select id from records where records match ? order by rank limit 1000", [match])
        run[name] = [document for (document,) in found]
    return run


def known(name):
    """The rows that the collections' README has for this one: what was measured elsewhere, from the same words."""
    with open(os.path.join(SHARED, "ir/README.md"), encoding="utf-8") as lines:
        for line in lines:
            cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
            if cells[0] == name and len(cells) == 6 and cells[2].startswith("0."):
                yield f"{cells[1]}, known", [float(cell) for cell in cells[2:]]


def judge(name):
    """The table of one collection, with each engine's distance from Lucene."""
    collection = Collection(name)
    with measure.scratch() as folder:
        results = {"freshet, text as it is": freshet(collection, folder, str)}
        results["freshet, the same words"] = freshet(collection, folder, split)
        results["freshet, stemmed"] = freshet(collection, folder, split, "stem=english")
    if find_spec("tantivy"):
        results["Tantivy"] = tantivy(collection)
        results["Tantivy, stemmed"] = tantivy(collection, "english")
    results["SQLite FTS5"] = fts5(collection)
    figures = {key: measures(run, collection.judgements) for key, run in results.items()} | dict(known(name))
    lucene = next((found for key, found in figures.items() if key.startswith("Lucene")), None)
    rows = []
    for key, found in figures.items():
        off = [f"{(a / b - 1) * 100:+.1f}%" for a, b in zip(found[:2], lucene)] if lucene else ["", ""]
        rows.append([key, *(f"{figure:.4f}" for figure in found), *off])
    head = [name, *MEASURES, "AP, to Lucene", "nDCG@10"]
    return page.table(head, rows)


def main(arguments):
    choice = page.options(__doc__).parse_args(arguments)
    if not os.path.isdir(os.path.join(SHARED, "ir")):
        print("bench: ../shared/ir is not here: quality is not measured", file=sys.stderr)
        return
    page.report("quality", choice, arguments, *(judge(name) for name in ("vaswani", "cranfield")))


if __name__ == "__main__":
    main(sys.argv[1:])
