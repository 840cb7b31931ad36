"""Columns of lines of text, as a description has them, and the layout that they come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.labels import MOST_LETTERS
from etl_batch.layouts.layout import MAX_RECORD_BYTES, Layout
from etl_batch.layouts.reading import layout_of
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass

MOST_COLUMNS = 10_000
_CORRECT = "correct the description; the manual, Fixed-width text, has what is read"
SURE_DIGITS = 15  #: so many decimal digits any f64 keeps


@dataclass(frozen=True, slots=True, kw_only=True)
class TextColumn:
    """One column."""

    name: str
    type: str  #: in the layout's words
    start: int  #: from 0, in its line
    length: int
    line: int = 1  #: of a record of several, the one that has it
    at: str  #: where in the description it stands, for messages
    scale: int = 0
    nulls: tuple[str, ...] = ()  #: of a number, in the layout's words
    empty_is_null: bool = False  #: of a text
    format: str = ""  #: of a date, as it is written
    trim: str = ""  #: of a text; empty: as a layout has it
    label: str = ""  #: what it is about; empty: nobody said it
    is_whole_or_float: bool = False  #: a number that f64 may not hold: what stands in the file decides
    remarks: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """The place behind it."""
        return self.start + self.length

    def entry(self, before: int = 0) -> dict[str, Any]:
        """As the TOML of a layout has it, behind so many bytes of lines before its own."""
        at = before + self.start
        entry: dict[str, Any] = {"name": self.name, "type": self.type, "offset": at, "length": self.length}
        if self.scale:
            entry["scale"] = self.scale
        if self.format:
            entry["format"] = self.format
        if self.nulls:
            entry["nulls"] = list(self.nulls)
        if self.empty_is_null:
            entry["null"] = ""
        if self.label:
            entry["label"] = self.label[:MOST_LETTERS]
        return entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a description says of the lines of a file."""

    where: str
    columns: tuple[TextColumn, ...]
    in_bytes: bool  #: columns are counted in bytes, and not in characters
    record_size: int | None = None  #: bytes of a line, where no line ends stand between them; None: lines
    lines: int = 1  #: of a record
    notes: tuple[str, ...] = ()

    def settled(self, has_points: Mapping[str, bool]) -> Described:
        """The same with a type for each number of more digits than f64 keeps.

        Args:
            has_points: of columns, whether numbers in them have a decimal point or an exponent, as far as was seen.
        """
        return replace(self, columns=tuple(_settled(one, has_points.get(one.name, False)) for one in self.columns))

    @property
    def widths(self) -> list[int]:
        """Columns of each line of a record, as far as they are described."""
        if self.record_size is not None:
            return [self.record_size] * self.lines
        widths = [0] * self.lines
        for one in self.columns:
            widths[one.line - 1] = max(widths[one.line - 1], one.end)
        return widths

    @property
    def before(self) -> list[int]:
        """Of each line of a record, the columns of those before it."""
        return [0, *accumulate(self.widths)]

    def layout(self, encoding: str) -> Layout:
        """The layout that it comes to.

        Raises:
            LayoutInvalid: a column is not one that a layout can have.
        """
        before = self.before
        entries = [one.entry(before[one.line - 1]) for one in self.columns]
        document: dict[str, Any] = {"encoding": encoding, "field": entries}
        if self.record_size is None:
            lines = self.widths if self.lines > 1 else True
            document |= {"lines": lines, "columns": "bytes" if self.in_bytes else "characters"}
        else:
            document["record_size"] = self.record_size * self.lines
            document["field"] = [entry | {"text": True} for entry in document["field"]]
        return layout_of(document, self.where)

    def toml(self, layout: Layout, head: Sequence[str] = ()) -> str:
        """A layout of it as our TOML: what it is made of, and each choice, as comments.

        Args:
            layout: what it came to.
            head: comments in front of all of it.
        """
        remarks = {one.name: one.remarks for one in self.columns}
        return layout_text(layout, [f"made of {self.where}", *self.notes, *head], remarks)


def _settled(column: TextColumn, has_point: bool) -> TextColumn:
    if not column.is_whole_or_float:
        return column
    if has_point:
        remark = "numbers with a decimal point were seen: read as f64, which keeps 15 to 17 digits"
        return replace(column, type="f64", remarks=(*column.remarks, remark))
    remark = f"its {column.length} digits are more than f64 keeps: read as whole numbers; f64 where they have a point"
    return replace(column, type="decimal", remarks=(*column.remarks, remark))


def refuse_beyond(found: Described) -> None:
    """Refuse columns that end behind the end of their line, where it is said how long these are.

    Raises:
        LayoutInvalid: naming the first.
    """
    for one in found.columns if found.record_size is not None and found.lines > 1 else ():
        if one.end > found.widths[one.line - 1]:
            where = f"{one.at}: {one.name} ends at column {one.end} of line {one.line}"
            raise LayoutInvalid(f"{where}, which has {found.record_size}", mend=_CORRECT)


def refuse_unfit(columns: Sequence[TextColumn], where: str) -> None:
    """Refuse columns that no layout can have, each by its place in the description.

    Raises:
        LayoutInvalid: there are none, or too many; one is there twice, overlaps another, or lies too far behind.
    """
    for what in _unfit(columns, where):
        raise LayoutInvalid(what, mend=_CORRECT)


def _unfit(columns: Sequence[TextColumn], where: str) -> Iterator[str]:
    if not columns:
        yield f"{where} describes no column"
    if len(columns) > MOST_COLUMNS:
        yield f"{where} has {len(columns):,} columns; {MOST_COLUMNS:,} is the most"
    seen: dict[str, TextColumn] = {}
    for one in columns:
        if one.end > MAX_RECORD_BYTES:
            yield f"{one.at}: {one.name} ends at column {one.end}; {MAX_RECORD_BYTES:,} is the most"
        if one.name in seen:
            yield f"{one.at}: {one.name} is there already ({seen[one.name].at})"
        seen[one.name] = one
    before: TextColumn | None = None
    for one in sorted(columns, key=lambda column: (column.line, column.start)):
        if before is not None and one.line == before.line and one.start < before.end:
            later, other = (one, before) if columns.index(one) > columns.index(before) else (before, one)
            yield (
                f"{later.at}: {later.name} has columns {later.start + 1} to {later.end}, of which {other.name} "
                f"({other.at}) has some already: {other.start + 1} to {other.end}"
            )
        before = one
