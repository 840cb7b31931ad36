"""Exact totals as text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.estimate.exact_text import number_of, sum_text, whole_text
from etl_batch.text.number_text import exact_amount


@given(st.integers(-(10**40), 10**40), st.integers(0, 38))
def test_every_digit_is_there(whole: int, scale: int) -> None:
    text = whole_text(whole, scale)
    assert Decimal(text) == Decimal(f"{whole}e-{scale}")
    assert len(text.partition(".")[2]) == scale
    assert number_of(text) == (whole if not scale else float(text))
    assert sum_text([text, text]) == whole_text(2 * whole, scale)


@given(st.floats(allow_nan=False))
def test_floats_stay_floats(value: float) -> None:
    assert number_of(repr(value)) == value
    assert isinstance(number_of(repr(value)), float)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("9223372036854775807000", "9,223,372,036,854,775,807,000"),
        ("-1234.50", "\N{MINUS SIGN}1,234.50"),
        ("5.0", "5"),
        ("1e+22", "1.0000e+22"),
        (None, "10,000"),
    ],
)
def test_pages_show_every_digit(text: str | None, shown: str) -> None:
    assert exact_amount(float(text) if text else 10_000.0, text) == shown
