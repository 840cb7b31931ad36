"""Fields that hold numbers as characters: blanks, a sign, digits, a point."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.binary.record_nulls import is_blank
from etl_batch.formats.binary.record_pictured import NUMBER_KINDS, narrow_valid, wide_valid
from etl_batch.formats.binary.records import DecodedField, Flags, Records, column_over, unless_null
from etl_batch.kernels import text_numbers
from etl_batch.kernels.columns import Array, Kind
from etl_batch.layouts.nulls import whole_range

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

_WORD = 2**64
_WORD_DIGITS = 18  #: that always fit a word with a sign
_MOST_DIGITS = 38


def decode_numerals(field: Field, records: Records) -> DecodedField:
    """A number of any type as characters."""
    bad = np.zeros(records.rows, dtype=np.uint8)
    if field.type == "f64":
        values: Array = np.empty(records.rows, dtype=np.float64)
        rules = _rules(text_numbers.FLOAT, field.scale)
        kind, reason = Kind.F64, "a number as text has blanks, a sign, digits, a point, an exponent"
    elif field.type == "decimal":
        is_wide = field.digits > _WORD_DIGITS
        values = np.empty((records.rows, 2) if is_wide else records.rows, dtype=np.int64)
        most = 10**field.digits - 1
        rules = (
            _rules(text_numbers.WIDE, field.scale)
            if is_wide
            else _rules(text_numbers.INTEGER, field.scale, -most, most)
        )
        rules[text_numbers.PRECISION] = field.digits
        kind = Kind.DECIMAL_128 if is_wide else Kind.DECIMAL_64
        reason = f"a decimal as text has blanks, a sign, digits, {field.scale} of them at most behind a point"
    else:
        low, high = whole_range(field)
        values = np.empty(records.rows, dtype=np.uint64 if low == 0 else np.int64)
        rules = _rules(text_numbers.INTEGER, 0, low, high)
        kind, reason = (
            NUMBER_KINDS[field.type],
            f"{field.type} as text has blanks, a sign, digits, from {low} to {high}",
        )
    text_numbers.read_text_numbers(
        records.address(field), records.stride, field.length, records.rows,
        characters_of_numbers(field.encoding, with_exponent=field.type == "f64"), rules, values.ctypes.data, bad,
    )  # fmt: skip
    if field.blank_is_zero:
        blank = is_blank(field, records.bytes).view(np.bool_)
        values[blank] = 0
        bad[blank] = 0
    if kind is Kind.DECIMAL_128:
        values = values.view(np.uint64)
        valid = wide_valid(field, records, values, bad)
    else:
        valid = narrow_valid(field, records, values, bad)
    column = column_over(values, kind, valid=valid, extra=field.scale if field.type == "decimal" else 0)
    return DecodedField(field, column, partial(unless_null, bad, valid), reason)


def _rules(kind: int, scale: int, low: int = 0, high: int = 0) -> Array:
    rules = np.zeros(text_numbers.RULE_WORDS, dtype=np.uint64)
    rules[text_numbers.KIND], rules[text_numbers.SCALE] = kind, scale
    rules[text_numbers.LEAST], rules[text_numbers.LARGEST] = low % _WORD, high % _WORD
    rules[text_numbers.UNSIGNED] = high >= _WORD // 2
    rules[text_numbers.PRECISION] = _MOST_DIGITS
    return rules


@cache
def characters_of_numbers(encoding: str, *, with_exponent: bool) -> Flags:
    """What each byte is in ASCII, of the characters that a number has; 0: another; shape (256,)."""
    table = np.zeros(256, dtype=np.uint8)
    for character in "0123456789+-. " + "eE" * with_exponent:
        table[character.encode(encoding)[0]] = ord(character)
    return table
