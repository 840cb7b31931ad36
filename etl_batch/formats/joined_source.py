"""An input as one that has the columns of the job, where its own are others: joined by name, empty where it lacks one.

What is behind a source need not know: planned, checked, sampled and set aside is the input as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.errors import SchemaMismatch
from etl_batch.formats.column_kinds import ColumnKind, kind_of_arrow
from etl_batch.formats.format import Source
from etl_batch.formats.output_columns import Absent, OutputColumn, OutputColumns
from etl_batch.formats.shaped_batch import no_values
from etl_batch.kernels.columns import Column, Kind
from etl_batch.light_dataclass import dataclass
from etl_batch.options.shape import SourceColumn

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from etl_batch.formats.facts import ColumnFacts
    from etl_batch.formats.format import Batch, Places, RowIds, RowStore, Sampling
    from etl_batch.machine.handed_files import NeededFile
    from etl_batch.storage.paths import FileIdentity
    from etl_batch.storage.roots import Place
    from etl_batch.values import Rejected, Span


@dataclass(frozen=True, slots=True)
class JoinedSource:
    """See `format.Source`."""

    source: Source  #: the input as it is
    columns: tuple[OutputColumn, ...]  #: of the job, as the input has them
    schema: pa.Schema  #: of the job's columns
    numbers: frozenset[str]  #: see `Source.numbers`

    @property
    def ordinal(self) -> int:
        """See `Opened.ordinal`."""
        return self.source.ordinal

    @property
    def place(self) -> Place:
        """See `Opened.place`."""
        return self.source.place

    @property
    def identity(self) -> FileIdentity:
        """See `Opened.identity`."""
        return self.source.identity

    @property
    def format(self) -> str:
        """See `Opened.format`."""
        return self.source.format

    @property
    def names(self) -> Sequence[str]:
        """See `Opened.names`."""
        return tuple(column.name for column in self.columns)

    @property
    def rows(self) -> int:
        """See `Source.rows`."""
        return self.source.rows

    @property
    def files(self) -> Sequence[NeededFile]:
        """See `Source.files`."""
        return self.source.files

    def marked(self) -> Sequence[bool]:
        """See `Source.marked`."""
        own = self.source.marked()
        return [not isinstance(column.origin, SourceColumn | Absent) and own[column.origin] for column in self.columns]

    def kinds(self) -> Sequence[ColumnKind]:
        """See `Source.kinds`: as the job has them, for the columns of several inputs are one."""
        return [kind_of_arrow(one.type) for one in self.schema]

    def row_store(self) -> JoinedStore:
        """See `Source.row_store`."""
        return JoinedStore(self.source.row_store(), self.names)

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        """See `Source.plan`."""
        return self.source.plan(chunk_bytes, first_ordinal, first_part)

    @contextmanager
    def read(self, span: Span) -> Iterator[JoinedBatch]:
        """See `Source.read`."""
        with self.source.read(span) as batch:
            yield JoinedBatch.of(batch, self)

    def leftover(self) -> Rejected | None:
        """See `Source.leftover`."""
        return self.source.leftover()


@dataclass(frozen=True, slots=True)
class JoinedBatch:
    """See `format.Batch`."""

    batch: Batch  #: of the input as it is
    joined: JoinedSource
    written: Batch  #: the same, in the columns of the outputs

    @classmethod
    def of(cls, batch: Batch, joined: JoinedSource) -> JoinedBatch:
        """The rows in the columns of the job."""
        return cls(batch, joined, batch.shaped(OutputColumns(joined.columns)))

    @property
    def rows(self) -> int:
        """See `Batch.rows`."""
        return self.batch.rows

    @property
    def rejected(self) -> Sequence[Rejected]:
        """See `Batch.rejected`."""
        return self.batch.rejected

    def csv_room(self) -> int:
        """See `Batch.csv_room`."""
        return self.written.csv_room()

    def write_csv(self, out: int, counts: int, sampling: Sampling | None = None) -> int:
        """See `Batch.write_csv`."""
        return self.written.write_csv(out, counts, sampling)

    def table(self) -> pa.Table:
        """See `Batch.table`."""
        return self.written.table()

    def columns_of(self, names: Sequence[str]) -> list[Column]:
        """See `Batch.columns_of`."""
        own, numbers = frozenset(self.joined.source.names), self.joined.numbers
        read = iter(self.batch.columns_of([name for name in names if name in own]))
        kinds = [Kind.I64 if name in numbers else Kind.FIXED_TEXT for name in names]
        return [
            next(read) if name in own else no_values(self.rows, kind) for name, kind in zip(names, kinds, strict=True)
        ]

    def row_ids(self) -> RowIds:
        """See `Batch.row_ids`."""
        return self.batch.row_ids()

    def note_facts(self) -> None:
        """See `Batch.note_facts`."""
        self.written.note_facts()

    def facts(self) -> Sequence[ColumnFacts]:
        """See `Batch.facts`."""
        return self.written.facts()

    def written_columns(self) -> Sequence[Column]:
        """See `Batch.written_columns`."""
        return self.written.written_columns()

    def pick(self, rows: npt.NDArray[np.uint64]) -> bytes | memoryview:
        """See `Batch.pick`."""
        return self.batch.pick(rows)

    def shaped(self, shape: OutputColumns) -> JoinedBatch:
        """See `Batch.shaped`: its places are those of the job's columns."""
        joined = self.joined.columns
        columns = tuple(
            OutputColumn(one.name, joined[one.origin].origin)
            if not isinstance(one.origin, SourceColumn | Absent)
            else one
            for one in shape.columns
        )
        return JoinedBatch(self.batch, self.joined, self.batch.shaped(OutputColumns(columns, shape.file)))

    def without(self, bad: Mapping[int, str], source: int) -> JoinedBatch:
        """See `Batch.without`."""
        return JoinedBatch.of(self.batch.without(bad, source), self.joined)


@dataclass(slots=True)
class JoinedStore:
    """See `format.RowStore`."""

    store: RowStore  #: of the input as it is
    names: Sequence[str]  #: of the job's columns
    _all: Sequence[RowStore] = field(default_factory=list)  #: of all inputs, which say how columns are typed

    @property
    def schema(self) -> pa.Schema:
        """See `RowStore.schema`."""
        return self.store.schema

    def add(self, picked: bytes | memoryview) -> None:
        """See `RowStore.add`."""
        self.store.add(picked)

    def keep(self, places: Places) -> None:
        """See `RowStore.keep`."""
        self.store.keep(places)

    def settle(self, stores: Sequence[RowStore]) -> None:
        """See `RowStore.settle`."""
        self._all = [one.store if isinstance(one, JoinedStore) else one for one in stores]
        self.store.settle(self._all)

    def table(self) -> pa.Table:
        """See `RowStore.table`."""
        import pyarrow as pa

        own = self.store.table()
        fields = {one.name: one for store in reversed([*self._all, self.store]) for one in store.schema}
        columns = [
            own.column(name) if name in own.column_names else pa.nulls(own.num_rows, fields[name].type)
            for name in self.names
        ]
        return pa.Table.from_arrays(columns, schema=pa.schema([fields[name] for name in self.names]))


def as_it_is(source: Source) -> Source:
    """The input itself, whether it was joined or not."""
    return source.source if isinstance(source, JoinedSource) else source


def joined_sources(sources: Sequence[Source], names: Sequence[str]) -> list[Source]:
    """The sources of a job as ones that have all columns of the job.

    Args:
        sources: in their order.
        names: of the job's columns.

    Raises:
        SchemaMismatch: two have a column of one name with different types.
    """
    schema = joined_schema(sources, names)
    every = [frozenset(source.names) for source in sources]
    added = frozenset(
        name
        for name in names
        if all(name in source.numbers for source, its in zip(sources, every, strict=True) if name in its)
    )
    return [
        JoinedSource(
            source,
            _columns(source, names, schema),
            schema,
            (source.numbers & frozenset(names)) | (added - its),
        )
        for source, its in zip(sources, every, strict=True)
    ]


def joined_schema(sources: Sequence[Source], names: Sequence[str]) -> pa.Schema:
    """Names and types of some columns, of the first source that has each.

    Raises:
        SchemaMismatch: two have a column of one name with different types.
    """
    import pyarrow as pa

    wanted = frozenset(names)
    found: dict[str, tuple[pa.Field, Source]] = {}
    for source in sources:
        for its in source.schema:
            if its.name not in wanted:
                continue
            ours, first = found.setdefault(its.name, (its, source))
            if ours.type != its.type:
                raise SchemaMismatch(
                    f"column {its.name!r} is {ours.type} in {first.place.path} and {its.type} in {source.place.path}",
                    mend="write one of the files anew with the other's type, or run them as separate jobs",
                )
    return pa.schema([found[name][0] for name in names if name in found])


def _columns(source: Source, names: Sequence[str], schema: pa.Schema) -> tuple[OutputColumn, ...]:
    places = {name: place for place, name in enumerate(source.names)}
    return tuple(
        OutputColumn(name, places[name] if name in places else Absent(kind.type))
        for name, kind in zip(names, schema, strict=True)
    )
