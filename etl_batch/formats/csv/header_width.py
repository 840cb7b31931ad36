"""Whether the header of a CSV names the columns that its rows have: if all of them say otherwise, it does not.

Judged by the first bytes alone, before anything is said about a row: the same for any workers and chunks.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from etl_batch.errors import CsvHeaderWidth
from etl_batch.formats.csv.header import Header
from etl_batch.values import MIB

ROWS_ASKED = 1000  #: of the start; all where there are fewer
_ROWS_AGREED = 2  #: one row alone may be the broken one
_LONGEST_BYTES = MIB  #: of a row; where one is longer, nobody can say


def width_of_rows(names: int, widths: Iterable[int | None]) -> int | None:
    """The number of cells in which the first rows agree with each other, but not with the header.

    Args:
        names: how many the header has.
        widths: the cells of each row in order, blank lines left out; None: the row is broken in another way.

    Returns:
        None where the header is not at fault, or nobody can say.
    """
    agreed, rows = None, 0
    for width in islice(widths, ROWS_ASKED):
        if width is None or width == names or agreed not in (None, width):
            return None
        agreed, rows = width, rows + 1
    return agreed if rows >= _ROWS_AGREED else None


def in_words(names: int, width: int) -> str:
    """`the header has 6 names, the rows 5 cells`."""
    return (
        f"the header has {names} {'name' if names == 1 else 'names'}, "
        f"the rows {width} {'cell' if width == 1 else 'cells'}"
    )


def refuse_other_width(descriptor: int, header: Header, delimiter: str, what: str) -> None:
    """Refuse a header that the rows, all of the first ones, do not fit.

    Args:
        descriptor: of the file as it is read.
        header: of it.
        delimiter: one ASCII character.
        what: the file, for messages.

    Raises:
        CsvHeaderWidth: says how many names there are, and how many cells.
    """
    width = width_of_rows(len(header.names), _widths(descriptor, header.data_start, delimiter.encode()))
    if width is not None:
        raise CsvHeaderWidth(f"{what}: {in_words(len(header.names), width)}")


def _widths(descriptor: int, start: int, mark: bytes) -> Iterator[int | None]:
    """The cells of each row, blank lines left out; read only as far as somebody asks."""
    cell = re.compile(rb'(?:"(?:[^"]++|"")*+"|[^"\r\n' + re.escape(mark) + rb"]*+)(" + re.escape(mark) + rb"|\r?\n?\Z)")
    with open(os.dup(descriptor), "rb") as file:  # noqa: PTH123 - a descriptor
        file.seek(start)
        while row := _row(file):
            if row.strip(b"\r\n"):
                yield _width(row, mark, cell) if len(row) < _LONGEST_BYTES else None


def _row(file: BinaryIO) -> bytes:
    """The next row with its line end, as its quotes have it; of a longer one the beginning."""
    lines, left, is_open = [], _LONGEST_BYTES, False
    while left > 0 and (line := file.readline(left)):
        lines.append(line)
        left -= len(line)
        is_open ^= line.count(b'"') % 2 == 1
        if not is_open:
            break
    return b"".join(lines)


def _width(row: bytes, mark: bytes, cell: re.Pattern[bytes]) -> int | None:
    """How many cells a row has; None: its quotes are broken, or it holds a lone CR."""
    if b'"' not in row:
        return None if b"\r" in row.removesuffix(b"\n").removesuffix(b"\r") else row.count(mark) + 1
    at, cells = 0, 0
    while (found := cell.match(row, at)) is not None:
        at, cells = found.end(), cells + 1
        if found[1] != mark:
            return cells
    return None
