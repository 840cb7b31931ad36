"""Columns of lines of text as a table has them: CSV with a header of `column,start,length`, and `type` and `scale`.

It is what `in2csv -s` of csvkit takes; its `start` counts from 1.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import MAX_DECIMAL_DIGITS, MAX_RECORD_BYTES
from etl_batch.layouts.text_columns import Described, TextColumn, refuse_unfit
from etl_batch.layouts.toml_values import shown

_KEYS = {
    "column": ("column", "name"), "start": ("start",), "length": ("length", "width"), "type": ("type",),
    "scale": ("scale",),
}  # fmt: skip
_NEEDED = ("column", "start", "length")
_DELIMITERS = (",", ";", "\t")
_TYPE = re.compile(r"([a-z]\w*) *(?:\( *\d{1,2} *, *(\d{1,2}) *\))?", re.ASCII)
_DATE = re.compile(r"(date|timestamp) *\((.+)\)", re.ASCII | re.IGNORECASE)
#: whose values characters may be
_TYPES = ("str", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f64", "decimal", "zoned")
_TYPES_IN_WORDS = f"{', '.join(_TYPES)}, date(%Y%m%d), timestamp(...)"
_SCALED = ("decimal", "f64", "zoned")
_MEND = "give a header of column,start,length and, where not all is text, type; start counts from 1"
_LONGEST_NUMBER = 7  #: digits


def is_column_table(text: str) -> bool:
    """Whether a text is such a table, by its first line."""
    return _header(text) is not None


def read_column_table(text: str, where: str) -> Described:
    """Read such a table.

    Args:
        text: of the file.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the line, and what in it is wrong.
    """
    found = _header(text)
    if found is None:
        raise LayoutInvalid(f"{where} has no header that names column, start and length", mend=_MEND)
    delimiter, places = found
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    next(rows)
    try:
        columns = [_column(row, places, f"{where}, line {rows.line_num}") for row in rows if any(map(str.strip, row))]
    except csv.Error as error:
        raise LayoutInvalid(f"{where}, line {rows.line_num}: {error}", mend=_MEND) from None
    refuse_unfit(columns, where)
    return Described(where=where, columns=tuple(columns), in_bytes=False)


def _header(text: str) -> tuple[str, Mapping[str, int]] | None:
    """What divides its cells, and which of them is what; None: it has none."""
    first = text.partition("\n")[0].rstrip("\r")
    for delimiter in _DELIMITERS:
        names = [cell.strip().strip('"').lower() for cell in first.split(delimiter)]
        places = {key: names.index(word) for key, words in _KEYS.items() for word in words if word in names}
        if all(key in places for key in _NEEDED):
            return delimiter, places
    return None


def _column(row: list[str], places: Mapping[str, int], here: str) -> TextColumn:
    cells = {key: row[place].strip() if place < len(row) else "" for key, place in places.items()}
    name = cells["column"]
    if not name or not name.isprintable():
        raise LayoutInvalid(f"{here}: the column has no name" if not name else f"{here}: {name!r} is no name")
    start = _number(cells["start"], "start", here)
    length = _number(cells["length"], "length", here)
    dated = _DATE.fullmatch(cells.get("type", ""))
    kind, scale = (dated[1].lower(), 0) if dated else _type(cells.get("type") or "str", cells.get("scale", ""), here)
    return TextColumn(
        name=name, type=kind, start=start - 1, length=length, scale=scale, at=here, format=dated[2] if dated else "",
        remarks=(f"{here.rpartition(', ')[2]}: from column {start}",),
    )  # fmt: skip


def _number(cell: str, key: str, here: str) -> int:
    number = int(cell) if cell.isascii() and cell.isdecimal() and len(cell) <= _LONGEST_NUMBER else 0
    if not 1 <= number <= MAX_RECORD_BYTES:
        zero = "; the first column of a line is 1: add 1 to each start" if key == "start" and cell == "0" else ""
        raise LayoutInvalid(
            f"{here}: {key} is {shown(cell)}; give a whole number from 1 to {MAX_RECORD_BYTES}{zero}", mend=_MEND
        )
    return number


def _type(cell: str, scale: str, here: str) -> tuple[str, int]:
    """A type in the layout's words, and its scale: `decimal` and 2, or `decimal(9,2)`."""
    found = _TYPE.fullmatch(cell.lower())
    if found is None or found[1] not in _TYPES:
        raise LayoutInvalid(f"{here}: type is {shown(cell)}; the types are {_TYPES_IN_WORDS}", mend=_MEND)
    decimals = found[2] or scale
    if not decimals:
        return found[1], 0
    if found[1] not in _SCALED:
        raise LayoutInvalid(f"{here}: {found[1]} has no decimals; {', '.join(_SCALED)} have", mend=_MEND)
    if not (decimals.isascii() and decimals.isdecimal() and int(decimals[:4]) <= MAX_DECIMAL_DIGITS):
        raise LayoutInvalid(f"{here}: scale is {shown(decimals)}; give 0 to {MAX_DECIMAL_DIGITS}", mend=_MEND)
    return found[1], int(decimals)
