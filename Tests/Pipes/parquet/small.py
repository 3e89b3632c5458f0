"""Parquet files written by hand, of Python's standard library alone: old and odd shapes that no writer of today makes, each with
the lines that part-cat has to print of it; and what the fuzzer begins with.

`files()` gives (name, how to write it to a path, the lines).
"""

import binascii
import gzip
import struct
from collections import namedtuple

from thrift import BINARY, FALSE, I32, I64, LIST, STRUCT, TRUE, Decoder, encode, get, varint, zigzag

BOOLEAN, INT32, INT64, INT96, FLOAT, DOUBLE, BYTES, FIXED = range(8)
REQUIRED, OPTIONAL, REPEATED = range(3)
PLAIN, PLAIN_DICTIONARY, RLE, BIT_PACKED, DELTA, DELTA_LENGTH, DELTA_BYTES, RLE_DICTIONARY, SPLIT = 0, 2, 3, 4, 5, 6, 7, 8, 9
NONE, SNAPPY, GZIP, LZO, BROTLI, LZ4, ZSTD, LZ4_RAW = range(8)
UTF8, MAP, MAP_KEY_VALUE, CONVERTED_LIST, ENUM, DECIMAL, DATE = range(7)
JSON, BSON, INTERVAL = 19, 20, 21

# The leaf's type is None for a group; `more` are fields of SchemaElement as [id, type, value].
Element = namedtuple("Element", "name repetition type converted children more", defaults=[None, None, (), ()])
# `entries` are (repetition, definition, value or None); among the options are the `pages` themselves, made elsewhere.
Chunk = namedtuple("Chunk", "path type entries levels options", defaults=[{}])


def packed(number, values, bits):
    """Numbers of so many bits, the least significant first."""
    whole = 0
    for place, value in enumerate(values):
        whole |= (value & (1 << bits) - 1) << place * bits
    return whole.to_bytes((number * bits + 7) // 8, "little")


def hybrid(values, bits, runs=True):
    """RLE and bit-packing: runs where a value repeats, or all of it packed."""
    out = b""
    if not runs:
        groups = (len(values) + 7) // 8
        return varint(groups << 1 | 1) + packed(groups * 8, values, bits)
    while values:
        count = next((place for place, value in enumerate(values) if value != values[0]), len(values))
        out += varint(count << 1) + values[0].to_bytes((bits + 7) // 8, "little")
        values = values[count:]
    return out


def deltas(values, bits=64, block=128, minis=4):
    """DELTA_BINARY_PACKED."""
    mask = (1 << bits) - 1

    def signed(number):
        number &= mask
        return number - (mask + 1) if number >> bits - 1 else number

    out = varint(block) + varint(minis) + varint(len(values)) + varint(zigzag(values[0] if values else 0))
    steps = [signed(after - before) for before, after in zip(values, values[1:])]
    for start in range(0, len(steps), block):
        part = steps[start : start + block]
        least = min(part)
        size = block // minis
        groups = [[step - least & mask for step in part[at : at + size]] for at in range(0, block, size)]
        widths = [max((number.bit_length() for number in group), default=0) for group in groups]
        out += varint(zigzag(least)) + bytes(widths)
        out += b"".join(packed(size, group, width) for group, width in zip(groups, widths) if group)
    return out


FORMATS = {INT32: "<i", INT64: "<q", FLOAT: "<f", DOUBLE: "<d"}


def plain(kind, values):
    if kind == BOOLEAN:
        return packed(len(values), [int(value) for value in values], 1)
    if kind in FORMATS:
        return b"".join(struct.pack(FORMATS[kind], value) for value in values)
    if kind == BYTES:
        return b"".join(struct.pack("<I", len(value)) + value for value in values)
    return b"".join(values)


def encode_values(kind, values, encoding):
    if encoding == PLAIN:
        return plain(kind, values)
    if encoding == RLE:
        runs = hybrid([int(value) for value in values], 1)
        return struct.pack("<I", len(runs)) + runs
    if encoding == DELTA:
        return deltas(values, 32 if kind == INT32 else 64)
    if encoding == DELTA_LENGTH:
        return deltas([len(value) for value in values], 32) + b"".join(values)
    if encoding == DELTA_BYTES:
        shared = [0] + [common(one, two) for one, two in zip(values, values[1:])]
        rest = [value[count:] for value, count in zip(values, shared)]
        return deltas(shared[: len(values)], 32) + encode_values(BYTES, rest, DELTA_LENGTH)
    data = plain(kind, values)
    width = len(data) // len(values) if values else 1
    return b"".join(data[place::width] for place in range(width))


def common(one, two):
    return next((place for place, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))


def compress(codec, data):
    """Snappy, LZ4 and Zstandard without any compression: literals alone."""
    if codec == GZIP:
        return gzip.compress(data, mtime=0)
    if codec == SNAPPY:
        parts = [data[at : at + 60] for at in range(0, len(data), 60)]
        return varint(len(data)) + b"".join(bytes([len(part) - 1 << 2]) + part for part in parts)
    if codec == LZ4_RAW:
        rest = len(data) - 15
        head = bytes([min(len(data), 15) << 4])
        while rest >= 0:
            head += bytes([min(rest, 255)])
            rest -= 255
        return head + data
    if codec == LZ4:
        inner = compress(LZ4_RAW, data)
        return struct.pack(">II", len(data), len(inner)) + inner
    if codec == ZSTD:
        return b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data)) + (len(data) << 3 | 1).to_bytes(3, "little") + data
    return data


def page(kind, header, body, checksum, size=None):
    fields = [[1, I32, kind], [2, I32, len(body) if size is None else size], [3, I32, len(body)]]
    if checksum:
        crc = binascii.crc32(body)
        fields.append([4, I32, crc - (1 << 32) if crc >> 31 else crc])
    return encode(fields + [[{0: 5, 2: 7, 3: 8}[kind], STRUCT, header]]) + body


def pages(chunk):
    """The pages of a chunk, and where its first data page begins."""
    at = {"codec": NONE, "encoding": PLAIN, "version": 1, "rows": 10**9, "checksum": False, "runs": True, "dictionary": False, **chunk.options}
    codec, encoding, checksum = at["codec"], at["encoding"], at["checksum"]
    if "pages" in at:
        return at["pages"], 0, encoding
    most_repetition, most_definition = chunk.levels
    out, words = b"", []
    if at["dictionary"]:
        words = list(dict.fromkeys(value for _, _, value in chunk.entries if value is not None))
        body = plain(chunk.type, words)
        out = page(2, [[1, I32, len(words)], [2, I32, PLAIN]], compress(codec, body), checksum, len(body))
        encoding = RLE_DICTIONARY if at["version"] == 2 else PLAIN_DICTIONARY
    first = len(out)
    starts = [place for place, (repetition, _, _) in enumerate(chunk.entries) if repetition == 0]
    for start, end in zip(starts[:: at["rows"]], starts[:: at["rows"]][1:] + [len(chunk.entries)]):
        entries = chunk.entries[start:end]
        values = [value for _, _, value in entries if value is not None]
        if at["dictionary"]:
            width = max(len(words) - 1, 0).bit_length()
            data = bytes([width]) + hybrid([words.index(value) for value in values], width, at["runs"])
        else:
            data = encode_values(chunk.type, values, encoding)
        levels = [
            hybrid([entry[place] for entry in entries], most.bit_length(), at["runs"]) if most else b""
            for place, most in enumerate((most_repetition, most_definition))
        ]
        if at["version"] == 2:
            head = [
                [1, I32, len(entries)],
                [2, I32, len(entries) - len(values)],
                [3, I32, len(starts[starts.index(start) :][: at["rows"]])],
                [4, I32, encoding],
                [5, I32, len(levels[1])],
                [6, I32, len(levels[0])],
                [7, FALSE if codec == NONE else TRUE, codec != NONE],
            ]
            body = levels[0] + levels[1] + compress(codec, data)
            out += page(3, head, body, checksum, len(levels[0] + levels[1] + data))
        else:
            data = b"".join(struct.pack("<I", len(one)) + one for one in levels if one) + data
            head = [[1, I32, len(entries)], [2, I32, encoding], [3, I32, RLE], [4, I32, RLE]]
            out += page(0, head, compress(codec, data), checksum, len(data))
    return out, first, encoding


def element(one):
    fields = [] if one.type is None else [[1, I32, one.type]]
    fields += [item for item in one.more if item[0] == 2]
    fields += [] if one.repetition is None else [[3, I32, one.repetition]]
    fields += [[4, BINARY, one.name.encode()]]
    fields += [[5, I32, len(one.children)]] if one.type is None else []
    fields += [] if one.converted is None else [[6, I32, one.converted]]
    return [fields + [item for item in one.more if item[0] > 6]] + [more for child in one.children for more in element(child)]


def parquet(children, groups):
    """A file: the nodes below the root, and for each row group (rows, [Chunk])."""
    out, row_groups = b"PAR1", []
    for rows, chunks in groups:
        columns = []
        for chunk in chunks:
            data, first, encoding = pages(chunk)
            meta = [
                [1, I32, chunk.type],
                [2, LIST, (I32, [encoding, RLE])],
                [3, LIST, (BINARY, [name.encode() for name in chunk.path])],
                [4, I32, chunk.options.get("codec", NONE)],
                [5, I64, len(chunk.entries)],
                [6, I64, len(data)],
                [7, I64, len(data)],
                [9, I64, len(out) + first],
            ]
            if first:
                meta.append([11, I64, len(out)])
            columns.append([[2, I64, len(out)], [3, STRUCT, meta]])
            out += data
        row_groups.append([[1, LIST, (STRUCT, columns)], [2, I64, 0], [3, I64, rows]])
    footer = encode(
        [
            [1, I32, 1],
            [2, LIST, (STRUCT, element(Element("root", None, children=children)))],
            [3, I64, sum(rows for rows, _ in groups)],
            [4, LIST, (STRUCT, row_groups)],
            [6, BINARY, b"by hand"],
        ]
    )
    return out + footer + struct.pack("<I", len(footer)) + b"PAR1"


def one_column(node, chunk, rows):
    return parquet([node], [(rows, [chunk])])


def leaf(name, repetition=REQUIRED, kind=INT32, converted=None, more=()):
    return Element(name, repetition, kind, converted, (), more)


def group(name, repetition, *children, converted=None, more=()):
    return Element(name, repetition, None, converted, children, more)


# [[1, null], null, [], [2]]: an optional list of optional integers, as each of these shapes keeps it.
LISTS = [(0, 3, 1), (1, 2, None), (0, 0, None), (0, 1, None), (0, 3, 2)]
LISTED = ['{"l":[1,null]}', '{"l":null}', '{"l":[]}', '{"l":[2]}']
# [[1, 2], null, [], [3]]: the elements are required.
TWO = [(0, 2, 1), (1, 2, 2), (0, 0, None), (0, 1, None), (0, 2, 3)]
TWOS = ['{"l":[1,2]}', '{"l":null}', '{"l":[]}', '{"l":[3]}']


def legacy():
    """(name, the node, its chunks, rows, lines)"""

    def three(outer, inner, **options):
        node = group("l", OPTIONAL, group(outer, REPEATED, leaf(inner, OPTIONAL)), converted=CONVERTED_LIST, **options)
        return node, [Chunk(["l", outer, inner], INT32, LISTS, (1, 3))], 4, LISTED

    yield "list-element", *three("list", "element")
    yield "list-bag-array_element", *three("bag", "array_element")
    yield "list-list-item", *three("list", "item")
    # The repeated group has one optional child, so it is no element itself, whatever its name; but array and l_tuple are.
    yield "list-odd-names", *three("my_list", "my_element")

    def structs(outer):
        node = group("l", OPTIONAL, group(outer, REPEATED, leaf("x", OPTIONAL)), converted=CONVERTED_LIST)
        return node, [Chunk(["l", outer, "x"], INT32, LISTS, (1, 3))], 4, ['{"l":[{"x":1},{"x":null}]}', '{"l":null}', '{"l":[]}', '{"l":[{"x":2}]}']

    yield "list-of-struct-array", *structs("array")
    yield "list-of-struct-l_tuple", *structs("l_tuple")
    yield (
        "list-two-levels",
        group("l", OPTIONAL, leaf("element", REPEATED), converted=CONVERTED_LIST),
        [Chunk(["l", "element"], INT32, TWO, (1, 2))],
        4,
        TWOS,
    )
    yield (
        "list-two-fields",
        group("l", OPTIONAL, group("e", REPEATED, leaf("x"), leaf("y")), converted=CONVERTED_LIST),
        [Chunk(["l", "e", "x"], INT32, TWO, (1, 2)), Chunk(["l", "e", "y"], INT32, TWO, (1, 2))],
        4,
        ['{"l":[{"x":1,"y":1},{"x":2,"y":2}]}', '{"l":null}', '{"l":[]}', '{"l":[{"x":3,"y":3}]}'],
    )
    # Two levels in two levels: [[1, 2], null, [], [3]] in one list each: the inner list is the repeated group, required.
    yield (
        "list-nested-two-levels",
        group("l", OPTIONAL, group("array", REPEATED, leaf("array", REPEATED), converted=CONVERTED_LIST), converted=CONVERTED_LIST),
        [Chunk(["l", "array", "array"], INT32, [(0, 3, 1), (2, 3, 2), (1, 2, None), (0, 0, None), (0, 1, None), (0, 3, 3)], (2, 3))],
        4,
        ['{"l":[[1,2],[]]}', '{"l":null}', '{"l":[]}', '{"l":[[3]]}'],
    )
    bare = [(0, 1, 1), (1, 1, 2), (0, 0, None), (0, 1, 3)]
    yield ("repeated-leaf", leaf("l", REPEATED), [Chunk(["l"], INT32, bare, (1, 1))], 3, ['{"l":[1,2]}', '{"l":[]}', '{"l":[3]}'])
    yield (
        "repeated-group",
        group("l", REPEATED, leaf("x"), leaf("y", OPTIONAL)),
        [Chunk(["l", "x"], INT32, bare, (1, 1)), Chunk(["l", "y"], INT32, [(0, 2, 4), (1, 1, None), (0, 0, None), (0, 2, 6)], (1, 2))],
        3,
        ['{"l":[{"x":1,"y":4},{"x":2,"y":null}]}', '{"l":[]}', '{"l":[{"x":3,"y":6}]}'],
    )
    for number, (outer, annotation) in enumerate([("map", MAP), ("key_value", MAP_KEY_VALUE), ("key_value", MAP), ("odd", MAP)]):
        node = group(
            "m",
            OPTIONAL,
            group(outer, REPEATED, leaf("key", REQUIRED, BYTES, UTF8), leaf("value", OPTIONAL), converted=MAP_KEY_VALUE if number == 0 else None),
            converted=annotation,
        )
        keys = [(0, 2, b"a"), (1, 2, b"b"), (0, 0, None), (0, 1, None), (0, 2, b"c")]
        yield (
            f"map-{number}",
            node,
            [Chunk(["m", outer, "key"], BYTES, keys, (1, 2)), Chunk(["m", outer, "value"], INT32, LISTS, (1, 3))],
            4,
            ['{"m":{"a":1,"b":null}}', '{"m":null}', '{"m":{}}', '{"m":{"c":2}}'],
        )
    yield (
        "struct-of-struct",
        group("s", OPTIONAL, group("t", OPTIONAL, leaf("x", OPTIONAL))),
        [Chunk(["s", "t", "x"], INT32, [(0, 3, 1), (0, 2, None), (0, 1, None), (0, 0, None)], (0, 3))],
        4,
        ['{"s":{"t":{"x":1}}}', '{"s":{"t":{"x":null}}}', '{"s":{"t":null}}', '{"s":null}'],
    )

    keys = [(0, 3, b"a"), (1, 3, b"b"), (0, 0, None), (0, 1, None), (0, 3, b"c")]
    yield (
        "map-optional-keys",
        group("m", OPTIONAL, group("key_value", REPEATED, leaf("key", OPTIONAL, BYTES, UTF8), leaf("value", OPTIONAL)), converted=MAP),
        [Chunk(["m", "key_value", "key"], BYTES, keys, (1, 3)), Chunk(["m", "key_value", "value"], INT32, LISTS, (1, 3))],
        4,
        ['{"m":{"a":1,"b":null}}', '{"m":null}', '{"m":{}}', '{"m":{"c":2}}'],
    )


def entries(values, optional=True):
    return [(0, int(value is not None) if optional else 0, value) for value in values]


def scalars():
    """(name, leaf, values, their JSON)"""

    def fixed(length):
        return [[2, I32, length]]

    def number(scale, precision):
        return [[7, I32, scale], [8, I32, precision]]

    yield "enum", leaf("c", OPTIONAL, BYTES, ENUM), [b"RED", None, b""], ['"RED"', "null", '""']
    yield "json", leaf("c", OPTIONAL, BYTES, JSON), [b'{"a": [1.50]}', None, b"{", b"null"], ['{"a":[1.50]}', "null", '"{"', "null"]
    yield "bson", leaf("c", OPTIONAL, BYTES, BSON), [b"\x05\0\0\0\0", b"\xff\xfe"], ['"\\u0005\\u0000\\u0000\\u0000\\u0000"', '"//4="']
    yield (
        "interval",
        leaf("c", OPTIONAL, FIXED, INTERVAL, fixed(12)),
        [struct.pack("<III", 1, 2, 3), b"\xff" * 12, None],
        ['{"months":1,"days":2,"milliseconds":3}', '{"months":4294967295,"days":4294967295,"milliseconds":4294967295}', "null"],
    )
    yield "bytes", leaf("c", OPTIONAL, BYTES), [b"text", b"\xff", b""], ['"text"', '"/w=="', '""']
    yield "fixed", leaf("c", OPTIONAL, FIXED, None, fixed(2)), [b"ab", b"\xff\0"], ['"ab"', '"/wA="']
    yield "decimal-int32", leaf("c", OPTIONAL, INT32, DECIMAL, number(2, 9)), [1230, -1, 0, -999999999], ["12.30", "-0.01", "0.00", "-9999999.99"]
    yield "decimal-int64", leaf("c", OPTIONAL, INT64, DECIMAL, number(18, 18)), [1, -(10**18) + 1], ["0.000000000000000001", "-0.999999999999999999"]
    yield (
        "decimal-bytes",
        leaf("c", OPTIONAL, BYTES, DECIMAL, number(1, 40)),
        [b"\x01", b"\xff", b"\x00\x80", b"\x7f" + b"\xff" * 15, b"\x80" + b"\0" * 15],
        ["0.1", "-0.1", "12.8", str((2**127 - 1) // 10) + "." + str((2**127 - 1) % 10), "-" + str(2**127 // 10) + "." + str(2**127 % 10)],
    )
    yield (
        "decimal-fixed-3",
        leaf("c", OPTIONAL, FIXED, DECIMAL, [*fixed(3), *number(0, 6)]),
        [b"\xff\xff\xff", b"\x7f\xff\xff", b"\0\0\0"],
        ["-1", "8388607", "0"],
    )
    yield (
        "decimal-fixed-20",
        leaf("c", OPTIONAL, FIXED, DECIMAL, [*fixed(20), *number(5, 45)]),
        [(10**45 - 1).to_bytes(20, "big"), (-(10**45) + 1).to_bytes(20, "big", signed=True)],
        ["9" * 40 + ".99999", "-" + "9" * 40 + ".99999"],
    )
    day = 2_440_588
    yield (
        "int96",
        leaf("c", OPTIONAL, INT96),
        [
            struct.pack("<qi", 0, day),
            struct.pack("<qi", 1, day),
            struct.pack("<qi", 86_399_999_999_999, day - 1),
            struct.pack("<qi", 0, 2_455_000),
            None,
        ],
        ['"1970-01-01T00:00:00Z"', '"1970-01-01T00:00:00.000000001Z"', '"1969-12-31T23:59:59.999999999Z"', '"2009-06-17T00:00:00Z"', "null"],
    )
    yield "date", leaf("c", OPTIONAL, INT32, DATE), [0, -1, 2**31 - 1], ['"1970-01-01"', '"1969-12-31"', '"+5881580-07-11"']
    yield "float", leaf("c", OPTIONAL, FLOAT), [0.1, float("nan"), float("inf"), None], ["0.1", "null", "null", "null"]
    yield "boolean", leaf("c", OPTIONAL, BOOLEAN), [True, False, None, True], ["true", "false", "null", "true"]


WIDE = {
    INT32: [1, -5, None, 7, 2**31 - 1, -(2**31), None, 3] * 20,
    INT64: [2**63 - 1, -(2**63), None, 5] * 30,
    BYTES: [b"a", b"ab", None, b"", b"abc" * 9, b"ab"] * 20,
    DOUBLE: [0.5, None, -2.25, 1e300] * 20,
    FLOAT: [0.5, 0.25, None] * 20,
    BOOLEAN: [True, None, False, True] * 30,
}


def encodings():
    """(name, chunk, lines): every encoding and codec of ours, in pages of both versions."""
    plans = (
        [(kind, PLAIN) for kind in WIDE]
        + [(kind, SPLIT) for kind in (INT32, INT64, FLOAT, DOUBLE)]
        + [(INT32, DELTA), (INT64, DELTA), (BOOLEAN, RLE)]
    )
    plans += [(BYTES, DELTA_LENGTH), (BYTES, DELTA_BYTES)] + [(kind, None) for kind in (INT32, INT64, BYTES, DOUBLE)]
    codecs = [NONE, SNAPPY, GZIP, ZSTD, LZ4_RAW, LZ4]
    for number, (kind, encoding) in enumerate(plans):
        for version in (1, 2):
            codec = codecs[(number + version) % len(codecs)]
            options = {
                "codec": codec,
                "version": version,
                "rows": 37,
                "checksum": number % 2 == 0,
                "runs": number % 3 > 0,
                "dictionary": encoding is None,
                "encoding": encoding or PLAIN,
            }
            texts = ["null" if value is None else text(kind, value) for value in WIDE[kind]]
            yield (
                f"values-{kind}-{encoding}-v{version}-{codec}",
                leaf("c", OPTIONAL, kind, UTF8 if kind == BYTES else None),
                Chunk(["c"], kind, entries(WIDE[kind]), (0, 1), options),
                texts,
            )


def text(kind, value):
    if kind == BYTES:
        return f'"{value.decode()}"'
    return {True: "true", False: "false"}[value] if kind == BOOLEAN else "1e+300" if value == 1e300 else str(value)


def strange_pages():
    """(name, a chunk's pages, lines) of a column of optional integers"""
    first = pages(Chunk(["c"], INT32, entries([4, None]), (0, 1)))[0]
    yield "page-of-an-index", encode([[1, I32, 1], [2, I32, 3], [3, I32, 3], [6, STRUCT, []]]) + b"abc" + first, [4, None]
    yield "page-of-tomorrow", encode([[1, I32, 9], [2, I32, 3], [3, I32, 3]]) + b"abc" + first, [4, None]
    # As the oldest writers had them: the first level is the highest bit, and no length goes before.
    levels, values = b"\xa6\x80", [1, None, 3, None, None, 6, 7, None, 9]
    data = levels + plain(INT32, [value for value in values if value is not None])
    yield "levels-bit-packed", page(0, [[1, I32, 9], [2, I32, PLAIN], [3, I32, BIT_PACKED], [4, I32, BIT_PACKED]], data, False), values


def contents():
    """(name, the file's bytes, the lines)"""
    for name, data, values in strange_pages():
        yield (
            name,
            one_column(leaf("c", OPTIONAL), Chunk(["c"], INT32, entries(values), (0, 1), {"pages": data}), len(values)),
            ['{"c":null}' if value is None else f'{{"c":{value}}}' for value in values],
        )
    for name, node, chunks, rows, lines in legacy():
        for version in (1, 2):
            yield f"{name}-v{version}", parquet(
                [node], [(rows, [chunk._replace(options={"version": version, "rows": 2}) for chunk in chunks])]
            ), lines
    for name, node, values, texts in scalars():
        yield name, one_column(node, Chunk(["c"], node.type, entries(values), (0, 1)), len(values)), [f'{{"c":{one}}}' for one in texts]
    for name, node, chunk, texts in encodings():
        yield name, one_column(node, chunk, len(texts)), [f'{{"c":{one}}}' for one in texts]
    yield "no-columns", parquet([], [(0, [])]), []
    yield "no-row-groups", parquet([leaf("c")], []), []
    yield "empty-row-groups", parquet([leaf("c")], [(0, [Chunk(["c"], INT32, [], (0, 0))]), (1, [Chunk(["c"], INT32, [(0, 0, 5)], (0, 0))])]), [
        '{"c":5}'
    ]


def files():
    def writing(data):
        def write(path):
            with open(path, "wb") as out:
                out.write(data)

        return write

    for name, data, lines in contents():
        yield name, writing(data), lines


def changed(data, change):
    """A file whose footer is another: change(fields, first column's metadata) changes it in place."""
    start = len(data) - 8 - struct.unpack("<I", data[-8:-4])[0]
    footer = Decoder(data[start:-8]).struct()
    groups = get(footer, 4)[1]
    change(footer, get(get(groups[0], 1)[1][0], 3) if groups else None)
    footer = encode(footer)
    return data[:start] + footer + struct.pack("<I", len(footer)) + b"PAR1"


def put(fields, number, kind, value):
    fields[:] = sorted([one for one in fields if one[0] != number] + [[number, kind, value]])


def typed(kind, name, logical, values, length=None):
    """A column `bad` of a logical type (its field in the union), beside one that can be read."""
    more = ([] if length is None else [[2, I32, length]]) + [[10, STRUCT, logical]]
    node, other = leaf(name, OPTIONAL, kind, None, more), leaf("good", OPTIONAL)
    return parquet([node, other], [(1, [Chunk([name], kind, entries(values), (0, 1)), Chunk(["good"], INT32, entries([7]), (0, 1))])])


def bomb(size):
    """Zeros, 128 kB of them in 4 bytes each, in one page."""
    blocks = [min(131_072, size - at) for at in range(0, size, 131_072)]
    body = b"\x28\xb5\x2f\xfd\xe0" + struct.pack("<Q", size)
    for place, count in enumerate(blocks):
        body += (count << 3 | 2 | (place == len(blocks) - 1)).to_bytes(3, "little") + b"\0"
    data = page(0, [[1, I32, size // 8], [2, I32, PLAIN], [3, I32, RLE], [4, I32, RLE]], body, False, size)
    chunk = Chunk(["c"], INT64, [], (0, 0), {"pages": data, "codec": ZSTD})
    whole = one_column(leaf("c", REQUIRED, INT64), chunk, size // 8)
    return changed(whole, lambda _, meta: put(meta, 5, I64, size // 8))


def refused():
    """(name, the file's bytes, what the complaint has to say, whether the column `good` can be read all the same)"""
    node, values = leaf("c", OPTIONAL), list(range(40))

    def column(**options):
        return one_column(node, Chunk(["c"], INT32, entries(values), (0, 1), options), 40)

    whole = column()
    yield "empty", b"", "", False
    yield "three-bytes", b"PAR", "", False
    yield "magic-alone", b"PAR1", "", False
    yield "cut-short", whole[:-5], "", False
    yield "no-magic-at-the-end", whole[:-4] + b"XXXX", "", False
    yield "rows-of-no-columns", parquet([], [(3, [])]), "", False
    yield "encrypted-footer", whole[:-4] + b"PARE", "encrypted", False
    yield "long-footer", whole[:-8] + b"\xff\xff\xff\x7fPAR1", "footer", False
    yield "no-footer", b"PAR1" + b"\0\0\0\0PAR1", "", False
    for name, number, kind, value, complaint in [
        ("codec-lzo", 4, I32, LZO, "(?i)lzo"),
        ("codec-unknown", 4, I32, 99, "99"),
        ("offset-negative", 9, I64, -4, ""),
        ("offset-beyond", 9, I64, 10**9, ""),
        ("size-negative", 7, I64, -1, ""),
        ("size-beyond", 7, I64, 10**12, ""),
        ("values-too-many", 5, I64, 41, ""),
        ("values-too-few", 5, I64, 39, ""),
        ("type-other", 1, I32, DOUBLE, ""),
        ("path-other", 3, LIST, (BINARY, [b"d"]), ""),
    ]:
        yield name, changed(whole, lambda _, meta, one=(number, kind, value): put(meta, *one)), complaint, False
    yield "rows-too-many", changed(whole, lambda footer, _: put(get(footer, 4)[1][0], 3, I64, 41)), "", False
    yield "rows-negative", changed(whole, lambda footer, _: put(get(footer, 4)[1][0], 3, I64, -1)), "", False
    yield "encrypted-column", changed(
        whole, lambda footer, _: put(get(get(footer, 4)[1][0], 1)[1][0], 8, STRUCT, [[1, STRUCT, []]])
    ), "encrypted", False
    yield "in-another-file", changed(whole, lambda footer, _: put(get(get(footer, 4)[1][0], 1)[1][0], 1, BINARY, b"other.parquet")), "", False
    yield "checksum-wrong", column(checksum=True).replace(b"\x0a\0\0\0\x0b", b"\x0a\0\0\0\x0c", 1), "checksum", False
    yield "checksum-wrong-v2", column(checksum=True, version=2).replace(b"\x0a\0\0\0\x0b", b"\x0a\0\0\0\x0c", 1), "checksum", False
    words = column(dictionary=True)
    yield "no-dictionary", changed(words, lambda _, meta: (put(meta, 7, I64, 60), meta.remove(next(one for one in meta if one[0] == 11)))), "", False
    yield "encoding-unknown", one_column(node, Chunk(["c"], INT32, entries(values), (0, 1), {"encoding": 77}), 40), "77", False
    yield "encoding-of-other-type", one_column(
        leaf("c", OPTIONAL, BYTES), Chunk(["c"], BYTES, entries([b"xx"]), (0, 1), {"encoding": SPLIT}), 1
    ), "", False
    for name, number, complaint in [("geometry", 17, "(?i)geometry"), ("geography", 18, "(?i)geography"), ("type-of-tomorrow", 60, "bad")]:
        yield name, typed(BYTES, "bad", [[number, STRUCT, []]], [b"x"]), complaint, True
    variant = group("bad", OPTIONAL, leaf("metadata", REQUIRED, BYTES), leaf("value", REQUIRED, BYTES), more=[[10, STRUCT, [[16, STRUCT, []]]]])
    yield (
        "variant",
        parquet(
            [variant, leaf("good", OPTIONAL)],
            [
                (
                    1,
                    [
                        Chunk(["bad", "metadata"], BYTES, [(0, 1, b"\1\0\0")], (0, 1)),
                        Chunk(["bad", "value"], BYTES, [(0, 1, b"\0")], (0, 1)),
                        Chunk(["good"], INT32, entries([7]), (0, 1)),
                    ],
                )
            ],
        ),
        "(?i)variant",
        True,
    )
    yield "uuid-of-15-bytes", typed(FIXED, "bad", [[14, STRUCT, []]], [b"x" * 15], 15), "bad", True
    text = one_column(leaf("c", OPTIONAL, BYTES, UTF8), Chunk(["c"], BYTES, entries([b"a", b"\xff", b"b"]), (0, 1)), 3)
    yield "text-not-utf8", text, "(?i)row 2.*utf-8|utf-8.*row 2", False
    deep = leaf("x")
    for _ in range(70):
        deep = group("g", REQUIRED, deep)
    node = group("m", OPTIONAL, group("key_value", REPEATED, leaf("key", OPTIONAL, BYTES, UTF8), leaf("value", OPTIONAL)), converted=MAP)
    pairs = [
        Chunk(["m", "key_value", "key"], BYTES, [(0, 3, b"a"), (1, 2, None)], (1, 3)),
        Chunk(["m", "key_value", "value"], INT32, [(0, 3, 1), (1, 3, 2)], (1, 3)),
    ]
    yield "map-key-null", parquet([node], [(1, pairs)]), "null", False
    yield "bomb", bomb(512 << 20), "expands more than 1000 times", False
    yield "rows-of-the-footer", changed(whole, lambda footer, _: put(footer, 3, I64, 41)), "its footer has 41 rows", False
    yield "seventy-deep", one_column(deep, Chunk(["g"] * 70 + ["x"], INT32, [(0, 0, 1)], (0, 0)), 1), "", False
