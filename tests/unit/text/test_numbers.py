"""A truth value is no number, in whatever it was written: a limit, a layout, a line of the log, metadata."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import ConfigError, LayoutInvalid
from etl_batch.jobs.limits import JobLimits
from etl_batch.layouts.toml_values import whole
from etl_batch.text.number_text import UNKNOWN
from etl_batch.text.numbers import is_number, is_whole_number
from etl_batch.ui.job_words import bytes_in_words

_NO_NUMBERS = st.none() | st.booleans() | st.text() | st.binary() | st.lists(st.integers())


@given(st.integers())
def test_whole_numbers(value: int) -> None:
    assert is_number(value)
    assert is_whole_number(value)


@given(st.floats() | st.sampled_from([math.inf, math.nan, np.float64(1)]))
def test_numbers_with_a_fraction(value: float) -> None:
    """Also where there is nothing behind the point, or nothing finite."""
    assert is_number(value)
    assert not is_whole_number(value)


@given(_NO_NUMBERS)
def test_all_else(value: object) -> None:
    assert not is_number(value)
    assert not is_whole_number(value)


def test_those_who_ask_take_no_truth_value_for_a_number() -> None:
    given: Any = True
    with pytest.raises(ConfigError, match="jobs_at_once is True"):
        JobLimits(jobs_at_once=given)
    with pytest.raises(LayoutInvalid, match="record_size"):
        whole({"record_size": True}, "record_size", "the layout")
    assert bytes_in_words(given) == UNKNOWN
    assert bytes_in_words(1) != UNKNOWN
