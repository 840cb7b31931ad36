"""A column of the profile, as JSON has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from etl_batch.accumulators.profile_values import column_of, value_of
from etl_batch.formats.facts import ColumnFacts

KEYS = [
    "name", "type", "nulls", "min", "max", "sum", "mean", "min_length", "max_length", "distinct", "distinct_method",
    "quantiles", "histogram", "top", "examples",
]  # fmt: skip


def shown(**more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of `ColumnFacts`
    return column_of("a", ColumnFacts(**more))


def test_all_keys_are_there_in_their_order() -> None:
    assert list(shown(word="str")) == KEYS
    assert set(shown(word="i64").values()) == {"a", "i64", 0, None}


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("i64", 2**63 - 1, 2**63 - 1),
        ("bool", 1, True),
        ("date", -1, "1969-12-31"),
        ("decimal(18,2)", -5, "-0.05"),
        ("decimal(38,0)", 10**37, str(10**37)),
        ("timestamp[us]", 1_500_000, "1970-01-01T00:00:01.500000Z"),
        ("timestamp[s]", -1, "1969-12-31T23:59:59Z"),
        ("local_timestamp[ns]", 1, "1970-01-01T00:00:00.000000001"),
        ("time[ms]", 3_723_004, "01:02:03.004"),
        ("f64", None, None),
    ],
)
def test_values_stand_as_the_csv_has_them(kind: str, value: int, text: Any) -> None:  # noqa: ANN401
    assert value_of(kind, value) == text


def test_sums_are_exact_and_means_rounded_once() -> None:
    wide = shown(word="i64", values=3, least=1, most=2**62, total=2**62 + 2)
    assert (wide["sum"], wide["mean"]) == (2**62 + 2, (2**62 + 2) / 3)
    money = shown(word="decimal(18,2)", values=2, least=1, most=2, total=3)
    assert (money["min"], money["sum"], money["mean"]) == ("0.01", "0.03", 0.015)
    halves = shown(word="f64", values=2, least=0.5, most=1.0, total=3 * 2**1073)
    assert (halves["sum"], halves["mean"]) == (1.5, 0.75)


def test_what_is_not_finite_leaves_no_sum() -> None:
    found = shown(word="f64", values=2, odd=1, least=1.0, most=1.0, total=2**1074)
    assert (found["min"], found["sum"], found["mean"]) == (1.0, None, None)
    json.dumps(found, allow_nan=False)


def test_a_sum_beyond_all_floats_is_not_told() -> None:
    assert shown(word="f64", values=2, total=2 ** (1074 + 1024))["sum"] is None


def test_a_text_that_was_cut_within_a_character_ends_before_it() -> None:
    assert shown(word="str", values=1, first="é".encode()[:1], last="aé".encode())["min"] == ""


def test_numbers_have_no_lengths_and_texts_no_sums() -> None:
    text = shown(word="", seen=64, values=1, shortest=2, longest=3, first=b"ab", last=b"abc")
    assert (text["type"], text["min"], text["min_length"], text["sum"]) == ("str", "ab", 2, None)
    number = shown(word="", seen=2, values=1, least=5, most=5, total=5, shortest=1, longest=1, first=b"5", last=b"5")
    assert (number["type"], number["min"], number["min_length"], number["sum"]) == ("i64", 5, None, 5)
