"""What is said of the rules of a contract, and what their parts say of a bad document."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl_batch.contracts.bounds import BadBound, bound_of
from etl_batch.contracts.contract import Contract, ContractField, Kind, Rule, Severity
from etl_batch.contracts.findings import Counts, findings, in_words, refusal
from etl_batch.contracts.json_place import At, Wrong
from etl_batch.contracts.readings import read_as

_RULES = (
    Rule(Kind.FEWEST_ROWS, None, 4),
    Rule(Kind.MOST_ROWS, None, 9, Severity.WARN),
    Rule(Kind.MINIMUM, "x", 1),
    Rule(Kind.MOST_NULLS, "x", Decimal("0.5")),
)
_CONTRACT = Contract((ContractField("x", "integer"),), _RULES)


def test_what_nobody_breaks_is_no_refusal() -> None:
    counts = Counts(5, 1, [0] * 4, [[], [], [], []], {}, {"x": 2})
    assert refusal(findings(_CONTRACT, counts, ["a"])) is None


def test_a_refusal_names_each_broken_rule_whose_breach_is_an_error() -> None:
    counts = Counts(12, 0, [0, 0, 2, 0], [[], [], [(0, 3, "0"), (1, 1, "-5")], []], {"x": 2}, {"x": 7})
    found = findings(_CONTRACT, counts, ["a.csv", "b.csv"])
    assert refusal(found) == (
        "2 rules of the contract broken, and nothing is published:\n"
        "  column x: 2 rows of 12\n"
        "  x minimum 1: 2 rows (a.csv row 3: 0; b.csv row 1: -5)\n"
        "  x etl:maxNullShare 0.5: 7 of 12 rows null"
    )
    assert in_words(found["rules"][1]) == "etl:maxRows 9: 12 rows"


def test_bounds_are_exact() -> None:
    assert bound_of(0.1, "number", "default") == Decimal("0.1")
    assert bound_of("12345678901234567890.12", "number", "default") == Decimal("12345678901234567890.12")
    assert bound_of("2020-01-01T01:00:00+01:00", "datetime", "default") == "2020-01-01T00:00:00"
    with pytest.raises(BadBound, match="is neither true nor false"):
        bound_of(1, "boolean", "default")


def test_a_place_says_where_it_stands() -> None:
    at = At({"a/b": [{"~": 1}]})["a/b"][0]["~"]
    assert at.pointer == "/a~1b/0/~0"
    with pytest.raises(Wrong, match="a text is expected"):
        at.text("a text")


def test_a_type_of_ours_reads_a_column_in_its_place() -> None:
    assert read_as(At({"name": "x", "type": "number", "etl:type": "decimal(9,2)"}), "x", "number") == "decimal(9,2)"
