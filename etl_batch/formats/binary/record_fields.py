"""One field of many records as an Arrow array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from etl_batch.formats.binary.arrow_types import arrow_type
from etl_batch.formats.binary.record_columns import decode_stored
from etl_batch.formats.binary.record_text import gathered_text
from etl_batch.formats.binary.records import DecodedField, Records
from etl_batch.formats.binary.records_that import decode_read
from etl_batch.kernels.columns import PADDED_TEXTS, Array, Column, Kind
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.layouts.layout import Field


def decode_field(field: Field, records: Records) -> DecodedField:
    """Check a field and lay it out for the formatting kernel; in place where its bytes already suit."""
    is_plain = field.when is None and field.counts is None
    return decode_stored(field, records) if is_plain else decode_read(field, records)


def arrow_array(decoded: DecodedField, records: Records) -> pa.Array:
    """The field as an Arrow array of `arrow_type`, with its nulls."""
    import pyarrow as pa

    field, records = decoded.own or (decoded.field, records)
    column, rows = decoded.column, records.rows
    kind = arrow_type(field)
    validity = None if column.valid is None else pa.py_buffer(np.packbits(column.valid, bitorder="little").tobytes())
    if field.type == "str":
        if column.kind in PADDED_TEXTS:
            column = gathered_text(field, records, column.valid)
        offsets, text = column.owners
        return pa.Array.from_buffers(kind, rows, [validity, pa.py_buffer(offsets), pa.py_buffer(text)])
    if field.type == "bool":
        values: Array = np.packbits(records.raw(field)[:, 0] == 1, bitorder="little")
    elif field.type == "bytes":
        values = np.ascontiguousarray(records.raw(field))
    elif column.kind is Kind.DECIMAL_128:
        values = column.owners[0]
    elif column.kind is Kind.DECIMAL_64:
        values = np.empty((rows, 2), dtype=np.int64)
        values[:, 0] = _dense(column, np.int64, rows)
        values[:, 1] = values[:, 0] >> 63
    elif field.type == "timestamp":
        to_micro = 1 if field.unit in {"us", "ns"} else TICKS_PER_SECOND["us"] // TICKS_PER_SECOND[field.unit]
        values = _dense(column, np.int64, rows) * to_micro
    else:
        values = _dense(column, kind.to_pandas_dtype() if field.type != "date" else np.int32, rows)
    return pa.Array.from_buffers(kind, rows, [validity, pa.py_buffer(values)])


def _dense(column: Column, kind: Any, rows: int) -> Array:  # noqa: ANN401 - a NumPy scalar type
    """The column's values side by side."""
    if not rows:
        return np.empty(0, np.dtype(kind))
    strided: Array = np.ndarray((rows,), np.dtype(kind), column.owners[0], column.width, (column.stride,))
    return np.ascontiguousarray(strided)
