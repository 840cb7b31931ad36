"""Fields that hold numbers: as the machine has them, as integers with a scale, as packed or zoned digits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from etl_batch.formats.binary.record_pictured import NUMBER_KINDS, decode_pictured
from etl_batch.formats.binary.records import (
    ODD_LENGTHS,
    DecodedField,
    Records,
    column_over,
    in_place,
    outside,
    valid_rows,
)
from etl_batch.kernels.columns import Column, Kind

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

_WORD_BYTES = 8


def decode_number(field: Field, records: Records) -> DecodedField:
    """An integer or a float as the machine has it."""
    if field.ibm:
        return _ibm_float(field, records)
    if field.whole_digits is not None or field.length in ODD_LENGTHS:
        return decode_pictured(field, records)
    kind = NUMBER_KINDS[field.type]
    stored = records.numbers(field, f"{field.type[0]}{field.length}")
    valid = valid_rows(field, records, stored)
    if field.big_endian and field.length > 1:
        column = column_over(stored.astype(stored.dtype.newbyteorder("<")), kind, valid=valid)
    else:
        column = in_place(field, records, kind, valid=valid)
    return DecodedField(field, column)


def _ibm_float(field: Field, records: Records) -> DecodedField:
    """A hexadecimal float: a sign, 7 bits of a power of 16, beyond 64, and a fraction (z/Architecture)."""
    stored = records.numbers(field, f"u{field.length}").astype(np.uint64)
    bits = np.uint64(8 * field.length - 8)
    fraction = stored & ((np.uint64(1) << bits) - np.uint64(1))
    power = ((stored >> bits) & np.uint64(0x7F)).astype(np.int32)
    values = np.ldexp(fraction.astype(np.float64), 4 * (power - 64) - np.int32(bits))
    values[(stored >> bits) > np.uint64(0x7F)] *= -1
    return DecodedField(field, column_over(values, Kind.F64, valid=valid_rows(field, records, values)))


def decode_bool(field: Field, records: Records) -> DecodedField:
    """A byte of 0 or 1."""
    stored = records.numbers(field, "u1")
    valid = valid_rows(field, records, stored)
    find = partial(outside, stored, 0, 1, valid)
    return DecodedField(field, in_place(field, records, Kind.BOOL, valid=valid), find, "a bool is 0 or 1", is_seen=True)


def integers(field: Field, records: Records, kind: Kind, dense: type[np.signedinteger[Any]], extra: int = 0) -> Column:
    """A signed integer field as a column of the width that the kernel takes."""
    stored = records.numbers(field, f"i{field.length}")
    valid = valid_rows(field, records, stored)
    if field.length == np.dtype(dense).itemsize and not field.big_endian:
        return in_place(field, records, kind, valid=valid, extra=extra)
    return column_over(stored.astype(dense), kind, valid=valid, extra=extra)


def decode_decimal(field: Field, records: Records) -> DecodedField:
    """An integer with a scale."""
    if field.whole_digits is not None or field.scale < 0 or field.length in ODD_LENGTHS:
        return decode_pictured(field, records)
    if field.signed:
        return DecodedField(field, integers(field, records, Kind.DECIMAL_64, np.int64, field.scale))
    stored = records.numbers(field, f"u{field.length}")
    valid = valid_rows(field, records, stored)
    if field.length < _WORD_BYTES:
        return DecodedField(
            field, column_over(stored.astype(np.int64), Kind.DECIMAL_64, valid=valid, extra=field.scale)
        )
    values = np.zeros((records.rows, 2), dtype=np.uint64)
    values[:, 0] = stored
    return DecodedField(field, column_over(values, Kind.DECIMAL_128, valid=valid, extra=field.scale))
