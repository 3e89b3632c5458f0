"""Thrift's compact protocol without its schema, as far as Parquet needs it: what was read can be changed and written again.

A struct is a list of [field, type, value], a list is (type of its elements, [values]); integers may be of any size.
"""

import struct

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def zigzag(number):
    return 2 * number if number >= 0 else -2 * number - 1


def encode(fields):
    """The bytes of a struct."""
    out, last = b"", 0
    for field, kind, value in fields:
        step = field - last
        out += bytes([step << 4 | kind]) if 0 < step < 16 else bytes([kind]) + varint(zigzag(field))
        if kind not in (TRUE, FALSE):
            out += encoded(kind, value)
        last = field
    return out + b"\0"


def encoded(kind, value):
    if kind in (TRUE, FALSE):
        return bytes([1 if value else 2])
    if kind == BYTE:
        return bytes([value & 255])
    if kind in (I16, I32, I64):
        return varint(zigzag(value))
    if kind == DOUBLE:
        return struct.pack("<d", value)
    if kind == BINARY:
        return varint(len(value)) + value
    if kind in (LIST, SET):
        inner, values = value
        head = bytes([len(values) << 4 | inner]) if len(values) < 15 else bytes([0xF0 | inner]) + varint(len(values))
        return head + b"".join(encoded(inner, one) for one in values)
    if kind == STRUCT:
        return encode(value)
    raise ValueError(kind)


class Decoder:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def byte(self):
        self.at += 1
        return self.data[self.at - 1]

    def varint(self):
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return number

    def integer(self):
        number = self.varint()
        return number >> 1 if number % 2 == 0 else -(number >> 1) - 1

    def struct(self):
        fields, last = [], 0
        while True:
            head = self.byte()
            if head == 0:
                return fields
            last = last + (head >> 4) if head >> 4 else self.integer()
            kind = head & 15
            fields.append([last, kind, kind == TRUE if kind in (TRUE, FALSE) else self.value(kind)])

    def value(self, kind):
        if kind in (TRUE, FALSE):
            return self.byte() == 1
        if kind == BYTE:
            return self.byte()
        if kind in (I16, I32, I64):
            return self.integer()
        if kind == DOUBLE:
            self.at += 8
            return struct.unpack("<d", self.data[self.at - 8 : self.at])[0]
        if kind == BINARY:
            count = self.varint()
            self.at += count
            return self.data[self.at - count : self.at]
        if kind in (LIST, SET):
            head = self.byte()
            count = head >> 4 if head >> 4 < 15 else self.varint()
            return head & 15, [self.value(head & 15) for _ in range(count)]
        if kind == STRUCT:
            return self.struct()
        raise ValueError(kind)


def get(fields, number, default=None):
    return next((value for field, _, value in fields if field == number), default)
