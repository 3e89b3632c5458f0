"""Arrow tables that have every type at its extremes, nulls in every place, and nesting of every shape."""

import datetime
import decimal
import math
import random
import string
import struct
import uuid

import numpy as np
import pyarrow as pa

WORDS = ["", "a", "naïve", "日本語", "😀👩‍👩‍👧", "e\u0301", "\u0000", "line\nfeed\ttab", '"quoted"\\', "\u007f\u2028", "x" * 300, "null", "0", " "]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 1 / 3, math.pi, math.nan, math.inf, -math.inf, 1e-5, 123456789.0, 1e15, 1e16, 1e17, 2.0**53, 2.0**63]
FLOAT32 = FLOATS + [1e-45, -1e-45, 1.17549435e-38, 1.1754942e-38, 3.4028234e38, 1e22, 16777216.0, 9.999999e9]
FLOAT64 = FLOATS + [5e-324, -5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308, 1e22, 1e23, 9007199254740993.0]
FLOAT16 = [0.0, -0.0, 1.0, 0.1, 65504.0, -65504.0, 6e-08, 6.1e-05, 6.09e-05, math.nan, math.inf, -math.inf, 1 / 3, 2048.0, 2049.0]


def whole(bits, signed=True):
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    return [low, low + 1, -1 if signed else 1, 0, 1, high - 1, high], lambda chance: chance.choice(
        [chance.randint(low, high), chance.randint(max(low, -100), 100)]
    )


def decimals(precision, scale):
    def make(number):
        return decimal.Decimal((number < 0, tuple(map(int, str(abs(number)))), -scale))

    def draw(chance):
        most = 10 ** chance.randint(0, precision) - 1
        return make(chance.randint(-most, most))

    most = 10**precision - 1
    return [make(number) for number in (most, -most, 0, 1, -1)], draw


def text(chance):
    letters = chance.choice([string.ascii_letters, "äöü€", "😀𝄞ab", ' "\\/\n\x01'])
    return chance.choice(["", "prefix-", "prefix-long-"]) + "".join(chance.choices(letters, k=chance.choice([0, 1, 5, 12, 40])))


def octets(chance):
    return chance.choice([chance.randbytes(chance.choice([1, 4, 12, 16, 33])), text(chance).encode()])


SECONDS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def moments(unit):
    """Timestamps as numbers: around 1970, of today, at the ends of years 0 and 9999, and those of 64 bits where those mean a year."""
    one, most = SECONDS[unit], 2**63 - 1
    chosen = [
        0,
        1,
        -1,
        one,
        -one,
        one - 1,
        1777888800 * one,
        1777888800 * one + one // 2,
        -62167219200 * one,
        -62167219200 * one - 1,
        253402300799 * one + one - 1,
        253402300800 * one,
        5_000_000_000 * one,
        most,
        -most - 1,
    ]
    if unit == "s":
        # Seconds are written as milliseconds.
        most //= 1000
        chosen = [number for number in chosen if abs(number) <= most]
    return [number for number in chosen if -most - 1 <= number <= most], lambda chance: (
        chance.randint(-2 * 10**9, 4 * 10**9) * one + chance.choice([0, chance.randrange(one)])
        if abs(4 * 10**9 * one) < most
        else chance.randint(-most, most)
    )


def of_day(unit):
    one = SECONDS[unit]
    return [0, 1, one, 86_400 * one - 1, 36_300 * one], lambda chance: chance.randrange(86_400 * one)


def chosen(values):
    return values, lambda chance: chance.choice(values)


def kinds():
    """{name: (Arrow type, values that must be there, how to draw another)}; times are drawn as numbers."""
    found = {"bool": (pa.bool_(), *chosen([True, False])), "nothing": (pa.null(), [], lambda chance: None)}
    for bits in (8, 16, 32, 64):
        found[f"int{bits}"] = (getattr(pa, f"int{bits}")(), *whole(bits))
        found[f"uint{bits}"] = (getattr(pa, f"uint{bits}")(), *whole(bits, signed=False))
    found["half"] = (pa.float16(), [np.float16(value) for value in FLOAT16], lambda chance: np.frombuffer(chance.randbytes(2), np.float16)[0])
    found["float"] = (
        pa.float32(),
        FLOAT32,
        lambda chance: struct.unpack("f", chance.randbytes(4))[0] if chance.random() < 0.5 else round(chance.random() * 100, 2),
    )
    found["double"] = (
        pa.float64(),
        FLOAT64,
        lambda chance: struct.unpack("d", chance.randbytes(8))[0] if chance.random() < 0.5 else round(chance.random() * 100, 2),
    )
    for precision, scale in [(1, 0), (2, 2), (9, 2), (10, 2), (18, 6), (19, 0), (28, 10), (38, 10), (38, 38)]:
        found[f"decimal_{precision}_{scale}"] = (pa.decimal128(precision, scale), *decimals(precision, scale))
    found["decimal_76_20"] = (pa.decimal256(76, 20), *decimals(76, 20))
    days = [0, 1, -1, 20_577, -719_528, -719_529, 2_932_896, 2_932_897, 2**31 - 1, -(2**31)]
    found["date"] = (pa.date32(), days, lambda chance: chance.randint(-800_000, 3_000_000))
    for unit, kind in [("s", pa.time32), ("ms", pa.time32), ("us", pa.time64), ("ns", pa.time64)]:
        found[f"time_{unit}"] = (kind(unit), *of_day(unit))
    for unit in ("s", "ms", "us", "ns"):
        for name, zone in [("local", None), ("utc", "UTC"), ("berlin", "Europe/Berlin")]:
            found[f"at_{unit}_{name}"] = (pa.timestamp(unit, zone), *moments(unit))
    found["duration"] = (pa.duration("us"), *whole(64))
    found["string"] = (pa.string(), WORDS, text)
    found["large_string"] = (pa.large_string(), WORDS, text)
    found["few"] = (pa.dictionary(pa.int16(), pa.string()), *chosen(["one", "two", "", "three"]))
    found["binary"] = (pa.binary(), [b"", b"\xff", b"abc", b"\xc3\x28", b"\x00", "ü".encode(), b"\xed\xa0\x80"], octets)
    found["fixed"] = (pa.binary(5), [b"\0" * 5, b"hello", b"\xff" * 5], lambda chance: chance.randbytes(5))
    found["uuid"] = (pa.uuid(), [bytes(16), b"\xff" * 16], lambda chance: uuid.UUID(int=chance.getrandbits(128)).bytes)
    found["json"] = (
        pa.json_(),
        ['{"a":[1, 2.50,null], "b":"\\u00fc"}', "true", "1e400", "{", "", '"x"', "[]", '{"z":1,"a":2}', " 1 ", "NaN", "01"],
        lambda chance: chance.choice(['{"n":%d}' % chance.randint(0, 99), "[%s]" % chance.random()]),
    )
    return found


def array(kind, values):
    """An Arrow array of values that may be a time's number."""
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type))
    if pa.types.is_temporal(kind):
        return pa.array(values, pa.int32() if kind.bit_width == 32 else pa.int64()).view(kind)
    return pa.array(values, kind)


def column(kind, first, draw, rows, nulls, chance):
    if nulls == "all":
        values = [None] * rows
    else:
        values = (list(first) + [draw(chance) for _ in range(rows)])[:rows]
        chance.shuffle(values)
        if nulls == "some":
            run = chance.choice([1, 30])
            values = [None if chance.random() < 0.2 or (place // 50) % run == run - 1 > 0 else value for place, value in enumerate(values)]
    return array(kind, values)


def flat(rows, nulls="some", seed=1, without=()):
    """Every type once. Without nulls the columns are required."""
    chance = random.Random(seed)
    columns = {name: column(*kind, rows, nulls, chance) for name, kind in kinds().items() if name not in without}
    fields = [pa.field(name, one.type, nullable=nulls != "none" or name == "nothing") for name, one in columns.items()]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


def simple(rows, seed=1, nulls="some"):
    """What every writer can write."""
    names = ["bool", "int32", "int64", "float", "double", "string", "few", "date", "at_us_utc"]
    table = flat(rows, nulls, seed).select(names)
    return table.set_column(names.index("few"), "few", table["few"].cast(pa.string()))


KEYS = [
    "bool",
    "int8",
    "int32",
    "int64",
    "uint64",
    "decimal_9_2",
    "decimal_38_10",
    "date",
    "time_ms",
    "time_us",
    "time_ns",
    "at_us_utc",
    "at_us_local",
    "string",
    "uuid",
    "binary",
    "fixed",
    "float",
    "double",
]


def maps(rows, seed=2):
    """Maps of all kinds of keys, none of them twice in one map."""
    chance, all_kinds, columns = random.Random(seed), kinds(), {}
    for name in KEYS:
        kind, first, draw = all_kinds[name]
        keys, offsets = [], [0]
        for _ in range(rows):
            some = {chance.choice(first) if chance.random() < 0.3 else draw(chance) for _ in range(chance.choice([0, 1, 2, 5]))}
            keys += [key for key in some if key == key]
            offsets.append(len(keys))
        values = array(pa.int32(), [chance.choice([None, 1, 2]) for _ in keys])
        nulls = [None if place and chance.random() < 0.2 else offset for place, offset in enumerate(offsets[:-1])] + offsets[-1:]
        columns[f"by_{name}"] = pa.MapArray.from_arrays(pa.array(nulls, pa.int32()), array(kind, keys), values)
    return pa.table(columns)


SMALL = ["bool", "int32", "uint64", "double", "string", "decimal_10_2", "date", "at_us_utc", "binary", "json", "nothing", "half", "fixed"]


def shape(chance, depth):
    """A random type: (Arrow type, how to draw a value)."""
    form = chance.choice(["scalar", "list", "struct", "map", "list"]) if depth else "scalar"
    if form == "scalar":
        kind, first, draw = kinds()[chance.choice(SMALL)]
        if isinstance(kind, pa.BaseExtensionType):
            kind = kind.storage_type
        if pa.types.is_temporal(kind):
            kind = pa.int32() if kind.bit_width == 32 else pa.int64()
        return kind, lambda: chance.choice(first) if first and chance.random() < 0.3 else draw(chance)
    if form == "list":
        inner, draw = slot(chance, depth)
        return pa.list_(inner), lambda: [draw() for _ in range(chance.choice([0, 1, 1, 2, 3, 7]))]
    if form == "map":
        inner, draw = slot(chance, depth, "value")
        return pa.map_(pa.string(), inner), lambda: [(str(key), draw()) for key in range(chance.choice([0, 1, 2, 4]))]
    members = [(f"m{number}", *slot(chance, depth)) for number in range(chance.randint(1, 3))]
    kind = pa.struct([field.with_name(name) for name, field, _ in members])
    return kind, lambda: {name: draw() for name, _, draw in members}


def slot(chance, depth, name="element"):
    """A member or an element, which may be null or never is."""
    kind, draw = shape(chance, depth - 1)
    if chance.random() < 0.3 and not pa.types.is_null(kind):
        return pa.field(name, kind, nullable=False), draw
    share = chance.choice([0.1, 0.5])
    return pa.field(name, kind), lambda: None if chance.random() < share else draw()


def nested(rows, seed, depth=4, columns=4):
    """Columns of random shapes."""
    chance = random.Random(seed)
    made = [(*slot(chance, depth + 1),) for _ in range(columns)]
    fields = [field.with_name(f"c{number}") for number, (field, _) in enumerate(made)]
    arrays = [pa.array([draw() for _ in range(rows)], field.type) for field, (_, draw) in zip(fields, made)]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def shapes(rows):
    """The usual shapes, with empty and missing at every level."""
    lists = [[], None, [1], [None], [1, None, 3], list(range(20))]
    pairs = [[], None, [[]], [None], [["a"], None, []], [["a", None], ["b"]]]
    structs = [None, {"a": None, "b": None}, {"a": 1, "b": "x"}, {"a": None, "b": ""}, {"a": 3, "b": None}, {"a": 4, "b": "y"}]
    inner = pa.struct([("a", pa.int32()), ("b", pa.string())])
    mapped = [None, [], [("k", 1)], [("k", None), ("l", 2)], [("", 3)], [("ü", 4), ("z", 5)]]
    repeated = {
        "list": pa.array(lists, pa.list_(pa.int64())),
        "large_list": pa.array(lists, pa.large_list(pa.int32())),
        "lists": pa.array(pairs, pa.list_(pa.list_(pa.string()))),
        "struct": pa.array(structs, inner),
        "structs": pa.array([structs, None, [], structs[2:3], [None], structs[:2]], pa.list_(inner)),
        "map": pa.array(mapped, pa.map_(pa.string(), pa.int32())),
        "maps": pa.array([mapped, None, [], [None], mapped[1:2], mapped[3:5]], pa.list_(pa.map_(pa.string(), pa.int32()))),
        "map_of_lists": pa.array(
            [None, [], [("a", [])], [("a", None)], [("a", [1, None])], [("a", [2]), ("b", None)]], pa.map_(pa.string(), pa.list_(pa.int32()))
        ),
        "map_of_structs": pa.array([[("x", one)] for one in structs], pa.map_(pa.string(), inner)),
        "struct_of_all": pa.array(
            [{"l": one, "p": two, "s": three, "m": four} for one, two, three, four in zip(lists, pairs, structs, mapped)],
            pa.struct([("l", pa.list_(pa.int8())), ("p", pa.list_(pa.list_(pa.string()))), ("s", inner), ("m", pa.map_(pa.string(), pa.int32()))]),
        ),
        "three": pa.array([[pairs, None], None, [], [pairs[2:4]], [[]], [pairs[:1], pairs[5:]]], pa.list_(pa.list_(pa.list_(pa.list_(pa.string()))))),
        "pair": pa.array([[1, 2], None, [3, None], [None, None], [5, 6], [7, 8]], pa.list_(pa.int32(), 2)),
    }
    table = pa.table(repeated)
    return pa.concat_tables([table] * (rows // 6 + 1)).slice(0, rows).combine_chunks()


def deep(levels, form):
    """One column so many levels deep: structs, lists, or both by turns."""
    kind, value = pa.int32(), 7
    for level in range(levels):
        if form == "struct" or form == "both" and level % 2:
            kind, value = pa.struct([("s", kind)]), {"s": value}
        else:
            kind, value = pa.list_(kind), [value]
    return pa.table({"c": pa.array([value, None, value], kind)})


def wide(columns, rows=20):
    chance = random.Random(5)
    return pa.table(
        {
            f"column {number}": (
                pa.array(
                    [None if chance.random() < 0.1 else chance.randint(0, 1000) for _ in range(rows)],
                    [pa.int32(), pa.float64(), pa.string()][number % 3],
                )
                if number % 3 < 2
                else [None if chance.random() < 0.1 else text(chance) for _ in range(rows)]
            )
            for number in range(columns)
        }
    )
