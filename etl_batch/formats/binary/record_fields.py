"""One field of many records as an Arrow array; a table in records as a list of all of its occurrences."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from etl_batch.formats.arrow.columns import arrow_column
from etl_batch.formats.binary.arrow_types import arrow_type
from etl_batch.formats.binary.cutting import fields_of_occurrence, occurrences_of
from etl_batch.formats.binary.record_columns import decode_stored
from etl_batch.formats.binary.record_text import gathered_text
from etl_batch.formats.binary.records import DecodedField, Flags, Records, column_over
from etl_batch.formats.binary.records_that import decode_read
from etl_batch.kernels.columns import PADDED_TEXTS, Array, Column, Kind
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.layouts.layout import Field, Table


def decode_field(field: Field, records: Records) -> DecodedField:
    """Check a field and lay it out for the formatting kernel; in place where its bytes already suit."""
    if field.table is not None:
        return _decoded_list(field, field.table, records)
    is_plain = field.when is None and field.counts is None
    return decode_stored(field, records) if is_plain else decode_read(field, records)


def _decoded_list(field: Field, table: Table, records: Records) -> DecodedField:
    """All occurrences of a table: as JSON only where somebody asks for a column."""
    every = Records(occurrences_of(field, table, records.bytes))
    decoded = [decode_field(one, every) for one in fields_of_occurrence(field, table)]
    as_array = partial(_list_array, field, decoded, every)
    return DecodedField(
        field,
        column_over(np.zeros(1, np.int32), Kind.TEXT),
        partial(_bad_lists, decoded, records.rows),
        of_row=partial(_why, table, decoded, every),
        make_column=cache(lambda: arrow_column(as_array())),
        make_array=as_array,
    )


def _bad_lists(decoded: Sequence[DecodedField], rows: int) -> Flags | None:
    """Rows in which any occurrence is bad; None: none."""
    found = [bad.reshape(rows, -1).any(axis=1) for one in decoded if (bad := one.bad) is not None]
    return np.any(found, axis=0).view(np.uint8) if found else None


def _why(table: Table, decoded: Sequence[DecodedField], every: Records, row: int) -> str:
    """What is wrong with the first bad occurrence of a row."""
    for number in range(row * table.times, (row + 1) * table.times):
        for one in decoded:
            bad = one.bad
            if bad is not None and bad[number]:
                inside = f"field {one.field.name!r}: " if table.is_group else ""
                return f"occurrence {number - row * table.times + 1}: {inside}{one.why_bad(number, every)}"
    raise IndexError(f"no occurrence of row {row} is bad")


def _list_array(field: Field, decoded: Sequence[DecodedField], every: Records) -> pa.Array:
    import pyarrow as pa

    kind = arrow_type(field)
    arrays = [arrow_array(one, every) for one in decoded]
    inner = kind.value_type
    values = pa.StructArray.from_arrays(arrays, fields=list(inner)) if pa.types.is_struct(inner) else arrays[0]
    times = field.table.times if field.table is not None else 1
    offsets = pa.array(np.arange(0, every.rows + 1, times, dtype=np.int32))
    return pa.ListArray.from_arrays(offsets, values, type=kind)


def arrow_array(decoded: DecodedField, records: Records) -> pa.Array:
    """The field as an Arrow array of `arrow_type`, with its nulls."""
    import pyarrow as pa

    if decoded.make_array is not None:
        return decoded.make_array()
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
