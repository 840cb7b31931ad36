"""Record layouts: what the bytes of a fixed-length record mean, as written in TOML.

record_size = 64
[[field]]
name = "product"
type = "str"
length = 32
null = ""
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Context, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from etl_batch.bounded_documents import OutOfBounds, toml_document
from etl_batch.errors import LayoutInvalid
from etl_batch.text_encodings import encoding_named

MAX_RECORD_BYTES = 1 << 20
MAX_DECIMAL_DIGITS = 38
_LAYOUT_KEYS = {"record_size", "header_bytes", "trailer_bytes", "byte_order", "encoding", "field"}
#: Classes of characters that turn the direction of the text behind them, and so show another name than there is.
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_FIELD_KEYS = {"name", "type", "offset", "length", "scale", "null", "unit"}
_INTEGERS = {f"{sign}{bits}": bits // 8 for sign in "iu" for bits in (8, 16, 32, 64)}
#: length in bytes when the layout does not say, and the lengths that may be said
DEFAULT_LENGTH = _INTEGERS | {"f32": 4, "f64": 8, "bool": 1, "timestamp": 8, "date": 4, "decimal": 8}
_ALLOWED_LENGTHS: dict[str, range | tuple[int, ...]] = {
    **{name: (length,) for name, length in (_INTEGERS | {"f32": 4, "f64": 8, "bool": 1}).items()},
    "timestamp": (4, 8),
    "date": (2, 4, 8),
    "decimal": (1, 2, 4, 8),
    "packed": range(1, 20),
    "zoned": range(1, MAX_DECIMAL_DIGITS + 1),
    "str": range(1, MAX_RECORD_BYTES + 1),
    "bytes": range(1, MAX_RECORD_BYTES + 1),
}
TYPES = tuple(_ALLOWED_LENGTHS)
SCALED = {"decimal", "packed", "zoned"}
UNITS = ("s", "ms", "us", "ns")
_F32_OVERFLOW = 3.4028235677973366e38  #: from here on, a 64-bit float rounds to infinity in 32 bits
_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a record."""

    name: str
    type: str
    offset: int  #: bytes from the record's start
    length: int  #: bytes
    scale: int = 0  #: digits after the decimal point
    unit: str = "us"  #: of a timestamp
    big_endian: bool = False
    encoding: str = "utf-8"
    null: str | int | float | bytes | None = None  #: a stored number, a text, or raw bytes; None: never null

    @property
    def digits(self) -> int:
        """Decimal digits that a decimal, packed or zoned field can hold."""
        if self.type == "packed":
            return 2 * self.length - 1
        return self.length if self.type == "zoned" else len(str(256**self.length // 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A record layout whose fields lie within the record and do not overlap."""

    record_size: int  #: bytes
    header_bytes: int = 0
    trailer_bytes: int = 0
    fields: tuple[Field, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in the layout's order."""
        return tuple(field.name for field in self.fields)


def parse_layout(text: str, where: str) -> Layout:
    """Read a layout.

    Args:
        text: the TOML document.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the field and the key that is wrong.
    """
    try:
        document = toml_document(text)
    except OutOfBounds as error:
        raise LayoutInvalid(f"{where} is not a layout: {error}") from None
    except ValueError as error:  # TOMLDecodeError, and a number of too many digits
        raise LayoutInvalid(f"{where} is not TOML: {error}") from None
    return layout_of(document, where)


def layout_of(document: Mapping[str, Any], where: str) -> Layout:
    """Check a layout whose TOML is read already.

    Args:
        document: the keys of the TOML document.
        where: its path, for messages.

    Raises:
        LayoutInvalid: naming the field and the key that is wrong.
    """
    _refuse_unknown(document, _LAYOUT_KEYS, where)
    record_size = _whole(document, "record_size", where, low=1, high=MAX_RECORD_BYTES)
    encoding = _encoding(document.get("encoding", "utf-8"), where)
    byte_order = document.get("byte_order", "little")
    if byte_order not in ("little", "big"):  # a tuple: the value may be anything, also unhashable
        raise LayoutInvalid(f"{where}: byte_order is {_shown(byte_order)}; give 'little' or 'big'")
    entries = document.get("field")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise LayoutInvalid(f"{where} has no [[field]]")
    fields: list[Field] = []
    for number, entry in enumerate(entries, start=1):
        after_previous = fields[-1].offset + fields[-1].length if fields else 0
        fields.append(_field(entry, number, after_previous, (byte_order == "big", encoding), where))
    _check_arrangement(fields, record_size, where)
    return Layout(
        record_size=record_size,
        header_bytes=_whole(document, "header_bytes", where, default=0),
        trailer_bytes=_whole(document, "trailer_bytes", where, default=0),
        fields=tuple(fields),
    )


def _field(
    entry: Mapping[str, Any], number: int, after_previous: int, surroundings: tuple[bool, str], where: str
) -> Field:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise LayoutInvalid(f"{where}: field {number} has no name")
    if any(ord(character) < ord(" ") or unicodedata.bidirectional(character) in _TURNING for character in name):
        raise LayoutInvalid(f"{where}: field {number} has a control character in its name {name!r}")
    here = f"{where}: field {name!r}"
    _refuse_unknown(entry, _FIELD_KEYS, here)
    kind = entry.get("type")
    if not isinstance(kind, str) or kind not in _ALLOWED_LENGTHS:
        raise LayoutInvalid(f"{here} has type {_shown(kind)}; the types are {', '.join(TYPES)}")
    length = _whole(entry, "length", here, default=DEFAULT_LENGTH.get(kind), low=1)
    if length not in _ALLOWED_LENGTHS[kind]:
        raise LayoutInvalid(f"{here} has length {length}; {kind} takes {_lengths_in_words(_ALLOWED_LENGTHS[kind])}")
    if "unit" in entry and kind != "timestamp":
        raise LayoutInvalid(f"{here} has a unit, which only a timestamp takes")
    if "scale" in entry and kind not in SCALED:
        raise LayoutInvalid(f"{here} has a scale, which only {', '.join(sorted(SCALED))} take")
    unit = entry.get("unit", "us")
    if unit not in UNITS:
        raise LayoutInvalid(f"{here} has unit {_shown(unit)}; the units are {', '.join(UNITS)}")
    big_endian, encoding = surroundings
    field = Field(
        name=name,
        type=kind,
        offset=_whole(entry, "offset", here, default=after_previous),
        length=length,
        scale=_whole(entry, "scale", here, default=0, high=MAX_DECIMAL_DIGITS),
        unit=unit,
        big_endian=big_endian,
        encoding=encoding,
    )
    if field.type in SCALED and field.scale > field.digits:
        raise LayoutInvalid(f"{here} has scale {field.scale}, but only {field.digits} digits")
    if "null" not in entry:
        return field
    return replace(field, null=_null(entry, field, here))


def _null(entry: Mapping[str, Any], field: Field, here: str) -> str | int | float | bytes:
    value = entry["null"]
    if field.type == "str":
        if not isinstance(value, str):
            raise LayoutInvalid(f"{here} has null {_shown(value)}; a str field takes a text")
        try:
            value.encode(field.encoding)
        except UnicodeError:
            raise LayoutInvalid(f"{here} has null {_shown(value)}, which {field.encoding} cannot write") from None
        return value
    if isinstance(value, str) and (value.startswith("0x") or field.type == "bytes"):
        return _raw_null(value, field, here)
    if field.type in {"f32", "f64"} and isinstance(value, int | float) and not isinstance(value, bool):
        return _float_null(value, field, here)
    if field.type in SCALED:
        return _scaled_null(value, field, here)
    if field.type == "bytes" or isinstance(value, bool) or not isinstance(value, int):
        raise LayoutInvalid(f'{here} has null {_shown(value)}; give the stored number, or the raw bytes as "0x..."')
    signed = field.type.startswith("i") or field.type in {"timestamp", "date"}
    low, high = (-(256**field.length) // 2, 256**field.length // 2 - 1) if signed else (0, 256**field.length - 1)
    if not low <= value <= high:
        raise LayoutInvalid(f"{here} has null {_shown(value)}, which does not fit into {field.length} bytes")
    return value


def _raw_null(value: str, field: Field, here: str) -> bytes:
    try:
        raw = bytes.fromhex(value.removeprefix("0x"))
    except ValueError:
        raise LayoutInvalid(f"{here} has null {_shown(value)}, which is not hexadecimal") from None
    if len(raw) != field.length:
        raise LayoutInvalid(f"{here} has a null of {len(raw)} bytes; the field has {field.length}")
    return raw


def _float_null(value: float, field: Field, here: str) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise LayoutInvalid(f"{here} has null {_shown(value)}, which is beyond a 64-bit float") from None
    if field.type == "f32" and math.isfinite(number) and abs(number) >= _F32_OVERFLOW:
        raise LayoutInvalid(f"{here} has null {number}, which is beyond a 32-bit float")
    return number


def _scaled_null(value: object, field: Field, here: str) -> int:
    """The stored, scaled integer of a null that is written as the number a reader sees."""
    exact = Context(prec=2 * MAX_DECIMAL_DIGITS)
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise InvalidOperation
        scaled = Decimal(str(value), exact).scaleb(field.scale, exact)
        if not scaled.is_finite() or scaled.adjusted() >= field.digits or scaled != int(scaled):
            raise InvalidOperation
        stored = int(scaled)
        if field.type == "decimal" and not -(256**field.length) // 2 <= stored < 256**field.length // 2:
            raise InvalidOperation
    except (ArithmeticError, ValueError):
        raise LayoutInvalid(
            f"{here} has null {_shown(value)}; give a number of {field.digits} digits, {field.scale} after the point, "
            'or its raw bytes as "0x..."'
        ) from None
    return stored


def _check_arrangement(fields: list[Field], record_size: int, where: str) -> None:
    seen: set[str] = set()
    for field in fields:
        if field.name in seen:
            raise LayoutInvalid(f"{where}: field {field.name!r} is there twice")
        seen.add(field.name)
        if field.offset + field.length > record_size:
            raise LayoutInvalid(
                f"{where}: field {field.name!r} ends at byte {field.offset + field.length}, "
                f"past the record's end at {record_size}"
            )
    in_order = sorted(fields, key=lambda field: field.offset)
    for before, after in pairwise(in_order):
        if before.offset + before.length > after.offset:
            raise LayoutInvalid(
                f"{where}: field {after.name!r} at byte {after.offset} overlaps field {before.name!r}, "
                f"which ends at {before.offset + before.length}"
            )


def _encoding(name: object, where: str) -> str:
    """The canonical name of a text codec."""
    known = encoding_named(name) if isinstance(name, str) else None
    if known is None:
        raise LayoutInvalid(
            f"{where}: encoding {_shown(name)} is not a text codec of Python; cp037, latin-1, utf-8 are"
        )
    return known


def _whole(  # noqa: PLR0913 - a range check reads best as one call
    table: Mapping[str, Any], key: str, where: str, *, default: int | None = None, low: int = 0, high: int = 1 << 40
) -> int:
    value = table.get(key, default)
    if value is None:
        raise LayoutInvalid(f"{where} has no {key}")
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise LayoutInvalid(f"{where} has {key} {_shown(value)}; give a whole number from {low} to {high}")
    return value


def _refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise LayoutInvalid(f"{where} has an unknown key {unknown[0]!r}; the keys are {', '.join(sorted(known))}")


def _shown(value: object) -> str:
    """A value as a message can hold it; one of thousands of digits or letters is cut."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers of over 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."


def _lengths_in_words(lengths: range | tuple[int, ...]) -> str:
    if isinstance(lengths, range):
        return f"{lengths[0]} to {lengths[-1]} bytes"
    return " or ".join(str(length) for length in lengths) + " bytes"
