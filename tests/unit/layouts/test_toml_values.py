"""The values of a layout: whole numbers within their range, known keys only, and what messages show of them."""

from __future__ import annotations

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.toml_values import refuse_unknown, shown, whole


@pytest.mark.parametrize("value", [2, 3, 5])
def test_numbers_within_their_range(value: int) -> None:
    assert whole({"size": value}, "size", "here", low=2, high=5) == value


@pytest.mark.parametrize("value", [1, 6, 2.0, "3", [3]])
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(LayoutInvalid, match=r"here has size .*; give a whole number from 2 to 5"):
        whole({"size": value}, "size", "here", low=2, high=5)


def test_true_is_no_number_where_one_is_allowed() -> None:
    with pytest.raises(LayoutInvalid, match="has size True"):
        whole({"size": True}, "size", "here")


def test_what_is_missing_takes_its_default_or_is_refused() -> None:
    assert whole({}, "size", "here", default=0) == 0
    with pytest.raises(LayoutInvalid, match=r"^here has no size"):
        whole({}, "size", "here")


def test_the_first_unknown_key_is_named_with_those_there_are() -> None:
    refuse_unknown({"name": 1}, {"type", "name"}, "here")
    with pytest.raises(LayoutInvalid, match=r"here has an unknown key 'lenght'; the keys are name, type"):
        refuse_unknown({"zzz": 1, "lenght": 2, "name": 3}, {"type", "name"}, "here")


def test_messages_stay_short() -> None:
    assert shown("price") == "'price'"
    assert shown("x" * 500) == f"'{'x' * 199}..."
    assert shown(10**5000) == "a number of thousands of digits"
