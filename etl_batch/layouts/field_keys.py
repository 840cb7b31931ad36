"""The keys of a field that say more of its values: digits, what is trimmed, what blanks are, numbers as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import (
    MAX_DECIMAL_DIGITS,
    MOST_I64_DIGITS,
    SCALED,
    TEXT_NUMBERS,
    TRIMS,
    TYPES,
    WHOLE,
    Field,
)
from etl_batch.layouts.toml_values import shown, whole
from etl_batch.text.encodings import has_digits_of_one_byte


def refuse_scale(field: Field, here: str) -> None:
    """Refuse a scale that its digits do not have; of whole digits that are said it may leave zeros out (P)."""
    most = max(field.digits, MAX_DECIMAL_DIGITS if field.whole_digits else 0) if field.type in SCALED else 0
    if field.type in SCALED and field.scale > most:
        raise LayoutInvalid(f"{here} has scale {field.scale}, but only {field.digits} digits")
    if field.scale < 0 and (field.text or field.type not in SCALED):
        raise LayoutInvalid(
            f"{here} has scale {field.scale}; zeros that are not stored are of {', '.join(sorted(SCALED))}"
        )
    if field.type == "decimal" and field.scale < 0 and field.precision > MOST_I64_DIGITS:
        raise LayoutInvalid(f"{here} has {field.precision} digits with its zeros; {MOST_I64_DIGITS} is the most")
    if field.type in SCALED and field.precision > MAX_DECIMAL_DIGITS:
        raise LayoutInvalid(f"{here} has {field.precision} digits with its zeros; {MAX_DECIMAL_DIGITS} is the most")


def digits_said(entry: Mapping[str, Any], kind: str, text: bool, here: str) -> int | None:
    """The digits of its values, as a picture gives them; None: nobody said it."""
    if "digits" not in entry:
        return None
    if text or kind not in WHOLE:
        raise LayoutInvalid(f"{here} has digits, which integers, {', '.join(sorted(SCALED))} take that are no text")
    return whole(entry, "digits", here, low=1, high=MAX_DECIMAL_DIGITS)


def trim_said(table: Mapping[str, Any], where: str, default: str) -> str:
    """What is taken off its texts."""
    trim = table.get("trim", default)
    if not isinstance(trim, str) or trim not in TRIMS:
        raise LayoutInvalid(f"{where}: trim is {shown(trim)}; give {', '.join(map(repr, TRIMS))}")
    return trim


def is_blank_zero(entry: Mapping[str, Any], kind: str, text: bool, here: str) -> bool:
    """Whether blanks stand for the number 0."""
    if "blank" not in entry:
        return False
    if entry["blank"] != "zero" or not (text or kind == "zoned"):
        raise LayoutInvalid(
            f"{here} has blank {shown(entry['blank'])}; of a zoned, or a number as text, it may be 'zero'"
        )
    return True


def is_text(entry: Mapping[str, Any], kind: str, encoding: str, here: str, *, default: bool) -> bool:
    """Whether a number is there as characters."""
    text = entry.get("text", default and kind in TEXT_NUMBERS)
    if not isinstance(text, bool):
        raise LayoutInvalid(f"{here} has text {shown(text)}; give true or false")
    if not text:
        return False
    if kind not in TEXT_NUMBERS:
        raise LayoutInvalid(f"{here} has text, which {', '.join(name for name in TYPES if name in TEXT_NUMBERS)} take")
    if "signed" in entry:
        raise LayoutInvalid(f"{here} has signed, which says how bytes are stored: characters have their sign")
    if not has_digits_of_one_byte(encoding):
        raise LayoutInvalid(f"{here} is a number as text, whose digits {encoding} does not store as one byte")
    return True
