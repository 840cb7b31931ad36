"""What the columns of existing files hold: a job's pass over all rows, of which nothing is written."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import field
from functools import partial
from typing import Any

from etl_batch.accumulators.accumulator import Accumulator, Learned
from etl_batch.accumulators.table_accumulators import accumulators_of
from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.plan import plan_spans
from etl_batch.pipeline.runners.ahead import ahead_of
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits
from etl_batch.pipeline.span_job import Grant, SpanJob, TableJob
from etl_batch.pipeline.tables import Table, tables_among
from etl_batch.values import PartResult, Progress, ProgressReport


@dataclass(frozen=True, slots=True)
class TableProfile:
    """Of one table of the files."""

    name: str | None  #: None: there is one
    profile: dict[str, Any]  #: as metadata have it
    types: tuple[str, ...]  #: of its columns, in the words of Table Schema
    reading: Mapping[str, Any] | None  #: how its first input was read, as metadata have it; None: it is no text


@dataclass(slots=True)
class _Merged:
    """Takes the place of the outputs, and adds up what was learned."""

    job: SpanJob
    progress: Progress | None
    total_bytes: int
    done_bytes: int = 0
    rows: int = 0
    learned: dict[int, list[Learned]] = field(init=False)  #: of each table, by its first source

    def __post_init__(self) -> None:
        self.learned = {table.first_source: [one.begin() for one in table.accumulators] for table in self.job.tables}

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`."""
        table = self.job.table_of(result.span)
        for accumulator, so_far, part in zip(
            table.accumulators, self.learned[table.first_source], result.learned, strict=True
        ):
            so_far.merge(accumulator.unpack(part))
        self.done_bytes += result.span.stop - result.span.start
        self.rows += result.rows_in
        if self.progress is not None:
            self.progress(ProgressReport("profile", self.done_bytes, self.total_bytes, self.rows))
        return Grant(0, 0)

    def settle(self) -> None:
        """See `Outputs.settle`."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`: nothing was."""


def file_profile(config: JobConfig, progress: Progress | None = None) -> list[TableProfile]:
    """The full profile of the inputs of a job; a bad row is refused, or left out.

    Args:
        config: how they are read.
        progress: is told how far it is.

    Raises:
        EtlError: they cannot be read.
    """
    limits = Limits(config.workers, config.memory_limit_bytes, time.monotonic() + config.time_limit_s)
    with ProcessPool(config.home, ahead=ahead_of(config)) as pool, ExitStack() as copies:
        opening = Opening(config, partial(pool.map, limits=limits), copies, progress)
        sources = open_inputs(opening)
        tables = [table for table in tables_among(sources) if table.has_outputs]
        every = tuple(_told(table, config) for table in tables_among(sources))
        job = SpanJob(sources, every, quarantine=config.on_bad_row == OnBadRow.QUARANTINE, write=False)
        spans = plan_spans(sources, config)
        merged = _Merged(job, progress, sum(span.stop - span.start for span in spans))
        pool.run(job, spans, merged, limits)
        return [_profile(table, merged, opening) for table in tables]


def _profile(table: Table, merged: _Merged, opening: Opening) -> TableProfile:
    first = table.sources[0]
    found = merged.learned[first.ordinal][0].finish()
    types = tuple(kind.type for kind in first.kinds())
    return TableProfile(table.name, found, types, opening.readings.get(first.ordinal))


def _told(table: Table, config: JobConfig) -> TableJob:
    """What workers get to know of a table: no outputs."""
    accumulators: tuple[Accumulator, ...] = ()
    if table.has_outputs:
        accumulators = accumulators_of(tuple(table.sources[0].names), config)
    return TableJob((), (), first_source=_first(table.sources), accumulators=accumulators)


def _first(sources: tuple[Source, ...]) -> int:
    return sources[0].ordinal
