"""Records of several lines: the lines of one, each with a layout of its own. Pure.

Fields count their places through the lines of a record, as if these stood one behind the other, each as wide as it is
said to be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.lines import LinePart, Lines

_CR = b"\r"


def split_record(record: bytes, lines: Lines) -> list[bytes]:
    """The lines of a record, without their ends; fewer than it should have, where the file ends within it."""
    *others, last = record.split(bytes([lines.end]))
    return [*(line.removesuffix(_CR) for line in others), last]


def reaches(lines: Lines) -> Iterator[tuple[int, int]]:
    """Of each line of a record, its first place in it, and the one behind its last."""
    return pairwise(accumulate((part.width for part in lines.parts), initial=0))


def line_layouts(layout: Layout, lines: Lines) -> tuple[Layout | None, ...]:
    """A layout for each line of a record; None: nothing of the line is read."""
    return tuple(
        _of_line(layout, lines, part, start, end)
        for part, (start, end) in zip(lines.parts, reaches(lines), strict=True)
    )


def _of_line(layout: Layout, lines: Lines, part: LinePart, start: int, end: int) -> Layout | None:
    fields = tuple(
        replace(field, offset=field.offset - start) for field in layout.fields if start <= field.offset < end
    )
    if not fields:
        return None
    whole = tuple(field.name for field in fields if field.name in lines.whole)
    return replace(
        layout,
        record_size=part.width,
        fields=fields,
        lines=replace(lines, parts=(), whole=whole, is_open=part.is_open),
    )


def refuse_unparted(layout: Layout, where: str) -> None:
    """Refuse a layout of records of several lines that these cannot have.

    Raises:
        LayoutInvalid: a field is in two lines; or the layout has tables or variants, which are not read there yet.
    """
    lines = layout.lines
    if lines is None or not lines.parts:
        return
    if layout.variants or layout.counted or any(field.table is not None for field in layout.fields):
        raise LayoutInvalid(f"{where}: records of several lines have no tables and no variants")
    for field in layout.fields:
        _refuse_crossing(field, lines, where)


def _refuse_crossing(field: Field, lines: Lines, where: str) -> None:
    for number, (start, end) in enumerate(reaches(lines), start=1):
        if start <= field.offset < end < field.offset + field.length:
            raise LayoutInvalid(
                f"{where}: field {field.name!r} is at {field.offset} to {field.offset + field.length} of the record, "
                f"of which line {number} has {start} to {end}; a field is in one line"
            )


def in_words(parts: Sequence[LinePart]) -> str:
    """Such as: 2 lines, of 36 and 20 bytes."""
    *others, last = (str(part.width) for part in parts)
    return f"{len(parts)} lines, of {', '.join(others)} and {last} bytes"
