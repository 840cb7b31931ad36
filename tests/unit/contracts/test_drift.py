"""How far a column may be from what it was in the last run."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from etl_batch.contracts.drift import NO_RUN, drift
from etl_batch.contracts.loading import contract_of
from etl_batch.errors import ContractFile


def _column(nulls: int = 0, mean: Any = None, least: Any = None, most: Any = None) -> dict[str, Any]:  # noqa: ANN401
    return {"name": "x", "nulls": nulls, "mean": mean, "min": least, "max": most}


def _profile(column: dict[str, Any], rows: int = 100) -> dict[str, Any]:
    return {"rows": rows, "columns": [column]}


@pytest.mark.parametrize(
    ("what", "limit", "before", "now", "is_broken"),
    [
        ("nulls", "0.1", _column(10), _column(20), False),
        ("nulls", "0.1", _column(10), _column(21), True),
        ("nulls", "0.1", _column(10), _column(0), False),
        ("nulls", "0.1", _column(11), _column(0), True),
        ("mean", "0.5", _column(mean=-2.0), _column(mean=-3.0), False),
        ("mean", "0.5", _column(mean=-2.0), _column(mean=-3.1), True),
        ("mean", "9", _column(mean=0), _column(mean=0), False),
        ("mean", "9", _column(mean=0), _column(mean=1), True),
        ("min", "0", _column(mean=1, least="0.30"), _column(mean=1, least="0.3"), False),
        ("min", "0", _column(mean=1, least="0.30"), _column(mean=1, least="0.31"), True),
        ("max", "0.1", _column(mean=1, most=2**60), _column(mean=1, most=2**60 + 1), False),
        ("max", "0", _column(mean=1, most=2**60), _column(mean=1, most=2**60 + 1), True),
        ("max", "0.1", _column(mean=1, most=10), _column(100), True),
        ("max", "0.1", _column(most="a"), _column(mean=1, most=10), False),
        ("max", "0.1", _column(mean=1, most="odd"), _column(mean=1, most=10), False),
    ],
)
def test_a_change_breaks_the_rule_where_it_is_greater(
    what: str, limit: str, before: dict[str, Any], now: dict[str, Any], is_broken: bool
) -> None:
    assert drift(((what, Decimal(limit)),), "x", _profile(before), _profile(now))[1] is is_broken


def test_it_is_told() -> None:
    limits = (("nulls", Decimal(1)), ("mean", Decimal("0.5")))
    said, _ = drift(limits, "x", _profile(_column(1, 2)), _profile(_column(0, 5.25)))
    assert said == "share of nulls 0, before 0.01; mean 5.25, before 2"


def test_without_a_last_run_nothing_is_broken() -> None:
    limits = (("nulls", Decimal(0)),)
    assert drift(limits, "x", None, _profile(_column())) == (NO_RUN, False)
    other = {"rows": 1, "columns": [_column() | {"name": "y"}]}
    assert drift(limits, "x", other, _profile(_column(9))) == (NO_RUN, False)
    assert drift(limits, "x", _profile(_column(), 0), _profile(_column(9)))[1] is False


def _read(kind: str, limit: Any) -> str:  # noqa: ANN401 - a JSON value
    field = {"name": "x", "type": kind, "constraints": {"etl:maxDrift": limit}}
    return contract_of(json.dumps({"fields": [field], "etl:severity": "warn"}), "c.json").rules[0].text


def test_what_is_read() -> None:
    assert _read("integer", 0.5) == "x etl:maxDrift nulls 0.5, mean 0.5, min 0.5, max 0.5"
    assert _read("string", 1) == "x etl:maxDrift nulls 1"
    assert _read("number", {"max": 2, "nulls": 0}) == "x etl:maxDrift nulls 0, max 2"


@pytest.mark.parametrize(
    ("kind", "limit", "says"),
    [
        ("integer", -1, "at /fields/0/constraints/etl:maxDrift: -1 is no change; give a number, 0 or more"),
        ("integer", "1", "'1' is no change"),
        ("integer", True, "True is no change"),
        ("integer", {}, "it bounds nothing; give a number, or one for each of nulls, mean, min, max"),
        ("date", {"mean": 1}, "/mean: 'mean' of a column of the type date is not compared; give nulls"),
        ("integer", {"median": 1}, "'median' of a column of the type integer is not compared"),
        ("integer", {"max": []}, "[] is no change"),
    ],
)
def test_what_is_refused(kind: str, limit: Any, says: str) -> None:  # noqa: ANN401
    with pytest.raises(ContractFile) as refused:
        _read(kind, limit)
    assert says in str(refused.value)
