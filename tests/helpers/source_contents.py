"""What a source gives, span by span, put together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from etl_batch.formats.format import Source
from etl_batch.values import Rejected


def contents(source: Source, chunk_bytes: int) -> tuple[str, pa.Table, list[Rejected]]:
    """All its rows: as CSV, as a table, and the bad ones."""
    text, tables = [], [source.schema.empty_table()]
    rejected: list[Rejected] = []
    for span in source.plan(chunk_bytes, 0, 0):
        with source.read(span) as batch:
            out, counts = np.empty(batch.csv_room(), dtype=np.uint8), np.zeros(2, dtype=np.uint64)
            end = batch.write_csv(out.ctypes.data, counts.ctypes.data)
            text.append(out[: end - out.ctypes.data].tobytes().decode())
            tables.append(batch.table())
            rejected += batch.rejected
            assert batch.rows + len(batch.rejected) == span.rows
            assert batch.table().schema == source.schema
    return "".join(text), pa.concat_tables(tables), rejected
