"""Whether outputs say the same: by facts of them."""

from __future__ import annotations

from tests.bench.speed.agreement import differences

FACTS = {"rows": "3", "sum of value": "10"}


def test_equal_facts_are_equal_rows() -> None:
    assert differences(FACTS, dict(FACTS)) == []


def test_what_differs_is_named_with_both() -> None:
    assert differences(FACTS, {**FACTS, "sum of value": "11"}) == ["sum of value: 10, theirs 11"]


def test_what_only_one_of_them_has_is_a_difference() -> None:
    assert differences(FACTS, {"rows": "3"}) == ["sum of value: 10, theirs nothing"]
    assert differences({"rows": "3"}, FACTS) == ["sum of value: nothing, theirs 10"]
