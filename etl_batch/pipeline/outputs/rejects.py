"""The rows that are set aside: a file of their own, in the order of the input, with what was wrong with each."""

from __future__ import annotations

from etl_batch.cell_escape import csv_cell
from etl_batch.formats.format import Source
from etl_batch.formats.of_table import OfTable
from etl_batch.formats.registry import format_named
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.part_file import PartFile
from etl_batch.storage.roots import Place
from etl_batch.values import PartResult, Rejected

_HEADER = b"input,row,byte,reason,raw\n"
_TABLE = b"table,"  #: before it, where there are several


@dataclass(slots=True)
class Rejects:
    """The part file of the rejected rows; there is none before the first of them."""

    target: Place
    job_id: str
    sources: tuple[Source, ...]
    escape: bool = True  #: its cells, against formulas
    part: PartFile | None = None
    leftovers_of: int = 0  #: the first source whose leftover is not yet here

    def add(self, result: PartResult) -> int:
        """Take the rejected rows of a span; what the sources before its own left over goes first.

        Returns:
            How many rows were left over by those sources: no span counts them.
        """
        leftovers = self._leftovers_before(result.span.source)
        self._append([*leftovers, *result.rejected])
        return len(leftovers)

    def finish(self) -> int:
        """Take what the remaining sources left over; returns how many rows that is."""
        leftovers = self._leftovers_before(len(self.sources))
        self._append(leftovers)
        return len(leftovers)

    def take(self, lines: bytes) -> None:
        """Take the lines of another file of the same job, which a share of it left."""
        self._write(lines.removeprefix(self._head))

    def _leftovers_before(self, source: int) -> list[Rejected]:
        upcoming = self.sources[self.leftovers_of : source]
        self.leftovers_of = max(self.leftovers_of, source)
        return [row for row in (reader.leftover() for reader in upcoming) if row is not None]

    def _append(self, rows: list[Rejected]) -> None:
        self._write(b"".join(rejected_line(row, self.sources[row.source], escape=self.escape) for row in rows))

    def _write(self, lines: bytes) -> None:
        if not lines:
            return
        if self.part is None:
            self.part = PartFile.create(self.target, self.job_id, self._head)
        self.part.append(lines)

    @property
    def _head(self) -> bytes:
        of_tables = any(isinstance(source, OfTable) for source in self.sources)
        return (_TABLE if of_tables else b"") + _HEADER


def rejected_line(row: Rejected, source: Source, *, escape: bool = True) -> bytes:
    """A rejected row as a line of the rejects file."""
    table = (source.table or "",) if isinstance(source, OfTable) else ()
    cells = (*table, str(source.place.path), str(row.row), str(row.byte), row.reason, raw_text(row.raw, source.format))
    return (",".join(csv_cell(cell, escape=escape) for cell in cells) + "\n").encode("utf-8", "backslashreplace")


def raw_text(raw: bytes, form: str) -> str:
    """The row as it was read, without its line end; in hexadecimal if it is no text, as binary records always are."""
    kind = format_named(form)
    if (kind is not None and kind.by_layout) or b"\0" in raw:
        return raw.hex()
    try:
        return raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        return raw.hex()
