"""The sum of a field over many records, in whole numbers: nothing is rounded."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_fields import decode_field
from etl_batch.formats.binary.records import Records
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.layouts.layout import Field
from etl_batch.light_dataclass import dataclass

_STORED = {
    Kind.I8: "i1", Kind.I16: "<i2", Kind.I32: "<i4", Kind.I64: "<i8", Kind.U8: "u1", Kind.U16: "<u2",
    Kind.U32: "<u4", Kind.U64: "<u8", Kind.DECIMAL_64: "<i8",
}  # fmt: skip
_HALF = 32  #: bits of a word, so that billions of halves are added up in one
_LOWER = (1 << _HALF) - 1


@dataclass(frozen=True, slots=True)
class ExactSum:
    """What the values of a field come to, as stored: without its decimal point."""

    total: int
    unread: int  #: records whose value is bad, or null


def sum_of_field(field: Field, records: Records) -> ExactSum:
    """The sum of a field.

    Args:
        field: of whole numbers or decimals.
        records: all that count.
    """
    if not records.rows:
        return ExactSum(0, 0)
    decoded = decode_field(field, Records(records.bytes))
    is_there = np.ones(records.rows, np.bool_)
    if (bad := decoded.bad) is not None:
        is_there &= bad == 0
    if (valid := decoded.column.valid) is not None:
        is_there &= valid != 0
    return ExactSum(_total(decoded.column, records.rows, is_there), int(records.rows - is_there.sum()))


def _total(column: Column, rows: int, is_there: npt.NDArray[np.bool_]) -> int:
    if column.kind is Kind.DECIMAL_128:
        words = column.owners[0][:rows][is_there]
        return _whole(words[:, 0].view(np.uint64)) + (_whole(words[:, 1].view(np.int64)) << 2 * _HALF)
    values: Array = np.ndarray((rows,), _STORED[column.kind], column.owners[0], column.width, (column.stride,))
    wide = values[is_there].astype(np.uint64 if column.kind is Kind.U64 else np.int64)
    return _whole(wide)


def _whole(values: Array) -> int:
    """The sum of words of 64 bits, which may need more than one."""
    kind = values.dtype.type
    return (int((values >> kind(_HALF)).sum(dtype=kind)) << _HALF) + int((values & kind(_LOWER)).sum(dtype=np.uint64))
