"""Fields that hold a date, or a moment."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.binary.record_numbers import integers
from etl_batch.formats.binary.records import DecodedField, Records, outside, valid_rows
from etl_batch.kernels import calendar_text
from etl_batch.kernels.columns import Kind
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

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
