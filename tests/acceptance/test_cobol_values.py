"""Records of every USAGE and sign that a COBOL program wrote: read cell by cell as the values that it moved."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any

import pyarrow.parquet as pq
import pytest

from etl_batch.etl_core import run
from etl_batch.layouts.copybook.book import Column, read_book
from etl_batch.options.input_reading import FloatFormat
from tests.conftest import Home
from tests.data_makers.cobol import judge, values

BOOK = (values.KEPT / "values.cpy").read_text()
RECORDS = values.kept_records()


def _read(home: Home, records: bytes, workers: int = 1) -> list[dict[str, Any]]:
    (home.data / "values.cpy").write_text(BOOK)
    data = home.put("records.dat", records)
    parquet = home.output / "values.parquet"
    layout = str(home.data / "values.cpy")
    run(home.config(data, layout=layout, floats=FloatFormat.IEEE_LITTLE, output_parquet=str(parquet), workers=workers))
    found: list[dict[str, Any]] = pq.read_table(parquet).to_pylist()
    return found


def _as_moved(cell: object, field: values.Moved) -> object:
    if field.is_text:
        return str(cell).rstrip()
    with localcontext(prec=values.MOST_DIGITS):
        return Decimal(str(cell)).normalize()


def _moved(field: values.Moved, row: int) -> object:
    value = field.value(row)
    if "JUST" in field.clause:
        value = value.rjust(int(field.clause[6]))
    return _as_moved(value, field)


def _refuse_others(rows: list[dict[str, Any]]) -> None:
    assert len(rows) == 6
    for number, row in enumerate(rows):
        found = {field.name: _as_moved(row[field.name.replace("-", "_")], field) for field in values.FIELDS}
        assert found == {field.name: _moved(field, number) for field in values.FIELDS}


@pytest.mark.parametrize("workers", [1, 2])
def test_each_cell_is_the_value_that_the_program_moved(home: Home, workers: int) -> None:
    _refuse_others(_read(home, RECORDS, workers))


def _of_z_os(records: bytes) -> bytes:
    """The same records as z/OS has them: characters of EBCDIC, and COMP-5 with its highest byte first."""
    book = read_book(BOOK, "values.cpy")
    made = bytearray(records)
    for start in range(0, len(records), book.record_size):
        for _, column in book.columns:
            at = slice(start + column.offset, start + column.offset + column.size)
            made[at] = _cell_of_z_os(column, records[at])
    return bytes(made)


def _cell_of_z_os(column: Column, raw: bytes) -> bytes:
    if column.is_characters:
        return raw.decode("ascii").encode("cp037")
    return raw[::-1] if "COMP-5" in str(column.entry.usage and column.entry.usage.value) else raw


def test_the_same_records_in_ebcdic_are_the_same_cells(home: Home) -> None:
    _refuse_others(_read(home, _of_z_os(RECORDS)))


def test_what_is_kept_is_what_the_table_says() -> None:
    assert values.book() == BOOK
    assert values.program() == (values.KEPT / "values.cob").read_text()


@pytest.mark.skipif(judge.COMPILER is None, reason="GnuCOBOL is not installed; what its program wrote is kept")
def test_the_program_writes_the_same_again() -> None:
    assert values.written() == RECORDS
