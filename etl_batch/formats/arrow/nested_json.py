"""Nested values as JSON: lists as arrays, structs as objects, maps as objects where their keys are text.

What JSON has no word for is written as in a CSV cell, as a string: dates, times, timestamps, and bytes in hexadecimal
digits. Numbers stay numbers, decimals with all their digits; NaN and the infinities become null. A map with other
keys is an array of pairs. A key that a map holds twice is written twice; readers keep the last, as Parquet says.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.formats.arrow.checks import bad_rows, list_items, list_offsets
from etl_batch.formats.arrow.leaves import leaf_column, stored
from etl_batch.formats.column_batch import ColumnBatch

if TYPE_CHECKING:
    import pyarrow as pa

_NULL = "null"
_NOT_JSON = frozenset({"NaN", "inf", "-inf"})
_QUOTED = ("is_date", "is_time", "is_timestamp")


def json_values(array: pa.Array) -> list[str]:
    """Each value of an array of a normalised type as JSON.

    It takes bad values too (`arrow_checks.bad_rows`), and shows what it can of them.
    """
    import pyarrow as pa

    is_a, kind = pa.types, array.type
    if is_a.is_struct(kind):
        texts = _objects(array)
    elif is_a.is_nested(kind):
        texts = _lists(array)
    elif is_a.is_string(kind):
        texts = [_string(value) for value in array.cast("binary").to_pylist()]
    elif is_a.is_binary(kind) or is_a.is_fixed_size_binary(kind):
        texts = [f'"{(value or b"").hex()}"' for value in array.to_pylist()]
    elif is_a.is_floating(kind):
        texts = [_NULL if cell in _NOT_JSON else cell for cell in _cells(array)]
    elif any(getattr(is_a, name)(kind) for name in _QUOTED):
        texts = _quoted(array)
    else:
        texts = _cells(array)
    return _with_nulls(texts, array)


def _with_nulls(texts: list[str], array: pa.Array) -> list[str]:
    if not array.null_count:
        return texts
    return [_NULL if null else text for text, null in zip(texts, array.is_null().to_pylist(), strict=True)]


def _string(value: bytes | None) -> str:
    return json.dumps((value or b"").decode("utf-8", "backslashreplace"), ensure_ascii=False)


def _cells(array: pa.Array) -> list[str]:
    """The values as the CSV kernel writes them."""
    batch = ColumnBatch(len(array), [leaf_column(array)], lambda: None)
    out = np.empty(batch.csv_room(), dtype=np.uint8)
    start = out.ctypes.data
    end = batch.write_csv(start, 0)
    return out[: end - start].tobytes().decode("ascii").split("\n")[:-1]


def _quoted(array: pa.Array) -> list[str]:
    """Cells as strings; dates and the like that are out of range as plain numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bad, _ = bad_rows(array)
    if bad is None:
        return [f'"{cell}"' for cell in _cells(array)]
    good = pc.if_else(pa.array(bad.view(np.bool_)), pa.scalar(None, array.type), array)
    texts = [f'"{cell}"' for cell in _cells(good)]
    numbers = stored(array, np.int32 if array.type.bit_width == 32 else np.int64)
    for row in np.flatnonzero(bad):
        texts[row] = str(numbers[row])
    return texts


def _objects(array: pa.Array) -> list[str]:
    names = [json.dumps(field.name, ensure_ascii=False) for field in array.type]
    columns = [json_values(array.field(place)) for place in range(array.type.num_fields)]
    rows = zip(*columns, strict=True)
    return ["{" + ",".join(f"{name}:{text}" for name, text in zip(names, row, strict=True)) + "}" for row in rows]


def _lists(array: pa.Array) -> list[str]:
    import pyarrow as pa

    opening, closing, items = "[", "]", list_items(array)
    if not pa.types.is_map(array.type):
        texts = json_values(items)
    else:
        keys, values = json_values(items.field(0)), json_values(items.field(1))
        if pa.types.is_string(array.type.key_type):
            opening, closing = "{", "}"
            texts = _joined(keys, values, "{}:{}")
        else:
            texts = _joined(keys, values, "[{},{}]")
    offsets = (list_offsets(array) - list_offsets(array)[0]).tolist()
    return [opening + ",".join(texts[at:end]) + closing for at, end in pairwise(offsets)]


def _joined(keys: Sequence[str], values: Sequence[str], form: str) -> list[str]:
    return [form.format(key, value) for key, value in zip(keys, values, strict=True)]
