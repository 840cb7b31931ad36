"""From inputs to spans: in the order of the output, one part for each chunk of a folder, else one part."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import ConfigError
from etl_batch.pipeline.job import Job, JobPlan
from etl_batch.pipeline.outputs.table_outputs import TableOutputs
from etl_batch.pipeline.plan import notes_on, plan_job, plan_spans, span_job
from etl_batch.sampling.expected import Expected
from etl_batch.storage.roots import Place
from etl_batch.values import Rejected, Span
from tests.data_makers.golden import results


@dataclass
class Input:
    """A source of rows of one byte; a chunk is two spans."""

    ordinal: int = 0
    rows: int = 8
    surplus: bool = False
    names: tuple[str, ...] = ("product", "quantity", "value")
    numbers: frozenset[str] = frozenset({"quantity", "value"})
    place: Place = field(default_factory=lambda: Place(Path("/srv"), PurePosixPath("a.csv")))
    format: str = "csv"

    def plan(self, chunk_bytes: int, first_ordinal: int, first_part: int) -> list[Span]:
        step = chunk_bytes // 2
        starts = range(0, self.rows, step)
        return [
            Span(
                first_ordinal + number, self.ordinal, at, min(at + step, self.rows), at, step, first_part + number // 2
            )
            for number, at in enumerate(starts)
        ]

    def leftover(self) -> Rejected | None:
        return Rejected(self.ordinal, self.rows + 1, self.rows, "1 byte of a record", b"x") if self.surplus else None


CSV = Place(Path("/srv"), PurePosixPath("csv.part"))
PARTS = (Place(Path("/srv"), PurePosixPath("0.part")), Place(Path("/srv"), PurePosixPath("1.part")))


@dataclass
class Output:
    """Where an output grows."""

    place: Place = CSV
    places: tuple[Place, ...] = PARTS


EXPECTED = Expected(np.array([3], np.uint64), np.array([5], np.uint64))  #: what the job began with


@dataclass
class Sample:
    """Whose side file grows there."""

    part: Output = field(default_factory=lambda: Output(PARTS[0]))
    expected: Expected = EXPECTED


@dataclass
class Outputs:
    """Of a job of one table."""

    tables: list[TableOutputs]


def outputs(plan: JobPlan, **of_table: Any) -> Outputs:  # noqa: ANN401 - of the outputs of a table
    return Outputs([TableOutputs(plan=plan.tables[0], targets=None, **of_table)])  # type: ignore[arg-type]


JOB = Job("20251115T101530Z-0a1b2c", "2025-11-15T10:15:30Z")


def spans(*inputs: Input, **options: Any) -> list[Span]:  # noqa: ANN401 - of the config
    return plan_spans(inputs, results.config(chunk_bytes=4, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("parquet", ["output/parts/", "output/one.parquet", None])
def test_every_row_of_every_input_in_order(parquet: str | None) -> None:
    found = spans(Input(0, 9), Input(1, 0), Input(2, 4), output_parquet=parquet)
    assert [span.ordinal for span in found] == list(range(7))
    assert [(span.source, span.start, span.stop) for span in found[3:]] == [(0, 6, 8), (0, 8, 9), (2, 0, 2), (2, 2, 4)]
    assert all(one.source < two.source or one.stop == two.start for one, two in pairwise(found))


@pytest.mark.parametrize("folder", ["output_csv", "output_parquet"])
def test_a_folder_has_a_part_for_each_chunk_and_no_chunk_of_two_inputs(folder: str) -> None:
    found = spans(Input(0, 9), Input(2, 4), **{folder: "output/parts/"})
    assert [span.part for span in found] == [0, 0, 1, 1, 2, 3, 3]


@pytest.mark.parametrize("parquet", ["output/one.parquet", None])
def test_all_else_is_one_part(parquet: str | None) -> None:
    assert {span.part for span in spans(Input(0, 9), Input(1, 9), output_parquet=parquet)} == {0}


def test_inputs_without_rows_are_told_of() -> None:
    assert notes_on((Input(rows=0), Input(rows=0)))[0].startswith("the inputs hold no rows")  # type: ignore[arg-type]
    assert notes_on((Input(rows=0), Input(rows=1))) == ()  # type: ignore[arg-type]
    assert notes_on((Input(rows=0, surplus=True),)) == (), "a bad row is one"  # type: ignore[arg-type]


def test_a_job_has_its_spans_its_sample_and_what_is_said_of_both() -> None:
    config = results.config(chunk_bytes=4, output_parquet="output/parts/")
    found = plan_job(JOB, (Input(0, 8), Input(1, 3)), config)  # type: ignore[arg-type]
    (table,) = found.tables
    assert (len(table.parts), len(found.spans), found.notes) == (3, 6, ())
    assert table.sample is not None
    assert table.sample.rows == 11
    assert plan_job(JOB, (Input(rows=0, numbers=frozenset()),), config).notes[0].startswith("the inputs hold no rows")  # type: ignore[arg-type]


def test_what_cannot_be_sampled_is_refused() -> None:
    with pytest.raises(ConfigError, match="no column 'store'"):
        plan_job(JOB, (Input(),), results.config(strata="store"))  # type: ignore[arg-type]


@pytest.mark.parametrize("on_bad_row", list(OnBadRow))
def test_workers_are_told_where_to_write_and_what_becomes_of_bad_rows(on_bad_row: OnBadRow) -> None:
    plan = plan_job(JOB, (Input(),), results.config(on_bad_row=on_bad_row))  # type: ignore[arg-type]
    grown = {"csv": Output(places=(CSV,)), "parquet": Output(), "sample": Sample()}
    told = span_job(plan, outputs(plan, **grown))  # type: ignore[arg-type]
    (table,) = told.tables
    assert (table.csv, table.parquet, table.span_samples) == ((CSV,), PARTS, PARTS[0])
    assert [file.key for file in told.outputs_of(Span(0, 0, 0, 1, 0, 1, 1))] == [CSV, PARTS[1], PARTS[0]]
    assert told.quarantine == (on_bad_row == OnBadRow.QUARANTINE)
    assert (told.escape, table.sample, told.sources) == (True, plan.tables[0].sample, plan.sources)
    assert table.expected is EXPECTED
    (alone,) = span_job(plan, outputs(plan)).tables  # type: ignore[arg-type]
    assert (alone.csv, alone.parquet, alone.span_samples, alone.expected) == ((), (), None, None)
