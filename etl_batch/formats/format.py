"""What every format keeps to: its inputs are opened and planned in the parent, and read in the workers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

from etl_batch.errors import EtlError, LayoutMissing
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import MIB, Rejected, Span

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from etl_batch.config import JobConfig, OnBadRow
    from etl_batch.formats.column_kinds import ColumnKind
    from etl_batch.formats.facts import ColumnFacts
    from etl_batch.formats.how_read import HowRead
    from etl_batch.formats.opening import Opening
    from etl_batch.formats.output_columns import OutputColumns
    from etl_batch.formats.units.unit import Reader
    from etl_batch.kernels.columns import Column
    from etl_batch.text.first_rows import FirstRows

    Places = npt.NDArray[np.int64]  # shape (rows,): places of rows that were picked, ascending


#: Longer spans fall out of the processor's caches, and their output waits longer for its turn (ADR 0004).
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

    def add(self, picked: bytes | memoryview) -> None:
        """Put what `Batch.pick` gave behind the others."""

    def keep(self, places: Places) -> None:
        """Forget all but these, which are ascending, and renumber them."""

    def settle(self, stores: Sequence[RowStore]) -> None:
        """Settle the types of columns that have none, by the rows that these stores of all inputs hold together."""

    @property
    def schema(self) -> pa.Schema:
        """Names and types of the columns that `table` has."""

    def table(self) -> pa.Table:
        """All of them as Arrow columns, in order."""


class Sampling(Protocol):
    """What the sample needs of rows, done block by block while they are formatted."""

    def __call__(self, columns: Mapping[str, Column], rows: int, ids: RowIds, /) -> tuple[int, int]:
        """Make it ready; returns the address of its code, and of what that takes: see `kernels.rows_beside`.

        Whether rows are good turns out as they are formatted; if one is not, all of it counts for nothing.
        """


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

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:
        """Write the good rows as CSV lines at the address; returns the address behind them.

        Args:
            out: address with `csv_room()` bytes behind it.
            counts: address of two numbers (uint64), to which are added: cells that got an apostrophe before them, and
                apostrophes within cells; 0: nothing is escaped.
            sampling: may be begun with these rows; what is not done of it then is done later.
        """

    def table(self) -> pa.Table:
        """The good rows as Arrow columns, of the source's schema."""

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """Some columns of the good rows, for the kernels; those of numbers hold numbers."""

    def row_ids(self) -> RowIds:
        """The ids of the good rows."""

    def note_facts(self) -> None:
        """Let `write_csv` note what is known of the outputs' columns, where that costs less than `facts` alone."""

    def facts(self) -> Sequence[ColumnFacts]:
        """What is known of the outputs' columns, of the good rows; once they are written, and made a table."""

    def written_columns(self) -> Sequence[Column]:
        """The outputs' columns of the good rows, for the kernels."""

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes | memoryview:
        """Some good rows, given by their places in ascending order, as a `RowStore` takes them."""

    def shaped(self, shape: OutputColumns) -> Batch:
        """The same rows, of which `write_csv` and `table` give the columns of the outputs."""

    def without(self, bad: Mapping[int, str], source: int) -> Batch:
        """The rows but for good ones of which, by their places, something is found wrong; a shape is not kept."""


class Placed:
    """A batch whose rows are found as they are written. `write_csv` gives 0 to be called again, with more room."""

    #: with its bytes and rows; None: it must be known first where they begin, or they are not as the plan has it
    span: Span | None = None


class Opened(Protocol):
    """One input whose layout, header or footer was read."""

    @property
    def ordinal(self) -> int:
        """Which input of the job, from 0."""

    @property
    def place(self) -> Place:
        """Where it lies."""

    @property
    def identity(self) -> FileIdentity:
        """What it was when it was opened."""

    @property
    def format(self) -> str:
        """See `Format.name`."""

    @property
    def names(self) -> Sequence[str]:
        """Names of its columns: without loading pyarrow, which takes a while."""


class Source(Opened, Protocol):
    """One input of a job, as it was when the job was planned. It travels to the workers."""

    @property
    def schema(self) -> pa.Schema:
        """Names and Parquet types of its columns. Inputs of one job have equal ones."""

    @property
    def rows(self) -> int:
        """All rows of its spans, bad ones included; see `Unsettled`."""

    @property
    def numbers(self) -> frozenset[str]:
        """Names of the columns that can be added up."""

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs to read it."""

    def marked(self) -> Sequence[bool]:
        """Of each column whether its cells are numbers that may have a decimal mark."""

    def kinds(self) -> Sequence[ColumnKind]:
        """Of each column what it holds, as far as every row proves or somebody said it."""

    def row_store(self) -> RowStore:
        """A place for rows that are picked."""

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """Its spans, in order; a chunk of `chunk_bytes` becomes one part of a folder."""

    def read(self, span: Span) -> AbstractContextManager[Batch]:
        """The rows of a span; InputChanged: the file is not what it was when the job was planned."""

    def leftover(self) -> Rejected | None:
        """A bad row that no span holds, such as an incomplete record at the end; None: there is none."""


class PlannedAlone:
    """A source whose rows are known before any is read: a share of a job is made of it without all the others."""

    __slots__ = ()


OpenedOne = TypeVar("OpenedOne", bound=Opened)


class Format(ABC, Generic[OpenedOne]):
    """A kind of file that is read: all that the rest knows of it. `OpenedOne` is what it makes of an input it opens."""

    name: ClassVar[str]  #: as metadata have it
    called: ClassVar[str]  #: as people and flags name it
    endings: ClassVar[tuple[str, ...]]  #: of the names of its files, in small letters
    magics: ClassVar[tuple[bytes, ...]] = ()  #: that its files begin with, one of them
    by_layout: ClassVar[bool] = False  #: a record layout says what its bytes mean; its rows are no text
    by_dialect: ClassVar[bool] = False  #: its rows are lines, which a delimiter and an encoding divide

    @abstractmethod
    def open(self, ordinal: int, where: Place, opening: Opening) -> OpenedOne:
        """Measure one input of a job, and read its layout, header or footer.

        Raises:
            Refused: it is empty, damaged, not of this format, or holds what cannot be converted.
        """

    def held_bytes(self, opened: OpenedOne) -> int:
        """What it holds, where that is more than its file, being compressed."""
        return opened.identity.size

    def notes(self, opened: OpenedOne) -> tuple[str, ...]:  # noqa: ARG002 - not of this one
        """What a user should know of how it is read."""
        return ()

    def is_nameless(self, opened: OpenedOne) -> bool:  # noqa: ARG002 - not of this one
        """Whether its columns have numbers for names, which tell nothing of what is in them."""
        return False

    def refuse_incomplete(self, opened: OpenedOne, on_bad_row: OnBadRow) -> None:
        """Refuse a file of whose last row a part is missing, unless such a row is to be set aside.

        Raises:
            Refused: it is such a file, or there is not even one row.
        """

    @abstractmethod
    def source(self, opened: OpenedOne) -> Source | None:
        """The input as a source, where all of it is known by now; None: `settle` makes it one."""

    def settle(
        self,
        opened: Sequence[OpenedOne],  # noqa: ARG002 - this and the others are for those who need a pass
        given: pa.Schema | None,  # noqa: ARG002
        opening: Opening,  # noqa: ARG002
    ) -> Sequence[Source]:
        """Learn by a pass over the inputs what opening them did not tell: rows, types, what is bad.

        Args:
            opened: all inputs of the job that are of this format and no sources yet.
            given: the types of the columns where other inputs of the job have them; None: there are no others.
            opening: as they were opened.

        Raises:
            Refused: a row is broken, or the types do not fit.
        """
        return ()

    def first_broken(self, source: Source) -> EtlError | None:  # noqa: ARG002 - by this one
        """How a job that sets nothing aside would end at the first bad row that `settle` listed; None: at none."""
        return None

    @abstractmethod
    def numbers(self, opened: OpenedOne, config: JobConfig) -> dict[str, bool]:
        """The columns, and whether their values can be added up, as far as that shows before they are read."""

    @abstractmethod
    def units(self, opened: OpenedOne, config: JobConfig) -> AbstractContextManager[Reader]:
        """Open it again, to be read unit by unit (`estimate`); InputChanged: it does not stay what it was."""

    def first_rows(self, where: Place, how: HowRead, rows: int) -> FirstRows:  # noqa: ARG002 - of this one
        """The first rows of a file, without a job; what stands in them is not checked.

        Raises:
            LayoutMissing: without one there are no rows; see `by_layout`.
            Refused: as a job on this file would.
        """
        raise LayoutMissing(f"{where.path} shows its rows by a layout only")
