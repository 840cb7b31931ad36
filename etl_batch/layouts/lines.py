"""Records that are lines of text: how their columns are counted, and what ends them. Pure."""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass

CHARACTERS, BYTES = "characters", "bytes"
LF, CR, NEL, EBCDIC_LF = 0x0A, 0x0D, 0x15, 0x25  #: bytes that end lines; the last two in EBCDIC
_NAMES = {LF: "LF", CR: "CR", NEL: "the new line of EBCDIC (0x15)", EBCDIC_LF: "the line feed of EBCDIC (0x25)"}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a field has its characters in a line that is laid out otherwise."""

    first: int  #: from 0
    count: int


@dataclass(frozen=True, slots=True)
class LinePart:
    """One line of a record that has several."""

    width: int  #: columns; 0: it is read over
    is_open: bool = False  #: see `Lines.is_open`


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How the lines of a file follow each other, and what they may be."""

    columns: str = CHARACTERS  #: what is counted
    end: int = LF  #: the byte that ends a line; a CR before it belongs to the end
    whole: tuple[str, ...] = ()  #: fields within which no line may end: their numbers stand at the end of the field
    is_open: bool = False  #: what stands behind the last column is of no column
    characters: tuple[Columns, ...] = ()  #: of each field, where they are laid out otherwise; empty: nowhere
    width: int = 0  #: columns of a line, where these are laid out
    parts: tuple[LinePart, ...] = ()  #: the lines of a record, where it has several; empty: a line is a record

    @property
    def each(self) -> int:
        """How many lines a record has."""
        return len(self.parts) or 1

    @property
    def end_in_words(self) -> str:
        """What ends a line."""
        return _NAMES[self.end]


@dataclass(frozen=True, slots=True)
class FoundLine:
    """One record of a file: a line, or as many as it has."""

    start: int  #: where it begins; bytes
    length: int  #: without its end
    behind: int  #: where the next one begins


def lines_of(content: bytes, start: int, end: int, lines: Lines, most: int) -> list[FoundLine]:
    """The first lines of a file; where a record has several, the first records.

    Args:
        content: the first bytes of the file.
        start: where the first line begins.
        end: where the last one ends: the size of the file, but for what follows its lines.
        lines: how they follow each other.
        most: lines, or records, to find.
    """
    found: list[FoundLine] = []
    at, mark = start, bytes([lines.end])
    while at < end and len(found) < most * lines.each:
        stop = content.find(mark, at, end)
        if stop < 0 and end > len(content):
            break  # it goes on behind what is known
        behind = end if stop < 0 else stop + 1
        stop = end if stop < 0 else stop
        has_cr = behind > stop > at and content[stop - 1] == CR
        found.append(FoundLine(at, stop - at - has_cr, behind))
        at = behind
    return found if lines.each == 1 else _records(found, lines.each, is_all=at >= end)


def _records(lines: list[FoundLine], each: int, *, is_all: bool) -> list[FoundLine]:
    """Lines put together to records; the last of a file may lack some."""
    groups = [lines[at : at + each] for at in range(0, len(lines), each)]
    if groups and len(groups[-1]) < each and not (is_all and any(line.length for line in groups[-1])):
        del groups[-1]
    return [
        FoundLine(first.start, last.start + last.length - first.start, last.behind)
        for first, *_, last in ([*group, group[-1]] for group in groups)
    ]
