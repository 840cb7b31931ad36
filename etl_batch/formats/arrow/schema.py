"""The few types that the many of Parquet files are read as, so that files of different writers go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatUnsupported, SchemaMismatch

if TYPE_CHECKING:
    import pyarrow as pa

_TEXT_BYTES = 32  #: of a text, at a guess: the footer does not tell
_OFFSET_BYTES = 4
_LIST_ITEMS = 4  #: of a list, at a guess
_NESTED_FACTOR = 8  #: what a nested value takes more, being written as JSON


def normalised_schema(found: pa.Schema, path: Path) -> pa.Schema:
    """The same names, their types normalised, all nullable, and no metadata (what pandas notes, and the like).

    Raises:
        SchemaMismatch: there are no columns, or two of one name.
        FormatUnsupported: there is a type that is not supported.
    """
    import pyarrow as pa

    if not found.names:
        raise SchemaMismatch(f"{path} has no columns", mend="write it anew with one column or more")
    twice = _first_repeated(found.names)
    if twice is not None:
        raise SchemaMismatch(f"{path} has two columns {twice!r}", mend="write it anew with names that differ")
    fields = []
    for field in found:
        try:
            fields.append((field.name, normalised(field.type)))
        except FormatUnsupported as error:
            raise FormatUnsupported(f"{path}, column {field.name!r}: {error.message}", mend=error.what_to_do) from None
    return pa.schema(fields)


def normalised(kind: pa.DataType) -> pa.DataType:
    """What a type is read as.

    Dictionaries become their values, extensions what they are stored as, large and view types the plain ones, small
    decimals those of 128 bits; every time zone becomes UTC (of the same instants); seconds become milliseconds, for
    Parquet has no others; the null type becomes text.

    Raises:
        FormatUnsupported: the type is not supported.
    """
    import pyarrow as pa

    if isinstance(kind, pa.BaseExtensionType):
        return normalised(kind.storage_type)
    for predicate, meant in _MEANT.items():
        if getattr(pa.types, predicate)(kind):
            return meant(kind)
    return _normalised_nested(kind)


def _normalised_nested(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    is_a = pa.types
    if is_a.is_map(kind):
        return pa.map_(normalised(kind.key_type), normalised(kind.item_type))
    if is_a.is_fixed_size_list(kind):
        return pa.list_(normalised(kind.value_type), kind.list_size)
    if is_a.is_list(kind) or is_a.is_large_list(kind):
        return pa.list_(normalised(kind.value_type))
    if is_a.is_struct(kind) and kind.num_fields:
        twice = _first_repeated([field.name for field in kind])
        if twice is None:
            return pa.struct([(field.name, normalised(field.type)) for field in kind])
        raise FormatUnsupported(f"a struct has two fields {twice!r}", mend="write it anew with names that differ")
    raise FormatUnsupported(f"the type {kind} is not supported")


def _first_repeated(names: Sequence[str]) -> str | None:
    return next((name for name, times in Counter(names).items() if times > 1), None)


def row_bytes(schema: pa.Schema) -> int:
    """How much memory a decoded row takes, at a guess where its length varies.

    Args:
        schema: of normalised types.
    """
    import pyarrow as pa

    return sum(_cell_bytes(kind) * (_NESTED_FACTOR if pa.types.is_nested(kind) else 1) for kind in schema.types)


def _cell_bytes(kind: pa.DataType) -> int:
    import pyarrow as pa

    is_a = pa.types
    if is_a.is_fixed_size_list(kind):
        return int(kind.list_size) * _cell_bytes(kind.value_type)
    if is_a.is_list(kind) or is_a.is_map(kind):
        inner = sum(_cell_bytes(kind.field(place).type) for place in range(kind.num_fields))
        return _OFFSET_BYTES + _LIST_ITEMS * inner
    if is_a.is_struct(kind):
        return sum(_cell_bytes(field.type) for field in kind)
    if is_a.is_string(kind) or is_a.is_binary(kind):
        return _TEXT_BYTES + _OFFSET_BYTES
    return (int(kind.bit_width) + 7) // 8


def _itself(kind: pa.DataType) -> pa.DataType:
    return kind


def _text(_kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return pa.string()


def _bytes(_kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return pa.binary()


def _days(_kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return pa.date32()


def _decimal(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return pa.decimal128(kind.precision, kind.scale)


def _timestamp(kind: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    return pa.timestamp("ms" if kind.unit == "s" else kind.unit, None if kind.tz is None else "UTC")


_MEANT: dict[str, Callable[[pa.DataType], pa.DataType]] = {
    "is_dictionary": lambda kind: normalised(kind.value_type),
    "is_null": _text,
    "is_large_string": _text,
    "is_string_view": _text,
    "is_large_binary": _bytes,
    "is_binary_view": _bytes,
    "is_date64": _days,
    "is_decimal32": _decimal,
    "is_decimal64": _decimal,
    "is_timestamp": _timestamp,
} | dict.fromkeys(
    (
        "is_integer", "is_floating", "is_boolean", "is_date32", "is_time", "is_duration", "is_decimal128",
        "is_decimal256", "is_string", "is_binary", "is_fixed_size_binary",
    ),
    _itself,
)  # fmt: skip


def summable(schema: pa.Schema) -> frozenset[str]:
    """Names of the columns that can be added up.

    Args:
        schema: of normalised types.
    """
    import pyarrow as pa

    is_a = pa.types
    return frozenset(
        field.name
        for field in schema
        if is_a.is_integer(field.type)
        or is_a.is_floating(field.type)
        or (is_a.is_decimal128(field.type) and field.type.scale >= 0)
    )
