"""Arrow values and their plain twins: values drawn for any type, and what becomes of them in a CSV cell.

A plain value is None for null, bytes for text and binary, the stored integer for dates, times and durations, a
Decimal, a list for lists, a list of pairs for maps, a tuple for structs, else what Python has for it.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from etl_batch.cell_escape import csv_cell
from tests.helpers import twins

Plain = Any

FIRST_DAY, LAST_DAY = -719162, 2932896
SECONDS_A_DAY = 86_400
TEXTS = ["", "a", "=1", "-5", "O'Neill", "x,y", '"', "\n", "\t", "é", "日本", "\u2028", "\\", "\x01", "z" * 20]
NOT_TEXTS = [b"\xff", b"caf\xe9", b"\xed\xa0\x80", b"12345678\xc3", b"\xc0\x80"]

LEAVES: list[pa.DataType] = [
    pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(),
    pa.float16(), pa.float32(), pa.float64(), pa.bool_(), pa.string(), pa.large_string(),
    pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view(), pa.binary(1), pa.binary(9), pa.null(),
    pa.date32(), pa.date64(), pa.time32("s"), pa.time32("ms"), pa.time64("us"), pa.time64("ns"),
    pa.duration("s"), pa.duration("ms"), pa.duration("us"), pa.duration("ns"),
    *(pa.timestamp(unit, zone) for unit in ("s", "ms", "us", "ns") for zone in (None, "UTC", "Europe/Berlin")),
    pa.decimal32(9, 2), pa.decimal64(18, 0), pa.decimal128(1, 0), pa.decimal128(18, 18), pa.decimal128(38, 5),
    pa.decimal128(38, 38), pa.decimal128(20, -3), pa.decimal256(38, 2), pa.decimal256(76, 0), pa.decimal256(76, 50),
]  # fmt: skip
#: dictionaries and extensions, for a column by itself
WRAPPED: list[pa.DataType] = [
    pa.dictionary(pa.int8(), pa.string()), pa.dictionary(pa.uint32(), pa.int64()),
    pa.dictionary(pa.int32(), pa.large_string()), pa.dictionary(pa.int16(), pa.date32()), pa.uuid(),
]  # fmt: skip


def kinds(depth: int = 3) -> st.SearchStrategy[pa.DataType]:
    """Types, nested or not."""
    leaf = st.sampled_from(LEAVES)
    if depth == 0:
        return leaf
    # pyarrow's own cast of nested nulls to nulls, with which arrays are made here, makes invalid ones
    below = kinds(depth - 1).filter(lambda kind: not pa.types.is_null(kind))
    names = st.lists(st.sampled_from(["a", "b", '"', "ü", "", "a.b"]), min_size=1, max_size=3, unique=True)
    return st.one_of(
        leaf,
        below.map(pa.list_),
        below.map(pa.large_list),
        st.tuples(below, st.integers(0, 3)).map(lambda pair: pa.list_(*pair)),
        names.flatmap(lambda chosen: st.tuples(*(below for _ in chosen)).map(lambda of: _struct(chosen, of))),
        st.tuples(st.sampled_from([pa.string(), pa.large_string(), pa.int32(), pa.date32()]), below).map(
            lambda pair: pa.map_(*pair)
        ),
    )


def _struct(names: Sequence[str], of: Sequence[pa.DataType]) -> pa.DataType:
    return pa.struct(list(zip(names, of, strict=True)))


def columns_of(kind: pa.DataType, rows: int, *, wild: bool = False) -> st.SearchStrategy[list[Plain]]:
    """So many values of a type, nulls among them; wild ones may be bad."""
    return st.lists(values_of(kind, wild=wild), min_size=rows, max_size=rows)


def values_of(kind: pa.DataType, *, wild: bool = False, nulls: bool = True) -> st.SearchStrategy[Plain]:
    """Plain values of a type."""
    if pa.types.is_null(kind):
        return st.none()
    some = _nested_values(kind, wild=wild) if pa.types.is_nested(kind) else _leaf_values(kind, wild=wild)
    return st.none() | some if nulls else some


def _nested_values(kind: pa.DataType, *, wild: bool) -> st.SearchStrategy[Plain]:
    is_a = pa.types
    if is_a.is_struct(kind):
        return st.tuples(*(values_of(field.type, wild=wild) for field in kind))
    if is_a.is_map(kind):
        keys = values_of(kind.key_type, wild=wild, nulls=False)
        return st.lists(st.tuples(keys, values_of(kind.item_type, wild=wild)), max_size=3)
    fixed = kind.list_size if is_a.is_fixed_size_list(kind) else None
    return st.lists(values_of(kind.value_type, wild=wild), min_size=fixed or 0, max_size=3 if fixed is None else fixed)


def _leaf_values(kind: pa.DataType, *, wild: bool) -> st.SearchStrategy[Plain]:  # noqa: PLR0911
    is_a = pa.types
    if is_a.is_dictionary(kind):
        return _leaf_values(kind.value_type, wild=wild)
    if is_text(kind):
        text = (st.sampled_from(TEXTS) | st.text(st.characters(codec="utf-8"), max_size=12)).map(str.encode)
        return text | st.sampled_from(NOT_TEXTS) if wild else text
    if isinstance(kind, pa.BaseExtensionType) or is_a.is_fixed_size_binary(kind):
        return st.binary(min_size=kind.byte_width, max_size=kind.byte_width)
    if is_binary(kind):
        return st.binary(max_size=12)
    if is_a.is_boolean(kind):
        return st.booleans()
    if is_a.is_floating(kind):
        special = st.sampled_from([math.nan, math.inf, -math.inf, -0.0, 0.1, 1e16, 65504.0])
        return st.floats(width=kind.bit_width) | special.map(lambda value: rounded(kind, value))
    return _numbers(*limits(kind, wild=wild)).map(lambda number: _of_number(kind, number))


def rounded(kind: pa.DataType, value: float) -> float:
    """The nearest float of that width."""
    with np.errstate(over="ignore"):
        return float(np.dtype(f"f{kind.bit_width // 8}").type(value))


def _numbers(low: int, high: int) -> st.SearchStrategy[int]:
    near = [number for number in (low, low + 1, -1, 0, 1, high - 1, high) if low <= number <= high]
    return st.sampled_from(near) | st.integers(low, high)


def _of_number(kind: pa.DataType, number: int) -> Plain:
    if pa.types.is_decimal(kind):
        return twins.scaled(number, kind.scale)
    return number * SECONDS_A_DAY * 1000 if pa.types.is_date64(kind) else number


def limits(kind: pa.DataType, *, wild: bool = False) -> tuple[int, int]:
    """The least and the greatest stored integer that are good, or of all that can be stored. Days for dates."""
    is_a = pa.types
    bits = 32 if is_a.is_date(kind) else kind.bit_width
    low, high = (0, 2**bits - 1) if is_a.is_unsigned_integer(kind) else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    if is_a.is_decimal(kind):
        return 1 - 10**kind.precision, 10**kind.precision - 1
    if wild and not is_a.is_date64(kind):
        return low, high
    if is_a.is_date(kind):
        return FIRST_DAY, LAST_DAY
    if is_a.is_time(kind):
        return 0, SECONDS_A_DAY * twins.TICKS_PER_SECOND[kind.unit] - 1
    if is_a.is_timestamp(kind):
        per_day = SECONDS_A_DAY * twins.TICKS_PER_SECOND[kind.unit]
        return max(low, FIRST_DAY * per_day), min(high, (LAST_DAY + 1) * per_day - 1)
    return low, high


def is_text(kind: pa.DataType) -> bool:
    return kind in {pa.string(), pa.large_string(), pa.string_view()}


def is_binary(kind: pa.DataType) -> bool:
    return kind in {pa.binary(), pa.large_binary(), pa.binary_view()}


def array_of(kind: pa.DataType, values: Sequence[Plain]) -> pa.Array:
    """The values as Arrow has them; text that is not UTF-8 among them."""
    if pa.types.is_dictionary(kind):
        return array_of(kind.value_type, values).dictionary_encode().cast(kind)
    if isinstance(kind, pa.BaseExtensionType):
        return pa.ExtensionArray.from_storage(kind, array_of(kind.storage_type, values))
    unchecked = _unchecked(kind)
    return pa.array([_given(kind, value) for value in values], unchecked).cast(kind, safe=False)


def _unchecked(kind: pa.DataType) -> pa.DataType:  # noqa: PLR0911
    """The type with binary for text."""
    is_a = pa.types
    if is_text(kind):
        return pa.binary()
    if is_a.is_map(kind):
        return pa.map_(_unchecked(kind.key_type), _unchecked(kind.item_type))
    if is_a.is_fixed_size_list(kind):
        return pa.list_(_unchecked(kind.value_type), kind.list_size)
    if is_a.is_large_list(kind):
        return pa.large_list(_unchecked(kind.value_type))
    if is_a.is_list(kind):
        return pa.list_(_unchecked(kind.value_type))
    if is_a.is_struct(kind):
        return pa.struct([(field.name, _unchecked(field.type)) for field in kind])
    return kind


def _given(kind: pa.DataType, value: Plain) -> Plain:
    """As pyarrow takes it."""
    if value is None:
        return None
    if pa.types.is_float16(kind):
        return np.float16(value)
    if pa.types.is_struct(kind):
        return {field.name: _given(field.type, one) for field, one in zip(kind, value, strict=True)}
    if pa.types.is_map(kind):
        return [(_given(kind.key_type, key), _given(kind.item_type, one)) for key, one in value]
    if pa.types.is_nested(kind):
        return [_given(kind.value_type, one) for one in value]
    return value


def cell(kind: pa.DataType, value: Plain) -> str:
    """A good value as its CSV cell."""
    if value is None:
        return ""
    if pa.types.is_nested(kind):
        return csv_cell(json_text(kind, value))
    if pa.types.is_dictionary(kind):
        return cell(kind.value_type, value)
    if is_text(kind):
        return csv_cell(value.decode())
    return text(kind, value) or '""'


def text(kind: pa.DataType, value: Plain) -> str:  # noqa: PLR0911
    """A good value that is neither text nor nested, without quotes."""
    is_a = pa.types
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value, "f")
    if is_a.is_boolean(kind):
        return "true" if value else "false"
    if is_a.is_float64(kind):
        return twins.float64_text(value)
    if is_a.is_floating(kind):
        return twins.float32_text(struct.unpack("<I", struct.pack("<f", value))[0])
    if is_a.is_date(kind):
        return twins.date_text(value if is_a.is_date32(kind) else value // (SECONDS_A_DAY * 1000))
    if is_a.is_timestamp(kind):
        utc = twins.timestamp_text(value, twins.TICKS_PER_SECOND[kind.unit])
        return utc if kind.tz else utc.removesuffix("Z")
    return time_text(value, kind.unit) if is_a.is_time(kind) else str(value)


def time_text(ticks: int, unit: str) -> str:
    """Ticks after midnight: nine decimals for nanoseconds, else six."""
    seconds, fraction = divmod(ticks, twins.TICKS_PER_SECOND[unit])
    decimals = 9 if unit == "ns" else 6
    clock = str(timedelta(seconds=seconds)).zfill(8)
    return f"{clock}.{fraction * 10**decimals // twins.TICKS_PER_SECOND[unit]:0{decimals}d}"


def json_text(kind: pa.DataType, value: Plain) -> str:  # noqa: PLR0911
    """A good value as JSON."""
    is_a = pa.types
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "null"
    if is_a.is_struct(kind):
        pairs = [f"{_string(f.name)}:{json_text(f.type, one)}" for f, one in zip(kind, value, strict=True)]
        return "{" + ",".join(pairs) + "}"
    if is_a.is_map(kind):
        members = [(json_text(kind.key_type, key), json_text(kind.item_type, one)) for key, one in value]
        if is_text(kind.key_type):
            return "{" + ",".join(f"{key}:{one}" for key, one in members) + "}"
        return "[" + ",".join(f"[{key},{one}]" for key, one in members) + "]"
    if is_a.is_nested(kind):
        return "[" + ",".join(json_text(kind.value_type, one) for one in value) + "]"
    if is_text(kind):
        return _string(value.decode())
    bare = is_a.is_integer(kind) or is_a.is_floating(kind) or is_a.is_decimal(kind) or is_a.is_boolean(kind)
    return text(kind, value) if bare or is_a.is_duration(kind) else _string(text(kind, value))


def _string(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def is_bad(kind: pa.DataType, value: Plain) -> bool:  # noqa: PLR0911
    """Whether no output can hold the value."""
    is_a = pa.types
    if value is None:
        return False
    if is_a.is_struct(kind):
        return any(is_bad(field.type, one) for field, one in zip(kind, value, strict=True))
    if is_a.is_map(kind):
        return any(is_bad(kind.key_type, key) or is_bad(kind.item_type, one) for key, one in value)
    if is_a.is_nested(kind):
        return any(is_bad(kind.value_type, one) for one in value)
    if is_text(kind):
        return not twins.is_utf8(value)
    if is_a.is_date32(kind) or is_a.is_timestamp(kind) or is_a.is_time(kind):
        low, high = limits(kind)
        return not low <= value <= high
    return False
