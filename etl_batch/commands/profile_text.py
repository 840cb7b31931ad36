"""The column profile as text: a line for each column. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from etl_batch.text.number_text import counted
from etl_batch.text.shown_text import shown

_HEAD = ("column", "type", "nulls", "least", "greatest", "sum", "length", "distinct", "most frequent")
_WIDEST = 28  #: characters of a cell


def render(profile: dict[str, Any], name: str | None) -> str:
    """The profile of a table, with its name where there are several."""
    rows = [_HEAD, *(tuple(map(_cut, _line(column))) for column in profile["columns"])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    title = f"{counted(profile['rows'], 'row')}, {counted(len(profile['columns']), 'column')}"
    lines = [title if name is None else f"{name}: {title}"]
    lines += ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


def _line(column: dict[str, Any]) -> Sequence[str]:
    """What stands beside the name of a column."""
    lengths = ""
    if column["min_length"] is not None:
        lengths = f"{column['min_length']} to {column['max_length']}"
    about = "" if column["distinct_method"] in {None, "exact"} else "about "
    top = (column["top"] or {}).get("values", ())
    return (
        column["name"], column["type"], f"{column['nulls']:,}", _value(column["min"]), _value(column["max"]),
        _value(column["sum"]), lengths, "" if column["distinct"] is None else f"{about}{column['distinct']:,}",
        f"{_value(top[0]['value'])} ({top[0]['count']:,})" if top else "",
    )  # fmt: skip


def _value(value: Any) -> str:  # noqa: ANN401 - a JSON value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _cut(cell: str) -> str:
    return shown(cell, _WIDEST)
