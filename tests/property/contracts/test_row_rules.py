"""Each rule finds the rows that plain Python finds, for every type that a column can have."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.contracts.checking import checked
from etl_batch.contracts.contract import Contract
from etl_batch.contracts.findings import Counts, findings
from etl_batch.contracts.loading import contract_of
from etl_batch.contracts.row_rules import breaches
from tests.helpers.chance import examples
from tests.helpers.twins_contract import breaks, rows_that_break

_MILLI = 1000
_MOMENTS = st.datetimes(datetime(1960, 1, 1), datetime(2060, 1, 1))  # noqa: DTZ001
_TYPES: dict[str, tuple[str, pa.DataType, Any, Any]] = {
    "i8": ("integer", pa.int8(), st.integers(-128, 127), st.integers(-300, 300) | st.decimals(-200, 200, places=1)),
    "u64": ("integer", pa.uint64(), st.integers(0, 2**64 - 1), st.integers(-5, 2**65)),
    "i64": ("integer", pa.int64(), st.integers(-(2**63), 2**63 - 1) | st.integers(-9, 9), st.integers(-9, 9)),
    "f64": ("number", pa.float64(), st.floats(allow_nan=False) | st.sampled_from([0.1, 0.5, -0.0]),
            st.sampled_from([Decimal("0.1"), Decimal("0.5"), 0, 1, -3])),
    "decimal": ("number", pa.decimal128(6, 2), st.decimals(-9999, 9999, places=2),
                st.decimals(-9999, 9999, places=3) | st.integers(-99999, 99999)),
    "date": ("date", pa.date32(), st.dates(date(1960, 1, 1), date(2060, 1, 1)),
             st.dates(date(1960, 1, 1), date(2060, 1, 1)).map(date.isoformat)),
    "moment": ("datetime", pa.timestamp("us"), _MOMENTS, _MOMENTS.map(datetime.isoformat)),
    "ms": ("datetime", pa.timestamp("ms"),
           _MOMENTS.map(lambda one: one.replace(microsecond=one.microsecond // _MILLI * _MILLI)),
           _MOMENTS.map(datetime.isoformat)),
}  # fmt: skip
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _contract(kind: str, constraints: dict[str, Any], **more: Any) -> Contract:  # noqa: ANN401
    said = {key: str(value) if isinstance(value, Decimal) else value for key, value in constraints.items()}
    said = {key: [str(v) if isinstance(v, Decimal) else v for v in value] if isinstance(value, list) else value
            for key, value in said.items()}  # fmt: skip
    return contract_of(json.dumps({"fields": [{"name": "x", "type": kind, "constraints": said}], **more}), "c.json")


@pytest.mark.parametrize("name", _TYPES)
@settings(max_examples=examples(60))
@given(data=st.data())
def test_bounds(name: str, data: st.DataObject) -> None:
    kind, arrow, values, bounds = _TYPES[name]
    rows = data.draw(st.lists(st.none() | values, max_size=9))
    asked = data.draw(bounds | values.map(lambda one: one.isoformat() if kind.startswith("date") else one))
    if isinstance(asked, float):
        asked = Decimal(repr(asked)) if abs(asked) < 1e300 else 0
    for constraint in _BOUNDS:
        (rule,) = _contract(kind, {constraint: asked}).rules
        found = breaches(rule, pa.array(rows, arrow)).tolist()
        assert found == [breaks(constraint, asked, row) for row in rows], (constraint, asked, rows)


@settings(max_examples=examples(100))
@given(rows=st.lists(st.none() | st.text("aÄ\n0", max_size=4), max_size=9), most=st.integers(0, 4))
def test_texts(rows: list[str | None], most: int) -> None:
    asked: dict[str, Any] = {
        "required": True,
        "minLength": most,
        "maxLength": most,
        "pattern": "a|Ä{2}|(a\n)+",
        "enum": ["a", "0Ä"],
    }
    for rule in _contract("string", asked).rules:
        found = breaches(rule, pa.array(rows, pa.string())).nonzero()[0].tolist()
        assert found == rows_that_break(str(rule.kind), asked[str(rule.kind)], rows)


@pytest.mark.parametrize("name", [name for name in _TYPES if name != "f64"])
@settings(max_examples=examples(40))
@given(data=st.data())
def test_enums(name: str, data: st.DataObject) -> None:
    kind, arrow, values, _ = _TYPES[name]
    rows = data.draw(st.lists(st.none() | values, min_size=1, max_size=9))
    listed = data.draw(
        st.lists(st.sampled_from(rows).filter(lambda one: one is not None) | values, min_size=1, max_size=4)
        if any(row is not None for row in rows)
        else st.lists(values, min_size=1, max_size=4)
    )
    asked = [one.isoformat() if kind.startswith("date") else one for one in listed]
    (rule,) = _contract(kind, {"enum": asked}).rules
    assert breaches(rule, pa.array(rows, arrow)).nonzero()[0].tolist() == rows_that_break("enum", asked, rows)


def test_a_bound_that_no_value_reaches_is_kept_by_all_or_by_none() -> None:
    rows = pa.array([1, None, -128], pa.int8())
    for asked, below, above in ((1000, True, False), (-1000, False, True)):
        (least,), (most,) = (_contract("integer", {key: asked}).rules for key in ("minimum", "maximum"))
        assert breaches(least, rows).tolist() == [below, False, below]
        assert breaches(most, rows).tolist() == [above, False, above]


def test_nan_keeps_no_bound_and_a_float_is_compared_as_its_cells_are_read() -> None:
    (least,) = _contract("number", {"minimum": Decimal("0.1")}).rules
    (most,) = _contract("number", {"maximum": Decimal("0.1")}).rules
    for kind in (pa.float32(), pa.float64()):
        rows = pa.array([float("nan"), 0.1, None], pa.float64()).cast(kind)
        assert breaches(least, rows).tolist() == breaches(most, rows).tolist() == [True, False, False]


@settings(max_examples=examples(60))
@given(
    rows=st.lists(st.none() | st.integers(-3, 9), max_size=30),
    cuts=st.lists(st.integers(0, 30), max_size=4),
    data=st.data(),
)
def test_parts_merge_in_any_order_to_the_same(rows: list[int | None], cuts: list[int], data: st.DataObject) -> None:
    contract = _contract("integer", {"required": True, "minimum": 1, "enum": [1, 2, 5], "etl:maxNullShare": 0.2,
                                     "etl:severity": {"minimum": "reject"}}, **{"etl:minRows": 4})  # fmt: skip
    table = pa.table({"x": pa.array(rows, pa.int64()), "": pa.array(range(1, len(rows) + 1), pa.int64())})
    whole, _ = checked(contract, table, 0)
    edges = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    parts = [checked(contract, table.slice(start, stop - start), 0)[0] for start, stop in pairwise(edges)]
    merged = Counts.of(contract)
    for part in data.draw(st.permutations(parts)):
        merged.merge(Counts.unpacked(part.pack()))
    assert findings(contract, merged, ["in"]) == findings(contract, whole, ["in"])
    found = {str(rule.kind): rows for rule, rows in zip(contract.rules, whole.breaches, strict=True)}
    assert found["minimum"] == len(rows_that_break("minimum", 1, rows)) == whole.rejected
    assert findings(contract, whole, ["in"])["rules"][0]["is_broken"] is (len(rows) - whole.rejected < 4)
