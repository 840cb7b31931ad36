"""A contract to begin with, out of what the columns of a good file hold. Pure.

Only what is likely to hold of the next file, too: that a column has no gaps, no number below 0, none but a few words,
no value twice. How large numbers and how late dates were says little of what comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from etl_batch.contracts.contract import Kind
from etl_batch.contracts.readings import TYPES
from etl_batch.text.numbers import is_number

_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"
_ROWS_A_WORD = 20  #: on average, before the words of a column are taken for all that there are
_LONGEST_WORD = 40  #: characters
_FEWEST_KEYS = 20  #: rows, before it is no accident that all differ
_KEYS = {"integer", "string"}
_NUMBERS, _DATES = {"integer", "number"}, {"date", "datetime"}


def inferred_schema(
    profile: dict[str, Any], types: Sequence[str], reading: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The Table Schema of a table.

    Args:
        profile: the full one, as metadata have it.
        types: of its columns, in the words of Table Schema.
        reading: how the text was read, as metadata have it: the next one is to be read the same way; None: it is none.
    """
    rows = profile["rows"]
    each = list(zip(profile["columns"], types, strict=True))
    fields = [_field(column, kind, rows) | _read_as(column["name"], kind, reading or {}) for column, kind in each]
    differ = [place for place, (column, kind) in enumerate(each) if _differs_in_each_row(column, kind, rows)]
    for place in differ[1:]:
        fields[place].setdefault("constraints", {})[str(Kind.UNIQUE)] = True
    return {
        "$schema": _SCHEMA,
        "fields": fields,
        **({str(Kind.PRIMARY_KEY): [fields[differ[0]]["name"]]} if differ else {}),
        "missingValues": [""],
        **({str(Kind.FEWEST_ROWS): 1} if rows else {}),
    }


def _differs_in_each_row(column: dict[str, Any], kind: str, rows: int) -> bool:
    """Whether a column tells rows apart, as far as all its values were counted: of amounts and times it says little."""
    is_counted = column.get("distinct_method") == "exact" and column["distinct"] == rows
    return is_counted and kind in _KEYS and rows >= _FEWEST_KEYS and not column["nulls"]


def _field(column: dict[str, Any], kind: str, rows: int) -> dict[str, Any]:
    known = kind if kind in TYPES else "any"
    constraints: dict[str, Any] = {}
    if rows and not column["nulls"]:
        constraints[str(Kind.REQUIRED)] = True
    if known in _NUMBERS and _is_never_below(column["min"]):
        constraints[str(Kind.MINIMUM)] = 0
    if known == "string" and (words := _all_words(column, rows)):
        constraints[str(Kind.ENUM)] = words
    field = {"name": column["name"], "type": known}
    return field | ({"constraints": constraints} if constraints else {})


def _read_as(name: str, kind: str, reading: Mapping[str, Any]) -> dict[str, Any]:
    """How the cells of a column were read, where that is not the usual way."""
    own: Mapping[str, Any] = next((one for one in reading.get("columns", ()) if one["name"] == name), {})
    found: dict[str, Any] = {}
    if kind in _DATES and own.get("date_format"):
        found["format"] = own["date_format"]
    if kind in _NUMBERS:
        decimal, thousands = (own.get(mark) or reading.get(mark) for mark in ("decimal", "thousands"))
        found |= {"decimalChar": decimal} if decimal not in {None, "."} else {}
        found |= {"groupChar": thousands} if thousands else {}
    if own.get("nulls"):
        found["missingValues"] = ["", *(word for word in own["nulls"] if word)]
    return found


def _is_never_below(least: Any) -> bool:  # noqa: ANN401 - a number, or the text of a decimal
    if isinstance(least, str):
        return not least.startswith("-")
    return is_number(least) and least >= 0


def _all_words(column: dict[str, Any], rows: int) -> list[str]:
    """The words of a column that has a few again and again; none: it has others."""
    top = column["top"]
    words = sorted(str(one["value"]) for one in top["values"])
    is_all = top["method"] == "exact" and len(words) == column["distinct"]
    is_short = (column["max_length"] or 0) <= _LONGEST_WORD
    return words if is_all and is_short and len(words) * _ROWS_A_WORD <= rows else []
