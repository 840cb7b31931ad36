"""What is to hold beside the peers, and what became of it."""

from __future__ import annotations

import pytest

from tests.bench.speed.cost import Cost, Entry, Result
from tests.bench.speed.goals import CP, GOALS, HALF, OURS, POLARS, POLARS_SHA256, TENFOLD, What, verdicts


def _entry(name: str, seconds: float, cpu: float = 1.0, **more: int) -> Entry:
    sizes = {"peak_bytes": 0, **more}
    return Entry(name=name, input_bytes=10**9, rows=1, costs=(Cost(seconds, cpu),), **sizes)


def _verdicts(key: str, *entries: Entry) -> dict[What, tuple[float, bool | None, bool | None]]:
    found = verdicts(Result(key=key, title="", entries=entries))
    return {verdict.goal.what: (round(verdict.value, 6), verdict.holds, verdict.is_reached) for verdict in found}


def test_twice_as_fast_holds_but_is_not_all() -> None:
    found = _verdicts("bin-csv", _entry(OURS, 1.0, 0.65), _entry(POLARS, 2.0, 1.0))
    assert found == {What.SPEED: (2.0, True, False), What.CPU: (0.65, True, False)}


def test_more_speed_is_better_and_more_cpu_is_worse() -> None:
    found = _verdicts("bin-csv", _entry(OURS, 1.0, 0.8), _entry(POLARS, 1.5, 1.0))
    assert found == {What.SPEED: (1.5, False, False), What.CPU: (0.8, False, False)}


@pytest.mark.parametrize(
    ("seconds", "holds", "is_reached"), [(1.75, True, False), (2.1, True, True), (1.74, False, False)]
)
def test_the_limit_itself_is_enough(seconds: float, holds: bool, is_reached: bool) -> None:
    assert _verdicts("bin-csv", _entry(OURS, 1.0), _entry(POLARS, seconds))[What.SPEED][1:] == (holds, is_reached)


def test_where_nothing_must_be_nothing_fails() -> None:
    found = verdicts(Result(key="bin-csv", title="", entries=(_entry(OURS, 1.0), _entry(POLARS_SHA256, 2.0))))
    assert [(verdict.goal.beside, verdict.holds, verdict.is_reached) for verdict in found] == [
        (POLARS_SHA256, None, False)
    ]


def test_who_took_no_part_is_no_measure() -> None:
    assert _verdicts("bin-csv-bare", _entry(OURS, 1.0), _entry(CP, 0.5)) == {What.SPEED: (0.5, True, True)}
    assert _verdicts("bin-csv", _entry(POLARS, 1.0)) == {}


def test_time_and_size_are_to_be_small() -> None:
    assert _verdicts("bin-both", _entry(OURS, 1.2), _entry(POLARS, 1.0)) == {What.TIME: (1.2, True, False)}
    sizes = _verdicts("csv-parquet", _entry(OURS, 1.0, written_bytes=106), _entry(POLARS, 1.0, written_bytes=100))
    assert sizes[What.SIZE] == (1.06, False, None)


def test_an_estimate_is_timed_by_itself_and_reads_no_more_of_a_longer_file() -> None:
    found = _verdicts("estimate-bin", _entry(OURS, 1.3, read_bytes=120), _entry(HALF, 9.0, read_bytes=100))
    assert found == {What.SECONDS: (1.3, False, None), What.MORE_READ: (1.2, False, None)}


def test_memory_is_asked_of_both_sizes() -> None:
    entries = (_entry(OURS, 1.0, peak_bytes=500 * 10**6), _entry(TENFOLD, 1.0, peak_bytes=610 * 10**6))
    found = verdicts(Result(key="memory", title="", entries=entries))
    assert [(verdict.said, verdict.holds) for verdict in found] == [
        ("500 MB at its peak", True),
        ("ours, ten times the file: 610 MB at its peak", False),
        ("ours, ten times the file: 1.22 x the memory of ours", False),
    ]


def test_what_is_aimed_at_is_more_than_what_must_be() -> None:
    for goal in GOALS:
        if goal.at_least is not None and goal.goal is not None:
            assert (goal.goal > goal.at_least) is goal.what.more_is_better, goal
