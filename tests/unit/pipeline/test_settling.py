"""Spans of sources whose rows are counted in the pass: each follows the one before it, or is done again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from etl_batch.formats.unsettled import Unsettled
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.job import Job, JobPlan, TablePlan
from etl_batch.pipeline.settling import SettlingOutputs, StartAgain, fitting, is_unsettled, left_of
from etl_batch.pipeline.span_job import Grant
from etl_batch.values import NOT_KNOWN, PartResult, Span
from tests.data_makers.golden import results

JOB = Job("20251115T101530Z-0a1b2c", "2025-11-15T10:15:30Z")


@dataclass(frozen=True)
class Input(Unsettled):
    """100 bytes behind a header of 10, cut every 40."""

    ordinal: int = 0
    least_rows: int = 0
    rows: int = 100

    @property
    def least_csv_bytes(self) -> int:
        return 0

    def settled(self, rows: int) -> Any:  # noqa: ANN401 - it is no whole source
        return replace(self, least_rows=rows, rows=rows)


def planned(*, sources: int = 1) -> JobPlan:
    spans = [
        Span(3 * source + number, source, start, min(start + 40, 110), NOT_KNOWN if number else 0, NOT_KNOWN)
        for source in range(sources)
        for number, start in enumerate((10, 50, 90))
    ]
    table = TablePlan(tuple(map(Input, range(sources))))  # type: ignore[arg-type]
    return JobPlan(JOB, results.config(), (table,), spans)


@dataclass
class Recorder:
    """Outputs that keep the spans they are given."""

    spans: list[Span] = field(default_factory=list)

    def grant(self, result: PartResult) -> Grant:
        self.spans.append(result.span)
        return Grant(result.csv_bytes, 0)

    def settle(self) -> None:
        """Nothing waits."""

    def written(self, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        """Nothing is."""


def made(span: Span, start: int, stop: int, rows: int, *, unsure: bool = False) -> PartResult:
    placed = replace(span, start=start, stop=stop, rows=rows)
    return PartResult(
        span=placed, rows_in=rows, rows_out=rows, cells_escaped=0, csv_bytes=7, parquet_bytes=0, parquet_footer=b"",
        is_unsure=unsure,
    )  # fmt: skip


def settling(plan: JobPlan, done: list[Span] | None = None) -> tuple[SettlingOutputs, Recorder, list[Span]]:
    outputs, left = Recorder(), left_of(plan, done or [])
    return SettlingOutputs.of(outputs, plan, done or [], left), outputs, left


def test_spans_that_follow_each_other_have_their_places() -> None:
    plan = planned(sources=2)
    outputs, recorder, left = settling(plan)
    for span, (start, stop, rows) in zip(left, ((10, 55, 4), (55, 91, 3), (91, 110, 2)) * 2, strict=True):
        assert outputs.grant(made(span, start, stop, rows)) == Grant(7, 0)
    assert [(one.ordinal, one.source, one.first_row) for one in recorder.spans] == [
        (0, 0, 0), (1, 0, 4), (2, 0, 7), (3, 1, 0), (4, 1, 4), (5, 1, 7),
    ]  # fmt: skip
    assert [source.rows for source in outputs.settled(plan).sources] == [9, 9]


def test_a_span_that_does_not_follow_is_done_again_from_where_it_must_begin() -> None:
    outputs, recorder, left = settling(planned())
    outputs.grant(made(left[0], 10, 55, 4))
    again = outputs.grant(made(left[1], 60, 91, 3))
    assert again == replace(left[1], start=55, first_row=4)
    assert isinstance(again, Span)
    assert len(recorder.spans) == 1
    assert outputs.grant(made(again, 55, 91, 4)) == Grant(7, 0)
    assert outputs.grant(made(left[2], 90, 90, 0, unsure=True)) == replace(left[2], start=91, first_row=8)


def test_a_span_without_rows_leaves_no_trace() -> None:
    outputs, recorder, left = settling(planned())
    outputs.grant(made(left[0], 10, 95, 1))
    again = outputs.grant(made(left[1], 50, 90, 0, unsure=True))
    assert isinstance(again, Span)
    assert (again.start, again.stop) == (95, 90)
    assert outputs.grant(made(again, 95, 95, 0)) == Grant(0, 0)
    outputs.grant(made(left[2], 95, 110, 1))
    assert [(one.ordinal, one.start, one.first_row) for one in recorder.spans] == [(0, 10, 0), (1, 95, 1)]


def test_what_is_not_as_planned_where_it_certainly_begins_starts_all_again() -> None:
    outputs, _, left = settling(planned())
    with pytest.raises(StartAgain):
        outputs.grant(made(left[0], 10, 50, 0, unsure=True))


@pytest.mark.parametrize(("least", "most"), [(0, 8), (10, 20)])
def test_more_or_fewer_rows_than_were_planned_for_start_all_again(least: int, most: int) -> None:
    plan = replace(planned(), tables=(TablePlan((Input(0, least, most),)),))  # type: ignore[arg-type]
    outputs, _, left = settling(plan)
    outputs.grant(made(left[0], 10, 110, 9))
    with pytest.raises(StartAgain):
        outputs.settled(plan)


DONE = [Span(0, 0, 10, 55, 0, 4), Span(1, 0, 55, 110, 4, 9), Span(2, 1, 10, 90, 0, 3), Span(3, 1, 90, 95, 3, 1)]


@pytest.mark.parametrize(
    ("done", "first"),
    [
        (0, Span(0, 0, 10, 50, 0, NOT_KNOWN)),
        (1, Span(1, 0, 55, 90, 4, NOT_KNOWN)),
        (2, Span(3, 1, 10, 50, 0, NOT_KNOWN)),
        (3, Span(4, 1, 90, 90, 3, NOT_KNOWN)),
        (4, Span(5, 1, 95, 110, 4, NOT_KNOWN)),
    ],
)
def test_what_is_left_begins_where_the_last_row_that_is_done_ends(done: int, first: Span) -> None:
    plan = planned(sources=2)
    assert fitting(DONE[:done], plan) == done
    left = left_of(plan, DONE[:done])
    assert left[0] == first
    assert left[1:] == plan.spans[first.ordinal + 1 :]


def test_nothing_is_left_behind_the_last_row() -> None:
    plan = planned()
    assert left_of(plan, DONE[:2]) == []


@pytest.mark.parametrize(
    ("number", "change"),
    [
        (0, {"start": 11}), (0, {"ordinal": 1}), (0, {"source": 7}), (1, {"start": 56}), (1, {"first_row": 5}),
        (1, {"rows": 0}), (1, {"stop": 55}), (1, {"stop": 111}), (1, {"part": 1, "ordinal": 3}), (3, {"source": 0}),
    ],
)  # fmt: skip
def test_a_span_that_cannot_be_one_ends_what_is_believed(number: int, change: dict[str, int]) -> None:
    plan = planned(sources=2)
    assert fitting(DONE, plan) == 4
    spans = [replace(span, **change) if at == number else span for at, span in enumerate(DONE)]
    assert fitting(spans, plan) == number


def test_no_input_begins_before_the_one_before_it_ends() -> None:
    spans = [DONE[0], replace(DONE[2], ordinal=1)]
    assert fitting(spans, planned(sources=2)) == 1


def test_other_plans_are_compared_span_by_span() -> None:
    plan = replace(planned(), tables=(TablePlan(()),))
    assert not is_unsettled(plan)
    assert fitting(list(plan.spans[:2]), plan) == 2
    assert fitting([plan.spans[0], plan.spans[2]], plan) == 1
    assert left_of(plan, plan.spans[:1]) == list(plan.spans[1:])
