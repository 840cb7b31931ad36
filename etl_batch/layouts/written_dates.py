"""Dates and times that a field has in a format, as characters or as digits of a number: their keys. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from etl_batch.errors import ConfigError, LayoutInvalid
from etl_batch.layouts.layout import (
    BLANK,
    DATES,
    FILLS,
    MAX_TEXT_BYTES,
    TRIMS,
    Field,
    Layout,
    Written,
    changed_fields,
    first_fields,
)
from etl_batch.layouts.toml_values import shown, whole
from etl_batch.text.date_formats import FIRST_CENTURIES, DateFormat
from etl_batch.text.encodings import has_digits_of_one_byte

WRITTEN_KEYS = {"format", "stored"}
#: types of numbers whose digits may be a date
STORED = ("packed", "zoned", "i32", "i64", "u32", "u64")
MOST_DIGITS = 18  #: of them, so that a number of 64 bits has them
#: the fewest characters of a part, and one of its values
_LEAST = {"%Y": 4, "%y": 2, "%b": 3, "%B": 3, "%p": 2}
_SAMPLE = {
    "%d": "01", "%m": "01", "%Y": "2000", "%y": "00", "%b": "Jan", "%B": "May", "%H": "00", "%M": "00", "%S": "00",
    "%f": "0", "%I": "12", "%p": "AM", "%z": "Z",
}  # fmt: skip


def century_said(document: Mapping[str, Any], where: str) -> int | None:
    """The first year that years of two digits may stand for; None: nobody said it.

    Raises:
        LayoutInvalid: it is none.
    """
    if "century" not in document:
        return None
    return whole(document, "century", where, low=FIRST_CENTURIES[0], high=FIRST_CENTURIES[-1])


def written_in(entry: Mapping[str, Any], here: str, century: int | None) -> Written:
    """How a field has its dates, by the keys `format` and `stored`.

    Args:
        entry: of the field, as TOML has it.
        here: which field that is, for messages.
        century: see `century_said`.

    Raises:
        LayoutInvalid: one of them is wrong, or does not go with the other, or with the field's type.
    """
    kind, text, stored = entry.get("type"), entry.get("format"), entry.get("stored", "")
    if kind not in DATES:
        key = "format" if "format" in entry else "stored"
        raise LayoutInvalid(f"{here} has the key {key}, which only {' and '.join(sorted(DATES))} take")
    if not isinstance(text, str):
        raise LayoutInvalid(f'{here} has format {shown(text)}; give one such as "%Y%m%d"')
    try:
        form = DateFormat.parse(text, here)
    except ConfigError as error:
        raise LayoutInvalid(error.message, mend=error.what_to_do) from None
    if text != text.strip():
        raise LayoutInvalid(f"{here} has format {text!r}: blanks around a date are no part of it")
    if kind == "date" and form.has_time:
        raise LayoutInvalid(f"{here} has format {text!r}, whose time a date has not; make it a timestamp")
    if "text" in entry:
        raise LayoutInvalid(
            f"{here} has text: a date with a format is characters, unless stored says what its digits are"
        )
    if stored and stored not in STORED:
        raise LayoutInvalid(
            f"{here} has stored {shown(stored)}; dates are characters, or digits of {', '.join(STORED)}"
        )
    if stored and (form.digits is None or form.digits > MOST_DIGITS):
        raise LayoutInvalid(
            f"{here} has format {text!r}, which the digits of a number are not: these have nothing between them, "
            f"no names, fractions and zones, and {MOST_DIGITS} at the most"
        )
    return Written(replace(form, century=century) if form.has_short_year else form, stored)


def with_dates(field: Field, kind: str, written: Written, here: str) -> Field:
    """A field of characters or of digits as one of dates.

    Args:
        field: as if its characters or digits were all there is to it.
        kind: the type of its values, of `DATES`.
        written: how they are written.
        here: which field that is, for messages.

    Raises:
        LayoutInvalid: it does not hold such dates.
    """
    dated = replace(field, type=kind, written=written)
    if written.stored:
        if field.text:
            raise LayoutInvalid(f"{here} has stored, which characters have not; leave it out")
        if field.scale or (field.type in {"packed", "zoned"} and field.digits > MOST_DIGITS):
            raise LayoutInvalid(f"{here} has digits behind a point, or more than {MOST_DIGITS} of them: it is no date")
        if field.type in {"packed", "zoned"} and field.digits < (written.form.digits or 0):
            raise LayoutInvalid(
                f"{here} has {field.digits} digits, and {written.form.text} takes {written.form.digits}"
            )
        return dated
    least = sum(_LEAST.get(part, 2 if written.form.is_exact(at) else 1) for at, part in enumerate(written.form.parts))
    if not least <= field.length <= MAX_TEXT_BYTES:
        raise LayoutInvalid(
            f"{here} has length {field.length}; {written.form.text} takes {least} to {MAX_TEXT_BYTES} bytes"
        )
    if not has_digits_of_one_byte(field.encoding):
        raise LayoutInvalid(f"{here} is a date as characters, whose digits {field.encoding} does not store as one byte")
    return replace(dated, text=True, trim=TRIMS[0], **_nulls(field, here))


def _nulls(field: Field, here: str) -> dict[str, Any]:
    """The nulls of a text as those of a date: blanks are a word there, and stand around others."""
    null = field.null.strip(" ") if isinstance(field.null, str) else None
    nulls = tuple(one if one in FILLS else str(one).strip(" ") for one in field.nulls)
    for one in (null, *nulls):
        if one is not None and one not in FILLS and len(one.encode(field.encoding)) > field.length:
            raise LayoutInvalid(f"{here} has null {shown(one)}, and {field.length} bytes")
    if null == "":
        return {"null": None, "nulls": (BLANK, *nulls)}
    return {"null": null, "nulls": nulls}


def with_century(layout: Layout, century: int | None) -> Layout:
    """The layout with the first year that years of two digits may stand for; None: as it says itself."""
    if century is None or not any(has_short_year(field) for field in first_fields(layout.fields)):
        return layout
    return replace(layout, fields=changed_fields(layout.fields, lambda field: _with_century(field, century)))


def _with_century(field: Field, century: int) -> Field:
    if field.written is None or not has_short_year(field):
        return field
    return replace(field, written=replace(field.written, form=replace(field.written.form, century=century)))


def has_short_year(field: Field) -> bool:
    """Whether it is a date whose year has two digits."""
    return field.written is not None and field.written.form.has_short_year


def sample_date(written: Written) -> str:
    """A date that is one, as it is written."""
    return "".join(_SAMPLE.get(part, part) for part in written.form.parts)
