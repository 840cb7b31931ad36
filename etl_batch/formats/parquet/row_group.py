"""One row group as pages and a footer: columns with a dictionary by our own kernels, the others by pyarrow (ADR 22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl_batch.formats.parquet.encodings import Encodings, chosen_encodings
from etl_batch.formats.parquet.file_tail import MAGIC, parted
from etl_batch.formats.parquet.row_group_footer import DescribedColumn, columns_of, footer_of_one

if TYPE_CHECKING:
    import pyarrow as pa


def encode_row_group(table: pa.Table) -> tuple[bytes | memoryview, bytes]:
    """One row group of all the rows, one or more.

    Returns:
        Its pages, and a footer whose offsets count from the first page.
    """
    chosen = chosen_encodings(table)
    if not chosen.own:
        return parted(_encode(table, chosen))
    pages: bytes | memoryview = b""
    columns: dict[str, list[DescribedColumn]] = {}
    if len(chosen.own) < table.num_columns:
        pages, footer = parted(_encode(table.drop_columns(list(chosen.own)), chosen))
        for column in columns_of(footer):
            columns.setdefault(column.name, []).append(column)
    pieces, offset = [pages], len(MAGIC) + len(pages)
    for name, chunk in chosen.own.items():
        described = chunk.described(name, offset)
        columns[name] = [DescribedColumn(name, described, chunk.uncompressed_bytes, len(chunk.pages))]
        pieces.append(chunk.pages)
        offset += len(chunk.pages)
    in_order = [column for name in table.column_names for column in columns[name]]
    return b"".join(pieces), footer_of_one(table.num_rows, in_order, len(MAGIC))


def _encode(table: pa.Table, chosen: Encodings) -> memoryview:
    """The table as pyarrow writes it: a file of one row group."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, row_group_size=table.num_rows, compression="zstd", write_page_checksum=True,
        use_dictionary=chosen.dictionary, column_encoding=chosen.others, write_statistics=chosen.statistics,
    )  # fmt: skip
    return memoryview(sink.getvalue())
