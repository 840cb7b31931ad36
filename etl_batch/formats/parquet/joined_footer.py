"""Parquet footers: many files' row groups described as one file's, their offsets moved to where the pages now are.

A footer is a Thrift structure in the compact protocol. Nothing is decoded but what has to change: the few numbers
that hold offsets are found and replaced, all other bytes are kept as the Parquet writer wrote them. (The field
numbers are those of `parquet.thrift`; the protocol is Apache Thrift's "Compact protocol encoding".)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Wanted = Mapping[int, "Wanted"]  #: fields by their numbers

_BOOL_TYPES = (1, 2)  # true, false: the value is in the header
_BYTE, _DOUBLE, _BINARY, _LIST, _SET, _STRUCT = 3, 7, 8, 9, 10, 12
_VARINTS = (4, 5, 6)
_LONG_LIST = 15

# FileMetaData
_NUM_ROWS, _ROW_GROUPS = 3, 4
# RowGroup, and within it the numbers that are offsets in the file
_COLUMNS, _FIRST_PAGE, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _CHUNK_METADATA = 2, 3
_PAGE_OFFSETS = (9, 10, 11)  # data, index and dictionary page
_NUMBER: Wanted = {}
#: what is changed in a RowGroup, by the numbers of its fields, and of theirs where they are structures: all different
_CHANGED: Wanted = {
    _COLUMNS: {_CHUNK_OFFSET: _NUMBER, _CHUNK_METADATA: dict.fromkeys(_PAGE_OFFSETS, _NUMBER)},
    _FIRST_PAGE: _NUMBER,
    _ORDINAL: _NUMBER,
}
_MAX_ORDINAL = 2**15 - 1


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a structure: its number, its type, and where its value lies."""

    number: int
    kind: int
    start: int
    stop: int


def joined_footer(schema_footer: bytes, row_groups: Sequence[tuple[int, bytes]]) -> bytes:
    """One footer for all row groups.

    Args:
        schema_footer: the footer of a file of the same schema without rows.
        row_groups: for each, how far its pages moved, in bytes, and the footer of the file it was alone in.
    """
    groups: list[bytes] = []
    rows = 0
    for distance, footer in row_groups:
        top = {field.number: field for field in _fields(footer, 0)}
        rows += _number(footer, top[_NUM_ROWS])
        size, _, at = _list_start(footer, top[_ROW_GROUPS].start)
        for _ in range(size):
            group, at = _moved(footer, at, distance, len(groups))
            groups.append(group)
    top = {field.number: field for field in _fields(schema_footer, 0)}
    count, listed = top[_NUM_ROWS], top[_ROW_GROUPS]
    return b"".join(
        (
            schema_footer[: count.start],
            _zigzag(rows),
            schema_footer[count.stop : listed.start],
            _list_header(len(groups)),
            *groups,
            schema_footer[listed.stop :],
        )
    )


def _moved(data: bytes, start: int, distance: int, ordinal: int) -> tuple[bytes, int]:
    """The row group that begins at a position, with its offsets moved and its ordinal set; and the position behind."""
    changed: list[_Field] = []
    stop = _find(data, start, _CHANGED, changed)
    pieces: list[bytes] = []
    at = start
    for field in changed:
        value = _number(data, field)
        if field.number == _ORDINAL:
            value = min(ordinal, _MAX_ORDINAL)
        elif value or field.number != _CHUNK_OFFSET:  # there, 0 stands for none
            value += distance
        pieces += [data[at : field.start], _zigzag(value)]
        at = field.stop
    return b"".join((*pieces, data[at:stop])), stop


def _find(data: bytes, at: int, wanted: Wanted, found: list[_Field]) -> int:
    """List the wanted numbers of the structure that begins at a position, in their order; returns what is behind it."""
    number = 0
    while data[at]:
        number, kind, at = _header(data, at, number)
        inner = wanted.get(number)
        if inner is None:
            at = _skip(data, at, kind)
        elif kind == _STRUCT:
            at = _find(data, at, inner, found)
        elif kind == _LIST:
            size, _, at = _list_start(data, at)
            for _ in range(size):
                at = _find(data, at, inner, found)
        else:
            stop = _varint(data, at)[1]
            found.append(_Field(number, kind, at, stop))
            at = stop
    return at + 1  # behind the byte that ends it


def _fields(data: bytes, at: int) -> Iterator[_Field]:
    """The fields of the structure that begins at a position."""
    number = 0
    while data[at]:
        number, kind, at = _header(data, at, number)
        stop = _skip(data, at, kind)
        yield _Field(number, kind, at, stop)
        at = stop


def _header(data: bytes, at: int, before: int) -> tuple[int, int, int]:
    """The number and the type of the field that begins at a position, and where its value does."""
    delta, kind = data[at] >> 4, data[at] & 15
    if delta:
        return before + delta, kind, at + 1
    raw, at = _varint(data, at + 1)
    return raw >> 1 ^ -(raw & 1), kind, at


def _list_start(data: bytes, at: int) -> tuple[int, int, int]:
    size, kind = data[at] >> 4, data[at] & 15
    at += 1
    if size == _LONG_LIST:
        size, at = _varint(data, at)
    return size, kind, at


def _skip(data: bytes, at: int, kind: int) -> int:
    """The position behind a value."""
    if kind in _VARINTS:
        return _varint(data, at)[1]
    if kind == _BINARY:
        size, at = _varint(data, at)
        return at + size
    if kind == _STRUCT:
        while data[at]:
            _, inner, at = _header(data, at, 0)
            at = _skip(data, at, inner)
        return at + 1  # behind the byte that ends it
    if kind in {_LIST, _SET}:
        size, inner, at = _list_start(data, at)
        for _ in range(size):
            # Inside a list, a bool is a byte of its own.
            at = at + 1 if inner in _BOOL_TYPES else _skip(data, at, inner)
        return at
    fixed = {1: 0, 2: 0, _BYTE: 1, _DOUBLE: 8}
    if kind not in fixed:
        raise ValueError(f"a Parquet footer holds a Thrift value of type {kind}, which parquet.thrift does not use")
    return at + fixed[kind]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def _number(data: bytes, field: _Field) -> int:
    raw, _ = _varint(data, field.start)
    return raw >> 1 ^ -(raw & 1)


def _zigzag(value: int) -> bytes:
    return _unsigned(value << 1 if value >= 0 else (-value << 1) - 1)


def _unsigned(value: int) -> bytes:
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    return bytes((*encoded, value))


def _list_header(size: int) -> bytes:
    if size < _LONG_LIST:
        return bytes((size << 4 | _STRUCT,))
    return bytes((_LONG_LIST << 4 | _STRUCT,)) + _unsigned(size)
