"""What every source keeps to: planned in the parent, read in the workers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import MIB, Rejected, Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from etl_batch.kernels.columns import Column

    Places = npt.NDArray[np.int64]  # shape (rows,): places of rows that were picked, ascending


MAX_SPAN_BYTES = 16 * MIB


@dataclass(frozen=True, slots=True)
class RowIds:
    """What tells the good rows of a span from all other rows of their input, whatever the spans are."""

    first: int  #: of the first row; the others follow it, where there is no list
    every: npt.NDArray[np.uint64] | None = None  #: shape (rows,): ascending

    @property
    def address(self) -> int:
        """Of the list; 0: there is none."""
        return 0 if self.every is None else int(self.every.ctypes.data)

    def of(self, rows: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        """The ids of some rows, given by their places."""
        return rows + rows.dtype.type(self.first) if self.every is None else self.every[rows]


FROM_ZERO = RowIds(0)


class RowStore(Protocol):
    """Rows of one input that were picked from its spans, kept as the input has them until they are wanted."""

    def add(self, picked: bytes) -> None:
        """Put what `Batch.pick` gave behind the others."""

    def keep(self, places: Places) -> None:
        """Forget all but these, which are ascending, and renumber them."""

    def table(self) -> pa.Table:
        """All of them as Arrow columns, in order."""


class Batch(Protocol):
    """The rows of one span: the good ones ready to be written, the bad ones as what was wrong with them."""

    @property
    def rows(self) -> int:
        """Good rows."""

    @property
    def rejected(self) -> Sequence[Rejected]:
        """Bad rows, in the order of the input."""

    def csv_room(self) -> int:
        """The most bytes that `write_csv` can write."""

    def write_csv(self, out: int, counts: int) -> int:
        """Write the good rows as CSV lines at the address; returns the address behind them.

        Args:
            out: address with `csv_room()` bytes behind it.
            counts: address of two numbers (uint64), to which are added: cells that got an apostrophe before them, and
                apostrophes within cells; 0: nothing is escaped.
        """

    def table(self) -> pa.Table:
        """The good rows as Arrow columns, of the source's schema."""

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """Some columns of the good rows, for the kernels; those of numbers hold numbers."""

    def row_ids(self) -> RowIds:
        """The ids of the good rows."""

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes:
        """Some good rows, given by their places in ascending order, as a `RowStore` takes them."""


class Source(Protocol):
    """One input of a job, as it was when the job was planned. It travels to the workers."""

    @property
    def ordinal(self) -> int:
        """Which input of the job, from 0."""

    @property
    def place(self) -> Place:
        """Where it lies."""

    @property
    def identity(self) -> FileIdentity:
        """What it was when the job was planned."""

    @property
    def format(self) -> str:
        """bin, csv or parquet."""

    @property
    def names(self) -> Sequence[str]:
        """Names of its columns: without loading pyarrow, which takes a while."""

    @property
    def schema(self) -> pa.Schema:
        """Names and Parquet types of its columns. Inputs of one job have equal ones."""

    @property
    def rows(self) -> int:
        """All rows of its spans, bad ones included."""

    @property
    def numbers(self) -> frozenset[str]:
        """Names of the columns that can be added up."""

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs to read it."""

    def row_store(self) -> RowStore:
        """A place for rows that are picked."""

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """Its spans, in order; a chunk of `chunk_bytes` becomes one part of a Parquet folder."""

    def read(self, span: Span) -> AbstractContextManager[Batch]:
        """The rows of a span.

        Raises:
            InputChanged: the file is not what it was when the job was planned.
        """

    def leftover(self) -> Rejected | None:
        """A bad row that no span holds, such as an incomplete record at the end; None: there is none."""


#: Longer spans fall out of the processor's caches, and their output waits longer for its turn (ADR 0004).
