"""The rows of an answer as JSON, as CSV and as Parquet. Numbers keep all their digits; texts are escaped in a CSV.

A cell is written as in our outputs; what those never hold (intervals, times of day) as ISO 8601 has it.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from etl_batch.cell_escape import csv_cell

_NULL = "null"
_NANOS_PER_SECOND = 1_000_000_000


def json_rows(schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> list[str]:
    """Each row as a JSON object; a name that comes twice has a number the second time."""
    names = [json.dumps(name, ensure_ascii=False) for name in unique_names(schema.names)]
    rows: list[str] = []
    for batch in batches:
        columns = [json_texts(column) for column in batch.columns]
        rows += ["{" + ", ".join(map(_pair, names, row)) + "}" for row in zip(*columns, strict=True)]
    return rows


def json_document(rows: Sequence[str]) -> str:
    """Rows as one list."""
    return "[" + ",\n ".join(rows) + "]\n"


def csv_rows(batches: Iterable[pa.RecordBatch]) -> list[str]:
    """Each row as a line of CSV, without its end."""
    rows: list[str] = []
    for batch in batches:
        columns = [_csv_cells(column) for column in batch.columns]
        rows += [",".join(row) for row in zip(*columns, strict=True)]
    return rows


def csv_document(schema: pa.Schema, rows: Sequence[str]) -> str:
    """Rows below their header."""
    return "\n".join([",".join(map(csv_cell, unique_names(schema.names))), *rows]) + "\n"


def parquet_document(schema: pa.Schema, batches: Sequence[pa.RecordBatch]) -> bytes:
    """Rows as a Parquet file; what Parquet has no type for is text."""
    table = pa.Table.from_batches(batches, schema).rename_columns(list(unique_names(schema.names)))
    for place, field in enumerate(table.schema):
        if pa.types.is_interval(field.type):
            texts = [text for chunk in table.column(place).chunks for text in plain_texts(chunk)]
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Names, of which those that come again get a number."""
    taken: set[str] = set()
    found = []
    for name in names:
        new, number = name, 1
        while new in taken:
            new, number = f"{name}_{number}", number + 1
        taken.add(new)
        found.append(new)
    return tuple(found)


def plain_texts(column: pa.Array) -> list[str | None]:
    """Each value as a cell has it, neither quoted nor escaped; None: there is none."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return plain_texts(column.dictionary_decode())
    if pa.types.is_nested(kind):
        return [None if text == _NULL and not valid else text
                for text, valid in zip(json_texts(column), column.is_valid().to_pylist(), strict=True)]  # fmt: skip
    return _leaf_texts(column)


def json_texts(column: pa.Array) -> list[str]:
    """Each value as JSON."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return json_texts(column.dictionary_decode())
    if pa.types.is_nested(kind):
        return _nested_texts(column)
    texts = plain_texts(column)
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind):
        return [_NULL if text is None else text for text in texts]
    if pa.types.is_floating(kind):
        return [_NULL if text is None or not math.isfinite(float(text)) else text for text in texts]
    return [_NULL if text is None else json.dumps(text, ensure_ascii=False) for text in texts]


def _nested_texts(column: pa.Array) -> list[str]:
    kind = column.type
    if pa.types.is_struct(kind):
        return _struct_texts(column)
    if pa.types.is_map(kind):
        return [_map_text(value, kind) for value in column]
    if pa.types.is_union(kind):
        return [json_texts(pa.array([value.value]))[0] if value.is_valid else _NULL for value in column]
    return [_NULL if not value.is_valid else _list_text(value) for value in column]


def _struct_texts(column: pa.Array) -> list[str]:
    names = [json.dumps(field.name, ensure_ascii=False) for field in column.type]
    fields = [json_texts(pc.struct_field(column, place)) for place in range(len(names))]
    rows = zip(*fields, strict=True) if fields else ((),) * len(column)
    texts = ["{" + ", ".join(map(_pair, names, row)) + "}" for row in rows]
    return [text if valid else _NULL for text, valid in zip(texts, column.is_valid().to_pylist(), strict=True)]


def _pair(name: str, text: str) -> str:
    return f"{name}: {text}"


def _list_text(value: Any) -> str:  # noqa: ANN401 - a scalar of Arrow
    return "[" + ", ".join(json_texts(value.values)) + "]"


def _map_text(value: Any, kind: pa.DataType) -> str:  # noqa: ANN401 - a scalar of Arrow
    if not value.is_valid:
        return _NULL
    entries = value.values
    keys, items = entries.field(0), json_texts(entries.field(1))
    if pa.types.is_string(kind.key_type):
        return "{" + ", ".join(map(_pair, json_texts(keys), items)) + "}"
    pairs = zip(json_texts(keys), items, strict=True)
    return "[" + ", ".join(f"[{key}, {item}]" for key, item in pairs) + "]"


def _csv_cells(column: pa.Array) -> list[str]:
    texts = plain_texts(column)
    kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return ["" if text is None else text for text in texts]
    return [csv_cell(text) for text in texts]


def _leaf_texts(column: pa.Array) -> list[str | None]:
    """Of what is neither nested nor a dictionary."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        # Without its zone, which is UTC, so that Arrow needs no table of zones to write it.
        mark = "Z" if kind.tz else ""
        texts = column.cast(pa.timestamp(kind.unit)).cast(pa.string()).to_pylist()
        return [None if one is None else one.replace(" ", "T", 1) + mark for one in texts]
    write = next((write for is_kind, write in _WRITERS if is_kind(kind)), None)
    values = (column if write else column.cast(pa.string())).to_pylist()
    return [None if one is None else write(one) if write else str(one) for one in values]


def _float_text(value: float) -> str:
    """The shortest that reads back, with a point where it is whole."""
    return "NaN" if math.isnan(value) else repr(value)


def _single_text(value: float) -> str:
    """The same of 32 bits, whose digits are fewer."""
    return "NaN" if math.isnan(value) else str(np.float32(value))


def _interval_text(parts: tuple[int, int, int]) -> str:
    """ISO 8601."""
    months, days, nanos = parts
    seconds, rest = divmod(abs(nanos), _NANOS_PER_SECOND)
    sign = "-" if nanos < 0 else ""
    behind = f".{rest:09}".rstrip("0") if rest else ""
    return f"P{months}M{days}DT{sign}{seconds}{behind}S"


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


#: how values of some types are written; all others as Arrow has them
_WRITERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Any], str]], ...] = (
    (pa.types.is_decimal, lambda value: format(value, "f")),
    (pa.types.is_float32, _single_text),
    (pa.types.is_floating, _float_text),
    (pa.types.is_boolean, lambda value: str(value).lower()),
    (pa.types.is_interval, _interval_text),
    (_is_bytes, lambda value: value.hex()),
)
