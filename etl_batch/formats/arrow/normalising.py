"""Arrays of the many types of Arrow as arrays of the few that are read (`schema.normalised`). Nothing is lost unseen.

What the narrower type has no word for becomes a value that `checks.bad_rows` finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.arrow.checks import list_items, list_offsets
from etl_batch.formats.arrow.leaves import MAX_TEXT_BYTES, stored, too_much_text, validity
from etl_batch.formats.arrow.schema import normalised
from etl_batch.kernels.columns import Array

if TYPE_CHECKING:
    import pyarrow as pa

_MS_A_DAY = 86_400_000
_NO_DAY = np.iinfo(np.int32).min
_NO_TIME = np.iinfo(np.int64).min


def normalised_array(array: pa.Array, what: str) -> pa.Array:
    """A sound array (`sound.refuse_unsound`) in the type that its type is read as.

    Args:
        array: of any supported type.
        what: it is, for messages.

    Raises:
        OutOfMemory: its text or its lists are longer than offsets of 32 bits reach.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    meant = normalised(kind)
    if kind == meant:
        return array
    if isinstance(kind, pa.BaseExtensionType):
        return normalised_array(array.storage, what)
    if pa.types.is_nested(kind):
        return _nested(array, meant, what)
    values = _values(array)
    if values is not None:
        return pa.Array.from_buffers(meant, len(array), [_flags(array), pa.py_buffer(values)])
    try:
        if pa.types.is_dictionary(kind):
            return normalised_array(array.dictionary, what).take(array.indices)
        return pc.cast(array, options=pc.CastOptions(meant, allow_invalid_utf8=True))
    except pa.ArrowInvalid as error:  # the one thing that can go wrong: 32-bit offsets
        raise too_much_text(what) from error


def _values(array: pa.Array) -> Array | None:
    """The values of those plain types of which a cast would refuse all for one; None: it is none of them."""
    import pyarrow as pa

    is_a, kind = pa.types, array.type
    if is_a.is_date64(kind):
        return _days(stored(array, np.int64))
    if is_a.is_timestamp(kind) and kind.unit == "s":
        return _milliseconds(stored(array, np.int64))
    if is_a.is_decimal32(kind) or is_a.is_decimal64(kind):
        return _two_words(stored(array, f"i{kind.byte_width}"))
    return None


def _nested(array: pa.Array, meant: pa.DataType, what: str) -> pa.Array:
    import pyarrow as pa

    is_a = pa.types
    if is_a.is_struct(meant):
        children = [normalised_array(array.field(place), what) for place in range(meant.num_fields)]
        return pa.Array.from_buffers(meant, len(array), [_flags(array)], children=children)
    items = list_items(array)
    if is_a.is_map(meant):
        pairs = [normalised_array(items.field(place), what) for place in (0, 1)]
        inner = pa.StructArray.from_arrays(pairs, fields=[meant.key_field, meant.item_field])
    else:
        inner = normalised_array(items, what)
    if is_a.is_fixed_size_list(meant):
        return pa.Array.from_buffers(meant, len(array), [_flags(array)], children=[inner])
    offsets = list_offsets(array)
    if offsets[-1] - offsets[0] > MAX_TEXT_BYTES:
        raise too_much_text(what)
    own = pa.py_buffer((offsets - offsets[0]).astype(np.int32))
    return pa.Array.from_buffers(meant, len(array), [_flags(array), own], children=[inner])


def _flags(array: pa.Array) -> pa.Buffer | None:
    import pyarrow as pa

    valid = validity(array)
    return None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))


def _days(milliseconds: Array) -> Array:
    days, rest = np.divmod(milliseconds, _MS_A_DAY)
    fits = (rest == 0) & (days > _NO_DAY) & (days <= np.iinfo(np.int32).max)
    whole: Array = np.where(fits, days, _NO_DAY).astype(np.int32)
    return whole


def _milliseconds(seconds: Array) -> Array:
    most = np.iinfo(np.int64).max // 1000
    fits = (seconds >= -most) & (seconds <= most)
    scaled: Array = np.where(fits, seconds, 0) * 1000
    scaled[~fits] = _NO_TIME
    return scaled


def _two_words(values: Array) -> Array:
    """Signed integers as decimals of 128 bits: the lowest word first, the sign in the other."""
    words: Array = np.empty((len(values), 2), np.int64)
    words[:, 0], words[:, 1] = values, np.where(values < 0, -1, 0)
    return words
