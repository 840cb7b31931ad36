"""Parquet footers: many files' row groups described as one file's, their offsets moved to where the pages now are.

A footer is a Thrift structure in the compact protocol. Nothing is decoded but what has to change: the few numbers
that hold offsets are found and replaced, all other bytes are kept as the Parquet writer wrote them. (The field
numbers are those of `parquet.thrift`; the protocol is Apache Thrift's "Compact protocol encoding".)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
        for start, stop in _elements(footer, top[_ROW_GROUPS].start):
            groups.append(_moved(footer[start:stop], distance, len(groups)))
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


def _moved(group: bytes, distance: int, ordinal: int) -> bytes:
    """A row group with its offsets moved and its ordinal set."""
    changed: list[tuple[_Field, int]] = []
    for field in _fields(group, 0):
        if field.number == _FIRST_PAGE:
            changed.append((field, _number(group, field) + distance))
        elif field.number == _ORDINAL:
            changed.append((field, min(ordinal, _MAX_ORDINAL)))
        elif field.number == _COLUMNS:
            for start, _ in _elements(group, field.start):
                changed += [(offset, _number(group, offset) + distance) for offset in _chunk_offsets(group, start)]
    pieces: list[bytes] = []
    at = 0
    for field, value in sorted(changed, key=lambda change: change[0].start):
        pieces += [group[at : field.start], _zigzag(value)]
        at = field.stop
    return b"".join((*pieces, group[at:]))


def _chunk_offsets(data: bytes, start: int) -> Iterator[_Field]:
    """The fields of a column chunk that hold offsets in the file; 0 stands for none."""
    for field in _fields(data, start):
        if field.number == _CHUNK_OFFSET and _number(data, field):
            yield field
        elif field.number == _CHUNK_METADATA:
            yield from (inner for inner in _fields(data, field.start) if inner.number in _PAGE_OFFSETS)


def _fields(data: bytes, at: int) -> Iterator[_Field]:
    """The fields of the structure that begins at a position."""
    number = 0
    while header := data[at]:
        delta, kind = header >> 4, header & 15
        at += 1
        if delta:
            number += delta
        else:
            raw, at = _varint(data, at)
            number = raw >> 1 ^ -(raw & 1)
        stop = _skip(data, at, kind)
        yield _Field(number, kind, at, stop)
        at = stop


def _elements(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Where each element of the list at a position begins and ends."""
    size, kind, at = _list_start(data, at)
    for _ in range(size):
        stop = _skip(data, at, kind)
        yield at, stop
        at = stop


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
        for field in _fields(data, at):
            at = field.stop
        return at + 1  # the byte that ends it
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
