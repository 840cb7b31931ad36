"""Row groups that are not read: what the footer says of them, and what it leaves to doubt."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.estimate.clusters import Measured, UnitEstimate, Units, estimate_units
from etl_batch.estimate.zone_spread import Drawn
from etl_batch.file_estimate.unread import unread_doubt, within_bounds
from etl_batch.formats.parquet.footer import Footer, read_footer
from etl_batch.formats.parquet.unit_bounds import bounds_of, outstanding
from etl_batch.formats.units.unit import ROWS, Bounds

READ = np.arange(0, 200, 2)
TOTALS = np.random.default_rng(1).normal(100, 10, len(READ))
UNITS = Units(
    "row group",
    200,
    Drawn(np.zeros(100, np.int64), np.array([200])),
    np.ones(100),
    "rows",
    200.0,
    np.ones(100),
    200,
    True,
)
MEASURED = Measured("value", TOTALS, float((TOTALS**2).sum()), 100, nonnegative=True)
ESTIMATE = estimate_units(UNITS, MEASURED, 0.95)


def footer(folder: Path, values: pa.Array, **more: Any) -> Footer:  # noqa: ANN401 - of the writer
    path = folder / "x.parquet"
    pq.write_table(pa.table({"value": values}), path, row_group_size=2, **more)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return read_footer(descriptor, path)
    finally:
        os.close(descriptor)


def test_bounds_of_row_groups(tmp_path: Path) -> None:
    whole = footer(tmp_path, pa.array([1, 3, -5, 2, 4, None], pa.int64()))
    found = bounds_of(whole, [0, 1, 2], "value", filtered=False)
    assert found is not None
    assert (found.low.tolist(), found.high.tolist()) == ([2, -10, 0], [6, 4, 8])
    found = bounds_of(whole, [0, 2], "value", filtered=True)
    assert found is not None
    assert (found.low.tolist(), found.high.tolist()) == ([0, 0], [6, 8])
    rows = bounds_of(whole, [0, 1], ROWS, filtered=True)
    assert rows is not None
    assert (rows.low.tolist(), rows.high.tolist()) == ([0, 0], [2, 2])


def test_a_float_may_be_nan_which_no_footer_tells(tmp_path: Path) -> None:
    found = bounds_of(footer(tmp_path, pa.array([1.5, 3.0])), [0], "value", filtered=False)
    assert found is not None
    assert (found.low.tolist(), found.high.tolist()) == ([0], [6])


@pytest.mark.parametrize("values", [pa.array(["1", "2"]), pa.array([None, None], pa.int64())])
def test_what_has_no_least_and_largest_value_has_no_bounds(tmp_path: Path, values: pa.Array) -> None:
    assert bounds_of(footer(tmp_path, values), [0], "value", filtered=False) is None


def test_without_statistics_there_are_no_bounds(tmp_path: Path) -> None:
    assert bounds_of(footer(tmp_path, pa.array([1, 2]), write_statistics=False), [0], "value", filtered=False) is None


def test_the_groups_that_stand_out() -> None:
    high = np.array([1.0, 2, 1, 50, 1, 1, -0.0, 80, 1])
    assert outstanding([Bounds(0 * high, high)], 5).tolist() == [3, 7]
    assert outstanding([Bounds(0 * high, high)], 1).tolist() == [7]
    assert outstanding([Bounds(-high, 0 * high), Bounds(0 * high, high)], 5).tolist() == [3, 7]
    assert outstanding([], 5).tolist() == []


def bounded(low: float, high: float) -> Bounds:
    return Bounds(np.full(200, low), np.full(200, high))


def doubt(bounds: Bounds | None, estimate: UnitEstimate = ESTIMATE) -> str | None:
    return unread_doubt(UNITS, estimate, READ, bounds)


def test_what_lies_together_in_few_units_may_be_missed() -> None:
    assert "the footers do not say" in (doubt(None) or "")
    assert "% of the total" in (doubt(bounded(0, 1e6)) or "")
    assert "% of the total" in (doubt(bounded(-1e6, 101)) or "")
    assert doubt(bounded(95, 105)) is None


def test_an_interval_goes_no_farther_than_what_is_known() -> None:
    assert ESTIMATE.low is not None
    assert ESTIMATE.high is not None
    seen = float(TOTALS.sum())
    mean = ESTIMATE.total / 200
    tight = within_bounds(ESTIMATE, MEASURED, READ, bounded(mean - 0.1, mean + 0.2))
    assert tight.low == pytest.approx(seen + 100 * (mean - 0.1))
    assert tight.high == pytest.approx(seen + 100 * (mean + 0.2))
    assert within_bounds(ESTIMATE, MEASURED, READ, bounded(-1e9, 1e9)) == ESTIMATE
    assert within_bounds(ESTIMATE, MEASURED, READ, None) == ESTIMATE
