"""The next rows that do not fit how inputs are read: searched as a job reads them, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import field, replace
from functools import partial
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.opening import Opening
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.pipeline.plan import plan_spans
from etl_batch.pipeline.runners.ahead import ahead_of
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits
from etl_batch.pipeline.span_job import Grant, SpanJob, TableJob
from etl_batch.pipeline.tables import tables_among
from etl_batch.values import KIB, PartResult, Progress, ProgressReport, Rejected

_MOST_FOUND = 50  #: rows that one search brings, where they lie beside each other
_SHOWN_BYTES = KIB  #: of each

Position = tuple[int, int]  #: which input, from 0; which row in it, from 1


@dataclass(frozen=True, slots=True)
class BadRowFound:
    """A row that does not fit."""

    source: int  #: which input, from 0
    path: Path
    row: int  #: from 1
    byte: int  #: where it begins in the file
    reason: str
    raw: bytes  #: as far as it is shown

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        text = self.raw.decode("utf-8", "backslashreplace")
        return {
            "source": self.source, "path": str(self.path), "row": self.row, "byte": self.byte,
            "reason": self.reason, "text": text,
        }  # fmt: skip


class _Enough(Exception):
    """Something was found."""


@dataclass(slots=True)
class _Search:
    """Takes the place of the outputs, and looks out for rows behind a position."""

    behind: Position
    total_bytes: int
    progress: Progress | None
    found: list[Rejected] = field(default_factory=list)
    rows: int = 0
    done_bytes: int = 0

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`."""
        self.rows += result.rows_in
        self.take(result.rejected)
        if self.found:
            raise _Enough
        return Grant(0, 0)

    def settle(self) -> None:
        """See `Outputs.settle`."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:  # noqa: ARG002
        """See `Outputs.written`: nothing was."""
        self.done_bytes += result.span.stop - result.span.start
        if self.progress is not None:
            self.progress(ProgressReport("search", self.done_bytes, self.total_bytes, self.rows))

    def take(self, rejected: Sequence[Rejected]) -> None:
        """Keep the first of those that stand behind the position."""
        behind = [one for one in rejected if (one.source, one.row) > self.behind]
        self.found += behind[: _MOST_FOUND - len(self.found)]


def next_bad_rows(
    config: JobConfig, behind: Position = (0, 0), progress: Progress | None = None
) -> tuple[BadRowFound, ...]:
    """The next bad rows of the inputs, some at once where they lie close; none: all that follow are good.

    Args:
        config: how the inputs are read; whatever it says of bad rows.
        behind: the position that they stand behind.
        progress: told of the share that was read.

    Raises:
        EtlError: what would stop a job before its first row.
    """
    limits = Limits(config.workers, config.memory_limit_bytes, time.monotonic() + config.time_limit_s)
    with ProcessPool(config.home, ahead=ahead_of(config)) as pool, ExitStack() as copies:
        listing = replace(config, on_bad_row=OnBadRow.QUARANTINE)
        sources = open_inputs(Opening(listing, partial(pool.map, limits=limits), copies, progress))
        spans = plan_spans(sources, config)
        search = _Search(behind, sum(span.stop - span.start for span in spans), progress)
        place = targets_of(config).first
        tables = tuple(
            TableJob((place,) if table.has_outputs else (), (), first_source=table.sources[0].ordinal)
            for table in tables_among(sources)
        )
        job = SpanJob(sources, tables, quarantine=True, escape=False, write=False)
        try:
            pool.run(job, spans, search, limits)
        except _Enough:
            pool.end()
        else:
            search.take([leftover for source in sources if (leftover := source.leftover())])
        paths = {source.ordinal: source.place.path for source in sources}
    return tuple(
        BadRowFound(one.source, paths[one.source], one.row, one.byte, one.reason, one.raw[:_SHOWN_BYTES])
        for one in search.found
    )
