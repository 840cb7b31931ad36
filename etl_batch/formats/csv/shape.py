"""The signs of a dialect of CSV, and its cells read by them one at a time, as a header is."""

from __future__ import annotations

import re
from functools import cached_property

from etl_batch.light_dataclass import dataclass

QUOTE = '"'
#: what stands between cells in place of a delimiter that is no single ASCII character: it stands in no text
STAND_IN = "\x1f"


@dataclass(frozen=True)
class Shape:
    """What stands between and around cells, and which lines are none; an empty sign: there is none."""

    delimiter: str
    quote: str = QUOTE
    escape: str = ""
    comment: str = ""
    skip_footer: int = 0  #: lines

    @property
    def is_plain(self) -> bool:
        """Whether rows can be read as they stand."""
        return self == Shape(self.plain_delimiter)

    @property
    def plain_delimiter(self) -> str:
        """What stands between cells once the rows are plain."""
        return self.delimiter if len(self.delimiter) == 1 and self.delimiter.isascii() else STAND_IN

    @cached_property
    def _plain(self) -> re.Pattern[bytes]:
        quote, escape, mark = (re.escape(sign.encode()) for sign in (self.quote, self.escape, self.delimiter))
        begins = b"".join(re.escape(sign.encode()[:1]) for sign in (self.quote, self.escape, self.delimiter) if sign)
        most = rb"[^%b\r\n]++" % begins  # at one go; groups are not possessive: CPython before 3.11.5 gets these wrong
        taken = rb"|%b(?:%b)" % (escape, self.meaning.pattern) if escape else b""
        outside = b"|".join(x for x in (mark, quote, taken[1:]) if x)
        plain = rb"((?:%b|(?!%b)[%b]%b)*)" % (most, outside, begins, taken)
        return re.compile(plain + self._end.pattern)

    @cached_property
    def _end(self) -> re.Pattern[bytes]:
        """What ends a cell."""
        return re.compile(rb"(%b|\r\n|\n|\Z)" % re.escape(self.delimiter.encode()))

    @cached_property
    def _within_quotes(self) -> re.Pattern[bytes]:
        """What takes a quote, or is one; a quote that is alone ends the cell."""
        quote, escape = re.escape(self.quote.encode()), re.escape(self.escape.encode())
        taken = rb"|%b(?:%b)" % (escape, self.meaning.pattern) if escape else b""
        return re.compile(rb"%b%b%b|(%b)" % (quote, quote, taken, quote))

    @cached_property
    def meaning(self) -> re.Pattern[bytes]:
        """What an escape may stand before."""
        signs = (self.escape, self.quote, self.comment, self.delimiter[:1])
        return re.compile(b"|".join((b"\r", b"\n", *(re.escape(sign.encode()) for sign in signs if sign))))

    def cell(self, content: bytes, at: int) -> tuple[bytes, bytes, int] | None:
        """A sound cell: its text, what ends it, and where the next one begins; None: it is none, or goes on."""
        quote = self.quote.encode()
        is_quoted = bool(quote) and content.startswith(quote, at)
        if is_quoted:  # one quote after the other: what is never closed may be of millions of lines
            signs = self._within_quotes.finditer(content, at + len(quote))
            alone = next((sign for sign in signs if sign[1] is not None), None)
            found = None if alone is None else self._end.match(content, alone.end())
            text = b"" if alone is None else content[at + len(quote) : alone.start()]
        else:
            found = self._plain.match(content, at)
            text = b"" if found is None else found[1]
        if found is None:
            return None
        if self.escape or is_quoted:
            text = self._unescaped(text, is_quoted=is_quoted)
        return text, found[found.lastindex or 0], found.end()

    def _unescaped(self, text: bytes, *, is_quoted: bool) -> bytes:
        quote, escape = self.quote.encode(), self.escape.encode()
        signs = [rb"%b(%b)" % (re.escape(escape), self.meaning.pattern)] if escape else []
        if is_quoted:
            signs.append(rb"%b(%b)" % (re.escape(quote), re.escape(quote)))
        return re.sub(b"|".join(signs), lambda found: found[found.lastindex or 0], text)

    def may_go_on(self, content: bytes, at: int) -> bool:
        """Whether more bytes could make a sound cell of what is none at the end of the content."""
        quote = self.quote.encode()
        if quote and content.startswith(quote, at):
            rest = content[at + len(quote) :]
            return self.cell(content + quote + b"\n", at) is not None or not rest
        return b"\n" not in content[at:]

    def behind_comments(self, content: bytes, at: int) -> int:
        """Where the first line begins that is no comment."""
        while self.comment and content.startswith(self.comment.encode(), at):
            at = content.find(b"\n", at) + 1 or len(content)
        return at
