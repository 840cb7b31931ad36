"""The Parquet type of each field of a layout, and what it is called elsewhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from etl_batch.formats.column_kinds import UNKNOWN, ColumnKind
from etl_batch.layouts.labels import metadata_of
from etl_batch.layouts.layout import SCALED, TABLE

if TYPE_CHECKING:
    import pyarrow as pa

    from etl_batch.layouts.layout import Field, Table

#: of the types of fields, but for numbers that may be whole
_KINDS = {"f32": "number", "f64": "number", "bool": "boolean", "str": "string", "bytes": "string"}
_KINDS |= {"date": "date", "timestamp": "datetime", TABLE: "array"}


def kind_of(field: Field) -> ColumnKind:
    """What a field holds, without loading Arrow."""
    return replace(_kind_of(field), label=field.label or None, most=_most_of(field))


def _most_of(field: Field) -> int | None:
    """See `ColumnKind.most`: of binary numbers; packed and zoned ones have no room for more."""
    is_binary = field.type not in {"packed", "zoned"} and not field.text and field.written is None
    if field.whole_digits is None or field.within_digits or not is_binary:
        return None
    return int((10**field.whole_digits - 1) * 10 ** max(-field.scale, 0))


def _kind_of(field: Field) -> ColumnKind:
    kind = field.comes_out
    if kind in SCALED:
        return ColumnKind("number" if field.scale > 0 else "integer")
    if kind[1:].isdigit() and kind[0] in "iu":
        return ColumnKind("integer")
    return ColumnKind(_KINDS[kind]) if kind in _KINDS else UNKNOWN


def arrow_type(field: Field) -> pa.DataType:
    """The Parquet type of a field."""
    import pyarrow as pa

    if field.table is not None:
        return _list_type(field.table)
    plain = {"f32": pa.float32(), "f64": pa.float64(), "bool": pa.bool_(), "str": pa.utf8(), "date": pa.date32()}
    if field.ibm:
        return pa.float64()  # a power of 16 may be beyond a float of 4 bytes
    is_local = field.written is not None and not field.written.form.has_zone
    plain["timestamp"] = pa.timestamp("ns" if field.unit == "ns" else "us", tz=None if is_local else "UTC")
    if field.type in plain:
        return plain[field.type]
    if field.type == "bytes":
        return pa.binary(field.length)
    kind = field.comes_out
    if kind in SCALED:
        return pa.decimal128(field.precision, max(field.scale, 0))
    return pa.type_for_alias({"i": "int", "u": "uint"}[kind[0]] + kind[1:])


def arrow_field(field: Field) -> pa.Field:
    """A column of a Parquet file: its metadata say what it is about, and what its values stand for."""
    import pyarrow as pa

    of_values = field if field.table is None or field.table.is_group else field.table.fields[0]
    return pa.field(field.name, arrow_type(field), metadata=metadata_of(of_values.label, of_values.values))


def _list_type(table: Table) -> pa.DataType:
    """All occurrences of a table: values, or structs of its fields."""
    import pyarrow as pa

    if not table.is_group:
        return pa.list_(arrow_type(table.fields[0]))
    return pa.list_(pa.struct([arrow_field(one) for one in table.fields]))
