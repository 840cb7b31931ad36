"""What the first and the last lines of a file tell that its layout does not say. Pure: bytes in, a layout out.

What ends its lines; how long they are, where the layout has their front alone; in which fields numbers stand at the
end, so that a line which ends within them is shifted or cut; what follows the last line.
"""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.line_parts import line_layouts, split_record
from etl_batch.layouts.lines import BYTES, CR, EBCDIC_LF, LF, NEL, Lines, lines_of
from etl_batch.layouts.occurrences import every_field, last_end
from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import is_ebcdic, is_utf8

MOST_LINES = 2_000
_MANY, _NEARLY_ALL = 20, 0.95
_SUB, _EBCDIC_SUB = 0x1A, 0x3F


@dataclass(frozen=True, slots=True)
class Told:
    """A layout of lines as a file has them, and what a user should know of it."""

    layout: Layout
    notes: tuple[str, ...]


def told_lines(layout: Layout, lines: Lines, head: bytes, tail: bytes, size: int) -> Told:
    """Complete a layout of lines by a file.

    Args:
        layout: of lines.
        lines: what it says of them.
        head: the first bytes of the file.
        tail: the last ones.
        size: of the file, in bytes.
    """
    encoding = layout.fields[0].encoding
    start = layout.header_bytes
    if not start and is_utf8(encoding) and head.startswith(codecs.BOM_UTF8):
        start = len(codecs.BOM_UTF8)
    lines = replace(lines, end=_end_of(head[start:], encoding))
    behind = layout.trailer_bytes or _behind_lines(tail, lines, encoding)
    first = [
        head[line.start : line.start + line.length]
        for line in lines_of(head, start, max(size - behind, start), lines, MOST_LINES)
    ]
    placed = replace(layout, header_bytes=start, trailer_bytes=behind, lines=lines)
    if layout.records:  # each type has lines of its own
        return Told(placed, tuple(_notes(lines, (), behind)))
    told = told_of_lines(placed, lines, first)
    return Told(told.layout, tuple(_notes(lines, told.notes, behind)))


def told_of_lines(layout: Layout, lines: Lines, some: Sequence[bytes]) -> Told:
    """A layout of lines as some of them are: how long they are, and in which fields numbers stand at the end."""
    if lines.parts:
        return _told_of_several(layout, lines, [split_record(record, lines) for record in some])
    first = [_characters(line, layout.fields[0].encoding, lines) for line in some]
    width, is_open, note = _width(layout, [line for line in first if line])
    numbers = (field for field in every_field(layout.fields) if field.when is None and _is_number(field))
    whole = tuple(field.name for field in numbers if _is_at_the_end(field, first))
    told = replace(layout, record_size=width, lines=replace(lines, whole=whole, is_open=is_open))
    return Told(told, (note,) if note else ())


def _told_of_several(layout: Layout, lines: Lines, records: Sequence[Sequence[bytes]]) -> Told:
    """The same of records of several lines; columns that the layout has not are not read."""
    parts, whole, notes = list(lines.parts), list[str](), list[str]()
    for number, own in enumerate(line_layouts(layout, lines)):
        if own is None or own.lines is None:
            parts[number] = replace(parts[number], is_open=True)
            continue
        texts = [record[number] for record in records if len(record) > number and record[number]]
        whole += [one.name for one in own.fields if _is_number(one) and _is_at_the_end(one, texts)]
        if 2 * sum(_has_more(text, own.record_size, own) for text in texts) > len(texts):
            parts[number] = replace(parts[number], is_open=True)
            where = f"line {number + 1} of its records has behind column {own.record_size}"
            notes.append(f"what {where} is not read: the layout has nothing there")
    told = replace(layout, lines=replace(lines, parts=tuple(parts), whole=tuple(whole)))
    return Told(told, tuple(notes))


def are_lines(head: bytes, size: int, most: int) -> bool:
    """Whether the first bytes of a file are lines of at most so many characters, whatever ends them."""
    for end in (LF, NEL, EBCDIC_LF):
        found = lines_of(head, 0, size, Lines(end=end), MOST_LINES)
        if found and end in head and all(_count(head[one.start : one.start + one.length]) <= most for one in found):
            return True
    return False


def _count(line: bytes) -> int:
    """Characters of a line, blanks at its end not counted; bytes where it is no UTF-8."""
    kept = line.rstrip(b" @")
    try:
        return len(kept.decode())
    except UnicodeDecodeError:
        return len(kept)


def _end_of(head: bytes, encoding: str) -> int:
    if is_ebcdic(encoding):
        return EBCDIC_LF if head.count(EBCDIC_LF) > head.count(NEL) else NEL
    return CR if LF not in head and CR in head else LF


def _behind_lines(tail: bytes, lines: Lines, encoding: str) -> int:
    """How many bytes follow the end of the last line: the end of files of DOS, and empty lines.

    Of a record of several lines, the last ones may be empty.
    """
    mark, end = _EBCDIC_SUB if is_ebcdic(encoding) else _SUB, lines.end
    kept = tail.rstrip(bytes([mark]))
    if lines.parts:
        return len(tail) - len(kept)
    body = kept.rstrip(bytes([end, CR]))
    if body == kept or not body:
        return len(tail) - len(kept)
    last = kept[len(body) :]
    first_end = last.index(end) + 1 if end in last else 0
    return len(tail) - len(body) - first_end


def _characters(line: bytes, encoding: str, lines: Lines) -> Sequence[object]:
    """A line by its columns: characters, or bytes where these are counted or the line has no such characters."""
    if lines.columns == BYTES:
        return line
    try:
        return line.decode(encoding)
    except UnicodeError:
        return line


def _width(layout: Layout, lines: Sequence[Sequence[object]]) -> tuple[int, bool, str]:
    """How many columns a line has, whether what follows is of no column, and a note."""
    described = max(map(last_end, layout.fields))
    if layout.record_size > described:
        return layout.record_size, False, ""
    longer = [len(line) for line in lines if _has_more(line, described, layout)]
    if 2 * len(longer) <= len(lines) or not longer:
        return described, False, ""
    (usual, often), *_ = Counter(longer).most_common(1)
    if 2 * often > len(lines):
        behind = f"columns {described + 1} to {usual} of its lines are not read: the layout has none there"
        return usual, False, behind
    return described, True, f"what its lines have behind column {described} is not read: the layout has nothing there"


def _has_more(line: Sequence[object], described: int, layout: Layout) -> bool:
    """Whether more than blanks stand behind the columns of a layout."""
    blank: object = " " if isinstance(line, str) else " ".encode(layout.fields[0].encoding)[0]
    return any(one != blank for one in line[described:])


def _is_number(field: Field) -> bool:
    return field.type != "str"


def _is_at_the_end(field: Field, lines: Sequence[Sequence[object]]) -> bool:
    """Whether lines have the numbers of a field at its end, and none before it.

    So it is where some have blanks in front, and where nearly all of many fill the field: a number that begins with
    the field and ends before it may have lost its blanks with the end of its line.
    """
    blanks = (" ", " ".encode(field.encoding)[0])
    cells = [line[field.offset : field.offset + field.length] for line in lines]
    filled = [cell for cell in cells if any(one not in blanks for one in cell)]
    full = [cell for cell in filled if len(cell) == field.length]
    if not full or any(cell[-1] in blanks for cell in full):
        return False
    return any(cell[0] in blanks for cell in full) or (len(full) >= _MANY and len(full) >= _NEARLY_ALL * len(filled))


def _notes(lines: Lines, width: Sequence[str], behind: int) -> Iterator[str]:
    if lines.end != LF:
        yield f"its lines end with {lines.end_in_words}"
    yield from width
    if behind:
        yield f"{behind} bytes behind the end of its last line are left out: an end of file, or empty lines"
