"""One field of many records: checked, and as a column for the CSV kernel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.binary.record_numbers import (
    decode_bool,
    decode_decimal,
    decode_number,
)
from etl_batch.formats.binary.record_numerals import decode_numerals
from etl_batch.formats.binary.record_pictured import NUMBER_KINDS, decode_packed, decode_zoned
from etl_batch.formats.binary.record_text import decode_bytes, decode_text
from etl_batch.formats.binary.record_times import decode_date, decode_timestamp, decode_written
from etl_batch.formats.binary.records import DecodedField, Records

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

_DECODERS = {
    **dict.fromkeys(NUMBER_KINDS, decode_number),
    "bool": decode_bool,
    "bytes": decode_bytes,
    "date": decode_date,
    "decimal": decode_decimal,
    "packed": decode_packed,
    "str": decode_text,
    "timestamp": decode_timestamp,
    "zoned": decode_zoned,
}


def decode_stored(field: Field, records: Records) -> DecodedField:
    """Check a field and lay it out for the formatting kernel; in place where its bytes already suit."""
    if field.length_at is not None:
        return _decoded_where_there(field, records)
    return _decoded(field, records)


def _decoded(field: Field, records: Records) -> DecodedField:
    if field.written is not None:
        return decode_written(field, field.written, records, _decoded)
    return decode_numerals(field, records) if field.text else _DECODERS[field.type](field, records)


def _decoded_where_there(field: Field, records: Records) -> DecodedField:
    """A field that is null where a record ends before it; what stands there instead is a value of its type."""
    decoded = _decoded(field, replace(records, null_texts=None))
    is_there = (records.lengths(field.length_at or 0) > field.offset).view(np.uint8)
    if decoded.column.valid is not None:
        is_there &= decoded.column.valid
    return replace(decoded, column=replace(decoded.column, valid=is_there))
