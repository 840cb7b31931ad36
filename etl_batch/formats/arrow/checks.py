"""What a file may hold and no output can: found before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.arrow.leaves import Flags, offsets_of, stored, validity
from etl_batch.kernels import calendar_text, decode
from etl_batch.kernels.columns import Array
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    import pyarrow as pa

_SECONDS_A_DAY = 86_400
Found = tuple[Flags | None, str]  #: 1 where a row is bad, shape (rows,), or None where none is; and why
NOTHING_FOUND: Found = (None, "")


def bad_rows(array: pa.Array) -> Found:
    """Rows with a text that is not UTF-8, a date or timestamp outside the years 1 to 9999, and the like.

    Args:
        array: of a normalised type (`parquet_schema.normalised`), nested or not.

    Returns:
        1 where the row is bad, shape (rows,), or None where none is; and what is wrong with the bad ones.
    """
    import pyarrow as pa

    for name, check in _CHECKS.items():
        if getattr(pa.types, name)(array.type):
            bad, reason = check(array)
            return unless_null(bad, array), reason
    return NOTHING_FOUND


def unless_null(bad: Flags | None, array: pa.Array) -> Flags | None:
    """What lies under a null is no value."""
    valid = validity(array)
    if bad is not None and valid is not None:
        bad = bad & valid
    return bad if bad is not None and bad.any() else None


def _text(array: pa.Array) -> Found:
    bad = np.zeros(len(array), dtype=np.uint8)
    content = array.buffers()[2]
    if content is not None:
        decode.check_utf8_texts(offsets_of(array), np.uint64(content.address), bad)
    return bad, "the text is not UTF-8"


def _date(array: pa.Array) -> Found:
    bad = _outside(stored(array, np.int32), calendar_text.FIRST_DAY, calendar_text.LAST_DAY)
    return bad, "a date lies in the years 1 to 9999"


def _timestamp(array: pa.Array) -> Found:
    per_day = _SECONDS_A_DAY * TICKS_PER_SECOND[array.type.unit]
    first, last = calendar_text.FIRST_DAY * per_day, (calendar_text.LAST_DAY + 1) * per_day - 1
    bad = _outside(stored(array, np.int64), max(first, -(2**63)), min(last, 2**63 - 1))
    return bad, "a timestamp lies in the years 1 to 9999"


def _time(array: pa.Array) -> Found:
    ticks = stored(array, np.int32 if array.type.bit_width == 32 else np.int64)
    bad = _outside(ticks, 0, _SECONDS_A_DAY * TICKS_PER_SECOND[array.type.unit] - 1)
    return bad, "a time lies within one day"


def _outside(values: Array, low: int, high: int) -> Flags | None:
    if not len(values) or (values.min() >= low and values.max() <= high):
        return None
    return ((values < low) | (values > high)).view(np.uint8)


def _decimal(array: pa.Array) -> Found:
    """Digits that the type does not announce would be cut off in Parquet."""
    words = stored(array, np.uint64, array.type.byte_width // 8)
    bound = 10**array.type.precision
    bad = ~(_above(words, -bound) & ~_above(words, bound - 1))
    return bad.view(np.uint8), f"a decimal has {array.type.precision} digits at most"


def _above(words: Array, bound: int) -> Array:
    """Whether signed integers of several words, the lowest first, are greater than a number."""
    wide = words.shape[1]
    above: Array = np.zeros(len(words), dtype=np.bool_)
    for place in range(wide):
        word, limit = words[:, place], bound >> (64 * place) & (2**64 - 1)
        if place == wide - 1:
            word, limit = word.view(np.int64), limit - ((limit >> 63) << 64)
        above = (word > limit) | ((word == limit) & above)
    return above


def _struct(array: pa.Array) -> Found:
    bad, reason = np.zeros(len(array), dtype=np.uint8), ""
    for place, field in enumerate(array.type):
        its, why = bad_rows(array.field(place))
        if its is not None:
            bad |= its
            reason = reason or f"in {field.name!r}, {why}"
    return bad, reason


def _list(array: pa.Array) -> Found:
    its, reason = bad_rows(list_items(array))
    return NOTHING_FOUND if its is None else (items_to_rows(array, its), reason)


def items_to_rows(array: pa.Array, its: Flags) -> Flags:
    """The lists, maps or lists of fixed size of which some item is flagged."""
    offsets = list_offsets(array)
    before = np.concatenate([[0], np.cumsum(its, dtype=np.int64)])
    some: Array = np.diff(before[offsets - offsets[0]]) > 0
    return some.view(np.uint8)


def list_offsets(array: pa.Array) -> Array:
    """Where each list, map or list of fixed size begins within the array's child, and where the last one ends."""
    import pyarrow as pa

    if pa.types.is_large_list(array.type):
        wide = array.buffers()[1]
        return np.frombuffer(wide, np.int64, len(array) + 1, array.offset * 8) if wide else np.zeros(1, np.int64)
    if pa.types.is_fixed_size_list(array.type):
        every: Array = np.arange(array.offset, array.offset + len(array) + 1, dtype=np.int64)
        firsts: Array = every * array.type.list_size
        return firsts
    return offsets_of(array).astype(np.int64)


def list_items(array: pa.Array) -> pa.Array:
    """The items of all lists, one after the other; those of maps as structs of key and value."""
    import pyarrow as pa

    offsets = list_offsets(array)
    first, count = int(offsets[0]), int(offsets[-1] - offsets[0])
    if not pa.types.is_map(array.type):
        return array.values.slice(first, count)
    pair = [pa.field("key", array.type.key_type), pa.field("value", array.type.item_type)]
    return pa.StructArray.from_arrays([array.keys.slice(first, count), array.items.slice(first, count)], fields=pair)


_CHECKS = {
    "is_string": _text,
    "is_date32": _date,
    "is_timestamp": _timestamp,
    "is_time": _time,
    "is_decimal": _decimal,
    "is_struct": _struct,
    "is_list": _list,
    "is_fixed_size_list": _list,
    "is_map": _list,
}
