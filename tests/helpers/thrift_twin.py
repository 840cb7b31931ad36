"""Structures of Thrift's compact protocol decoded into dicts; with them, footer and page headers of a file."""

from __future__ import annotations

import struct
from typing import Any

Decoded = dict[int, Any]  #: values by the numbers of their fields

#: of a `ColumnMetaData`: where its data and its dictionary begin, what it takes compressed
_METADATA, _PAGES, _DICTIONARY, _COMPRESSED = 3, 9, 11, 7
_ROW_GROUPS, _COLUMNS = 4, 1
_COMPRESSED_PAGE = 3
_TAIL_BYTES = 8


def footer_of(whole: bytes) -> Decoded:
    """The footer of a Parquet file."""
    size = int.from_bytes(whole[-_TAIL_BYTES:-4], "little")
    return structure(whole, len(whole) - _TAIL_BYTES - size)[0]


def pages_of(whole: bytes) -> list[list[Decoded]]:
    """The page headers of each column of each row group."""
    return [_headers(whole, column[_METADATA]) for group in footer_of(whole)[_ROW_GROUPS] for column in group[_COLUMNS]]


def _headers(whole: bytes, metadata: Decoded) -> list[Decoded]:
    at: int = metadata[_DICTIONARY] if _DICTIONARY in metadata else metadata[_PAGES]
    stop, found = at + metadata[_COMPRESSED], []
    while at < stop:
        header, at = structure(whole, at)
        found.append(header)
        at += header[_COMPRESSED_PAGE]
    assert at == stop
    return found


def structure(data: bytes, at: int) -> tuple[Decoded, int]:
    """The structure at a position, and the position behind it."""
    found: Decoded = {}
    number = 0
    while data[at]:
        delta, kind = data[at] >> 4, data[at] & 15
        at += 1
        if delta:
            number += delta
        else:
            raw, at = varint(data, at)
            number = raw >> 1 ^ -(raw & 1)
        found[number], at = (kind == 1, at) if kind in {1, 2} else _value(data, at, kind)
    return found, at + 1


def _value(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in {4, 5, 6}:
        raw, at = varint(data, at)
        return raw >> 1 ^ -(raw & 1), at
    if kind == 8:
        size, at = varint(data, at)
        return bytes(data[at : at + size]), at + size
    if kind == 9:
        return _list(data, at)
    if kind == 12:
        return structure(data, at)
    if kind == 7:
        return struct.unpack_from("<d", data, at)[0], at + 8
    assert kind == 3, "no type that parquet.thrift uses"
    return data[at], at + 1


def _list(data: bytes, at: int) -> tuple[list[Any], int]:
    size, kind = data[at] >> 4, data[at] & 15
    at += 1
    if size == 15:
        size, at = varint(data, at)
    found = []
    for _ in range(size):
        value, at = (data[at] == 1, at + 1) if kind in {1, 2} else _value(data, at, kind)
        found.append(value)
    return found, at


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, the lowest first, and where what follows begins."""
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at
