"""Parquet footers: many files' row groups described as one file's, their offsets moved to where the pages now are.

A footer is a Thrift structure in the compact protocol. Nothing is decoded but what has to change: the few numbers
that hold offsets are found and replaced, all other bytes are kept as the Parquet writer wrote them. (The field
numbers are those of `parquet.thrift`; the protocol is Apache Thrift's "Compact protocol encoding".)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from etl_batch.formats.parquet.compact_protocol import (
    LIST,
    STRUCT,
    Field,
    fields,
    header,
    list_header,
    list_start,
    number_of,
    skip,
    varint,
    zigzag,
)

Wanted = Mapping[int, "Wanted"]  #: fields by their numbers

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


def joined_footer(schema_footer: bytes, row_groups: Sequence[tuple[int, bytes]]) -> bytes:
    """One footer for all row groups.

    Args:
        schema_footer: the footer of a file of the same schema without rows.
        row_groups: for each, how far its pages moved, in bytes, and the footer of the file it was alone in.
    """
    groups: list[bytes] = []
    rows = 0
    for distance, footer in row_groups:
        top = {field.number: field for field in fields(footer, 0)}
        rows += number_of(footer, top[_NUM_ROWS])
        size, _, at = list_start(footer, top[_ROW_GROUPS].start)
        for _ in range(size):
            group, at = _moved(footer, at, distance, len(groups))
            groups.append(group)
    top = {field.number: field for field in fields(schema_footer, 0)}
    count, listed = top[_NUM_ROWS], top[_ROW_GROUPS]
    return b"".join(
        (
            schema_footer[: count.start],
            zigzag(rows),
            schema_footer[count.stop : listed.start],
            list_header(len(groups)),
            *groups,
            schema_footer[listed.stop :],
        )
    )


def _moved(data: bytes, start: int, distance: int, ordinal: int) -> tuple[bytes, int]:
    """The row group that begins at a position, with its offsets moved and its ordinal set; and the position behind."""
    changed: list[Field] = []
    stop = _find(data, start, _CHANGED, changed)
    pieces: list[bytes] = []
    at = start
    for field in changed:
        value = number_of(data, field)
        if field.number == _ORDINAL:
            value = min(ordinal, _MAX_ORDINAL)
        elif value or field.number != _CHUNK_OFFSET:  # there, 0 stands for none
            value += distance
        pieces += [data[at : field.start], zigzag(value)]
        at = field.stop
    return b"".join((*pieces, data[at:stop])), stop


def _find(data: bytes, at: int, wanted: Wanted, found: list[Field]) -> int:
    """List the wanted numbers of the structure that begins at a position, in their order; returns what is behind it."""
    number = 0
    while data[at]:
        number, kind, at = header(data, at, number)
        inner = wanted.get(number)
        if inner is None:
            at = skip(data, at, kind)
        elif kind == STRUCT:
            at = _find(data, at, inner, found)
        elif kind == LIST:
            size, _, at = list_start(data, at)
            for _ in range(size):
                at = _find(data, at, inner, found)
        else:
            stop = varint(data, at)[1]
            found.append(Field(number, kind, at, stop))
            at = stop
    return at + 1  # behind the byte that ends it
