"""Fields that hold a date, or a moment: as a number since 1970, or written in a format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.record_nulls import without_nulls
from etl_batch.formats.binary.record_numbers import integers
from etl_batch.formats.binary.records import DecodedField, Flags, Records, column_over, outside, unless_null, valid_rows
from etl_batch.formats.date_programs import program_of
from etl_batch.kernels import calendar_text, record_moments
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.text.encodings import is_utf8
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field, Written

_SECONDS_A_DAY = 86_400
_DATE_BYTES = 4


def decode_timestamp(field: Field, records: Records) -> DecodedField:
    """Ticks since 1970, of the field's unit."""
    per_second = TICKS_PER_SECOND[field.unit]
    column = integers(field, records, Kind.TIMESTAMP, np.int64, per_second)
    stored = records.numbers(field, f"i{field.length}")
    first = calendar_text.FIRST_DAY * _SECONDS_A_DAY * per_second
    last = (calendar_text.LAST_DAY + 1) * _SECONDS_A_DAY * per_second - 1
    find = partial(outside, stored, max(first, -(2**63)), min(last, 2**63 - 1), column.valid)
    return DecodedField(field, column, find, "a timestamp lies in the years 1 to 9999", is_seen=True)


def decode_date(field: Field, records: Records) -> DecodedField:
    """Days since 1970."""
    stored = records.numbers(field, f"i{field.length}")
    valid = valid_rows(field, records, stored)
    find = partial(outside, stored, calendar_text.FIRST_DAY, calendar_text.LAST_DAY, valid)
    column = integers(field, records, Kind.DATE, np.int32)
    is_seen = field.length <= _DATE_BYTES  # of longer ones the kernel has the lower half
    return DecodedField(field, column, find, "a date lies in the years 1 to 9999", is_seen=is_seen)


def decode_written(
    field: Field, written: Written, records: Records, decode_number: Callable[[Field, Records], DecodedField]
) -> DecodedField:
    """A date, or a date and a time, in a format: of characters, or of the digits of a number.

    Args:
        field: of that type.
        written: how it is written.
        records: in memory.
        decode_number: decodes a field of numbers.
    """
    is_date = field.type == "date"
    program = np.frombuffer(program_of(written.form), np.uint8)
    moments = np.empty(records.rows, np.int64)
    where = program.ctypes.data, int(is_date), moments.ctypes.data
    if written.stored:
        bad, valid, reason = _from_digits(
            replace(field, type=written.stored, written=None), written, records, where, decode_number
        )
    else:
        bad, valid, reason = np.zeros(records.rows, np.uint8), None, ""
        record_moments.read_text_moments(
            records.address(field), records.stride, field.length, records.rows, _characters(field.encoding), *where, bad
        )
        if field.nulls or field.null is not None:
            valid = without_nulls(field, records.bytes)
    kind = Kind.DATE if is_date else Kind.TIMESTAMP if written.form.has_zone else Kind.LOCAL_TIMESTAMP
    extra = 0 if is_date else TICKS_PER_SECOND["us"]
    column = column_over(moments.astype(np.int32) if is_date else moments, kind, valid=valid, extra=extra)
    what = f"a {field.type} is written as {written.form.text}, and lies in the calendar"
    return DecodedField(field, column, partial(unless_null, bad, valid), f"{reason}, and {what}" if reason else what)


def _from_digits(
    number: Field, written: Written, records: Records, where: tuple[int, int, int],
    decode_number: Callable[[Field, Records], DecodedField],
) -> tuple[Flags, Flags | None, str]:  # fmt: skip
    """Read the digits of a number; which rows are bad, which are there, and what is wrong with the bad ones."""
    decoded = decode_number(number, records)
    bad = decoded.bad
    bad = np.zeros(records.rows, np.uint8) if bad is None else bad.copy()
    record_moments.read_digit_moments(_whole(decoded.column, records.rows), written.form.digits or 0, *where, bad)
    return bad, decoded.column.valid, decoded.reason


def _whole(column: Column, rows: int) -> npt.NDArray[np.int64]:
    """A column of integers, or of decimals without a scale, side by side."""
    if not rows:
        return np.empty(0, np.int64)
    stored = {Kind.I32: "<i4", Kind.U32: "<u4", Kind.U64: "<u8"}.get(column.kind, "<i8")
    values: Array = np.ndarray((rows,), stored, column.owners[0], column.width, (column.stride,))
    return values.astype(np.int64)


@cache
def _characters(encoding: str) -> npt.NDArray[np.uint32]:
    """See `record_moments.read_text_moments`; what is part of a character of several bytes is none but in UTF-8."""
    table = np.zeros(256, dtype=np.uint32)
    for code in range(256):
        try:
            text = bytes([code]).decode(encoding).encode()
        except UnicodeError:
            text = bytes([code]) if is_utf8(encoding) else b""
        table[code] = int.from_bytes(text, "little") | len(text) << 24
    return table
