"""What the parent tells the workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from etl_batch.formats.format import Source
from etl_batch.formats.output_columns import OutputColumns
from etl_batch.formats.unchanged import needed_of
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.pipeline.key_file import SpanKeys
from etl_batch.sampling.plan import SamplePlan
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place
from etl_batch.text.written_dialect import WrittenDialect
from etl_batch.values import Span

if TYPE_CHECKING:
    from etl_batch.accumulators.accumulator import Accumulator
    from etl_batch.sampling.counts import Hint
    from etl_batch.sampling.expected import Expected


@dataclass(frozen=True, slots=True)
class TableJob:
    """What a worker has to know of one table."""

    csv: tuple[Place, ...]  #: the part files of the CSV, by `Span.part`; one: all spans go there; empty: none
    parquet: tuple[Place, ...]  #: those of the Parquet output
    sample: SamplePlan | None = None  #: None: nothing is sampled
    shapes: tuple[OutputColumns, ...] = ()  #: see `TablePlan`
    span_samples: Place | None = None  #: the side file that rows for the sample go to
    first_source: int = 0  #: see `TablePlan`
    expected: Expected | None = None  #: of the sample
    accumulators: tuple[Accumulator, ...] = ()  #: see `TablePlan`
    keys: SpanKeys | None = None  #: None: no rule is about keys

    def shape_of(self, span: Span) -> OutputColumns | None:
        """The outputs' columns, as the source of a span has them; None: they are its own."""
        return self.shapes[span.source - self.first_source] if self.shapes else None

    def own(self, span: Span) -> Span:
        """A span with the place of its source among those of the table, by which rows are drawn."""
        return replace(span, source=span.source - self.first_source) if self.first_source else span

    def parts_of(self, span: Span) -> tuple[Place | None, Place | None]:
        """Where the CSV of a span goes, and where its Parquet does."""
        return part_of(self.csv, span), part_of(self.parquet, span)


@dataclass(frozen=True, slots=True)
class SpanJob:
    """All that a worker has to know of a job."""

    sources: tuple[Source, ...]
    tables: tuple[TableJob, ...]  #: in the order of their sources
    quarantine: bool  #: set bad rows aside instead of stopping at the first
    escape: bool = True  #: text cells, against formulas
    write: bool = True  #: False: do everything but that; keys are written all the same
    packing: str | None = None  #: how the CSV is compressed; None: it is not
    dialect: WrittenDialect | None = None  #: of the CSV; None: our own

    @property
    def writes_csv(self) -> bool:
        """Whether there is a CSV."""
        return any(table.csv for table in self.tables)

    def inputs_of(self, span: Span) -> Sequence[NeededFile]:
        """What a worker needs to read a span."""
        return [needed_of(file, span) for file in self.sources[span.source].files]

    def table_of(self, span: Span) -> TableJob:
        """The table that its rows belong to."""
        return next(table for table in reversed(self.tables) if table.first_source <= span.source)

    def outputs_of(self, span: Span) -> Sequence[NeededFile]:
        """What it needs to write one."""
        table = self.table_of(span)
        keys = () if table.keys is None else (table.keys.file.file,)
        if not self.write:
            return keys
        places = [place for place in (*table.parts_of(span), table.span_samples) if place is not None]
        return [*(NeededFile(place, partial(open_existing, place)) for place in places), *keys]


def part_of(parts: Sequence[Place], span: Span) -> Place | None:
    """The part file of an output that a span goes to; None: there is no such output."""
    if not parts:
        return None
    return parts[span.part] if len(parts) > 1 else parts[0]


@dataclass(frozen=True, slots=True)
class Grant:
    """Where a span's output goes."""

    csv_offset: int
    parquet_offset: int
    sample_offset: int = 0  #: of the rows for the sample
    key_offset: int = 0  #: of the keys of its rows
    hint: Hint | None = None  #: what the worker may know for its next span
