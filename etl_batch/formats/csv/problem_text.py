"""Broken rows of a CSV, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.errors import BadRow, EtlError, FormatMagic
from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.formats.csv.delimiter import cell_pattern
from etl_batch.formats.csv.pieces import Checked
from etl_batch.kernels.csv_problems import DETAIL, PROBLEM, ROW, START, STOP, WHERE, Problem
from etl_batch.text.encodings import is_utf8
from etl_batch.text.shown_text import shown

_AT_A_BYTE = {
    Problem.BARE_QUOTE: "a quote inside a cell that does not begin with one",
    Problem.TEXT_AFTER_QUOTE: "text after a closing quote",
    Problem.UNCLOSED_QUOTE: "a quote that is never closed",
    Problem.LONE_RETURN: "a carriage return without a line feed",
    Problem.NUL_BYTE: "a NUL byte",
}
MISFIT = "\x1a"  #: stands in a copy before a cell that is not written as its given type is
#: content that is no text at all, rather than a row that is badly written
NO_TEXT = frozenset({Problem.NUL_BYTE, Problem.NOT_UTF8})
_NO_TEXT_MEND = (
    "check what the file really holds, give its --encoding if it is not UTF-8, "
    "or set such rows aside with --on-bad-row quarantine"
)
_QUOTE_MEND = f"{BadRow.mend}; where quotes are text as any other, --quote none says so"


def reason(file: CsvFile, bad: npt.NDArray[np.int64], raw: bytes) -> str:
    """What is wrong with a row.

    Args:
        file: what the row is of.
        bad: the row's line in the table of bad rows.
        raw: its bytes.
    """
    problem, detail = Problem(int(bad[PROBLEM])), int(bad[DETAIL])
    if problem is Problem.CELLS:
        if not raw.strip(b"\r\n"):
            return f"the line is blank, {file.columns} cells expected"
        return f"{detail} {'cell' if detail == 1 else 'cells'}, {file.columns} expected"
    if problem is Problem.TYPE:
        kind = file.declared[detail]
        said = f"column {file.names[detail]!r}: the cell is no {kind.word if kind else 'text'}"
        cell = _cell(file, raw, detail)
        return f"{said}: {shown(cell, 60)!r}" if cell else said
    return _at_a_byte(file, bad, raw)


def _at_a_byte(file: CsvFile, bad: npt.NDArray[np.int64], raw: bytes) -> str:
    """What is wrong with a row at one of its bytes."""
    problem, where = Problem(int(bad[PROBLEM])), int(bad[WHERE])
    if file.copy is not None and (told := file.copy.told(int(bad[START]), problem)) is not None:
        what = _AT_A_BYTE.get(told[0])
        return f"{what}, at byte {told[1]}" if what else f"{_not_text(file)} at byte {told[1]}"
    if problem is Problem.NOT_UTF8:
        try:
            raw.decode()
        except UnicodeDecodeError as error:
            where = int(bad[START]) + error.start
    (byte,) = file.original_places([where])
    if problem is Problem.NOT_UTF8:
        return f"{_not_text(file)} at byte {byte}"
    if problem is Problem.LONE_RETURN and (other := file.line_ends.broken_end(raw[where - int(bad[START]) :])):
        return f"{other}, at byte {byte}"
    return f"{_AT_A_BYTE[problem]}, at byte {byte}"


def _cell(file: CsvFile, raw: bytes, column: int) -> str:
    """A cell of a sound row as it stands in the file."""
    at, pattern = 0, cell_pattern(chr(file.delimiter))
    found = None
    for _ in range(column + 1):
        found = pattern.match(raw, at)
        if found is None:
            return ""
        at = found.end()
    quoted, plain, _ = found.groups() if found else (None, b"", b"")
    text = plain if quoted is None else file.line_ends.decoded(quoted.replace(b'""', b'"'))
    return text.decode("utf-8", "replace").removeprefix(MISFIT)


def _not_text(file: CsvFile) -> str:
    return f"not {'UTF-8' if file.copy is None or is_utf8(file.copy.encoding) else file.copy.encoding}"


def rows_of(pieces: Sequence[Checked]) -> int:
    """How many rows some pieces have."""
    return sum(piece.rows for piece in pieces)


def bad_row(file: CsvFile, rows_before: int, piece: Checked) -> EtlError:
    """The error for the first bad row of a piece."""
    bad = piece.bad[0]
    with open(file.open(), "rb") as content:  # noqa: PTH123 - a descriptor
        content.seek(int(bad[START]))
        raw = content.read(int(bad[STOP] - bad[START]))
    row = rows_before + int(bad[ROW]) + 1
    (byte,) = file.original_places([int(bad[START])])
    message = f"{file.place.path}, row {row} (at byte {byte}): {reason(file, bad, raw)}"
    if bad[PROBLEM] in NO_TEXT:
        return FormatMagic(message, mend=_NO_TEXT_MEND)
    return BadRow(message, mend=_QUOTE_MEND) if bad[PROBLEM] == Problem.BARE_QUOTE else BadRow(message)
