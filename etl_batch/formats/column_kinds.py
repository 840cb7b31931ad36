"""What a column holds, in the words of Table Schema, whatever format it is read from. Pure."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

ANY = "any"
#: by the predicate of Arrow's types
_OF_ARROW = {
    "is_boolean": "boolean",
    "is_integer": "integer",
    "is_floating": "number",
    "is_decimal": "number",
    "is_date": "date",
    "is_timestamp": "datetime",
    "is_time": "time",
    "is_struct": "object",
    "is_map": "object",
    "is_list": "array",
    "is_large_list": "array",
    "is_fixed_size_list": "array",
    "is_string": "string",
    "is_large_string": "string",
    "is_binary": "string",  # hexadecimal in our CSV
    "is_fixed_size_binary": "string",
}


@dataclass(frozen=True, slots=True)
class ColumnKind:
    """One column as Table Schema describes it."""

    type: str  #: the word of Table Schema; `any`: its cells were copied as they are, and not all looked at
    format: str | None = None  #: of its texts; None: the usual one
    label: str | None = None  #: what it is, in words
    unit: str | None = None  #: what its numbers count
    #: the largest number that its picture has digits for, as it is stored, where more are kept; None: no such picture
    most: int | None = field(default=None, compare=False)


UNKNOWN = ColumnKind(ANY)


def kind_of_arrow(kind: pa.DataType) -> ColumnKind:
    """What a column of an Arrow type holds."""
    import pyarrow as pa

    if pa.types.is_decimal(kind) and kind.scale <= 0:
        return ColumnKind("integer")
    found = (word for predicate, word in _OF_ARROW.items() if getattr(pa.types, predicate)(kind))
    return ColumnKind(next(found, ANY))
