"""How values lie, from counts and bins by hand."""

from __future__ import annotations

import math

import pytest

from etl_batch.accumulators.value_shapes import values_of
from etl_batch.formats.counted_values import size_bin
from etl_batch.formats.facts import ColumnFacts
from etl_batch.formats.value_facts import Value, ValueFacts


def few(word: str, *pairs: tuple[int | float | bytes, int]) -> tuple[ColumnFacts, ValueFacts]:
    """A column of a few values."""
    counts: dict[int, tuple[int, Value]] = {number: (count, value) for number, (value, count) in enumerate(pairs)}
    numbers = [value for value, _ in pairs if not isinstance(value, bytes)]
    rows = sum(count for _, count in pairs)
    facts = ColumnFacts(word=word, values=rows, least=min(numbers, default=None), most=max(numbers, default=None))
    return facts, ValueFacts(counts=counts, kept={number: value for number, (value, _) in enumerate(pairs)})


def test_of_few_values_all_is_exact() -> None:
    found = values_of(*few("i64", (1, 1), (2, 97), (1000, 2)))
    assert (found["distinct"], found["distinct_method"]) == (3, "exact")
    assert found["quantiles"]["error"] == 0
    assert found["quantiles"]["values"] == {
        "0.01": 1, "0.05": 2, "0.25": 2, "0.5": 2, "0.75": 2, "0.95": 2, "0.99": 1000,
    }  # fmt: skip
    assert sum(found["histogram"]["counts"]) == 100
    assert (found["histogram"]["counts"][0], found["histogram"]["counts"][-1]) == (98, 2)
    assert found["top"] == {
        "method": "exact",
        "values": [{"value": 2, "count": 97}, {"value": 1000, "count": 2}, {"value": 1, "count": 1}],
    }


def test_of_many_values_bins_tell_within_their_bound() -> None:
    values = [3.0 * number + 0.5 for number in range(5000)]
    bins: dict[int, int] = {}
    for value in values:
        bins[size_bin(value)] = bins.get(size_bin(value), 0) + 1
    facts = ColumnFacts(word="f64", values=5000, least=values[0], most=values[-1])
    found = values_of(facts, ValueFacts(counts=None, bins=bins))
    assert found["top"] == {"method": "not known", "values": []}
    for share, value in found["quantiles"]["values"].items():
        exact = values[max(math.ceil(float(share) * 5000), 1) - 1]
        assert value == pytest.approx(exact, rel=found["quantiles"]["error"])
    assert sum(found["histogram"]["counts"]) == 5000


def test_no_more_are_told_apart_than_there_are() -> None:
    registers = bytes([3]) * len(ValueFacts().registers)
    assert ValueFacts(counts=None, registers=registers).distinct > 5000
    for values, told in ((5000, 5000), (10**9, ValueFacts(counts=None, registers=registers).distinct)):
        facts = ColumnFacts(word="str", values=values)
        assert values_of(facts, ValueFacts(counts=None, registers=registers))["distinct"] == told


def test_whole_numbers_stay_whole_and_decimals_numbers() -> None:
    for word, expected in (("i64", 7), ("decimal(18,2)", 0.07)):
        facts = ColumnFacts(word=word, values=9, least=7, most=7)
        found = values_of(facts, ValueFacts(counts=None, bins={size_bin(7): 9}))
        assert found["quantiles"]["values"]["0.5"] == expected


def test_days_of_times() -> None:
    facts = ColumnFacts(word="timestamp[s]", values=2, least=5, most=86_400 * 3)
    found = values_of(facts, ValueFacts(counts=None, bins={0: 1, 3: 1}))
    assert (found["quantiles"]["error"], found["quantiles"]["of"]) == (1, "day")
    assert found["quantiles"]["values"]["0.5"] == "1970-01-01T00:00:05Z"


def test_texts_have_no_quantiles() -> None:
    found = values_of(*few("str", (b"a", 2), (b"b", 1)))
    assert (found["quantiles"], found["histogram"]) == (None, None)
    assert found["top"]["values"][0] == {"value": "a", "count": 2}
    assert found["examples"] == ["a", "b"]


def test_no_values_at_all() -> None:
    found = values_of(ColumnFacts(word="str"), ValueFacts())
    assert (found["distinct"], found["distinct_method"], found["examples"]) == (0, "exact", [])


def test_numbers_that_are_not_finite_are_values_without_a_place() -> None:
    facts, values = few("f64", (1.0, 2), (math.inf, 1), (math.nan, 1))
    found = values_of(ColumnFacts(word="f64", values=4, odd=2, least=1.0, most=1.0), values)
    assert found["distinct"] == 3
    assert found["quantiles"]["values"]["0.99"] == 1.0
    assert sum(found["histogram"]["counts"]) == 2
    assert facts.word == "f64"
