"""The values of a layout's TOML: checked, and as a message may show them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.text.numbers import is_whole_number

_SHOWN_CHARACTERS = 200
#: Classes of characters that turn the direction of the text behind them, and so show another name than there is.
_TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def whole(  # noqa: PLR0913 - a range check reads best as one call
    table: Mapping[str, Any], key: str, where: str, *, default: int | None = None, low: int = 0, high: int = 1 << 40
) -> int:
    """A whole number from `low` to `high`; `where` names the table in messages.

    Raises:
        LayoutInvalid: it is none, or it is not there and has no default.
    """
    value = table.get(key, default)
    if value is None:
        raise LayoutInvalid(f"{where} has no {key}")
    if not is_whole_number(value) or not low <= value <= high:
        raise LayoutInvalid(f"{where} has {key} {shown(value)}; give a whole number from {low} to {high}")
    return value


def text_in(table: Mapping[str, Any], key: str, where: str) -> str | None:
    """A text; None where nothing is said.

    Raises:
        LayoutInvalid: it is none.
    """
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        raise LayoutInvalid(f"{where}: {key} is {shown(value)}; give a text")
    return value


def names_in(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    """One name, or a list of them; none where nothing is said.

    Raises:
        LayoutInvalid: it is neither.
    """
    value = table.get(key, [])
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise LayoutInvalid(f"{where}: {key} is {shown(value)}; give the name of a field, or a list of them")
    return tuple(names)


def name_in(entry: Mapping[str, Any], number: int, where: str) -> str:
    """The name of a field.

    Raises:
        LayoutInvalid: it has none, or one that would not be shown as it is.
    """
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise LayoutInvalid(f"{where}: field {number} has no name")
    if any(ord(character) < ord(" ") or unicodedata.bidirectional(character) in _TURNING for character in name):
        raise LayoutInvalid(f"{where}: field {number} has a control character in its name {name!r}")
    return name


def refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    """Refuse a table with any other key.

    Raises:
        LayoutInvalid: naming the first one.
    """
    if unknown := sorted(set(table) - known):
        raise LayoutInvalid(f"{where} has an unknown key {unknown[0]!r}; the keys are {', '.join(sorted(known))}")


def shown(value: object) -> str:
    """A value as a message can hold it; one of thousands of digits or letters is cut."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers of over 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
