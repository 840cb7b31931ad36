"""A contract to begin with, out of what the columns of a good file hold."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.contracts.draft import text_of
from etl_batch.contracts.inferring import inferred_schema
from etl_batch.contracts.loading import contract_of


def _column(
    name: str, *, nulls: int = 0, least: object = None, words: list[str] | None = None, **more: object
) -> dict[str, Any]:
    top = {"method": "exact", "values": [{"value": word, "count": 1} for word in words or []]}
    distinct = len(words or [])
    return {"name": name, "nulls": nulls, "min": least, "top": top, "distinct": distinct, "max_length": 4} | more


def _constraints(column: dict[str, Any], kind: str, rows: int = 100) -> object:
    (field,) = inferred_schema({"rows": rows, "columns": [column]}, [kind])["fields"]
    return field.get("constraints", {})


@pytest.mark.parametrize(
    ("column", "kind", "expected"),
    [
        (_column("a"), "any", {"required": True}),
        (_column("a", nulls=1), "any", {}),
        (_column("a", least=0), "integer", {"required": True, "minimum": 0}),
        (_column("a", least=-1), "integer", {"required": True}),
        (_column("a", least=0.5), "number", {"required": True, "minimum": 0}),
        (_column("a", least="0.05"), "number", {"required": True, "minimum": 0}),
        (_column("a", least="-0.05"), "number", {"required": True}),
        (_column("a", least=None, nulls=100), "number", {}),
        (_column("a", words=["x", "b"]), "string", {"required": True, "enum": ["b", "x"]}),
        (_column("a", words=["x"] * 6), "string", {"required": True}),
        (_column("a", words=["x"], distinct=2), "string", {"required": True}),
        (_column("a", words=["x"], max_length=41), "string", {"required": True}),
        (_column("a", least="2024-01-01"), "date", {"required": True}),
    ],
)
def test_what_is_likely_to_hold_of_the_next_file(column: dict[str, Any], kind: str, expected: object) -> None:
    assert _constraints(column, kind) == expected


def _numbered(name: str, rows: int, **more: object) -> dict[str, Any]:
    return _column(name) | {"distinct": rows, "distinct_method": "exact"} | more


def test_the_first_column_that_tells_rows_apart_is_the_key_and_others_are_unique() -> None:
    columns = [_numbered("price", 20), _numbered("number", 20), _numbered("code", 20), _numbered("gaps", 20, nulls=1),
               _numbered("few", 19), _numbered("guessed", 20) | {"distinct_method": "HyperLogLog"}]  # fmt: skip
    types = ["number", "integer", "string", "string", "integer", "integer"]
    found = inferred_schema({"rows": 20, "columns": columns}, types)
    assert found["primaryKey"] == ["number"]
    assert [one["name"] for one in found["fields"] if one.get("constraints", {}).get("unique")] == ["code"]
    assert contract_of(text_of(found), "c").keys == (("code",), ("number",))
    assert "primaryKey" not in inferred_schema({"rows": 19, "columns": [_numbered("a", 19)]}, ["integer"])


def test_of_no_row_nothing_is_known() -> None:
    found = inferred_schema({"rows": 0, "columns": [_column("a")]}, ["integer"])
    assert found["fields"] == [{"name": "a", "type": "integer"}]
    assert "etl:minRows" not in found


def test_the_next_file_is_read_in_the_same_way() -> None:
    reading = {
        "decimal": ",", "thousands": None,
        "columns": [{"name": "day", "date_format": "%d.%m.%Y", "decimal": None, "thousands": None, "nulls": ["", "-"]}],
    }  # fmt: skip
    profile = {"rows": 3, "columns": [_column("day"), _column("price", least=1), _column("odd")]}
    found = inferred_schema(profile, ["date", "number", "struct"], reading)
    day, price, odd = found["fields"]
    assert (day["format"], day["missingValues"]) == ("%d.%m.%Y", ["", "-"])
    assert (price["decimalChar"], "groupChar" in price) == (",", False)
    assert odd["type"] == "any"
    assert contract_of(text_of(found), "c").types == "day=date(%d.%m.%Y),price=f64"
