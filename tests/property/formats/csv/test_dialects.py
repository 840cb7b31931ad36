"""Tables in any dialect: a job gives the cells that were written, and calls the same row bad as in the plain one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.errors import BadRow, FormatMagic
from etl_batch.options.input_reading import HeaderLine
from tests.helpers.chance import examples
from tests.helpers.csv_calls import Converted, convert

Rows = list[list[str]]


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


#: no formulas: a job escapes those, which is tried elsewhere
TEXT = st.text(st.sampled_from("ab1é §.;,|~:\"'$\\^#%\n\r\t"), max_size=8).map(lambda text: "x" + text)
COLUMNS = 3


@st.composite
def tables(draw: st.DrawFn) -> Rows:
    """Some rows; each begins with its number."""
    rows = draw(st.lists(st.lists(TEXT, min_size=COLUMNS - 1, max_size=COLUMNS - 1), min_size=1, max_size=8))
    return [[f"n{number}", *cells] for number, cells in enumerate(rows)]


@settings(max_examples=examples(150), deadline=None)
@given(how=written(), rows=tables(), chunk_bytes=st.sampled_from([16, 100, 1 << 20]))
def test_a_job_gives_the_cells_that_were_written(target: Path, how: Written, rows: Rows, chunk_bytes: int) -> None:
    target.write_bytes(how.table([how.row(cells) for cells in (["n", "a", "b"], *rows)], how.quote))
    found = convert(target, **how.flags, chunk_bytes=chunk_bytes)
    assert _cells(found) == rows


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


@settings(max_examples=examples(150), deadline=None)
@given(how=written(), rows=tables(), more=tables(), broken=st.sampled_from(sorted(BROKEN)))
def test_the_same_row_is_bad_in_every_dialect(target: Path, how: Written, rows: Rows, more: Rows, broken: str) -> None:
    """And that one alone: it is set aside as it stands in the file."""
    quoted = "{q}" in broken
    if quoted and not how.quote:
        return
    plain = [[cell.replace("\n", "").replace("\r", "") for cell in cells] for cells in (*rows, *more)]
    bad = broken.format(d=how.delimiter, q=how.quote)
    lines = [how.row(cells) for cells in (["n", "a", "b"], *plain)]
    lines.insert(len(rows) + 1, bad + how.end)
    is_open = BROKEN[broken].endswith("closed")  # the next quote would close it, in a comment, too
    target.write_bytes(how.table(lines, "" if is_open else how.quote))
    found = convert(target, **how.flags, on_bad_row="quarantine")
    (rejected,) = found.rejected
    assert (rejected.row, rejected.reason.partition(", at byte")[0]) == (len(rows) + 1, BROKEN[broken])
    assert rejected.raw.decode().rstrip("\r\n") == bad
    content = target.read_bytes()
    assert content[rejected.byte :].decode(_cut(how.encoding)).startswith(bad)
    assert _cells(found) == plain
    with pytest.raises((BadRow, FormatMagic), match=f"row {len(rows) + 1} "):
        convert(target, **how.flags)


def _cells(found: Converted) -> Rows:
    return [[unescape_csv_injection(cell) for cell in row] for row in found.cells]


def _cut(encoding: str) -> str:
    return "utf-16-le" if encoding == "utf-16" else encoding
