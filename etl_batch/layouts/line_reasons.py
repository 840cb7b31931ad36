"""A line of text by itself: why it is a bad row, in words, and as a record that is laid out. Pure.

A few lines, so nothing is compiled: those that are bad, and the first ones of a file, which are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.line_parts import line_layouts, split_record
from etl_batch.layouts.lines import BYTES, Columns, Lines
from etl_batch.layouts.occurrences import every_field

_SHOWN = 40


def problem_of_line(line: bytes, layout: Layout, lines: Lines) -> str | None:
    """What is wrong with a line, so that it cannot be laid out; None: nothing.

    Args:
        line: its bytes, without its end; of a record of several lines, all of them with the ends between them.
        layout: of the records that lines are laid out as.
        lines: how they are.
    """
    return next((_problems if not lines.parts else _problems_of_several)(line, layout, lines), None)


def laid_out_line(line: bytes, layout: Layout, lines: Lines) -> bytes:
    """A line as a record, with blanks where it has nothing; cells that have no room are cut."""
    encoding = layout.fields[0].encoding
    blank = " ".encode(encoding)
    if lines.parts:
        texts = [*split_record(line, lines), *[b""] * lines.each]
        return b"".join(
            blank * part.width if own is None or own.lines is None else laid_out_line(text, own, own.lines)
            for own, part, text in zip(line_layouts(layout, lines), lines.parts, texts, strict=False)
        )
    if not lines.characters:
        return line.ljust(layout.record_size, blank)[: layout.record_size]
    text = line.decode(encoding, "replace")
    record = bytearray(blank * layout.record_size)
    for field, place in _places(layout, lines):
        cell = text[place.first : place.first + place.count].encode(encoding, "replace")[: field.length]
        record[field.offset : field.offset + len(cell)] = cell
    return bytes(record)


def _places(layout: Layout, lines: Lines) -> list[tuple[Field, Columns]]:
    """Of each field, which columns of a line it has."""
    fields = tuple(every_field(layout.fields))
    places = lines.characters or tuple(Columns(field.offset, field.length) for field in fields)
    return list(zip(fields, places, strict=True))


def _problems_of_several(record: bytes, layout: Layout, lines: Lines) -> Iterator[str]:
    texts = split_record(record, lines)
    if not any(texts):
        yield "all lines of the record are empty"
    if len(texts) < lines.each:
        yield f"the file ends behind line {len(texts)} of the {lines.each} of a record"
    for number, (own, text) in enumerate(zip(line_layouts(layout, lines), texts, strict=False), start=1):
        if own is not None and own.lines is not None and text:
            yield from (f"line {number} of the record: {problem}" for problem in _problems(text, own, own.lines))


def _problems(line: bytes, layout: Layout, lines: Lines) -> Iterator[str]:
    if not line:
        yield "the line is empty"
    encoding = layout.fields[0].encoding
    text: Sequence[object] = line
    if lines.characters:
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError as error:
            at = error.start
            yield f"the text is not {encoding}: 0x{line[at : at + 4].hex()} at byte {at + 1} of the line"
            return
    for field, place in _places(layout, lines):
        if field.name in lines.whole and place.first < len(text) < place.first + place.count:
            yield (
                f"the line ends after {len(text)} columns, within field {field.name!r} ({place.first + 1} to "
                f"{place.first + place.count}), where other lines have their last digit: it is cut or shifted"
            )
    width = lines.width or layout.record_size
    counted = "bytes" if lines.columns == BYTES else "columns"
    rest = text[width:]
    left = rest.encode(encoding) if isinstance(rest, str) else bytes(rest)  # type: ignore[arg-type]
    if left.strip(" ".encode(encoding)) and not lines.is_open:
        yield f"the line has {len(text)} {counted}, {width} expected; behind them: 0x{left[:_SHOWN].hex()}"
    for field, place in _places(layout, lines):
        cell = text[place.first : place.first + place.count]
        if field.type != "str" and isinstance(cell, str) and len(cell.encode(encoding)) > field.length:
            yield f"field {field.name!r}: no number: 0x{cell.encode(encoding).hex()}"
