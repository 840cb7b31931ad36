"""What the reader of units of each format keeps to, and the rows that it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Sums
from etl_batch.estimate.where import Where
from etl_batch.formats.column_sums import Codes
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa


Floats = npt.NDArray[np.float64]

Integers = npt.NDArray[np.int64]

#: adds up the rows of each stratum, given by the rows' strata and how many there are; a null is 0
Summing = Callable[[Codes, int], Sums]

LEAST_UNITS = 600  #: of a sample: what takes 0.5 % of a file is then met in 95 of 100 samples

ROWS = "(rows)"  #: the measure that is 1 for each row


@dataclass(frozen=True, slots=True)
class Wanted:
    """The columns that have to be read."""

    measures: tuple[str, ...]
    strata: str | None
    where: Where | None

    @property
    def conditions(self) -> tuple[str, ...]:
        """Columns that the filter needs."""
        return self.where.columns if self.where else ()


@dataclass(frozen=True, slots=True)
class Strata:
    """The strata of some rows."""

    codes: Integers  #: shape (rows,): which of the values
    values: Sequence[object]  #: None is null; one may be there twice


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of some units, unit by unit."""

    per_unit: Integers  #: shape (units,)
    sizes: Floats  #: shape (units,): see `Reader.size_name`
    values: Mapping[str, Floats]  #: of each measure, shape (rows,); null is NaN
    strata: Strata | None
    conditions: pa.Table | None  #: the columns of the filter

    @property
    def count(self) -> int:
        """How many rows."""
        return int(self.per_unit.sum())


@dataclass(frozen=True, slots=True)
class WholeRows:
    """Rows that are only added up: no value of a measure is rounded to a float."""

    count: int  #: how many
    sums: Mapping[str, Summing]  #: of each measure
    strata: Strata | None
    conditions: pa.Table | None  #: the columns of the filter


@dataclass(frozen=True, slots=True)
class Bounds:
    """Of the total of one measure in each unit of a file; shape (units,)."""

    low: Floats
    high: Floats


class Reader(Protocol):
    """A file that can be read unit by unit."""

    @property
    def unit(self) -> str:
        """What one is called: record, page, block, row group."""

    @property
    def units(self) -> int:
        """How many the file has."""

    @property
    def size_name(self) -> str:
        """What sizes are: bytes or rows."""

    @property
    def size_population(self) -> float:
        """Of all units together."""

    @property
    def equal(self) -> bool | None:
        """Whether all units but the last are of one size; None: sizes show only when units are read."""

    @property
    def least_units(self) -> int:
        """How many are read at least, so that few places of the file go unseen."""

    def needed_bytes(self, wanted: Wanted) -> int | None:
        """Of the columns that are wanted, as they are stored; None: rows can only be read whole."""

    def outstanding(self, wanted: Wanted, most: int) -> Integers:
        """Units that are known to stand out before any is read, `most` at the most; they are read for certain."""

    def bounds(self, name: str, *, filtered: bool) -> Bounds | None:
        """Between what the total of a measure in each unit must lie; None: that is not known.

        Args:
            name: of the measure.
            filtered: rows may be left out, and then count as 0.
        """

    @property
    def rows_population(self) -> int | None:
        """Rows of the file; None: not known without a full pass."""

    @property
    def rows_per_unit(self) -> float:
        """About how many rows a unit has."""

    @property
    def bytes_read(self) -> int:
        """Bytes of the file that were looked at so far."""

    @property
    def at_once(self) -> int:
        """How many calls of `read` at the same time pay."""

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """The rows of some units, in any order. May be called from several threads.

        Raises:
            CannotSample: this file cannot be read in parts.
            BadRow: a value that its type does not allow.
        """

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """All rows, whatever unit they are of.

        Raises:
            ReadAgain: what was said of the rows so far is not so.
            BadRow: a value that its type does not allow.
        """


class CannotSample(Exception):
    """Where a row begins cannot be known from a part of the file; the text says why."""


class ReadAgain(Exception):
    """Only here it shows what a column is read as; whoever begins anew with the same reader knows from the start."""


class NotOfItsType(Exception):
    """A CSV cell is not of the type that its column is read as."""

    def __init__(self, column: str, cell: str, word: str) -> None:
        super().__init__(f"column {column!r} holds the cell {cell!r}, which is no {word}")
        self.column = column
