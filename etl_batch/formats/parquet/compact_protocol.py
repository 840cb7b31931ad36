"""Structures of Apache Thrift's compact protocol, of which Parquet's footers and page headers are made.

Nothing is decoded but what is asked for: the rest is passed over, and kept as it was written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from etl_batch.light_dataclass import dataclass

TRUE, FALSE, BYTE, I32, I64, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 5, 6, 7, 8, 9, 10, 12
_BOOL_TYPES = (TRUE, FALSE)  # the value is in the header
_VARINTS = (4, I32, I64)
_LONG_LIST = 15
_MOST_AT_ONCE = 15  #: how far a field's number may be from the one before, in a header of one byte


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a structure: its number, its type, and where its value lies."""

    number: int
    kind: int
    start: int
    stop: int


def fields(data: bytes, at: int) -> Iterator[Field]:
    """The fields of the structure that begins at a position."""
    number = 0
    while data[at]:
        number, kind, at = header(data, at, number)
        stop = skip(data, at, kind)
        yield Field(number, kind, at, stop)
        at = stop


def header(data: bytes, at: int, before: int) -> tuple[int, int, int]:
    """The number and the type of the field that begins at a position, and where its value does."""
    delta, kind = data[at] >> 4, data[at] & 15
    if delta:
        return before + delta, kind, at + 1
    raw, at = varint(data, at + 1)
    return raw >> 1 ^ -(raw & 1), kind, at


def list_start(data: bytes, at: int) -> tuple[int, int, int]:
    """How many items a list has, their type, and where the first one begins."""
    size, kind = data[at] >> 4, data[at] & 15
    at += 1
    if size == _LONG_LIST:
        size, at = varint(data, at)
    return size, kind, at


def skip(data: bytes, at: int, kind: int) -> int:
    """The position behind a value."""
    if kind in _VARINTS:
        return varint(data, at)[1]
    if kind == BINARY:
        size, at = varint(data, at)
        return at + size
    if kind == STRUCT:
        while data[at]:
            _, inner, at = header(data, at, 0)
            at = skip(data, at, inner)
        return at + 1  # behind the byte that ends it
    if kind in {LIST, SET}:
        size, inner, at = list_start(data, at)
        for _ in range(size):
            # Inside a list, a bool is a byte of its own.
            at = at + 1 if inner in _BOOL_TYPES else skip(data, at, inner)
        return at
    fixed = {TRUE: 0, FALSE: 0, BYTE: 1, DOUBLE: 8}
    if kind not in fixed:
        raise ValueError(f"a Parquet footer holds a Thrift value of type {kind}, which parquet.thrift does not use")
    return at + fixed[kind]


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned number at a position, and the position behind it."""
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def number_of(data: bytes, field: Field) -> int:
    """The value of a field that is a number."""
    raw, _ = varint(data, field.start)
    return raw >> 1 ^ -(raw & 1)


def zigzag(value: int) -> bytes:
    """A signed number."""
    return unsigned(value << 1 if value >= 0 else (-value << 1) - 1)


def unsigned(value: int) -> bytes:
    """A number without a sign, seven bits a byte."""
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes((*encoded, value))


def list_header(size: int, kind: int = STRUCT) -> bytes:
    """What begins a list of so many items of a type."""
    if size < _LONG_LIST:
        return bytes((size << 4 | kind,))
    return bytes((_LONG_LIST << 4 | kind,)) + unsigned(size)


def list_of(kind: int, items: Sequence[bytes]) -> bytes:
    """A list of values of a type."""
    return list_header(len(items), kind) + b"".join(items)


def binary(value: bytes) -> bytes:
    """Bytes, behind their length."""
    return unsigned(len(value)) + value


def structure(given: Iterable[tuple[int, int, bytes]]) -> bytes:
    """A structure of fields: of each its number, its type and its value; numbers rise, and no gap is wider than 15."""
    encoded = bytearray()
    before = 0
    for number, kind, value in given:
        if not 0 < number - before <= _MOST_AT_ONCE:
            raise ValueError(f"field {number} cannot be written behind field {before}")
        encoded.append((number - before) << 4 | kind)
        encoded += value
        before = number
    return bytes(encoded) + b"\0"
