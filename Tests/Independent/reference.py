#!/usr/bin/env python3
"""What an index must hold, computed a second time, by other means: to be compared with what index-check prints.

    reference.py --documents FIELDS < slice         object lines of local files; receipts are passed over
    reference.py --dump FIELDS < slice
    reference.py --documents FIELDS --records < records.ndjson[.gz]

Written from the manual, not from the code: one pass over the records in slice order, dictionaries and sets, nothing
sorted but what is printed. Words are found by ICU's tables (words.py). The input must be well-formed: a malformed record ends
it. .zst is not read.
"""

import argparse
import fractions
import gzip
import io
import json
import math
import re
import sys


# Fields


class Field:
    def __init__(self, name, kind, *columns):
        self.name = name
        self.kind = kind
        stems = [c[len("stem=") :] for c in columns if c.startswith("stem=")]
        self.stem = stems[0] if stems else None
        columns = [c for c in columns if c != "nopositions" and not c.startswith("stem=")]
        scope, merge = (columns + ["-", "-"])[:2]
        self.scope = "document" if scope == "-" else scope
        self.merge = "last" if merge == "-" else merge


def read_fields(path):
    fields = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            words = []
            for word in line.split():
                if word.startswith("#"):
                    break
                words.append(word)
            if words:
                fields.append(Field(*words))
    return fields


# JSON: numbers keep their spelling, objects keep every member


class Number(str):
    pass


class Object(list):
    pass


def parse(line):
    return json.loads(line, parse_int=Number, parse_float=Number, object_pairs_hook=Object)


ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text):
    escaped = (
        ESCAPES.get(c) or ("\\u%04x" % ord(c) if ord(c) < 0x20 or ord(c) == 0x7F else c) for c in text
    )
    return '"' + "".join(escaped) + '"'


def write(value):
    """JSON without spaces, of what `parse` gives."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, str):
        return quote(value)
    if isinstance(value, Object):
        return "{" + ",".join(quote(k) + ":" + write(v) for k, v in value) + "}"
    return "[" + ",".join(write(element) for element in value) + "]"


def write_number(number):
    """As ECMAScript's Number::toString."""
    if number == 0:
        return "0"
    mantissa, exponent = ("%r" % abs(number)).partition("e")[::2]
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if len(digits) <= point <= 21:
        text = digits.ljust(point, "0")
    elif 0 < point <= 21:
        text = digits[:point] + "." + digits[point:]
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        text += "e" + ("+" if point > 0 else "-") + str(abs(point - 1))
    return ("-" if number < 0 else "") + text


# Records


def name_of(value):
    """An id or a group: a string, or a whole number however it is spelled."""
    if isinstance(value, Number):
        number = fractions.Fraction(value)
        if number.denominator != 1:
            raise ValueError("not a whole number: " + value)
        return str(number.numerator)
    if value is not None and not isinstance(value, str):
        raise ValueError("not a name: %r" % (value,))
    return value


def word(value):
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return str(value)
    raise ValueError("neither a string nor a number nor a boolean: %r" % (value,))


def value_of(field, value):
    """A member's value as the field's type has it; None for null."""
    if value is None:
        return None
    if field.kind == "number":
        if not isinstance(value, Number) or math.isinf(float(value)):
            raise ValueError("'%s' must be a number in range: %r" % (field.name, value))
        return float(value)
    if field.kind == "stored":
        return write(value)
    if isinstance(value, list) and not isinstance(value, Object):
        return [word(element) for element in value]
    return word(value)


def merge(field, old, new):
    """`old` is None where there is no value yet."""
    if field.merge == "last":
        return new
    if new is None:
        return old
    if field.merge == "union":
        return (old or set()) | (set(new) if isinstance(new, list) else {new})
    if field.kind == "keyword" and field.merge in ("min", "max"):
        values = (new if isinstance(new, list) else [new]) + ([] if old is None else [old])
        choose = min if field.merge == "min" else max
        return choose(values, key=lambda v: v.encode()) if values else None
    if old is None:
        return new
    if field.merge == "first":
        return old
    if field.merge == "sum":
        most = sys.float_info.max
        return max(-most, min(most, old + new))
    return min(old, new) if field.merge == "min" else max(old, new)


class Fold:
    def __init__(self, fields):
        self.values = [f for f in fields if f.kind not in ("id", "group")]
        self.fields = fields
        self.id = next(f.name for f in fields if f.kind == "id")
        self.group = next((f.name for f in fields if f.kind == "group"), None)
        self.documents = {}  # id: (group, {field name: value})
        self.groups = {}  # group: {field name: value}
        self.members = {}  # group: the ids in it

    def take(self, line):
        record = dict(parse(line))
        id = name_of(record.get(self.id))
        group = id if self.group is None else name_of(record.get(self.group))
        if record.get("_delete") is True:
            if id is not None:
                self.forget(id)
            else:
                self.groups.pop(group, None)
                for member in list(self.members.get(group, ())):
                    self.forget(member)
            return
        if group is None:
            raise ValueError("a record without a group: " + line)
        if id is not None:
            before, values = self.documents.get(id, (None, {}))
            if before is not None:
                self.members[before].discard(id)
            self.members.setdefault(group, set()).add(id)
            self.documents[id] = (group, values)
            self.apply(record, "document", values)
        self.apply(record, "group", self.groups.setdefault(group, {}))

    def forget(self, id):
        group, _ = self.documents.pop(id, (None, None))
        if group is not None:
            self.members[group].discard(id)

    def apply(self, record, scope, values):
        for field in self.values:
            if field.scope == scope and field.name in record:
                new = value_of(field, record[field.name])
                values[field.name] = merge(field, values.get(field.name), new)

    def result(self):
        """Per document, sorted by id: id, group, {field name: value}."""
        for id in sorted(self.documents, key=str.encode):
            group, own = self.documents[id]
            values = {**self.groups.get(group, {}), **own}
            for name, value in values.items():
                if isinstance(value, set):
                    values[name] = sorted(value, key=str.encode)
            yield id, group, values


# Output


def document(fields, id, group, values):
    members = []
    for field in fields:
        if field.kind == "id":
            text = quote(id)
        elif field.kind == "group":
            text = quote(group)
        else:
            value = values.get(field.name)
            if value is None:
                continue
            text = value if field.kind == "stored" else None
            text = text or (write_number(value) if isinstance(value, float) else write(value))
        members.append(quote(field.name) + ":" + text)
    return "{" + ",".join(members) + "}"


def tokens(field, text):
    """The words of a text as a field has them; those of over 255 bytes are left out."""
    import words  # Needs python3-icu, which documents do without.

    if field.stem:
        stemmer = words.stemmer(field.stem)
        found = ((word, stemmer.stem(word)) for word in words.tokens(text, "lowered"))
    else:
        found = ((word, word) for word in words.tokens(text))
    for word, term in found:
        if len(word.encode()) <= 255:
            yield term


def dump(fields, documents):
    postings = {}  # (field name, term): {id: frequency}
    for id, _, values in documents:
        for field in fields:
            value = values.get(field.name)
            if value is None or field.kind not in ("text", "keyword"):
                continue
            for text in value if isinstance(value, list) else [value]:
                for term in tokens(field, text) if field.kind == "text" else [text]:
                    frequencies = postings.setdefault((field.name, term), {})
                    if field.kind == "text":
                        frequencies[id] = frequencies.get(id, 0) + 1
                    else:
                        frequencies[id] = 1
    for name, term in sorted(postings, key=lambda key: (key[0].encode(), key[1].encode())):
        frequencies = postings[name, term]
        ids = sorted(frequencies, key=str.encode)
        columns = [name, encode(term), str(len(ids))] + ["%s:%d" % (encode(i), frequencies[i]) for i in ids]
        yield "\t".join(columns)


def encode(text):
    """As in the lines: control characters, space and % are percent-encoded."""
    return re.sub(
        "[\x00-\x20%\x7f-\x9f]", lambda m: "".join("%%%02X" % b for b in m.group().encode()), text
    )


# Input


def decode(text):
    return re.sub(b"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), text)


def lines_of(data):
    if data[:2] == b"\x1f\x8b":
        data = gzip.GzipFile(fileobj=io.BytesIO(data)).read()
    for line in data.split(b"\n"):
        if line.strip(b" \t\r"):
            yield line.decode("utf-8")


def slice_lines(stream):
    objects = set()
    for line in stream.read().splitlines():
        if not line.startswith(b"#"):
            time, _, _, _, location = line.split(b"\t")
            objects.add((time, location))
    for _, location in sorted(objects):
        with open(decode(location), "rb") as file:
            yield from lines_of(file.read())


def main():
    parser = argparse.ArgumentParser()
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--documents", metavar="FIELDS")
    what.add_argument("--dump", metavar="FIELDS")
    parser.add_argument("--records", action="store_true")
    options = parser.parse_args()
    fields = read_fields(options.documents or options.dump)
    fold = Fold(fields)
    stdin = sys.stdin.buffer
    for line in lines_of(stdin.read()) if options.records else slice_lines(stdin):
        fold.take(line)
    sys.stdout.reconfigure(encoding="utf-8")
    if options.documents:
        for id, group, values in fold.result():
            print(document(fields, id, group, values))
    if options.dump:
        for line in dump(fields, fold.result()):
            print(line)


main()
