"""What ends a Parquet file: one footer of all its row groups, made by the parent, which needs none of the encoders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl_batch.formats.parquet.joined_footer import joined_footer

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"PAR1"
_TAIL_BYTES = 8  #: the footer's length and the magic


def empty_footer(schema: pa.Schema) -> bytes:
    """The footer of a file without rows."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = pa.BufferOutputStream()
    table = pa.Table.from_batches([], schema=schema)  # not `empty_table`: that would load pandas
    pq.write_table(table, sink, compression="zstd")
    return parted(memoryview(sink.getvalue()))[1]


def joined_tail(schema_footer: bytes, row_groups: list[tuple[int, bytes]]) -> bytes:
    """What ends a Parquet file: the footers of its row groups as one, its length, the magic.

    Args:
        schema_footer: a footer of the same schema, for a file without rows.
        row_groups: of each row group, the offset of its first page in the file, and its own footer.
    """
    footer = joined_footer(schema_footer, [(offset - len(MAGIC), own) for offset, own in row_groups])
    return footer + len(footer).to_bytes(4, "little") + MAGIC


def parted(whole: memoryview) -> tuple[memoryview, bytes]:
    """The pages of a file, and its footer."""
    start = len(whole) - _TAIL_BYTES - int.from_bytes(whole[-_TAIL_BYTES:-4], "little")
    return whole[len(MAGIC) : start], bytes(whole[start:-_TAIL_BYTES])
