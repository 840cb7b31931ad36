"""How the lines of a CSV end, and how the copy of one is written whose lines do not end as those of others.

Everything that reads rows knows LF, and CR and LF. Where lines end with a lone CR (old Macs) or with NEL (U+0085,
EBCDIC), a copy is read in which LF stands for that end, wherever it is. What else might end a line is a CR with a sign
behind it there: outside quotes that is a broken row, within quotes it is taken back. So nothing has to be known of
quotes while copying, and nothing of what stands in them is lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from etl_batch.light_dataclass import dataclass
from etl_batch.text.encodings import is_ebcdic

LF, CR, NEL = b"\n", b"\r", "\x85".encode()
#: what a foreign end is in the copy; neither sign is in any EBCDIC, and with CR as the end no other CR is left
_CODES = {LF: "\r␊".encode(), NEL: "\r␤".encode()}
_NAMES = {LF: "LF", CR: "CR", NEL: "NEL"}
_ANY_END = re.compile(b"\r\n|\r|\n")
_ANY_END_IN_EBCDIC = re.compile(b"\r\n|\r" + NEL + b"|\r|\n|" + NEL)


@dataclass(frozen=True, slots=True)
class LineEnds:
    """How the lines of a file end, outside quotes; CR may stand before LF and before NEL."""

    own: bytes = LF  #: in UTF-8
    foreign: tuple[bytes, ...] = ()  #: what may end no line of this file; CR alone never does, unless it is `own`

    @property
    def as_usual(self) -> bool:
        """Whether the file can be read as it is."""
        return self == AS_USUAL

    @property
    def name(self) -> str:
        """Such as `CR`."""
        return _NAMES[self.own]

    def in_words(self, pairs: int, alone: int) -> str:
        """How many lines end with CR before the end of the file's lines, and how many without."""
        many, few = (f"CR and {self.name}", self.name) if pairs > alone else (self.name, f"CR and {self.name}")
        count = min(pairs, alone)
        verb = "line ends" if count == 1 else "lines end"
        return f"{count:,} of {pairs + alone:,} {verb} with {few}, the others with {many}; they mean the same"

    def coded(self, text: bytes) -> bytes:
        """Text as it stands in the copy."""
        if not any(end in text for end in self.foreign):
            return text.replace(self.own, LF)
        return LF.join(map(self._foreign_coded, text.split(self.own)))

    def decoded(self, text: bytes) -> bytes:
        """What `coded` was given."""
        return self.own.join(map(self._foreign_decoded, text.split(LF)))

    def decoded_row(self, row: bytes) -> bytes:
        """A row of the copy as it stands in the file; its end is LF."""
        if self == AS_USUAL:
            return row
        body = row.removesuffix(LF)
        return self.decoded(body) + row[len(body) :]

    def restored(self, rows: bytes) -> bytes:
        """Sound rows of the copy: as they stand in the file within quotes, with LF as their ends."""
        if b'"' not in rows or (self.own == LF and not any(_CODES[end] in rows for end in self.foreign)):
            return rows
        parts = rows.split(b'"')
        parts[1::2] = map(self.decoded, parts[1::2])
        return b'"'.join(parts)

    def broken_end(self, text: bytes) -> str | None:
        """What the CR at the beginning of the text stands for, in words; None: itself."""
        found = next((end for end in self.foreign if text.startswith(_CODES[end])), None)
        return None if found is None else f"{_NAMES[found]} where lines end with {self.name}"

    def _foreign_coded(self, text: bytes) -> bytes:
        return _each(text, self.foreign, lambda text, end: text.replace(end, _CODES[end]))

    def _foreign_decoded(self, text: bytes) -> bytes:
        return _each(text, self.foreign, lambda text, end: text.replace(_CODES[end], end))


AS_USUAL = LineEnds()


def _each(text: bytes, ends: tuple[bytes, ...], change: Callable[[bytes, bytes], bytes]) -> bytes:
    for end in ends:
        text = change(text, end)
    return text


def line_ends_of(head: bytes, encoding: str, *, whole: bool) -> LineEnds:
    """How the lines of a file end: as its first one does, if most of those seen do, else with LF.

    Args:
        head: its first bytes in UTF-8.
        encoding: of the file; NEL ends lines in EBCDIC only.
        whole: the head is all of it.
    """
    in_ebcdic = is_ebcdic(encoding)
    usual = LineEnds(LF, (NEL,)) if in_ebcdic else LineEnds()
    if CR not in head and not in_ebcdic:
        return usual
    outside = b'"'.join(head.split(b'"')[::2])
    ends = (_ANY_END_IN_EBCDIC if in_ebcdic else _ANY_END).findall(outside)
    seen = [end.lstrip(CR) or CR for end in ends]
    if not whole and outside.endswith(CR):
        seen.pop()  # LF may follow
    first = seen[0] if seen else LF
    if first == LF or 2 * seen.count(first) <= len(seen):
        return usual
    return LineEnds(first, tuple(end for end in ((LF, NEL) if in_ebcdic else (LF,)) if end != first))
