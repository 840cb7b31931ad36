"""Record layouts: what the bytes of a fixed-length record mean, as written in TOML.

record_size = 64
[[field]]
name = "product"
type = "str"
length = 32
null = ""
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.counted_toml import COUNTED_KEYS, counted_in, moves_in, refuse_unclear
from etl_batch.layouts.field_keys import digits_said, is_blank_zero, is_text, refuse_scale, trim_said
from etl_batch.layouts.framing_toml import FRAMING_KEYS, framing_in
from etl_batch.layouts.labels import LABEL, VALUES, label_in, values_in
from etl_batch.layouts.layout import (
    ALLOWED_LENGTHS,
    DEFAULT_LENGTH,
    FLOATS,
    MAX_DECIMAL_DIGITS,
    MAX_RECORD_BYTES,
    MAX_TEXT_BYTES,
    SCALED,
    SIGNS,
    TRIMS,
    TYPES,
    UNITS,
    Field,
    Layout,
    first_fields,
    with_framing,
)
from etl_batch.layouts.line_parts import refuse_unparted
from etl_batch.layouts.lines_toml import LINES_KEYS, OF_CHARACTERS, lines_in, refuse_mixed, size_of_parts
from etl_batch.layouts.nulls import with_nulls
from etl_batch.layouts.occurrences import refuse_unclear_rows, refuse_unmet
from etl_batch.layouts.tables_toml import (
    TablesToml,
    names_of_tables,
    occurs_in,
    refuse_outside,
    refuse_overlap,
    refuse_same_names,
)
from etl_batch.layouts.toml_values import name_in, refuse_unknown, shown, whole
from etl_batch.layouts.variants_toml import variants_in
from etl_batch.layouts.written_dates import WRITTEN_KEYS, century_said, with_dates, written_in
from etl_batch.light_dataclass import dataclass
from etl_batch.options.occurring import NOTHING_SAID, SaidOccurs
from etl_batch.text.bounded_documents import OutOfBounds, toml_document
from etl_batch.text.encodings import encoding_named

MOST_ZEROS = 37  #: before the point, that are not stored
_T = TypeVar("_T")
_LAYOUT_KEYS = FRAMING_KEYS | LINES_KEYS | COUNTED_KEYS | {
    "record_size", "header_bytes", "trailer_bytes", "byte_order", "encoding", "floats", "comp_digits", "trim",
    "century", "field", "variant", "occurs",
}  # fmt: skip
_FIELD_KEYS = {
    "name",
    "type",
    "offset",
    "length",
    "scale",
    "null",
    "nulls",
    "unit",
    "sign",
    "signed",
    "byte_order",
    "text",
    "digits",
    "encoding",
    "trim",
    "blank",
    *WRITTEN_KEYS,
    LABEL,
    VALUES,
}


@dataclass(frozen=True, slots=True)
class _Stored:
    """What a layout says of all of its fields."""

    big_endian: bool
    encoding: str
    ibm_floats: bool
    within_digits: bool
    trim: str
    is_lines: bool  #: records are lines of text
    century: int | None


def parse_layout(text: str, where: str, said: SaidOccurs = NOTHING_SAID) -> Layout:
    """Read a layout.

    Args:
        text: the TOML document.
        where: its path, for messages.
        said: what flags say of its tables.

    Raises:
        LayoutInvalid: naming the field and the key that is wrong.
    """
    try:
        document = toml_document(text)
    except OutOfBounds as error:
        raise LayoutInvalid(f"{where} is not a layout: {error}") from None
    except ValueError as error:  # TOMLDecodeError, and a number of too many digits
        raise LayoutInvalid(f"{where} is not TOML: {error}") from None
    return layout_of(document, where, said)


def _of_one_type(document: Mapping[str, Any], where: str, *, said: SaidOccurs) -> Layout:
    return layout_of(document, where, said.among(names_of_tables(document)))


def layout_of(document: Mapping[str, Any], where: str, said: SaidOccurs = NOTHING_SAID) -> Layout:
    """Check a layout whose TOML is read already.

    Args:
        document: the keys of the TOML document.
        where: its path, for messages.
        said: what flags say of its tables.

    Raises:
        LayoutInvalid: naming the field and the key that is wrong.
    """
    if "record" in document:
        from etl_batch.layouts.record_types_toml import layout_of_types

        refuse_unmet(said, names_of_tables(document), where)
        return layout_of_types(document, where, partial(_of_one_type, said=said))
    refuse_unmet(said, names_of_tables(document), where)
    refuse_unknown(document, _LAYOUT_KEYS, where)
    encoding = _encoding(document.get("encoding", "utf-8"), where)
    lines = lines_in(document, encoding, where)
    framing = framing_in(document, where)
    if (framing is None and lines is None) or "record_size" in document:
        whole(document, "record_size", where, low=1, high=MAX_RECORD_BYTES)
    big_endian = _is_big_endian(document, where, default=False)
    floats = document.get("floats", "ieee")
    if floats not in ("ieee", "ibm"):  # a tuple: the value may be anything, also unhashable
        raise LayoutInvalid(f"{where}: floats is {shown(floats)}; give 'ieee' or 'ibm'")
    beyond = document.get("comp_digits", "keep")
    if beyond not in ("keep", "strict"):
        raise LayoutInvalid(f"{where}: comp_digits is {shown(beyond)}; give 'keep' or 'strict'")
    stored = _Stored(
        big_endian,
        encoding,
        floats == "ibm",
        beyond == "strict",
        trim_said(document, where, TRIMS[0]),
        lines is not None,
        century_said(document, where),
    )
    entries = document.get("field")
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise LayoutInvalid(f"{where} has no [[field]]")
    tables = TablesToml(where, said, occurs_in(document, where), partial(_field, stored=stored, where=where))
    fields = tables.fields(entries)
    if lines is not None:
        refuse_mixed(first_fields(fields), where)
    longest = None if framing is None and lines is None else max(field.offset + field.length for field in fields)
    if lines is not None and lines.parts:
        longest = size_of_parts(document, lines, where)
    record_size = whole(document, "record_size", where, default=longest, low=1, high=MAX_RECORD_BYTES)
    variants = variants_in(document, refuse_same_names(fields, where), where)
    refuse_outside(fields, 0, record_size, where)
    refuse_overlap(fields, where, variants)
    counted = counted_in(document, fields, record_size, where)
    moves = moves_in(document, counted, where)
    refuse_unclear(fields, counted, variants, where, moves=moves)
    try:
        layout = Layout(
            record_size=record_size,
            header_bytes=whole(document, "header_bytes", where, default=0),
            trailer_bytes=whole(document, "trailer_bytes", where, default=0),
            lines=lines,
            fields=tuple(fields),
            variants=variants,
            counted=counted,
            moves=moves,
        )
    except ValueError as error:
        raise LayoutInvalid(f"{where}: {error}") from None
    refuse_unparted(layout, where)
    return refuse_unclear_rows(layout if framing is None else with_framing(layout, framing), where)


def _field(entry: Mapping[str, Any], number: int, after_previous: int, *, stored: _Stored, where: str) -> Field:
    name = name_in(entry, number, where)
    here = f"{where}: field {name!r}"
    refuse_unknown(entry, _FIELD_KEYS, here)
    kind = entry.get("type")
    if not WRITTEN_KEYS.isdisjoint(entry):
        written = written_in(entry, here, stored.century)
        plain = {key: value for key, value in entry.items() if key not in WRITTEN_KEYS}
        bare = _field(plain | {"type": written.stored or "str"}, number, after_previous, stored=stored, where=where)
        return with_dates(bare, str(kind), written, here)
    if not isinstance(kind, str) or kind not in ALLOWED_LENGTHS:
        raise LayoutInvalid(f"{here} has type {shown(kind)}; the types are {', '.join(TYPES)}")
    encoding = _encoding(entry["encoding"], here) if "encoding" in entry else stored.encoding
    text = is_text(entry, kind, encoding, here, default=stored.is_lines)
    if stored.is_lines and not text and kind not in OF_CHARACTERS:
        raise LayoutInvalid(f"{here} has type {kind}, which no characters are: lines of text have str, numbers, zoned")
    length = whole(entry, "length", here, default=None if text else DEFAULT_LENGTH.get(kind), low=1)
    allowed = range(1, MAX_TEXT_BYTES + 1) if text else ALLOWED_LENGTHS[kind]
    if length not in allowed:
        as_what = " as text" if text else ""
        raise LayoutInvalid(f"{here} has length {length}; {kind}{as_what} takes {_lengths_in_words(allowed)}")
    if "unit" in entry and kind != "timestamp":
        raise LayoutInvalid(f"{here} has a unit, which only a timestamp takes")
    if "scale" in entry and kind not in SCALED and not (text and kind in FLOATS):
        raise LayoutInvalid(f"{here} has a scale, which only {', '.join(sorted(SCALED))} take")
    unit = entry.get("unit", "us")
    if unit not in UNITS:
        raise LayoutInvalid(f"{here} has unit {shown(unit)}; the units are {', '.join(UNITS)}")
    field = Field(
        name=name,
        type=kind,
        offset=whole(entry, "offset", here, default=after_previous),
        length=length,
        scale=whole(entry, "scale", here, default=0, low=-MOST_ZEROS, high=MAX_DECIMAL_DIGITS),
        unit=unit,
        big_endian=_is_big_endian(entry, here, default=stored.big_endian),
        encoding=encoding,
        ibm=stored.ibm_floats and kind in FLOATS and not text,
        sign=_choice(entry, "sign", SIGNS, here, of=("zoned",)),
        signed=_choice(entry, "signed", (True, False), here, of=("decimal", "packed")),
        whole_digits=digits_said(entry, kind, text, here),
        within_digits=stored.within_digits and "digits" in entry and kind not in {"packed", "zoned"},
        trim=trim_said(entry, here, stored.trim) if kind == "str" else TRIMS[0],
        blank_is_zero=is_blank_zero(entry, kind, text, here),
        text=text,
        label=label_in(entry, here),
        values=values_in(entry, here),
    )
    if kind in SCALED and not 0 < field.digits <= MAX_DECIMAL_DIGITS:
        raise LayoutInvalid(f"{here} has {field.digits} digits; {kind} takes 1 to {MAX_DECIMAL_DIGITS}")
    refuse_scale(field, here)
    return with_nulls(entry, field, here) if "null" in entry or "nulls" in entry else field


def _is_big_endian(table: Mapping[str, Any], where: str, *, default: bool) -> bool:
    order = table.get("byte_order", "big" if default else "little")
    if order not in ("little", "big"):
        raise LayoutInvalid(f"{where}: byte_order is {shown(order)}; give 'little' or 'big'")
    return bool(order == "big")


def _choice(entry: Mapping[str, Any], key: str, choices: tuple[_T, ...], here: str, *, of: tuple[str, ...]) -> _T:
    """One of the values of a key that some types alone take; the first is the default."""
    if key not in entry:
        return choices[0]
    if entry.get("type") not in of:
        raise LayoutInvalid(f"{here} has the key {key}, which only a {' or a '.join(of)} takes")
    found = [choice for choice in choices if type(entry[key]) is type(choice) and entry[key] == choice]
    if not found:
        said = ", ".join(str(choice).lower() for choice in choices)
        raise LayoutInvalid(f"{here} has {key} {shown(entry[key])}; the choices are {said}")
    return found[0]


def _encoding(name: object, where: str) -> str:
    """The canonical name of a text codec."""
    known = encoding_named(name) if isinstance(name, str) else None
    if known is None:
        raise LayoutInvalid(f"{where}: encoding {shown(name)} is not a text codec of Python; cp037, latin-1, utf-8 are")
    return known


def _lengths_in_words(lengths: range | tuple[int, ...]) -> str:
    if isinstance(lengths, range):
        return f"{lengths[0]} to {lengths[-1]} bytes"
    return " or ".join(str(length) for length in lengths) + " bytes"
