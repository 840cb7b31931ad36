"""Rows of an output as Arrow has them, by example: of several batches, of one column with empty cells, in an order."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.queries.arrow_rows import ArrowRows, opened_rows
from etl_batch.queries.look_answer import looked
from etl_batch.queries.row_look import RowLook
from etl_batch.queries.table_spec import CsvCells, TableSpec

pytestmark = pytest.mark.io


@contextmanager
def _opened(content: bytes, csv: CsvCells | None = None) -> Iterator[ArrowRows]:
    with os.fdopen(os.memfd_create("table"), "w+b") as file:
        file.write(content)
        file.flush()
        yield opened_rows(TableSpec(files=(file.fileno(),), csv=csv))


def test_a_row_group_of_several_batches_is_turned_through() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"n": range(140_000)}), out, row_group_size=140_000)
    with _opened(out.getvalue()) as rows:
        assert looked(rows, RowLook(page=2601), 140_000)["rows"][:2] == [["130000"], ["130001"]]
        assert looked(rows, RowLook(sort="n", descending=True), 140_000)["rows"][0] == ["139999"]


def test_an_empty_line_is_a_row_of_one_column() -> None:
    with _opened(b"a\nx\n\ny\n", CsvCells(names=("a",), types=("str",))) as rows:
        assert looked(rows, RowLook(), 3)["rows"] == [["x"], [None], ["y"]]


def test_rows_with_the_same_key_stay_in_the_order_of_the_file() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"key": [2, 1, 2, 1, 1], "row": range(5)}), out, row_group_size=2)
    with _opened(out.getvalue()) as rows:
        for descending, order in ((False, "13402"), (True, "02134")):
            found = looked(rows, RowLook(sort="key", descending=descending), 5)["rows"]
            assert "".join(row[1] for row in found) == order
