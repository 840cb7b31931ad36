"""What every source keeps to: planned in the parent, read in the workers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from etl_batch.paths import FileIdentity, Place
from etl_batch.values import Rejected, Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa


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

    def write_csv(self, out: int, escaped: npt.NDArray[np.uint64]) -> int:
        """Write the good rows as CSV lines at the address; returns the address behind them.

        Args:
            out: address with `csv_room()` bytes behind it.
            escaped: shape (1,); the number of cells that got an apostrophe is added to it.
        """

    def table(self) -> pa.Table:
        """The good rows as Arrow columns, of the source's schema."""


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

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """Its spans, in order; a chunk of `chunk_bytes` becomes one part of a Parquet folder."""

    def read(self, span: Span) -> AbstractContextManager[Batch]:
        """The rows of a span.

        Raises:
            InputChanged: the file is not what it was when the job was planned.
        """

    def leftover(self) -> Rejected | None:
        """A bad row that no span holds, such as an incomplete record at the end; None: there is none."""
