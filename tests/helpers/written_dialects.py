"""Tables of known values, written in any dialect by plain Python: what a job must make of the file is known."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import lzma
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from etl_batch.options.input_reading import HeaderLine
from tests.data_makers.archives import zipped, zstd

NAMES = ("product", "text", "value", "day")
PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda content: content,
    ".gz": lambda content: gzip.compress(content, mtime=0),
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstd,
    ".zip": lambda content: zipped(("x.csv", content)),
}
#: bytes that are no text in an encoding
UNDECODABLE = {
    "utf-8": b"\xff",
    "utf-8-sig": b"\xff",
    "cp1252": b"\x81",
    "cp1250": b"\x81",
    "utf-16": b"\x00\xdc",
    "utf-16-le": b"\x00\xdc",
}
_MARKED = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}  #: begin with a byte order mark
_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r", "nel": "\x85"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and what is broken about it."""

    product: str
    text: str | None
    value: Decimal | None
    day: dt.date | None
    broken: str = ""  #: short, long, misfit, undecodable, open; empty: it is sound

    @property
    def written(self) -> tuple[str, ...]:
        """Its cells, as our dialect has them."""
        return (
            self.product,
            self.text or "",
            "" if self.value is None else str(self.value),
            "" if self.day is None else self.day.isoformat(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How a table is written."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""
    comment: str = ""
    titles: int = 0
    footer: int = 0
    end: str = "lf"
    last_end: bool = True  #: the last row has a line end
    encoding: str = "utf-8"
    header: str = "yes"  #: yes, no, names
    decimal: str = "."
    thousands: str = ""
    date: str = "%Y-%m-%d"
    null: str = ""  #: a word for no value; empty: an empty cell
    padded: bool = False
    packing: str = ""

    @property
    def flags(self) -> dict[str, Any]:
        """For a job that reads it, and holds its rows to their types."""
        return {
            "delimiter": self.delimiter,
            "quote": self.quote,
            "escape": self.escape,
            "comment": self.comment,
            "skip_lines": self.titles,
            "skip_footer": self.footer,
            "encoding": self.encoding,
            "header": HeaderLine.YES if self.header == "yes" else HeaderLine.NO,
            "names": NAMES if self.header == "names" else None,
            "decimal": self.decimal,
            "thousands": self.thousands,
            "null": (self.null,) if self.null else (),
            "trim": self.padded,
            "types": f"{self.names[2]}=decimal(12,2),{self.names[3]}=date({self.date})",
            "strata": self.names[0],
            "measures": (self.names[2],),
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns, as a job has them."""
        return NAMES if self.header != "no" else tuple(f"column_{number}" for number in range(1, 5))

    @property
    def name(self) -> str:
        """Of the file."""
        return f"x.csv{self.packing}"

    def table(self, rows: list[Row]) -> Table:
        """All of it."""
        made = Table(self)
        mark = "\ufeff" if self.encoding in _MARKED else ""
        made.add(mark + "".join(f"Title {number}{self._end}" for number in range(self.titles)))
        if self.header == "yes":
            made.add(self.line(NAMES))
        for place, row in enumerate(rows):
            if self.comment and place % 3 == 1:
                made.add(f"{self.comment} a {self.delimiter} remark{self._end}")
            made.starts.append(len(made.content))
            is_last = place == len(rows) - 1
            made.add(self.row(row).removesuffix(self._end if is_last and self.bare_end(row) else "\0"))
            if row.broken == "undecodable":
                made.spoil()
        made.add("".join(f"Sum{self.delimiter}{number}{self._end}" for number in range(self.footer)))
        return made

    def bare_end(self, row: Row) -> bool:
        """Whether the last row has no line end."""
        return not self.last_end and not self.footer and row.broken != "undecodable"

    @property
    def _end(self) -> str:
        return _ENDS[self.end]

    def row(self, row: Row) -> str:
        """One row with its end."""
        cells = [
            row.product,
            self.null if row.text is None else row.text,
            self.null if row.value is None else self._number(row.value),
            self.null if row.day is None else row.day.strftime(self.date),
        ]
        if row.broken == "short":
            cells.pop()
        elif row.broken == "long":
            cells.append("more")
        elif row.broken == "misfit":
            cells[2] = "1.2.3"
        elif row.broken == "open":
            return self.line(cells).removesuffix(self._end) + f"{self.delimiter}{self.quote}open{self._end}"
        return self.line(cells)

    def line(self, cells: tuple[str, ...] | list[str]) -> str:
        """Some cells with a line end behind them."""
        return self.delimiter.join(map(self._cell, cells)) + self._end

    def _number(self, value: Decimal) -> str:
        whole, _, behind = f"{value:,.2f}".partition(".")
        return whole.replace(",", self.thousands) + self.decimal + behind

    def _cell(self, text: str) -> str:
        signs = (self.delimiter, self.quote, self.escape, self.comment, "\n", "\r", "\x85")
        if not any(sign in text for sign in signs if sign):
            return f" {text} " if self.padded else text
        if self.quote:
            text = text.replace(self.escape, 2 * self.escape) if self.escape else text
            return self.quote + text.replace(self.quote, (self.escape or self.quote) + self.quote) + self.quote
        for sign in (self.escape, self.delimiter, "\n"):
            text = text.replace(sign, self.escape + sign)
        return text


@dataclass(slots=True)
class Table:
    """A table as bytes."""

    how: Written
    content: bytes = b""
    starts: list[int] = field(default_factory=list)  #: where the rows begin, in bytes

    def add(self, text: str) -> None:
        """Some more of it."""
        self.content += text.encode(_MARKED.get(self.how.encoding, self.how.encoding))

    def spoil(self) -> None:
        """The last row gets a byte behind its first letter that is no text."""
        at = self.starts[-1] + (2 if self.how.encoding.startswith("utf-16") else 1)
        self.content = self.content[:at] + UNDECODABLE[self.how.encoding] + self.content[at:]

    @property
    def packed(self) -> bytes:
        """As the file has it."""
        return PACKINGS[self.how.packing](self.content)
