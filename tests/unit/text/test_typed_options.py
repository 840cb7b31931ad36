"""Options as they are typed: what is meant comes back as it was typed, and what means nothing is refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import ConfigError
from etl_batch.text.typed_options import (
    BadRowLimit,
    read_delimiter,
    read_gigabytes,
    read_measures,
    typed_delimiter,
    typed_measures,
)
from etl_batch.values import GIB

NAMES = st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters=","), min_size=1, max_size=5)


@pytest.mark.parametrize(
    ("limit", "rows", "most"),
    [("3", 10, 3), ("0", 10, 0), ("10%", 30, 3), ("0.1%", 3000, 3), ("33.4 %", 9, 3), ("100%", 7, 7)],
)
def test_a_limit_is_exact_at_its_boundary(limit: str, rows: int, most: int) -> None:
    assert [BadRowLimit.parse(limit).allows(bad, rows) for bad in (most, most + 1)] == [True, False]


@given(st.integers(0, 10**18 - 1), st.integers(0, 10**18))
def test_a_number_of_rows_is_that_number_of_whatever_many(number: int, bad: int) -> None:
    assert BadRowLimit.parse(str(number)).allows(bad, 10**18) == (bad <= number)


@pytest.mark.parametrize("limit", ["", "-1", "x", "%", "5%%", "101%", "1e3", "1_000", "10 rows", "0.1234567890%"])
def test_no_limit(limit: str) -> None:
    with pytest.raises(ConfigError, match="--max-bad-rows is"):
        BadRowLimit.parse(limit)


@given(st.characters(codec="ascii"))
def test_a_delimiter_comes_back(delimiter: str) -> None:
    assert read_delimiter(typed_delimiter(delimiter)) == delimiter


@pytest.mark.parametrize("typed", ["\\t", "\\T", "tab", "Tab", "\t"])
def test_ways_to_type_a_tab(typed: str) -> None:
    assert read_delimiter(typed) == "\t"


@given(st.lists(NAMES.filter(lambda name: name != "-"), max_size=4).map(tuple))
def test_measures_come_back(names: tuple[str, ...]) -> None:
    assert read_measures(typed_measures(names)) == names


@pytest.mark.parametrize(("typed", "names"), [(" - ", ()), ("a , b", ("a", "b")), ("a b", ("a b",))])
def test_blanks_around_names_mean_nothing(typed: str, names: tuple[str, ...]) -> None:
    assert read_measures(typed) == names


@pytest.mark.parametrize("typed", ["", ",", "a,", ",a", "a, ,b"])
def test_a_name_is_not_empty(typed: str) -> None:
    with pytest.raises(ConfigError, match="--measures names no column"):
        read_measures(typed)


@pytest.mark.parametrize("given", [0.5, 1, 1024, 2**33 - 1])
def test_gigabytes(given: float) -> None:
    assert read_gigabytes(given) == given * GIB


@pytest.mark.parametrize("given", [0, -1, math.nan, math.inf, 2**33])
def test_no_size(given: float) -> None:
    with pytest.raises(ConfigError, match="--max-size-gb is"):
        read_gigabytes(given)
