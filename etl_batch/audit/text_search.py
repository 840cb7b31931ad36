"""Which lines of the log may hold a text, judged by their bytes: nearly all others need not be parsed. Pure."""

from __future__ import annotations

import re

from etl_batch.audit.chain import Entry
from etl_batch.light_dataclass import dataclass

#: What a line spells otherwise than the text of its entry, and what stands between its values.
_SPELLED_OTHERWISE = re.compile(r"""[\s"'\\,:{}\x00-\x1f\x7f]+""")
_NULL_AS_TEXT = "none"  #: of a detail; the line has `null`


def text_of(entry: Entry) -> str:
    """What a search looks at: every value of an entry."""
    values = (
        entry.seq, entry.ts, entry.user, entry.role, entry.action, entry.target, entry.outcome, entry.job, entry.ip,
        entry.detail,
    )  # fmt: skip
    return "\n".join(str(value) for value in values if value is not None)


@dataclass(frozen=True, slots=True)
class TextSearch:
    """The pieces of a text that every line has whose entry holds it."""

    pieces: tuple[bytes, ...]
    is_ascii: bool = True  #: otherwise only a line with escapes can hold it

    @classmethod
    def of(cls, text: str) -> TextSearch:
        """What to look for, whatever the case of its letters."""
        folded = text.casefold()
        pieces = [piece for piece in _SPELLED_OTHERWISE.split(folded) if piece not in _NULL_AS_TEXT]
        if not folded.isascii():
            return cls((), is_ascii=False)
        return cls(tuple(piece.encode() for piece in pieces))

    def may_be_in(self, lines: bytes) -> bool:
        """Whether the entry of one of these lines may hold the text; of lines as `line_of` writes them, no is certain.

        A line with an escape is always looked at: letters beyond ASCII may fold into others (the long s into s).
        """
        if b"\\" in lines or b"\x7f" in lines or not lines.isascii():
            return True
        if not self.is_ascii:
            return False
        lower = lines.lower()
        return all(piece in lower for piece in self.pieces)
