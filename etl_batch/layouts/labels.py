"""What a field is about, and what its values stand for: read from TOML, written, and as Parquet keeps them. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.toml_values import shown
from etl_batch.text.numbers import is_whole_number

Meant = str | tuple[str, str]  # a value as text, or the first and the last of a range
Values = tuple[tuple[str, tuple[Meant, ...]], ...]  # by the words for them, in their order
LABEL, VALUES = "label", "values"  #: the keys of a layout, and of the metadata of a Parquet column
MOST_LETTERS = 4_000  #: of a label


def label_in(entry: Mapping[str, Any], here: str) -> str:
    """What a field is about; empty: nobody said it.

    Raises:
        LayoutInvalid: it is no text of a line.
    """
    label = entry.get(LABEL, "")
    if not isinstance(label, str) or len(label) > MOST_LETTERS:
        raise LayoutInvalid(f"{here} has label {shown(label)}; give a text of up to {MOST_LETTERS:,} letters")
    return label


def values_in(entry: Mapping[str, Any], here: str) -> Values:
    """What values of a field stand for.

    Raises:
        LayoutInvalid: it is no table of lists of values.
    """
    given = entry.get(VALUES, {})
    if not isinstance(given, dict) or not all(isinstance(those, list) for those in given.values()):
        raise LayoutInvalid(
            f'{here} has values {shown(given)}; give words with lists: {{male = ["1"], child = [["0", "17"]]}}'
        )
    return tuple((word, tuple(_meant(one, word, here) for one in those)) for word, those in given.items())


def _meant(value: object, word: str, here: str) -> Meant:
    if isinstance(value, list) and len(value) == 2:
        first, last = (_text(one, word, here) for one in value)
        return first, last
    return _text(value, word, here)


def _text(value: object, word: str, here: str) -> str:
    if not isinstance(value, str) and not is_whole_number(value):
        raise LayoutInvalid(f"{here} has values for {shown(word)} with {shown(value)}; give texts, or two for a range")
    return str(value)


def as_lists(values: Values) -> dict[str, list[str | list[str]]]:
    """As JSON and TOML have them."""
    return {word: [one if isinstance(one, str) else list(one) for one in those] for word, those in values}


def metadata_of(label: str, values: Values) -> dict[str, str] | None:
    """What the metadata of a Parquet column keep; None: there is nothing."""
    found = {LABEL: label} if label else {}
    if values:
        found[VALUES] = json.dumps(as_lists(values), ensure_ascii=False)
    return found or None
