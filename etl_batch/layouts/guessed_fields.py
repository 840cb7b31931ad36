"""A layout to begin from, where nobody described the records: runs of text, packed numbers and other bytes.

Pure: the first records in, a draft out. What it says is seen in these bytes, and no more than a start for an editor.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from etl_batch.layouts.draft import FieldDraft, LayoutDraft

EBCDIC, ASCII = "cp037", "ascii"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .,-/&'()"
_MOST_RECORDS = 1_000
_MOST_FIELDS = 400
_MOST_PACKED = 9  #: bytes, of 17 digits
_SIGNS = frozenset(b"\x0c\x0d\x0f")
_TEXT, _OTHER = "str", "bytes"


def drafted_fields(records: bytes, record_size: int) -> LayoutDraft:
    """A draft of a layout of records of this length.

    Args:
        records: the first of them, from the beginning of one.
        record_size: bytes of each.
    """
    count = min(len(records) // record_size, _MOST_RECORDS)
    columns = [records[at : count * record_size : record_size] for at in range(record_size)]
    encoding = max((EBCDIC, ASCII), key=lambda name: _share(records[: count * record_size], name))
    fields = list(_fields(columns, frozenset(_LETTERS.encode(encoding)))) if count else []
    if not 0 < len(fields) <= _MOST_FIELDS:
        fields = [("bytes", 0, record_size)]
    return LayoutDraft(
        record_size=record_size,
        byte_order="big" if encoding == EBCDIC else "little",
        encoding=encoding,
        fields=tuple(
            FieldDraft(name=f"{_NAMES[kind]}_{start}", type=kind, offset=start, length=length)
            for kind, start, length in fields
        ),
    )


_NAMES = {_TEXT: "text", _OTHER: "bytes", "packed": "packed"}


def _share(text: bytes, encoding: str) -> int:
    return len(text) - len(text.translate(None, _LETTERS.encode(encoding)))


def _fields(columns: list[bytes], letters: frozenset[int]) -> Iterator[tuple[str, int, int]]:
    """Of each run of columns the type, where it begins, and how long it is."""
    kinds = [_TEXT if letters.issuperset(column) else _OTHER for column in columns]
    for kind, run in groupby(range(len(columns)), kinds.__getitem__):
        places = list(run)
        if kind == _TEXT:
            yield kind, places[0], len(places)
        else:
            yield from _numbers(columns, places)


def _numbers(columns: list[bytes], places: list[int]) -> Iterator[tuple[str, int, int]]:
    """Packed numbers among bytes: half a byte each digit, and the sign in the last half."""
    start = digits = places[0]
    for at in places:
        has_sign = all(byte & 0x0F in _SIGNS and byte >> 4 <= 9 for byte in columns[at])
        if has_sign and any(columns[at]) and at - digits < _MOST_PACKED:
            if digits > start:
                yield _OTHER, start, digits - start
            yield "packed", digits, at + 1 - digits
            start = digits = at + 1
        elif any(byte & 0x0F > 9 or byte >> 4 > 9 for byte in columns[at]):
            digits = at + 1
    if start <= places[-1]:
        yield _OTHER, start, places[-1] + 1 - start
