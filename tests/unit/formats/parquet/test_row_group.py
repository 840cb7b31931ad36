"""Row groups whose columns are partly ours, partly pyarrow's: what others read of them, and who writes what."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.formats.parquet import dictionary
from etl_batch.formats.parquet.encodings import chosen_encodings
from etl_batch.formats.parquet.file_tail import empty_footer, joined_tail
from etl_batch.formats.parquet.row_group import encode_row_group

_ROWS = 600


def _table(first: int) -> pa.Table:
    """Keys that differ, and columns of every type that we write ourselves, with nulls."""
    numbers = range(first, first + _ROWS)
    kinds = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
    columns = {"key": pa.array(numbers, pa.int64())}
    columns |= {str(kind): pa.array([None if k % 7 == 0 else k % 100 for k in numbers], kind) for kind in kinds}
    columns |= {str(kind): pa.array([k % 9 / 8 for k in numbers], kind) for kind in (pa.float32(), pa.float64())}
    columns["date"] = pa.array([date(2026, 1, 1 + k % 28) for k in numbers])
    columns["time"] = pa.array([k % 50 * 10**9 + 7 for k in numbers], pa.timestamp("ns", "UTC"))
    columns["text"] = pa.array([None if k % 5 == 0 else "ü" * (k % 40) for k in numbers])
    columns["runs"] = pa.array([f"run {k // 100}" for k in numbers])
    columns["one"] = pa.array(["always"] * _ROWS)
    columns["none"] = pa.array([None] * _ROWS, pa.string())
    columns["list"] = pa.array([[k % 3, None] for k in numbers], pa.list_(pa.int32()))
    return pa.table(columns)


def _whole(*tables: pa.Table) -> bytes:
    whole, footers = b"PAR1", []
    for table in tables:
        pages, footer = encode_row_group(table)
        footers.append((len(whole), footer))
        whole += pages
    return whole + joined_tail(empty_footer(tables[0].schema), footers)


def test_readers_of_others_read_the_same_rows(tmp_path: Path) -> None:
    path = tmp_path / "joined.parquet"
    tables = [_table(0), _table(3), _table(1000).slice(0, 1), _table(2000)]
    path.write_bytes(_whole(*tables))
    expected = pa.concat_tables(tables)
    assert pq.read_table(path, page_checksum_verification=True).equals(expected)
    assert pl.read_parquet(path).equals(pl.DataFrame(expected))
    with duckdb.connect() as database:
        found = database.sql(f"SELECT * FROM '{path}'").to_arrow_table()  # noqa: S608 - a name of ours
    for name in expected.column_names:
        assert found[name].to_pylist() == expected[name].to_pylist()


def test_columns_stand_in_their_order_whoever_wrote_them() -> None:
    table = _table(0)
    assert 0 < len(chosen_encodings(table).own) < table.num_columns
    group = pq.ParquetFile(io.BytesIO(_whole(table))).metadata.row_group(0)
    paths = [group.column(k).path_in_schema for k in range(group.num_columns)]
    assert paths == [*table.column_names[:-1], "list.list.element"]
    assert group.total_byte_size == sum(group.column(k).total_uncompressed_size for k in range(group.num_columns))


@pytest.mark.parametrize("kind", [pa.string(), pa.int64()])
def test_a_dictionary_that_grows_too_large_is_left_to_pyarrow(
    kind: pa.DataType, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = 20_000
    values = pa.array([k % 100 if k < dictionary.SAMPLE_ROWS else k for k in range(rows)], pa.int64()).cast(kind)
    table = pa.table({"grows": values})
    assert list(chosen_encodings(table).own) == ["grows"]
    monkeypatch.setattr(dictionary, "LARGEST_BYTES", 50_000)
    chosen = chosen_encodings(table)
    assert (list(chosen.own), chosen.dictionary) == ([], ["grows"])
    assert pq.read_table(io.BytesIO(_whole(table))).equals(table)


def test_a_dictionary_grows_as_far_as_it_may() -> None:
    rows = 50_000
    numbers = np.arange(rows) // 2
    table = pa.table(
        {"n": numbers.astype(np.int32), "t": [f"{k % 100}" for k in range(8192)] + [f"{k}" for k in range(8192, rows)]}
    )
    assert list(chosen_encodings(table).own) == ["n", "t"]
    assert pq.read_table(io.BytesIO(_whole(table))).equals(table)
