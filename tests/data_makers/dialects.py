"""Tables in any dialect of CSV, as somebody could write them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from etl_batch.options.input_reading import HeaderLine


@dataclass(frozen=True)
class Written:
    """Signs, and how a table is written by them."""

    delimiter: str
    quote: str
    escape: str
    comment: str
    footer: int
    end: str
    encoding: str

    @property
    def flags(self) -> dict[str, Any]:
        """For a job that reads it."""
        return {
            "delimiter": self.delimiter, "quote": self.quote, "escape": self.escape, "comment": self.comment,
            "skip_footer": self.footer, "encoding": self.encoding,
            "header": HeaderLine.YES, "skip_lines": 0,
        }  # fmt: skip

    def cell(self, text: str, *, first: bool) -> str:
        """One cell; nothing is left to luck: what could be taken for a sign is quoted or escaped."""
        signs = [*self.delimiter, self.quote, self.escape, "\n", "\r", *([self.comment] if first else [])]
        if not any(sign in text for sign in signs if sign):
            return text
        if self.quote:
            text = text.replace(self.escape, 2 * self.escape) if self.escape else text
            return self.quote + text.replace(self.quote, (self.escape or self.quote) + self.quote) + self.quote
        out, at = "", 0
        while at < len(text):
            sign = next((sign for sign in (self.delimiter[0], self.escape, "\n", "\r", self.comment)
                         if sign and text.startswith(sign, at)), None)  # fmt: skip
            out += self.escape + sign if sign else text[at]
            at += len(sign or text[at])
        return out

    def row(self, cells: list[str]) -> str:
        """One row with its end."""
        return self.delimiter.join(self.cell(text, first=not place) for place, text in enumerate(cells)) + self.end

    def table(self, rows: list[str], in_remarks: str = "") -> bytes:
        """All of it: a comment before each row but the first, where there are comments; lines below it."""
        remark = f"{self.comment} a {self.delimiter} remark {in_remarks}{self.end}" if self.comment else ""
        footer = "".join(f"Total{self.delimiter}{self.quote}{self.end}" for _ in range(self.footer))
        return (remark + remark.join(rows) + remark + footer).encode(self.encoding)


@st.composite
def written(draw: st.DrawFn) -> Written:
    """Signs that can be told apart, and by which any text can be written."""
    delimiter = draw(st.sampled_from([",", ";", "\t", "|", "||", "~|~", "§", "::"]))
    quote = draw(st.sampled_from(['"', "'", "$", ""]))
    escape = "\\" if not quote else draw(st.sampled_from(["", "\\", "^"]))
    encodings = ["utf-8", "cp1252", "utf-16", "latin-1"]
    return Written(
        delimiter, quote, escape, draw(st.sampled_from(["", "#", "%"])), draw(st.integers(0, 2)),
        draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from(encodings)),
    )  # fmt: skip


#: as any job reads it unasked
PLAIN = Written(",", '"', "", "", 0, "\n", "utf-8")

#: of a row that is broken in the plain dialect, with the signs of another in the place of `{d}` and `{q}`
BROKEN = {
    "n0{d}xa": "2 cells, 3 expected",
    "n0{d}xa{d}xb{d}xc": "4 cells, 3 expected",
    "n0{d}xa{d}x{q}b": "a quote inside a cell that does not begin with one",
    "n0{d}{q}xa{q}b{d}xc": "text after a closing quote",
    "n0{d}{q}xa{d}xb": "a quote that is never closed",
    "n0{d}x\ra{d}xb": "a carriage return without a line feed",
    "n0{d}x\0a{d}xb": "a NUL byte",
}


def broken_rows(how: Written) -> list[str]:
    """Those that can be written in a dialect."""
    return sorted(row for row in BROKEN if how.quote or "{q}" not in row)
