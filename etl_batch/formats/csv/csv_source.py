"""What is so of one CSV of a job as a source, whenever its rows are checked."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl_batch.formats.column_kinds import UNKNOWN, ColumnKind
from etl_batch.formats.csv.column_types import CellType, arrow_schema, kind_of_cells
from etl_batch.formats.csv.csv_file import CsvFile, TypedCsv
from etl_batch.formats.units.glimpse import Glimpse, Glimpses
from etl_batch.machine.handed_files import NeededFile
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.formats.csv.line_store import LineStore

_NUMBERS = ColumnKind("number")


class CsvSource(Glimpses):
    """See `Source`; how its rows are planned and read is left open."""

    file: CsvFile
    measures: tuple[tuple[str, CellType], ...]  #: columns of numbers, and how these are read to be added up

    @property
    @abstractmethod
    def _typed(self) -> TypedCsv:
        """The file with the types that its columns are read by."""

    @property
    def place(self) -> Place:
        """See `Source.place`."""
        return self.file.place

    @property
    def identity(self) -> FileIdentity:
        """See `Source.identity`."""
        return self.file.identity

    @property
    def format(self) -> str:
        """See `Source.format`."""
        return "csv"

    @property
    def names(self) -> Sequence[str]:
        """See `Source.names`."""
        return self.file.names

    @property
    def schema(self) -> pa.Schema:
        """See `Source.schema`."""
        return arrow_schema(self.names, self._typed.types)

    @property
    def numbers(self) -> frozenset[str]:
        """See `Source.numbers`: of those columns that were looked at."""
        return frozenset(name for name, _ in self.measures)

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`: no column, until all of its cells are known."""
        return [False] * self.file.columns

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`: of columns with a type, and those of numbers."""
        file, measures = self.file, dict(self.measures)
        declared = zip(file.declared, file.proven or file.declared, strict=True)
        known = self._typed.types if self.is_typed else [its or found for its, found in declared]
        kinds = [kind or measures.get(name) for kind, name in zip(known, file.names, strict=True)]
        unknown = [_NUMBERS if marked else UNKNOWN for marked in self.marked()]
        return [kind_of_cells(kind) if kind else none for kind, none in zip(kinds, unknown, strict=True)]

    @property
    def is_typed(self) -> bool:
        """Whether the types of all columns are those that their cells have; else what has none is read as text."""
        return False

    @property
    def files(self) -> tuple[NeededFile, ...]:
        """See `Source.files`."""
        return self.file.files

    @property
    def extent(self) -> tuple[int, int]:
        """See `Glimpses.extent`."""
        return self.file.data_start, max(self.file.size, self.file.data_start)

    def glimpse(self, places: Sequence[tuple[int, int]]) -> Glimpse | None:
        """See `Glimpses.glimpse`: rows behind a line feed there, which may be one within quotes."""
        from etl_batch.formats.csv.glimpsed import glimpsed

        return glimpsed(self.file, places)

    def row_store(self) -> LineStore:
        """See `Source.row_store`."""
        from etl_batch.formats.csv.line_store import LineStore

        return LineStore(self._typed)

    def leftover(self) -> Rejected | None:
        """See `Source.leftover`: every row is in a span."""
        return None
