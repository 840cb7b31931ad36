"""A piece of a CSV, and what the check finds in it: values that travel between the parent and the workers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.csv.csv_file import CsvFile
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile

BadRows = npt.NDArray[np.int64]  # shape (bad rows, BAD_ROW_FIELDS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of the data of a CSV, in bytes; it need not begin where a row does."""

    file: CsvFile
    start: int
    stop: int
    inside: bool = False  #: it begins inside quotes
    at_row: bool = False  #: it begins at a row's start
    first_only: bool = False  #: look no further than the first broken row

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """What a worker needs to look at it."""
        return self.file.files


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows that begin in a piece."""

    start: int  #: where the first one begins; bytes
    stop: int  #: where the last one ends
    rows: int  #: broken ones included
    bad: BadRows  #: rows count from 0 at this piece's first, places from the file's start
    broken_quotes: bool  #: so that where it stops is not where the quotes alone say
    line_ends: tuple[int, int]  #: lines of sound rows that end with CR and LF, and with LF alone
    classes: npt.NDArray[np.uint8]  #: shape (columns,): bits of `Class`, of the sound rows


@dataclass(frozen=True, slots=True)
class FirstLook:
    """A first look at a piece."""

    odd_quotes: bool  #: so that what was inside quotes before it is outside behind it, and the other way round
    checked: Checked | None  #: of a piece without any quotes, if it does not begin inside some
