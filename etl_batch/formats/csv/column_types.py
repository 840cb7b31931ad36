"""Types of CSV columns: named by the user, given by another input, or inferred from every cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from etl_batch.errors import ConfigError, SchemaMismatch
from etl_batch.formats.column_kinds import ColumnKind
from etl_batch.kernels.cell_readings import Class, Reading, number_word
from etl_batch.light_dataclass import dataclass
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    import pyarrow as pa

_UNITS = {ticks: unit for unit, ticks in TICKS_PER_SECOND.items()}
_MOST_DIGITS = 38
_WORDS = (
    "i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 bool str bytes date timestamp[s|ms|us|ns] local_timestamp[...] "
    "decimal(DIGITS,SCALE) percent money, and date(%d.%m.%Y) timestamp(%d.%m.%Y %H:%M) bool(yes,no)"
)
_TYPE = re.compile(r"([a-z_]+[0-9]*)(?:\[([a-z]+)\]|\(([0-9]+)(?:,([0-9]+))?\))?")


@dataclass(frozen=True, slots=True)
class CellType:
    """How the cells of a column are read."""

    word: str  #: as the user may write it
    reading: Reading
    width: int = 0  #: see `Reading`
    extra: int = 0


TEXT = CellType("str", Reading.TEXT)
SKIPPED = CellType("", Reading.SKIPPED)
PLACE = CellType("str", Reading.PLACE)
#: readings of numbers that can be added up
NUMBERS = frozenset({Reading.SIGNED, Reading.UNSIGNED, Reading.FLOAT, Reading.DECIMAL})
_KINDS = {
    Reading.SIGNED: "integer", Reading.UNSIGNED: "integer", Reading.FLOAT: "number", Reading.DECIMAL: "number",
    Reading.BOOL: "boolean", Reading.DATE: "date", Reading.TIMESTAMP: "datetime", Reading.LOCAL_TIMESTAMP: "datetime",
}  # fmt: skip
AMOUNTS = frozenset({"percent", "money"})  #: decimals with as many digits as each has
_INT64 = CellType("i64", Reading.SIGNED, 8)
_UINT64 = CellType("u64", Reading.UNSIGNED, 8)
_FLOAT64 = CellType("f64", Reading.FLOAT, 8)
_INFERRED = {"i64": _INT64, "u64": _UINT64, "f64": _FLOAT64, "": TEXT}


def type_named(word: str) -> CellType:
    """A type of cells as our own files have them.

    Raises:
        ConfigError: the word is none.
    """
    found = _TYPE.fullmatch(word)
    name, unit, digits, scale = found.groups() if found else (word, None, None, None)
    if name in {"timestamp", "local_timestamp"} and digits is None and (unit or "us") in TICKS_PER_SECOND:
        reading = Reading.TIMESTAMP if name == "timestamp" else Reading.LOCAL_TIMESTAMP
        return CellType(f"{name}[{unit or 'us'}]", reading, 8, TICKS_PER_SECOND[unit or "us"])
    if name == "decimal" and digits is not None and 1 <= int(digits) <= _MOST_DIGITS and int(scale or 0) <= int(digits):
        return CellType(f"decimal({int(digits)},{int(scale or 0)})", Reading.DECIMAL, int(digits), int(scale or 0))
    plain = {
        "bool": CellType("bool", Reading.BOOL, 1), "str": TEXT, "bytes": CellType("bytes", Reading.BYTES),
        "date": CellType("date", Reading.DATE, 4),
        "f32": CellType("f32", Reading.FLOAT, 4), "f64": _FLOAT64,
    }  # fmt: skip
    for bits in (8, 16, 32, 64):
        plain[f"i{bits}"] = CellType(f"i{bits}", Reading.SIGNED, bits // 8)
        plain[f"u{bits}"] = CellType(f"u{bits}", Reading.UNSIGNED, bits // 8)
    if name not in plain or unit is not None or digits is not None:
        raise ConfigError(f"--types: {word!r} is no type", mend=f"use one of {_WORDS}")
    return plain[name]


def cell_type_of(kind: pa.DataType, column: str) -> CellType:
    """How a CSV cell becomes a value of an Arrow type that another input of the job has.

    Raises:
        SchemaMismatch: it cannot.
    """
    import pyarrow as pa

    if pa.types.is_timestamp(kind):
        word = f"{'timestamp' if kind.tz else 'local_timestamp'}[{kind.unit}]"
        return type_named(word)
    if pa.types.is_decimal128(kind) and kind.scale >= 0:
        return CellType(f"decimal({kind.precision},{kind.scale})", Reading.DECIMAL, kind.precision, kind.scale)
    if pa.types.is_fixed_size_binary(kind):
        return CellType(f"bytes of {kind.byte_width}", Reading.FIXED_BYTES, kind.byte_width)
    words = {"float": "f32", "double": "f64", "bool": "bool", "string": "str", "binary": "bytes", "date32[day]": "date"}
    words |= {f"{sign}int{bits}": f"{sign or 'i'}{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)}
    if str(kind) not in words:
        raise SchemaMismatch(f"column {column!r} is {kind} in another input, which cannot be read from a CSV")
    return type_named(words[str(kind)])


def kind_of_cells(cell: CellType) -> ColumnKind:
    """What a column of such cells holds."""
    if cell.reading is Reading.DECIMAL and not cell.extra:
        return ColumnKind("integer")
    # A CSV keeps each moment as it stands, which may have a blank where Table Schema wants a T.
    is_moment = cell.reading in {Reading.TIMESTAMP, Reading.LOCAL_TIMESTAMP}
    return ColumnKind(_KINDS.get(cell.reading, "string"), "any" if is_moment else None)


def arrow_type(cell: CellType) -> pa.DataType:
    """The Parquet type of a column of such cells."""
    import pyarrow as pa

    unit = _UNITS.get(cell.extra, "us")
    makers = {
        Reading.SIGNED: lambda: pa.type_for_alias(f"int{8 * cell.width}"),
        Reading.UNSIGNED: lambda: pa.type_for_alias(f"uint{8 * cell.width}"),
        Reading.FLOAT: lambda: pa.float32() if cell.width == 4 else pa.float64(),
        Reading.BOOL: pa.bool_,
        Reading.DATE: pa.date32,
        Reading.TIMESTAMP: lambda: pa.timestamp(unit, tz="UTC"),
        Reading.LOCAL_TIMESTAMP: lambda: pa.timestamp(unit),
        Reading.DECIMAL: lambda: pa.decimal128(cell.width, cell.extra),
        Reading.FIXED_BYTES: lambda: pa.binary(cell.width),
        Reading.BYTES: pa.binary,
        Reading.TEXT: pa.utf8,
    }
    return makers[cell.reading]()


def arrow_schema(names: Sequence[str], types: Sequence[CellType]) -> pa.Schema:
    """The Parquet types of some columns, with their names."""
    import pyarrow as pa

    return pa.schema([(name, arrow_type(kind)) for name, kind in zip(names, types, strict=True)])


def inferred(classes: Sequence[int]) -> tuple[CellType, ...]:
    """The types of columns from what all their cells look like: a number only where every cell is written as ours."""
    return tuple(_inferred(int(seen)) for seen in classes)


def _inferred(seen: int) -> CellType:
    return _INFERRED[number_word(seen)]


def number_type(seen: int) -> CellType | None:
    """How a column of nothing but numbers is read, however they are written; None: there is other text in it."""
    if seen & Class.TEXT:
        return None
    kind = _inferred(seen)
    return _FLOAT64 if kind is TEXT else kind


def almost_numbers(names: Sequence[str], classes: Sequence[int], types: Mapping[str, CellType]) -> list[str]:
    """Columns without a type of their own that hold numbers only, yet stay text: some are not written as ours."""
    numbers = Class.INTEGER | Class.NEGATIVE | Class.UNSIGNED | Class.FLOAT | Class.NUMBER
    return [
        name
        for name, seen in zip(names, (int(kind) & ~Class.EMPTY for kind in classes), strict=True)
        if name not in types and seen and not seen & ~numbers and _inferred(seen) is TEXT
    ]
