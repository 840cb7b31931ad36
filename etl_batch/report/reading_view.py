"""How each file was read, in words; files that were read alike are told of once. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.text.number_text import count, counted
from etl_batch.values import InputSummary

MOST_READINGS, _MOST_NAMED, _MOST_COLUMNS = 10, 3, 60

_LINE_ENDS = {"lf": "LF", "crlf": "CR LF, as Windows writes it", "cr": "CR, as old Macs wrote it", "nel": "NEL"}
_SIGNS = {
    ",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar", " ": "a blank", ".": "a point",
    '"': "a double quote", "'": "an apostrophe", "\\": "a backslash", ":": "a colon", "#": "a number sign",
}  # fmt: skip
#: what each is called, and what it is where there is none
_CALLED = {
    "encoding": ("Encoding", ""), "line_end": ("Lines end with", ""),
    "delimiter": ("Between cells", "nothing: one column"), "quote": ("Around cells", "nothing"),
    "escape": ("Escape sign", "nothing"), "skip_lines": ("Left out above the table", "no line"),
    "skip_footer": ("Left out below the table", "no line"), "comment": ("Comments begin with", "nothing"),
    "header": ("First row", ""), "decimal": ("Before decimals", "nothing"),
    "thousands": ("Between thousands", "nothing"),
}  # fmt: skip
_BY = {"said": "said", "proved": "proved by every row", "usual": "as usual"}


@dataclass(frozen=True, slots=True)
class PropertyRead:
    """One property, in words."""

    called: str
    value: str
    sure: str
    why: str


@dataclass(frozen=True, slots=True)
class FileRead:
    """Files that were read alike."""

    paths: tuple[Path, ...]  #: the first of them
    more: str  #: how many others there are, in words; empty: none
    properties: tuple[PropertyRead, ...]  #: of the first one
    columns: tuple[PropertyRead, ...]  #: whose cells are more than text
    columns_left_out: int


def reading_views(inputs: Sequence[InputSummary]) -> list[FileRead]:
    """What is shown of how texts were read; binary inputs are not among them."""
    alike: dict[tuple[object, ...], list[InputSummary]] = {}
    for one in inputs:
        if one.reading is not None:
            alike.setdefault(_values(one.reading), []).append(one)
    return [_view(files) for files in alike.values()]


def _values(reading: Mapping[str, Any]) -> tuple[object, ...]:
    by = reading.get("by", {})
    return tuple((name, reading.get(name), by.get(name)) for name in _CALLED)


def _view(files: Sequence[InputSummary]) -> FileRead:
    reading = next((one.reading for one in files if one.reading), {})
    by, sure, why = (reading.get(name, {}) for name in ("by", "sure", "evidence"))
    columns = reading.get("columns", [])
    more = len(files) - _MOST_NAMED
    return FileRead(
        paths=tuple(one.path for one in files[:_MOST_NAMED]),
        more=f"and {counted(more, 'file')} more, read alike" if more > 0 else "",
        properties=tuple(
            PropertyRead(called, _value(name, reading[name], none), _sure(by[name], sure[name]), why[name])
            for name, (called, none) in _CALLED.items()
            if name in by
        ),
        columns=tuple(map(_column, columns[:_MOST_COLUMNS])),
        columns_left_out=max(len(columns) - _MOST_COLUMNS, 0),
    )


def _value(name: str, value: str | int | bool | None, none: str) -> str:
    if value is None:
        return none
    if name == "header":
        return "names the columns" if value else "is data"
    if name in {"skip_lines", "skip_footer"}:
        return counted(int(value), "line") if value else none
    text = str(value)
    if name == "encoding":
        return text.upper()
    return _LINE_ENDS.get(text, text) if name == "line_end" else _sign(text)


def _sign(text: str) -> str:
    """By its name and as it is."""
    return f"{_name(text)} {text}" if text in _SIGNS and text.strip() else _name(text)


def _name(text: str) -> str:
    return _SIGNS.get(text) or repr(text)


def _sure(by: str, sure: float) -> str:
    if by == "told":
        return f"{sure:.0%} sure, by its first rows"
    return _BY.get(by, by) + (f", {count(round(100 * sure))} % of them" if by == "proved" and sure < 1 else "")


def _column(column: Mapping[str, Any]) -> PropertyRead:
    written = [
        f"as {column['date_format']}" if column["date_format"] else "",
        f"with {_name(column['decimal'])} before decimals" if column["decimal"] else "",
        f"{_name(column['thousands'])} between thousands" if column["thousands"] else "",
        f"{', '.join(map(repr, column['nulls']))} for no value" if column["nulls"] else "",
        "without the blanks around cells" if column["trim"] else "",
    ]
    return PropertyRead(
        column["name"], column["type"], _sure(column["by"], column["sure"]), "; ".join(filter(None, written))
    )
