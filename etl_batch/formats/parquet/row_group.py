"""One row group as pages and a footer; and the tail that joins many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl_batch.formats.parquet.encodings import chosen_encodings
from etl_batch.formats.parquet.joined_footer import joined_footer

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
_TAIL_BYTES = 8  #: the footer's length and the magic


def encode_row_group(table: pa.Table) -> tuple[memoryview, bytes]:
    """One row group of all the rows.

    Returns:
        Its pages, and a footer whose offsets count from the first page.
    """
    whole = _encode(table)
    footer_start = len(whole) - _TAIL_BYTES - int.from_bytes(whole[-_TAIL_BYTES:-4], "little")
    return whole[len(MAGIC) : footer_start], bytes(whole[footer_start:-_TAIL_BYTES])


def empty_footer(schema: pa.Schema) -> bytes:
    """The footer of a file without rows."""
    import pyarrow as pa

    whole = _encode(pa.Table.from_batches([], schema=schema))  # not `empty_table`: that would load pandas
    return bytes(whole[-_TAIL_BYTES - int.from_bytes(whole[-_TAIL_BYTES:-4], "little") : -_TAIL_BYTES])


def _encode(table: pa.Table) -> memoryview:
    import pyarrow as pa
    import pyarrow.parquet as pq

    chosen = chosen_encodings(table)
    sink = pa.BufferOutputStream()
    pq.write_table(
        table, sink, row_group_size=max(table.num_rows, 1), compression="zstd", write_page_checksum=True,
        use_dictionary=chosen.dictionary, column_encoding=chosen.others, write_statistics=chosen.statistics,
    )  # fmt: skip
    return memoryview(sink.getvalue())


def joined_tail(schema_footer: bytes, row_groups: list[tuple[int, bytes]]) -> bytes:
    """What ends a Parquet file: the footers of its row groups as one, its length, the magic.

    Args:
        schema_footer: a footer of the same schema, for a file without rows.
        row_groups: of each row group, the offset of its first page in the file, and its own footer.
    """
    footer = joined_footer(schema_footer, [(offset - len(MAGIC), own) for offset, own in row_groups])
    return footer + len(footer).to_bytes(4, "little") + MAGIC
