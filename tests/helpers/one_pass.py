"""A CSV through the pass that checks and converts at once, in this process."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from etl_batch.formats.csv.csv_inputs import CsvInputs
from etl_batch.formats.csv.unsettled_csv import UnsettledCsv
from etl_batch.formats.format import Source
from etl_batch.formats.opening import Opening
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.job import Job, JobPlan, TablePlan
from etl_batch.pipeline.settling import Progression, SettlingOutputs, left_of
from etl_batch.pipeline.span_job import Grant
from etl_batch.storage.roots import place
from etl_batch.values import PartResult, Span
from tests.data_makers.apostrophes import Counter
from tests.data_makers.golden import results
from tests.helpers.csv_calls import in_this_process

_JOB = Job("20251115T101530Z-0a1b2c", "2025-11-15T10:15:30Z")


@dataclass
class Pass:
    """What comes of it; takes the place of the outputs."""

    csv: bytes = b""  #: the rows, without a header
    spans: list[Span] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    again: int = 0  #: spans that were done again
    source: Source | None = None

    def grant(self, result: PartResult) -> Grant:
        """See `Outputs.grant`."""
        self.spans.append(result.span)
        return Grant(len(self.csv), 0)

    def settle(self) -> None:
        """See `Outputs.settle`."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """See `Outputs.written`."""


@dataclass
class _Made:
    """What a worker would hold of a span."""

    result: PartResult
    csv: bytes
    ids: list[int]


def pass_over(path: Path, *, stop_behind: int = -1, **more: Any) -> Pass:  # noqa: ANN401 - fields of the config
    """Check and convert a CSV that lies in the `data` folder of its home.

    Args:
        path: of the CSV.
        stop_behind: interrupted behind so many spans, and gone on with from what the journal says of them.
        more: fields of the config.
    """
    home = path.parent.parent
    config = results.config(
        home=home, inputs=(str(path),), output_csv=str(home / "output" / "out.csv"), output_parquet=None, **more
    )
    with ExitStack() as copies:
        inputs = CsvInputs(Opening(config, in_this_process, copies, may_be_unsettled=True))
        (source,) = inputs.sources([inputs.open(0, place(path, config.input_roots))], None)
        assert isinstance(source, UnsettledCsv)
        plan = JobPlan(_JOB, config, (TablePlan((source,)),), source.plan(config.chunk_bytes, 0, 0))
        found = Pass()
        settled = _passed(source, plan, found, lambda: len(found.spans) == stop_behind)
        if len(found.spans) == stop_behind:
            settled = _passed(source, plan, found, lambda: False)
    (found.source,) = settled.sources
    return found


def _passed(source: UnsettledCsv, plan: JobPlan, found: Pass, ends: Callable[[], bool]) -> JobPlan:
    done = tuple(found.spans)
    left = left_of(plan, done)
    outputs = SettlingOutputs.of(found, plan, done, left)
    for planned in left:
        if ends():
            break
        span: Grant | Span = planned
        while isinstance(span, Span):
            made = _made(source, span)
            span = outputs.grant(made.result)
            found.again += isinstance(span, Span)
        found.csv += made.csv
        found.ids += made.ids
    return outputs.settled(plan)


def _made(source: UnsettledCsv, span: Span) -> _Made:
    with source.read(span) as batch:
        end = 0
        while not end:
            out = np.empty(batch.csv_room() + 64, dtype=np.uint8)
            end = batch.write_csv(int(out.ctypes.data), Counter().address)
        length = end - int(out.ctypes.data)
        every = batch.row_ids().every
        assert every is not None
        result = PartResult(
            span=batch.span or span, rows_in=batch.rows, rows_out=batch.rows, cells_escaped=0, csv_bytes=length,
            parquet_bytes=0, parquet_footer=b"", is_unsure=batch.span is None,
        )  # fmt: skip
        return _Made(result, out[:length].tobytes(), every.tolist())


__all__ = ["Pass", "Progression", "pass_over"]
