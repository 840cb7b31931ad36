"""What a child is told of a table, and how the metadata of a run name its types."""

from __future__ import annotations

import json
from typing import Any

import pytest

from etl_batch.queries.table_spec import CsvCells, TableSpec, as_json, distinct_names, from_json, sql_type, types_of

_CSV = CsvCells(delimiter=";", decimal=",", escaped=True, packing="gzip", names=("a", "b"), types=("i64", None))


@pytest.mark.parametrize("spec", [TableSpec(files=(4, 5), csv=None), TableSpec(files=(7,), csv=_CSV)])
def test_it_travels_as_json(spec: TableSpec) -> None:
    assert from_json(json.loads(json.dumps(as_json(spec)))) == spec


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("i64", "BIGINT"), ("u8", "UTINYINT"), ("f32", "FLOAT"), ("bool(ja,nein)", "BOOLEAN"), ("date", "DATE"),
        ("date(%d.%m.%Y)", "DATE"), ("decimal(18,2)", "DECIMAL(18,2)"), ("decimal(9)", "DECIMAL(9,0)"),
        ("timestamp", "TIMESTAMPTZ"), ("timestamp[us](%d.%m.%Y %H:%M)", "TIMESTAMPTZ"),
        ("timestamp[ns]", "TIMESTAMP_NS"),
        ("local_timestamp[ms]", "TIMESTAMP"), ("bytes", "BLOB"), ("str", "VARCHAR"), ("money", None),
        ("decimal(39,2)", None), ("decimal(2,3)", None), ("blob); drop view data", None),
    ],
)  # fmt: skip
def test_types_have_names_in_sql(word: str, kind: str | None) -> None:
    assert sql_type(word) == kind


def test_a_run_tells_types_by_the_names_of_its_outputs() -> None:
    read = {"columns": [{"name": "a", "type": "i32"}, {"name": "b", "type": "money"}]}
    told: dict[str, Any] = {"inputs": [{"reading": read}, {"reading": None}], "config": {"rename": [["a", "x"]]}}
    assert types_of(told, ("x", "b", "c")) == ("i32", None, None)
    profile = {"columns": [{"name": "c", "type": "date"}, {"name": "x", "type": "i64"}]}
    assert types_of({**told, "column_profile": profile}, ("x", "b", "c")) == ("i64", None, "date")


def test_names_that_sql_takes_for_one_get_a_number() -> None:
    assert distinct_names(("a", "A", "a_1", "b")) == ("a", "A_1", "a_1_1", "b")
