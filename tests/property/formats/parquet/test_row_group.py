"""A row group is what pyarrow alone would have written of the same rows: values, types, statistics, descriptions."""

from __future__ import annotations

import io
import math
from collections.abc import Collection
from itertools import pairwise
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.formats.arrow.schema import normalised
from etl_batch.formats.parquet import chunk
from etl_batch.formats.parquet.encodings import chosen_encodings
from etl_batch.formats.parquet.file_tail import empty_footer, joined_tail
from etl_batch.formats.parquet.row_group import encode_row_group
from tests.helpers.arrow_twins import Plain, array_of, kinds, values_of
from tests.helpers.chance import examples
from tests.helpers.thrift_twin import Decoded, footer_of, pages_of

_MAGIC = b"PAR1"
_NESTED = [pa.list_(pa.int32()), pa.struct({"a": pa.string(), "b": pa.uint8()})]
_ALL_IN_ONE = 1 << 18
_METADATA, _COLUMNS, _ROW_GROUPS = 3, 1, 4
_PLACES_AND_SIZES = (6, 7, 9, 11)  # of a `ColumnMetaData`
_PATH, _PAGE_COUNTS = 3, 13
_SIZES_AND_CHECK = (2, 3, 4)  # of a `PageHeader`
_ROWS_OF_PAGE = 5


def ours(*tables: pa.Table) -> bytes:
    """A file of a row group for each table."""
    whole, footers = _MAGIC, []
    for table in tables:
        pages, footer = encode_row_group(table)
        footers.append((len(whole), footer))
        whole += pages
    return whole + joined_tail(empty_footer(tables[0].schema), footers)


def pyarrows(table: pa.Table, page_rows: int) -> bytes:
    """What pyarrow writes of it, with a dictionary where values repeat, in pages of so many rows."""
    repeating, unbounded, different = [], set[str](), {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if _repeats(column.slice(0, 8192)):
            if pa.types.is_string(kind):
                unbounded.add(name)
            if not (pa.types.is_string(kind) and _is_in_runs(column.slice(0, 8192))):
                repeating.append(name)
        elif pa.types.is_integer(kind) or pa.types.is_temporal(kind):
            different[name] = "DELTA_BINARY_PACKED"
    bounded = [name for name in table.column_names if name not in unbounded]
    sink = io.BytesIO()
    pq.write_table(
        table, sink, row_group_size=table.num_rows, compression="zstd", write_page_checksum=True,
        use_dictionary=repeating, column_encoding=different, write_statistics=bounded,
        max_rows_per_page=page_rows, write_batch_size=min(page_rows, 1024),
    )  # fmt: skip
    return sink.getvalue()


def _repeats(column: pa.ChunkedArray) -> bool:
    if pa.types.is_nested(column.type):
        return True
    try:
        distinct = pc.count_distinct(column).as_py()
    except NotImplementedError:
        return True
    return bool(distinct <= (0.1 if pa.types.is_string(column.type) else 0.6) * len(column))


def _is_in_runs(column: pa.ChunkedArray) -> bool:
    values = [value for value in column.to_pylist() if value is not None]
    as_before = sum(value == before for before, value in pairwise(values))
    return len(set(values)) > 0.04 * len(column) and 2 * as_before > len(values)


def values_in(whole: bytes) -> list[str]:
    """All values of each column, as text, the pages' checksums verified; zeros have their sign, and NaN is itself."""
    read = pq.ParquetFile(io.BytesIO(whole), page_checksum_verification=True).read()
    return [repr(_stored(column).to_pylist()) for column in read.columns]


def _stored(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Times as numbers: Python has no nanoseconds, and durations up to some length only."""
    if not pa.types.is_temporal(column.type):
        return column
    return column.cast(pa.int32() if column.type.bit_width == 32 else pa.int64())


def described(whole: bytes) -> list[Decoded]:
    """What the footer says of each column, but for sizes and places; of row groups without their sizes."""
    found = [dict(column[_METADATA]) for group in footer_of(whole)[_ROW_GROUPS] for column in group[_COLUMNS]]
    for column in found:
        for field in (*_PLACES_AND_SIZES, _PAGE_COUNTS):
            column.pop(field, None)
    return found


def headers(whole: bytes, columns: Collection[str]) -> list[list[Decoded]]:
    """The headers of all pages of some columns, but for sizes and checksums."""
    paths = [column[_METADATA][_PATH] for group in footer_of(whole)[_ROW_GROUPS] for column in group[_COLUMNS]]
    return [
        [{k: v for k, v in page.items() if k not in _SIZES_AND_CHECK} for page in pages]
        for path, pages in zip(paths, pages_of(whole), strict=True)
        if path[0].decode() in columns
    ]


def check(table: pa.Table, page_rows: int = _ALL_IN_ONE) -> None:
    """It is what pyarrow writes, and the same whatever was written before."""
    with patch.object(chunk, "PAGE_ROWS", page_rows):
        written = ours(table)
        ours(table.take(list(range(table.num_rows))[::-1]))
        assert ours(table) == written, "what was written before made a difference"
    expected = pyarrows(table, page_rows)
    assert values_in(written) == values_in(expected)
    assert pq.read_schema(io.BytesIO(written)).equals(pq.read_schema(io.BytesIO(expected)), check_metadata=True)
    without_groups = [{k: v for k, v in footer_of(whole).items() if k != _ROW_GROUPS} for whole in (written, expected)]
    assert without_groups[0] == without_groups[1]
    assert described(written) == described(expected)
    own = chosen_encodings(table).own
    assert headers(written, own) == headers(expected, own)


@st.composite
def columns(draw: st.DrawFn, rows: int) -> pa.Array:
    """Values of any type that is written, many or few of them different, nulls among them or not."""
    kind = normalised(draw((kinds(0) | st.sampled_from(_NESTED)).filter(_is_written)))
    pool = draw(
        st.lists(values_of(kind, nulls=draw(st.booleans())), min_size=1, max_size=draw(st.sampled_from([3, 40])))
    )
    return array_of(
        kind, [_one_nan(value) for value in draw(st.lists(st.sampled_from(pool), min_size=rows, max_size=rows))]
    )


def _is_written(kind: pa.DataType) -> bool:
    """Parquet has no decimals of a negative scale."""
    return not pa.types.is_decimal(kind) or kind.scale >= 0


def _one_nan(value: Plain) -> Any:  # noqa: ANN401
    """Whether two NaN of different bits are one value, pyarrow does not say."""
    return math.nan if isinstance(value, float) and math.isnan(value) else value


@settings(max_examples=examples(300), deadline=None)
@given(st.data(), st.integers(1, 60), st.integers(1, 3), st.sampled_from([_ALL_IN_ONE, 7, 16]))
def test_any_table(data: st.DataObject, rows: int, width: int, page_rows: int) -> None:
    arrays = [data.draw(columns(rows)) for _ in range(width)]
    check(pa.table(dict(zip(["a.b", "ü", ""], arrays, strict=False))), page_rows)


@settings(max_examples=examples(100), deadline=None)
@given(
    st.lists(st.none() | st.sampled_from([0.0, -0.0, math.nan, 1.5, -1.5, math.inf]), min_size=1, max_size=30),
    st.sampled_from([pa.float32(), pa.float64()]),
)
@example([0.0, 0.0, 0.0], pa.float64())
@example([-0.0, -0.0, -0.0], pa.float32())
@example([math.nan, math.nan, None], pa.float64())
def test_bounds_of_floats(values: list[float | None], kind: pa.DataType) -> None:
    check(pa.table({"f": pa.array(values, kind)}))


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.none() | st.integers(0, 5), min_size=100, max_size=300), st.sampled_from([_ALL_IN_ONE, 40]))
@example([k // 12 for k in range(150)], _ALL_IN_ONE)
def test_texts_with_a_dictionary_or_in_runs(numbers: list[int | None], page_rows: int) -> None:
    check(pa.table({"t": [None if k is None else f"text {k}" for k in numbers]}), page_rows)


@pytest.mark.parametrize("long", ["ÿ" * 2048, "ÿ" * 2048 + "z", "\0" * 4096, "\0" * 4097])
def test_bounds_of_long_texts(long: str) -> None:
    check(pa.table({"t": ["a", long, None, "ü"]}))


def test_texts_are_cut_into_pages_of_a_mebibyte_where_none_is_longer() -> None:
    texts = [f"{k:07}" * 10_000 for k in range(40)] + ["x" * 3_000_000, "", "end"]
    written = ours(pa.table({"t": texts}))
    assert values_in(written) == [repr(texts)]
    (pages,) = headers(written, {"t"})
    assert [page[_ROWS_OF_PAGE][1] for page in pages] == [14, 14, 12, 1, 2]


def test_each_page_has_the_bounds_of_its_own_rows() -> None:
    check(
        pa.table({"n": [1, 1, None, 5, 5, 5, None, 1], "f": [0.0, 0.0, -0.0, math.nan, math.nan, math.nan, 2.5, 2.5]}),
        3,
    )


def test_pages_and_bounds_of_what_has_no_dictionary() -> None:
    numbers = [5, None, 1, 9, 3, 2, 4, 7]
    texts = [None if k % 3 == 0 else f"text {k}" for k in range(200)]
    check(pa.table({"n": numbers, "f": pa.array([k and k / 8 for k in numbers]), "t": texts[:8]}), 3)
    check(pa.table({"t": texts}))
