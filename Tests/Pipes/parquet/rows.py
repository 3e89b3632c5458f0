"""The rows of an Arrow table as the JSON that part-cat prints of them (freshet-fields(5), Parquet), written independently of it.

`lines(table)` gives a line of JSON for each row, without its newline. What the file's own schema says and Arrow's does not (ENUM,
JSON, INTERVAL, INT96) comes in as `leaves(schema)`. With `marked`, floating-point numbers are written as {"~":"1e-01","bits":32}: their
value is fixed, their spelling is not; `same(wanted, got)` compares such a line with one that was printed.
"""

import base64
import datetime
import json
import uuid
from collections import namedtuple
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.types as is_

Leaf = namedtuple("Leaf", "path physical logical")
UNITS = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}


def leaves(schema):
    """The columns of a pyarrow.parquet.ParquetSchema, in the file's order."""

    def logical(column):
        name = column.logical_type.type
        return "INTERVAL" if column.converted_type == "INTERVAL" else name

    columns = [schema.column(number) for number in range(len(schema))]
    return [Leaf(column.path, column.physical_type, logical(column)) for column in columns]


def lines(table, leaves=None, marked=False):
    rest = iter(leaves) if leaves else None
    columns = [(quoted(name), Column(rest, marked).texts(whole(column))[0]) for name, column in zip(table.column_names, table.columns)]
    if not columns:
        return ["{}"] * table.num_rows
    names = [name for name, _ in columns]
    return ["{" + ",".join(map(member, names, values)) + "}" for values in zip(*(texts for _, texts in columns))]


def member(name, value):
    return name + ":" + value


def whole(column):
    """One array at offset 0."""
    if isinstance(column, pa.ChunkedArray):
        column = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column if column.offset == 0 else pa.concat_arrays([column, column[:0]])


class Column:
    """A column at the top of a table, and what lies below it; leaves are taken from the iterator as they come by."""

    def __init__(self, leaves, marked):
        self.leaves, self.marked = leaves, marked

    def texts(self, array):
        """The text of each value, and whether it can be the name of a member, as a map's key is."""
        kind = array.type
        if isinstance(kind, pa.BaseExtensionType):
            array, hint = array.storage, kind.extension_name
            return self.texts(array) if is_.is_nested(array.type) else self.scalars(array, hint)
        if is_.is_dictionary(kind):
            return self.texts(array.dictionary_decode())
        if is_.is_struct(kind):
            return self.structs(array), False
        if is_.is_map(kind):
            return self.maps(array), False
        if is_.is_list(kind) or is_.is_large_list(kind) or is_.is_fixed_size_list(kind):
            return self.lists(array), False
        return self.scalars(array, None)

    def structs(self, array):
        fields = [(quoted(array.type.field(place).name), self.texts(whole(array.field(place)))[0]) for place in range(array.type.num_fields)]
        names = [name for name, _ in fields]
        rows = zip(*(texts for _, texts in fields)) if fields else [()] * len(array)
        texts = ["{" + ",".join(map(member, names, values)) + "}" for values in rows]
        return with_nulls(array, texts)

    def lists(self, array):
        values = self.texts(array.values)[0]
        if is_.is_fixed_size_list(array.type):
            size = array.type.list_size
            offsets = range(0, size * (len(array) + 1), size)
        else:
            offsets = array.offsets.to_pylist()
        return with_nulls(array, ["[" + ",".join(values[start:end]) + "]" for start, end in zip(offsets, offsets[1:])])

    def maps(self, array):
        keys, are_names = self.texts(array.keys)
        values = self.texts(array.items)[0]
        if are_names:
            entries = [(key if key[0] == '"' else f'"{key}"') + ":" + value for key, value in zip(keys, values)]
            opened, closed = "{", "}"
        else:
            entries = [f'{{"key":{key},"value":{value}}}' for key, value in zip(keys, values)]
            opened, closed = "[", "]"
        offsets = array.offsets.to_pylist()
        return with_nulls(array, [opened + ",".join(entries[start:end]) + closed for start, end in zip(offsets, offsets[1:])])

    def scalars(self, array, hint):
        leaf = next(self.leaves) if self.leaves else Leaf(None, None, {"arrow.json": "JSON", "arrow.uuid": "UUID"}.get(hint))
        text, is_name = scalar(array.type, leaf, self.marked)
        return ["null" if value is None else text(value) for value in plain(array)], is_name


def with_nulls(array, texts):
    if array.null_count:
        texts = [text if valid else "null" for text, valid in zip(texts, array.is_valid().to_pylist())]
    return texts


def plain(array):
    """The values as Python's; times as their numbers, and floats with their width."""
    kind = array.type
    if is_.is_temporal(kind):
        width = pa.int32() if kind.bit_width == 32 else pa.int64()
        return array.view(width).to_pylist()
    if is_.is_float16(kind) or is_.is_float32(kind):
        values = array.fill_null(0).to_numpy(zero_copy_only=False).astype(kind.to_pandas_dtype())
        return [value if valid else None for value, valid in zip(values, array.is_valid().to_pylist())]
    return array.to_pylist()


def scalar(kind, leaf, marked):
    """How a value of that type is written, and whether its text can be a member's name."""
    if is_.is_null(kind):
        return None, False
    if is_.is_boolean(kind):
        return lambda value: "true" if value else "false", True
    if is_.is_integer(kind) or is_.is_duration(kind):
        return str, True
    if is_.is_floating(kind):
        return lambda value: floating(value, marked), False
    if is_.is_decimal(kind):
        return lambda value: format(value, "f"), True
    if is_.is_date(kind):
        days = 1 if is_.is_date32(kind) else 86_400_000
        return lambda value: f'"{date(value // days)}"', True
    if is_.is_time(kind):
        return lambda value: f'"{time(value, UNITS[kind.unit])}"', True
    if is_.is_timestamp(kind):
        zone = "Z" if kind.tz or leaf.physical == "INT96" else ""
        return lambda value: f'"{timestamp(value, UNITS[kind.unit])}{zone}"', True
    if leaf.logical == "JSON":
        return document, False
    if is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind) or leaf.logical == "ENUM":
        return lambda value: quoted(value.decode() if isinstance(value, bytes) else value), True
    if leaf.logical == "UUID":
        return lambda value: f'"{uuid.UUID(bytes=value)}"', True
    if is_.is_interval(kind):
        return lambda value: f'{{"months":{value.months},"days":{value.days},"milliseconds":{value.nanoseconds // 10**6}}}', False
    if leaf.logical == "INTERVAL":
        return interval, False
    if is_.is_binary(kind) or is_.is_large_binary(kind) or is_.is_fixed_size_binary(kind) or is_.is_binary_view(kind):
        return binary, False
    raise NotImplementedError(f"{leaf.path}: {kind}")


ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
ESCAPED = {ord(character): ESCAPES.get(character, f"\\u{ord(character):04x}") for character in [*map(chr, range(0x20)), '"', "\\", "\x7f"]}


def quoted(text):
    return '"' + text.translate(ESCAPED) + '"'


def floating(value, marked):
    """The shortest digits that read back as the same value of its width."""
    if not np.isfinite(value):
        return "null"
    if isinstance(value, float) and not isinstance(value, np.floating):
        value = np.float64(value)
    text = np.format_float_scientific(value, unique=True, trim="-")
    if marked:
        return f'{{"~":"{text}","bits":{8 * value.itemsize}}}'
    plain = np.format_float_positional(value, unique=True, trim="-")
    return plain if 1e-4 <= abs(float(value)) < 1e16 or value == 0 else text


def date(days):
    """Days since 1970 in the proleptic Gregorian calendar, whatever the year."""
    cycles, days = divmod(days + 719_468, 146_097)
    year = (days - days // 1_460 + days // 36_524 - days // 146_096) // 365
    days -= 365 * year + year // 4 - year // 100
    month = (5 * days + 2) // 153
    day = days - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    year += 400 * cycles + (month <= 2)
    return f"{year:04d}-{month:02d}-{day:02d}" if 0 <= year <= 9999 else f"{year:+05d}-{month:02d}-{day:02d}"


def time(value, unit):
    seconds, part = divmod(value, unit)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if not part:
        return text
    digits = f"{part * (10**9 // unit):09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}"


def timestamp(value, unit):
    days, rest = divmod(value, 86_400 * unit)
    return f"{date(days)}T{time(rest, unit)}"


def interval(value):
    numbers = (int.from_bytes(value[at : at + 4], "little") for at in (0, 4, 8))
    return '{{"months":{},"days":{},"milliseconds":{}}}'.format(*numbers)


def binary(value):
    try:
        return quoted(value.decode())
    except UnicodeDecodeError:
        return f'"{base64.b64encode(value).decode()}"'


class Number(str):
    """A number as it is spelled."""


class Pairs(list):
    """An object's members, as they come."""


def parse(text):
    def refuse(name):
        raise ValueError(name)

    return json.loads(text, parse_float=Number, parse_int=Number, parse_constant=refuse, object_pairs_hook=Pairs)


def document(value):
    """A JSON document without its spaces, or, where it is none, a string."""
    text = value.decode() if isinstance(value, bytes) else value
    try:
        return written(parse(text))
    except (ValueError, RecursionError):
        return quoted(text)


def written(value):
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, Pairs):
        return "{" + ",".join(f"{quoted(name)}:{written(one)}" for name, one in value) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, str):
        return quoted(value)
    return {True: "true", False: "false", None: "null"}[value]


WIDTHS = {"16": np.float16, "32": np.float32, "64": np.float64}


def same(wanted, got):
    """Whether parsed values are the same; those wanted have their floats marked. Members may come in any order."""
    if isinstance(wanted, Pairs) and len(wanted) == 2 and wanted[0][0] == "~":
        return isinstance(got, Number) and same_float(wanted[0][1], WIDTHS[wanted[1][1]], got)
    if isinstance(wanted, Pairs):
        return (
            isinstance(got, Pairs)
            and len(wanted) == len(got)
            and all(name == other and same(one, two) for (name, one), (other, two) in zip(sorted(wanted, key=first), sorted(got, key=first)))
        )
    if isinstance(wanted, list):
        return type(got) is list and len(wanted) == len(got) and all(map(same, wanted, got))
    return type(wanted) is type(got) and wanted == got


def first(pair):
    return pair[0]


def same_float(wanted, width, got):
    """The same value, and no more digits than that takes: a whole number may have all of its own."""
    with np.errstate(over="ignore"):
        if width(wanted) != width(got) or wanted.startswith("-") != got.startswith("-"):
            return False
    digits = Decimal(got).normalize().as_tuple().digits
    return len(digits) <= len(Decimal(wanted).normalize().as_tuple().digits) or Decimal(got) == Decimal(int(width(wanted)))


assert date(0) == "1970-01-01" and date(-719_528) == "0000-01-01" and date(2_932_897) == "+10000-01-01"
assert all(date(day) == str(datetime.date(1970, 1, 1) + datetime.timedelta(day)) for day in range(-719_162, 2_932_896, 97))
