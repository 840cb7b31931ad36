"""The footer of one row group whose columns were written apart from each other. Field numbers: `parquet.thrift`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from etl_batch.formats.parquet.compact_protocol import (
    I64,
    LIST,
    STRUCT,
    fields,
    list_of,
    list_start,
    number_of,
    skip,
    structure,
    varint,
    zigzag,
)
from etl_batch.light_dataclass import dataclass

# FileMetaData
NUM_ROWS, ROW_GROUPS = 3, 4
# RowGroup
_COLUMNS, _BYTES, _ROWS, _FIRST_PAGE, _COMPRESSED_BYTES = 1, 2, 3, 5, 6
# ColumnChunk, and within it
_METADATA = 3
_PATH, _CHUNK_BYTES, _CHUNK_COMPRESSED_BYTES = 3, 6, 7


@dataclass(frozen=True, slots=True)
class DescribedColumn:
    """A column of a row group, or one of a nested column."""

    name: str  #: of the column
    described: bytes  #: its `ColumnChunk`
    uncompressed_bytes: int
    compressed_bytes: int


def columns_of(footer: bytes) -> Iterator[DescribedColumn]:
    """The columns of the only row group of a footer; a nested one has several."""
    top = {field.number: field for field in fields(footer, 0)}
    group = {field.number: field for field in fields(footer, list_start(footer, top[ROW_GROUPS].start)[2])}
    count, kind, at = list_start(footer, group[_COLUMNS].start)
    for _ in range(count):
        chunk = {field.number: field for field in fields(footer, at)}
        metadata = {field.number: field for field in fields(footer, chunk[_METADATA].start)}
        stop = skip(footer, at, kind)
        path = list_start(footer, metadata[_PATH].start)[2]
        size, start = varint(footer, path)
        yield DescribedColumn(
            footer[start : start + size].decode(),
            footer[at:stop],
            number_of(footer, metadata[_CHUNK_BYTES]),
            number_of(footer, metadata[_CHUNK_COMPRESSED_BYTES]),
        )
        at = stop


def footer_of_one(rows: int, columns: Sequence[DescribedColumn], first_page: int) -> bytes:
    """What `joined_footer` needs to know of a row group: its rows, and the group."""
    group = structure(
        (
            (_COLUMNS, LIST, list_of(STRUCT, [column.described for column in columns])),
            (_BYTES, I64, zigzag(sum(column.uncompressed_bytes for column in columns))),
            (_ROWS, I64, zigzag(rows)),
            (_FIRST_PAGE, I64, zigzag(first_page)),
            (_COMPRESSED_BYTES, I64, zigzag(sum(column.compressed_bytes for column in columns))),
        )
    )
    return structure(((NUM_ROWS, I64, zigzag(rows)), (ROW_GROUPS, LIST, list_of(STRUCT, [group]))))
