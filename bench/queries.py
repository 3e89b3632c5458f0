"""Draws queries from a corpus: of one word, two words (all or any of them) and phrases; frequent, medium and rare."""

import json
import random
import re
from collections import Counter

KINDS = {"one word": "{0}", "both of two": "+{0} +{1}", "any of two": "{0} {1}", "phrase": '"{0} {1}"'}
# The share of the records that the rarest word of a query is in, at least.
BANDS = {"frequent": 0.01, "medium": 0.001, "rare": 0}
SAMPLE = 30_000


def words(record):
    """The words of the longer text, in order; None for what analyzers could take differently: it ends a phrase."""
    text = max(record["title"], record["body"], key=len).lower()
    return [word if re.fullmatch("[a-z]{2,}", word) else None for word in re.findall(r"\w+|[^\w\s]", text)]


def sample(corpus):
    """The words of each of some records that are spread over the whole file."""
    with open(corpus, encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    stride = max(1, count // SAMPLE)
    with open(corpus, encoding="utf-8") as lines:
        return [words(json.loads(line)) for number, line in enumerate(lines) if number % stride == 0]


def band(share):
    return next(name for name, least in BANDS.items() if share >= least)


def draw(corpus, count):
    """Queries by kind and band: count distinct ones of each, or as many as are found."""
    rng = random.Random(4)
    records = [record for record in sample(corpus) if len(record) > 2]
    spread = Counter(word for record in records for word in set(record) if word)
    queries = {(kind, name): {} for kind in KINDS for name in BANDS}
    for _ in range(400 * count):
        record = records[int(rng.random() * len(records))]
        at = int(rng.random() * (len(record) - 1))
        other = int(rng.random() * len(record))
        for kind, form in KINDS.items():
            pair = [record[at], record[at + 1 if kind == "phrase" else other]]
            if kind == "one word":
                pair = pair[:1] * 2
            elif pair[0] == pair[1]:
                continue
            if None in pair:
                continue
            bucket = queries[kind, band(min(spread[word] for word in pair) / len(records))]
            if len(bucket) < count:
                bucket[form.format(*pair)] = None
    return {key: list(bucket) for key, bucket in queries.items()}
