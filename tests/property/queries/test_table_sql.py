"""A CSV of ours comes back from DuckDB cell by cell, and its columns have the types that all their cells have."""

from __future__ import annotations

import os
import re
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.cell_escape import csv_cell
from etl_batch.queries.duck_table import make_data
from etl_batch.queries.table_spec import CsvCells, TableSpec
from etl_batch.queries.table_sql import data_view, looks_query, quoted_name, text_literal, type_of_looks

pytestmark = pytest.mark.io

_TEXTS = st.text(st.sampled_from("a=+-@'\",;\t\n\r|é0.1 "), max_size=6) | st.none()
_NUMBERS = [
    "0",
    "-1",
    "12",
    "007",
    "1.50",
    "2.25",
    "5.0",
    "1e+20",
    "-0.0",
    "NaN",
    "inf",
    "true",
    "false",
    "-",
    "9" * 20,
]
_NUMBERS += ["2020-02-29", "2021-02-29", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.5", "9" * 40, "0.1", "-3.75"]


def _asked(content: bytes, csv: CsvCells) -> tuple[list[str], list[tuple[object, ...]]]:
    """The types and the rows that `data` has."""
    connection = duckdb.connect()
    with os.fdopen(os.memfd_create("cells"), "w+b") as file:
        file.write(content)
        file.flush()
        make_data(connection, TableSpec(files=(file.fileno(),), csv=csv))
        found = connection.execute("select * from data")
        types = [str(column[1]) for column in found.description]
        return types, found.fetchall()


@given(st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1, max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_texts_come_back_as_they_were(rows: list[tuple[str | None, str | None]], delimiter: str) -> None:
    lines = [delimiter.join(csv_cell(cell, delimiter=delimiter) for cell in row) for row in rows]
    content = "\n".join([f"a{delimiter}b", *lines, ""]).encode()
    csv = CsvCells(delimiter=delimiter, escaped=True, names=("a", "b"), types=("str", "str"))
    assert _asked(content, csv) == (["VARCHAR", "VARCHAR"], rows)


def _type_by_hand(cells: list[str]) -> str:  # noqa: PLR0911 - one way out for each type
    """The slow twin: what every cell may be."""
    if not cells:
        return "VARCHAR"
    if all(cell in {"true", "false"} for cell in cells):
        return "BOOLEAN"
    if all(_is_whole(cell) for cell in cells):
        most = max(len(cell.lstrip("-")) for cell in cells)
        return "BIGINT" if most <= 18 else "HUGEINT" if most <= 37 else "VARCHAR"
    if all(_is_float(cell) for cell in cells):
        return "DOUBLE"
    if all(cell == "2020-02-29" for cell in cells):
        return "DATE"
    if all(cell == "2020-01-01T00:00:00Z" for cell in cells):
        return "TIMESTAMP WITH TIME ZONE"
    if all(cell == "2020-01-01T00:00:00.5" for cell in cells):
        return "TIMESTAMP"
    scales = {len(cell.partition(".")[2]) for cell in cells}
    if all(re.fullmatch(r"-?(0|[1-9]\d*)\.\d+", cell) for cell in cells) and len(scales) == 1:
        return f"DECIMAL({18 + min(scales)},{min(scales)})"
    return "VARCHAR"


def _is_whole(cell: str) -> bool:
    return bool(re.fullmatch(r"0|-?[1-9]\d*", cell))


def _is_float(cell: str) -> bool:
    if cell in {"NaN", "inf", "-inf"}:
        return True
    return bool(re.fullmatch(r"-?[\d.e+-]+", cell)) and ("." in cell or "e" in cell) and _repr(cell) == cell


def _repr(cell: str) -> str:
    try:
        return repr(float(cell))
    except ValueError:
        return ""


@given(st.lists(st.sampled_from(_NUMBERS) | st.just(""), min_size=1, max_size=4), st.booleans())
def test_a_type_is_what_every_cell_has(cells: list[str], are_alike: bool) -> None:
    cells = [cells[0]] * len(cells) if are_alike else cells
    content = "\n".join(["n,last", *(f"{cell},x" for cell in cells), ""]).encode()
    (kind, _), rows = _asked(content, CsvCells(names=("n", "last")))
    given_cells = [cell for cell in cells if cell]
    may = _type_by_hand(given_cells)
    # Moments with and without a zone in one column are text; DuckDB names types as it likes.
    assert kind == may or (kind == "VARCHAR" and len(set(given_cells)) > 1 and may.startswith("TIME")), (kind, may)
    if kind.startswith("DECIMAL"):
        assert [row[0] for row in rows] == [Decimal(cell) if cell else None for cell in cells]
    if kind == "VARCHAR":
        assert [row[0] for row in rows] == [cell or None for cell in cells]


def test_behind_the_first_rows_a_cell_still_decides() -> None:
    content = "n\n" + "1\n" * 3000 + "007\n"
    assert _asked(content.encode(), CsvCells(names=("n",)))[0] == ["VARCHAR"]


def test_a_decimal_comma_is_read() -> None:
    csv = CsvCells(delimiter=";", decimal=",", names=("n", "d"), types=("decimal(9,2)", None))
    assert _asked(b"n;d\n1,50;0,5\n", csv) == (["DECIMAL(9,2)", "DOUBLE"], [(Decimal("1.50"), 0.5)])


@given(st.text(max_size=8), st.text(max_size=8))
def test_texts_and_names_cannot_leave_their_quotes(text: str, name: str) -> None:
    text, name = text.replace("\0", ""), name.replace("\0", "") or "a"
    found = duckdb.connect().execute(f"select {text_literal(text)} as {quoted_name(name)}")
    assert (found.description[0][0], found.fetchone()) == (name, (text,))


def test_what_is_asked_of_looks_stands_in_order() -> None:
    asked = looks_query({1: ("DATE", "BIGINT")}, CsvCells(), 10)
    assert asked.index("TRY_CAST(c1 AS DATE)") < asked.index("[1-9][0-9]{0,17}") < asked.index("LIMIT 10")
    assert type_of_looks(("DECIMAL", "BIGINT"), (0, 0)) == "BIGINT"
    assert type_of_looks(("DECIMAL",), (1, 2)) == "VARCHAR"
    assert 'AS "A_1"' in data_view(CsvCells(), ("a", "A"), ("DATE", "DATE"))
