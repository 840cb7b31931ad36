"""One field of many records: checked, and as a column for the CSV kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from etl_batch.formats.binary.record_numbers import (
    NUMBER_KINDS,
    decode_bool,
    decode_decimal,
    decode_number,
    decode_packed,
    decode_zoned,
)
from etl_batch.formats.binary.record_numerals import decode_numerals
from etl_batch.formats.binary.record_text import decode_bytes, decode_text
from etl_batch.formats.binary.record_times import decode_date, decode_timestamp
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
    return decode_numerals(field, records) if field.text else _DECODERS[field.type](field, records)
