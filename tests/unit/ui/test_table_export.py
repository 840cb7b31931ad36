"""Tables taken away: escaped, and read back as they were."""

from __future__ import annotations

import csv
import io
import json
import math

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.cell_escape import is_formula, unescape_csv_injection
from etl_batch.ui.table_export import Cell, Column, Table, as_csv, as_json

COLUMNS = (Column(name="name", title="Name"), Column(name="rows", title="Rows", kind="count"))
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(["=1+1", "@x", "\t=2", "'=3", "+4", "-5"])
CELLS: st.SearchStrategy[Cell] = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS


@given(st.lists(TEXTS, min_size=1))
def test_csv_holds_the_texts_and_no_formula(texts: list[str]) -> None:
    table = Table(COLUMNS, [{"name": text, "rows": 1} for text in texts])
    header, *lines = csv.reader(io.StringIO(as_csv(table).decode(), newline=""), strict=True)
    assert header == ["name", "rows"]
    assert [unescape_csv_injection(line[0]) for line in lines] == texts
    assert not any(is_formula(line[0]) for line in lines)


@given(st.lists(CELLS))
def test_json_is_json_whatever_the_cells(cells: list[Cell]) -> None:
    read = json.loads(as_json(Table(COLUMNS, [{"name": cell} for cell in cells])), parse_constant=lambda text: text)
    assert [row["rows"] for row in read] == [None] * len(cells)
    for row, cell in zip(read, cells, strict=True):
        assert row["name"] == (None if isinstance(cell, float) and not math.isfinite(cell) else cell)


def test_csv_cells_are_plain() -> None:
    rows: list[dict[str, Cell]] = [{"name": None, "rows": True}, {"name": "", "rows": 2.5}, {"rows": -3}]
    assert as_csv(Table(COLUMNS, rows)) == b'name,rows\n,true\n"",2.5\n,-3\n'
