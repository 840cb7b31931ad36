"""Frozen values as JSON has them, and back. Pure.

Back, msgspec makes them: by the types of their fields, checked. It is loaded when the first value is read, which most
runs never do. It does not write them: `json` writes surrogates, numbers and blanks otherwise, lines are broken in a way
of their own, and the documents that are there are compared by their bytes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from etl_batch.text.store_address import path_of

_T = TypeVar("_T")
_PLAIN = frozenset({str, int, bool})


def plain(value: Any) -> Any:  # noqa: ANN401 - any value that JSON has, or a field of ours
    """The same in values that JSON has: numbers are numbers or null, never NaN; a value of ours is a dictionary."""
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, Path):
        # A name that is not UTF-8 is shown, not lost: the document itself must stay UTF-8.
        return in_utf8(str(value))
    if isinstance(value, float):
        return None if not math.isfinite(value) else value
    return str(value.value) if isinstance(value, Enum) else _plain_fields(value)


def _plain_fields(value: Any) -> Any:  # noqa: ANN401 - a dataclass, or what is as JSON has it
    kind: type = type(value)
    names = _fields_of(kind)
    return {name: plain(getattr(value, name)) for name in names} if names else value


@cache
def _fields_of(kind: type) -> tuple[str, ...]:
    """Of a dataclass; none, where it is another type."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()


def in_utf8(text: str) -> str:
    """A text that may hold bytes of names and of command lines that are not UTF-8; these are spelt out."""
    return text.encode("utf-8", "backslashreplace").decode()


def all_in_utf8(values: Mapping[str, object]) -> dict[str, object]:
    """What is handed to a database, which takes no other texts."""
    return {name: in_utf8(value) if isinstance(value, str) else value for name, value in values.items()}


def value_of(kind: type[_T], found: Any) -> _T:  # noqa: ANN401 - what JSON made of it
    """A value of a dataclass, from what JSON made of it: what is missing has its default, what is unknown is left out.

    Raises:
        ValueError: something has another type, or is missing and has no default.
        ConfigError: the class itself refuses it.
    """
    import msgspec

    return msgspec.convert(found, kind, dec_hook=_known)


def _known(kind: type, found: Any) -> Any:  # noqa: ANN401 - a type that JSON does not have
    if kind is Path and isinstance(found, str):
        return path_of(found)
    raise TypeError(f"Expected `{kind.__name__}`, got `{type(found).__name__}`")
