"""A column is wide enough for each of its numbers, whatever the others are."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.ui.column_widths import decimals_of, shown_cell, width_px
from etl_batch.ui.table_export import Column

_COUNT = Column(name="n", title="n", kind="count")
_NUMBER = Column(name="n", title="n", kind="number")
_TEXT = Column(name="n", title="n")
_LEAST_PX = 8.0  #: of a digit in the grid's font, at the least


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1), st.sampled_from([_COUNT, _NUMBER]))
def test_the_widest_number_fits(numbers: list[int], column: Column) -> None:
    """The grid leaves out what is twice as wide as the others; we do not."""
    decimals = decimals_of(column, numbers)
    for number in numbers:
        assert width_px(column, numbers) >= len(shown_cell(number, column, decimals)) * _LEAST_PX + 16


@given(st.lists(st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-9), min_size=1))
def test_no_number_is_shown_as_nothing(numbers: list[float]) -> None:
    decimals = decimals_of(_NUMBER, numbers)
    assert decimals >= 2
    for number in numbers:
        assert number == 0 or math.isclose(float(f"{number:.{decimals}f}"), number, rel_tol=0.005)


def test_whole_columns_have_no_decimals_and_hashes_are_whole() -> None:
    whole = Column(name="n", title="n", kind="number", decimals=0)
    assert shown_cell(1234567.0, whole, decimals_of(whole, [1234567.0])) == "1,234,567"
    assert width_px(_TEXT, ["f" * 64]) >= 64 * _LEAST_PX + 16
    assert width_px(_TEXT, ["f" * 4000]) == width_px(_TEXT, ["f" * 8000])
