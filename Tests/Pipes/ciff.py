#!/usr/bin/env python3
"""Reads a file of --ciff with pip's ciff-toolkit, and compares it with what index-check prints: ciff.py FILE FIELD DUMP DOCUMENTS

DUMP is the output of --dump, DOCUMENTS the documents' ids, one a line, as Python sorts bytes.
"""
import sys
from urllib.parse import unquote_to_bytes

from ciff_toolkit.read import CiffReader


def dumped(path, field):
    """[(term, {id: frequency})] of a field, in the order of the dump"""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            name, term, count, *postings = line.rstrip("\n").split("\t")
            if unquote_to_bytes(name).decode() == field:
                pairs = (posting.rpartition(":") for posting in postings)
                frequencies = {unquote_to_bytes(id).decode(): int(frequency) for id, _, frequency in pairs}
                assert int(count) == len(frequencies)
                yield unquote_to_bytes(term).decode(), frequencies


def exported(lists, ids):
    """The same of the file's lists, with their counts checked"""
    for postings in lists:
        frequencies, number = {}, 0
        for place, posting in enumerate(postings.postings):
            assert posting.docid > 0 or place == 0, f"{postings.term}: a gap of 0"
            number += posting.docid
            frequencies[ids[number]] = posting.tf
        assert (postings.df, postings.cf) == (len(frequencies), sum(frequencies.values())), postings.term
        yield postings.term, frequencies


def main(path, field, dump, documents):
    wanted = list(dumped(dump, field))
    with open(documents, encoding="utf-8") as lines:
        ids = lines.read().splitlines()
    with CiffReader(path) as reader:
        header = reader.read_header()
        lists = list(reader.read_postings_lists())
        records = list(reader.read_documents())
        assert not reader.fp.read(), "something follows the documents"
    assert [record.docid for record in records] == list(range(len(ids)))
    assert [record.collection_docid for record in records] == ids == sorted(ids, key=str.encode)
    found = list(exported(lists, ids))
    assert [term for term, _ in found] == [term for term, _ in wanted], "the terms differ"
    assert found == wanted, "the postings differ"
    lengths = dict.fromkeys(ids, 0)
    for _, frequencies in wanted:
        for id, frequency in frequencies.items():
            lengths[id] += frequency
    assert [record.doclength for record in records] == list(lengths.values())
    words = sum(lengths.values())
    assert (header.version, header.num_docs, header.total_docs) == (1, len(ids), len(ids))
    assert header.num_postings_lists == header.total_postings_lists == len(wanted)
    assert (header.total_terms_in_collection, header.average_doclength) == (words, words / len(ids))
    assert header.description.endswith(f"field {field}")
    print(f"{field}: {len(ids)} documents, {len(wanted)} terms, {sum(len(f) for _, f in wanted)} postings agree")


if __name__ == "__main__":
    main(*sys.argv[1:])
