"""Pictures of columns: they hold what plain Python counts and adds up, and no row twice."""

from __future__ import annotations

import datetime as dt
import math
import os
from collections import Counter
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.errors import QueryInvalid
from etl_batch.queries.arrow_rows import opened_rows
from etl_batch.queries.row_look import Condition, Kind, Operator, RowLook
from etl_batch.queries.row_plot import MOST_BARS, MOST_POINTS, Plot, bin_edges, plotted
from etl_batch.queries.table_spec import TableSpec
from tests.helpers.chance import examples

pytestmark = pytest.mark.io

_FLOATS = st.floats(width=64) | st.sampled_from([0.1, -2.5, 1e17, 1e17 + 16])
_ROWS = st.lists(
    st.tuples(
        st.none() | st.text("ab\n<", max_size=2),
        st.none() | st.integers(-(2**63), 2**63 - 1) | st.integers(-3, 3),
        st.none() | _FLOATS,
        st.none() | st.dates(dt.date(1999, 1, 1), dt.date(2031, 1, 1)),
    ),
    max_size=60,
)  # fmt: skip
_SCHEMA = pa.schema([("name", pa.string()), ("whole", pa.int64()), ("float", pa.float64()), ("day", pa.date32())])


def _drawn(rows: list[tuple[Any, ...]], plot: Plot, look: RowLook | None = None) -> dict[str, Any]:
    columns = zip(*rows, strict=True) if rows else ([],) * len(_SCHEMA)
    table = pa.table([pa.array(column, kind.type) for column, kind in zip(columns, _SCHEMA, strict=True)], _SCHEMA)
    descriptor = os.memfd_create("table")
    try:
        with os.fdopen(os.dup(descriptor), "wb") as file:
            pq.write_table(table, file, row_group_size=7)
        return plotted(opened_rows(TableSpec(files=(descriptor,), csv=None)), look or RowLook(), plot)
    finally:
        os.close(descriptor)


def _is_drawn(value: float | None) -> bool:
    return value is not None and abs(value) < 1e300


@settings(max_examples=examples(60), deadline=None)
@given(_ROWS)
def test_bars_are_the_most_frequent_values_with_their_totals(rows: list[tuple[Any, ...]]) -> None:
    drawn = _drawn(rows, Plot("name"))
    counts = Counter(row[0] for row in rows)
    assert dict(zip(drawn["at"], drawn["heights"], strict=True)) == dict(counts)
    beside = _drawn(rows, Plot("name", "float"))
    usable = [row for row in rows if _is_drawn(row[2])]
    assert (beside["drawn"], beside["left_out"]) == (len(usable), len(rows) - len(usable))
    for name, height in zip(beside["at"], beside["heights"], strict=True):
        values = [row[2] for row in usable if row[0] == name]
        assert math.isclose(height, math.fsum(values), rel_tol=1e-9, abs_tol=1e-9 * max(map(abs, values)))


@settings(max_examples=examples(100), deadline=None)
@given(_ROWS, st.sampled_from([1, 2, 3]))
def test_each_row_lies_in_one_bin(rows: list[tuple[Any, ...]], place: int) -> None:
    drawn = _drawn(rows, Plot(_SCHEMA.names[place]))
    values = [row[place] for row in rows]
    if place == 3:
        values = [None if day is None else (day - dt.date(1970, 1, 1)).days * 86_400 for day in values]
    numbers = [float(value) for value in values if _is_drawn(value)]
    assert (drawn["drawn"], drawn["left_out"]) == (len(numbers), len(rows) - len(numbers))
    assert sum(drawn["heights"]) == len(numbers)
    if numbers:
        edges = [*drawn["at"], drawn["ends"][-1]]
        assert edges[0] <= min(numbers)
        assert max(numbers) < edges[-1] or edges[-1] == edges[-2]
        assert len(edges) < 130
        for low, high, height in zip(drawn["at"], drawn["ends"], drawn["heights"], strict=True):
            assert height == sum(low <= number < high for number in numbers) or high == edges[-1] or low == high


@settings(max_examples=examples(60), deadline=None)
@given(_ROWS)
def test_few_points_are_all_rows_with_both_numbers(rows: list[tuple[Any, ...]]) -> None:
    drawn = _drawn(rows, Plot("whole", "float"))
    both = [(float(row[1]), row[2]) for row in rows if row[1] is not None and _is_drawn(row[2])]
    assert list(zip(drawn["at"], drawn["heights"], strict=True)) == both
    assert (drawn["left_out"], drawn["is_cut"]) == (len(rows) - len(both), False)


@pytest.mark.parametrize("number", [MOST_POINTS, MOST_POINTS + 1, 2 * MOST_POINTS + 1, 30_011])
def test_many_points_are_spread_over_all_rows(number: int) -> None:
    drawn = _drawn([("a", at, float(at), None) for at in range(number)], Plot("whole", "float"))
    assert MOST_POINTS // 3 < drawn["drawn"] <= MOST_POINTS
    assert drawn["is_cut"] == (number > MOST_POINTS)
    steps = {int(later - before) for before, later in zip(drawn["at"], drawn["at"][1:], strict=False)}
    assert len(steps) == 1
    assert drawn["at"][0] == 0
    assert drawn["at"][-1] >= number - max(steps)
    assert drawn["left_out"] == 0


def test_conditions_hold_and_many_values_are_cut() -> None:
    rows = [(f"n{at % 30}", at, None, None) for at in range(300)]
    look = RowLook(conditions=(Condition("whole", Operator.AT_LEAST, "10"),))
    drawn = _drawn(rows, Plot("name"), look)
    assert (drawn["matched"], len(drawn["at"]), drawn["is_cut"]) == (290, MOST_BARS, True)
    assert drawn["drawn"] == sum(drawn["heights"]) == 10 * MOST_BARS
    assert 'WHERE "whole" >= 10' in drawn["sql"]


@pytest.mark.parametrize(
    ("plot", "said"),
    [(Plot("none"), "no column 'none'"), (Plot("name", "day"), "day holds no numbers"), (Plot("name", "x"), "'x'")],
)
def test_what_cannot_be_drawn_is_said(plot: Plot, said: str) -> None:
    with pytest.raises(QueryInvalid, match=said):
        _drawn([("a", 1, 1.0, None)], plot)


@pytest.mark.parametrize(
    ("low", "high", "kind", "edges"),
    [
        (0, 10, Kind.WHOLE, list(range(12))),
        (5, 5, Kind.WHOLE, [5, 6]),
        (0, 4000, Kind.FLOAT, [100.0 * at for at in range(42)]),
        (0, 86_400 * 3, Kind.DATE, [86_400.0 * at for at in range(5)]),
    ],
)
def test_bins_are_round(low: float, high: float, kind: Kind, edges: list[float]) -> None:
    assert bin_edges(low, high, kind).tolist() == edges


@pytest.mark.parametrize(("low", "high"), [(5.52, 6.3), (26.2, 31.4), (20.9, 21.0), (1.7, 5.05)])
def test_no_rounding_leaves_the_least_value_out(low: float, high: float) -> None:
    """As many steps as the least value has, added up, come out a little above it."""
    edges = bin_edges(low, high, Kind.FLOAT)
    assert edges[0] <= low
    assert high < edges[-1]
    drawn = _drawn([("a", 1, value, None) for value in (low, high)], Plot("float"))
    assert sum(drawn["heights"]) == 2


@pytest.mark.parametrize("plot", [Plot("float"), Plot("whole", "float")])
def test_what_leaves_no_room_for_a_scale_is_left_out_and_counted(plot: Plot) -> None:
    drawn = _drawn([("a", 1, value, None) for value in (1.5e308, -1.5e308, float("inf"), float("nan"), 2.0)], plot)
    assert (drawn["drawn"], drawn["left_out"]) == (1, 4)
