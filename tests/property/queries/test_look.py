"""Looks at rows: links say all of them; Arrow finds what DuckDB finds by their SQL; CSV and Parquet are one table."""

from __future__ import annotations

import datetime as dt
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.queries.answer_text import csv_document, csv_rows, plain_texts
from etl_batch.queries.arrow_rows import ArrowRows, opened_rows
from etl_batch.queries.cell_types import types_by_cells
from etl_batch.queries.duck_table import make_data
from etl_batch.queries.look_answer import looked
from etl_batch.queries.row_look import Condition, Operator, RowLook, as_link, look_of
from etl_batch.queries.table_spec import CsvCells, TableSpec, sql_type
from tests.helpers.chance import examples

pytestmark = pytest.mark.io

_TEXT = st.text("ab'\";=,\n é", max_size=4)
_TIMES = st.integers(0, 10**15).map(lambda micros: dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(0, 0, micros))
_COLUMNS: dict[str, tuple[str, pa.DataType, st.SearchStrategy[Any]]] = {
    "whole": ("i32", pa.int32(), st.integers(-3, 3)),
    "float": ("f64", pa.float64(), st.sampled_from([-1.5, -0.0, 0.0, 0.1, 2.0, 1e300, float("nan"), float("inf")])),
    "single": ("f32", pa.float32(), st.sampled_from([-1.5, 0.0, 0.1, 2.0, float("nan")])),
    "text 'x'": ("str", pa.string(), _TEXT),
    "flag": ("bool", pa.bool_(), st.booleans()),
    "Day": ("date", pa.date32(), st.dates(dt.date(2020, 1, 1), dt.date(2020, 1, 4))),
    "sum": ("decimal(6,2)", pa.decimal128(6, 2), st.decimals(-2, 2, places=2)),
    "time": ("timestamp[us]", pa.timestamp("us", "UTC"), _TIMES),
}
_NAMES = list(_COLUMNS)


@st.composite
def _tables(draw: st.DrawFn) -> pa.Table:
    rows = draw(st.integers(0, 20))
    return pa.table({
        name: pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
        for name, (_, kind, values) in _COLUMNS.items()
    })  # fmt: skip


def _typed(name: str, value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return str(value).lower() if name == "flag" else str(value)


@st.composite
def _conditions(draw: st.DrawFn) -> Condition:
    name = draw(st.sampled_from(_NAMES))
    _, kind, values = _COLUMNS[name]
    can = list(Operator)
    if not pa.types.is_string(kind):
        can = [one for one in can if one not in {Operator.CONTAINS, Operator.BEGINS}]
    if pa.types.is_string(kind) or pa.types.is_boolean(kind):
        can = [one for one in can if one not in {Operator.LESS, Operator.AT_MOST, Operator.MORE, Operator.AT_LEAST}]
    operator = draw(st.sampled_from(can))
    if not operator.takes_value:
        return Condition(name, operator)
    value = draw(values.filter(lambda value: not isinstance(value, float) or abs(value) < float("inf")))
    return Condition(name, operator, _typed(name, value))


_LOOKS = st.builds(
    lambda conditions, sort, descending, counted: RowLook(
        conditions=tuple(conditions), sort=sort, descending=descending and bool(sort), counted=counted
    ),
    st.lists(_conditions(), max_size=2), st.sampled_from(["", *_NAMES]), st.booleans(), st.sampled_from(["", *_NAMES]),
)  # fmt: skip


@contextmanager
def _held(content: bytes, csv: CsvCells | None) -> Iterator[TableSpec]:
    with os.fdopen(os.memfd_create("table"), "w+b") as file:
        file.write(content)
        file.flush()
        yield TableSpec(files=(file.fileno(),), csv=csv)


@contextmanager
def _as_parquet(table: pa.Table) -> Iterator[ArrowRows]:
    out = io.BytesIO()
    pq.write_table(table, out, row_group_size=3)
    with _held(out.getvalue(), None) as spec:
        yield opened_rows(spec)


def _csv(table: pa.Table) -> bytes:
    return csv_document(table.schema, csv_rows(table.to_batches())).encode()


@contextmanager
def _as_csv(table: pa.Table) -> Iterator[ArrowRows]:
    types = tuple(_COLUMNS[name][0] for name in table.schema.names)
    with _held(_csv(table), CsvCells(escaped=True, names=tuple(table.schema.names), types=types)) as spec:
        yield opened_rows(spec)


_ANY = st.lists(st.builds(Condition, st.text(min_size=1), st.just(Operator.EQUAL), st.text(max_size=9))).map(tuple)


@given(st.builds(RowLook, conditions=_ANY, sort=st.text(), page=st.integers(1, 10**6), counted=st.text()))
def test_a_link_says_all_of_a_look(look: RowLook) -> None:
    kept = RowLook(conditions=look.conditions[:20], sort=look.sort, page=look.page, counted=look.counted)
    assert look_of(as_link(look)) == kept


@given(_tables(), _LOOKS)
@settings(max_examples=examples(200))
def test_arrow_finds_what_its_sql_finds(table: pa.Table, look: RowLook) -> None:
    with _as_parquet(table) as rows:
        found = looked(rows, look, table.num_rows)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.register("data", table)
    by_sql = connection.sql(found["sql"]).to_arrow_table()
    texts = [plain_texts(column.combine_chunks()) for column in by_sql.columns]
    expected = [list(row) for row in zip(*texts, strict=True)]
    assert found["matched"] == len(expected)
    if look.sort:
        place = _NAMES.index(look.sort)
        assert [_number(row[place]) for row in found["rows"]] == [_number(row[place]) for row in expected]
        expected, found["rows"] = sorted(expected, key=repr), sorted(found["rows"], key=repr)
    assert found["rows"] == expected


def _number(text: str | None) -> str | None:
    return "0.0" if text == "-0.0" else text


@given(_tables(), _LOOKS)
@settings(max_examples=examples(100))
def test_a_csv_is_the_same_table(table: pa.Table, look: RowLook) -> None:
    answers = []
    kinds: tuple[Callable[[pa.Table], Any], ...] = (_as_parquet, _as_csv)
    for opened in kinds:
        with opened(table) as rows:
            answers.append(looked(rows, look, table.num_rows))
    assert answers[0] == answers[1]


@given(_tables(), st.sampled_from(_NAMES))
@settings(max_examples=examples(100))
def test_values_are_counted_as_one_by_one(table: pa.Table, name: str) -> None:
    with _as_parquet(table) as rows:
        found = looked(rows, RowLook(counted=name), table.num_rows)
    texts = plain_texts(table.column(name).combine_chunks())
    expected = {text: texts.count(text) for text in texts}
    assert dict(found["counts"]["first"]) == expected
    numbers = [number for _, number in found["counts"]["first"]]
    assert numbers == sorted(numbers, reverse=True)


_CELLS = ["1", "-7", "007", "1.50", "2.25", "3.1", "true", "2020-02-30", "2020-02-28", "x", "", "1e9", "9" * 20]
_OF_DUCKDB = {"HUGEINT": "DECIMAL(38,0)", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}


@given(
    st.lists(st.sampled_from(_CELLS) | st.sampled_from(["2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5"]), max_size=5)
)
@settings(max_examples=examples(200))
def test_types_are_those_that_sql_has(cells: list[str]) -> None:
    content = "".join(f"{cell},k\n" for cell in ("c", *cells)).encode()
    connection = duckdb.connect()
    with _held(content, CsvCells(names=("c", "k"), types=(None, "str"))) as spec:
        word, _ = types_by_cells(spec)
        make_data(connection, spec)
        kind = str(connection.execute("select c from data").description[0][1])
    assert sql_type(word) == _OF_DUCKDB.get(kind, kind)
