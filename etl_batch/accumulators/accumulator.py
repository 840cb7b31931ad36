"""What everything keeps to that the pass learns of a table's rows, beside their bytes.

`begin -> refuse(batch) -> add(batch) -> pack`, in a worker, for each span; `unpack -> merge -> finish`, in the parent.
A part's bytes travel with the span's result and lie in the journal, so a job that is gone on with finishes as one that
never stopped.

To learn something else: a file here with a frozen `Accumulator` (it travels to the workers: what it needs of the job
are its fields) and its `Learned`; a row in `table_accumulators`; a field named as its `key` in `JobResult` and
`TableSummary` for what `finish` gives, unless `notes` says it all. Nothing in the pipeline names it. What a batch
offers says `formats/format.py`: `written_columns()` gives the outputs' columns of its good rows for kernels, `facts()`
what is known of them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch


class Learned(ABC):
    """What is known of some rows. Merging is associative, and the order does not matter: cuts and workers differ."""

    def refuse(self, batch: Batch, source: int) -> Mapping[int, str]:  # noqa: ARG002 - most refuse none
        """By their places, good rows of a span that are to be set aside before any is written, each with its reason.

        Args:
            batch: the rows.
            source: which input, from 0.
        """
        return {}

    @abstractmethod
    def add(self, batch: Batch) -> None:
        """Take the good rows of a span into account, once they are written. Only workers do, and load what it takes."""

    @abstractmethod
    def pack(self) -> bytes:
        """All of it, for `Accumulator.unpack`."""

    @abstractmethod
    def merge(self, other: Self) -> None:
        """Take the rows of another part into account."""

    @abstractmethod
    def finish(self) -> Any:  # noqa: ANN401 - any JSON value
        """What the result says, once all rows are known, as JSON values; see `JobResult`."""

    def notes(self, table: str) -> tuple[str, ...]:  # noqa: ARG002 - most have nothing to say
        """What a user should know, once all rows are known.

        Args:
            table: with a point behind it what stands in front of a column's name, where there are several tables.
        """
        return ()


class Accumulator(ABC):
    """What is to be learned of a table's rows: frozen, made with the plan, the same in every process."""

    key: ClassVar[str | None] = None  #: the field of `JobResult` and `TableSummary` that holds it; None: only notes do

    def expect(self, batch: Batch) -> None:  # noqa: B027 - most have nothing to say
        """Called before the rows of a span are written: what can be noted on the way may be asked for."""

    @abstractmethod
    def begin(self) -> Learned:
        """Nothing, of no rows."""

    @abstractmethod
    def unpack(self, packed: bytes) -> Learned:
        """What `Learned.pack` made."""
