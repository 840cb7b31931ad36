"""What each column holds, as the report shows it: a line and a small picture for each. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from etl_batch.light_dataclass import dataclass
from etl_batch.text.number_text import count, percent
from etl_batch.text.numbers import is_number
from etl_batch.text.shown_text import shown
from etl_batch.values import JobResult

MOST_COLUMNS, _MOST_TABLES = 60, 10
PICTURE_WIDTH, PICTURE_HEIGHT = 96, 22  #: in pixels
_WIDTH, _HEIGHT = float(PICTURE_WIDTH), float(PICTURE_HEIGHT)
_WIDEST = 40  #: characters of a value


@dataclass(frozen=True, slots=True)
class ColumnView:
    """One column."""

    name: str
    kind: str
    nulls: str
    least: str
    greatest: str
    more: str  #: sum and mean, or how long texts are
    distinct: str
    bars: tuple[tuple[float, float, float, float], ...]  #: x, y, width, height, in pixels
    picture: str  #: in words


@dataclass(frozen=True, slots=True)
class ProfileView:
    """The columns of a table."""

    table: str  #: empty: the only one
    rows: str
    columns: tuple[ColumnView, ...]
    has_distinct: bool  #: how many values are distinct is known of some column
    left_out: int


def profile_views(result: JobResult) -> list[ProfileView]:
    """Of each table of a job that has a profile."""
    return _views([("", result.column_profile), *((table.name, table.column_profile) for table in result.tables)])


def profile_views_of(metadata: Mapping[str, Any]) -> list[ProfileView]:
    """As `profile_views`, of the metadata of a job, also of one that had none yet."""
    tables = metadata.get("tables") or ()
    found = [("", metadata), *((str(table["name"]), table) for table in tables)]
    return _views((name, about.get("column_profile")) for name, about in found)


def _views(found: Iterable[tuple[str, dict[str, Any] | None]]) -> list[ProfileView]:
    return [_view(name, profile) for name, profile in found if profile is not None][:_MOST_TABLES]


def _view(name: str, profile: dict[str, Any]) -> ProfileView:
    columns, rows = profile["columns"], int(profile["rows"])
    shown_columns = tuple(_column(column, rows) for column in columns[:MOST_COLUMNS])
    return ProfileView(
        table=name,
        rows=count(rows),
        columns=shown_columns,
        has_distinct=any(column.distinct for column in shown_columns),
        left_out=max(len(columns) - MOST_COLUMNS, 0),
    )


def _column(column: dict[str, Any], rows: int) -> ColumnView:
    about = "" if column["distinct_method"] in {None, "exact"} else "about "
    bars, picture = _picture(column, rows)
    nulls, distinct = column["nulls"], column["distinct"]
    return ColumnView(
        name=column["name"],
        kind=column["type"],
        nulls=f"{count(nulls)} ({percent(nulls / rows)})" if nulls else "none",
        least=_value(column["min"]),
        greatest=_value(column["max"]),
        more=_more(column),
        distinct="" if distinct is None else f"{about}{count(distinct)}",
        bars=bars,
        picture=picture,
    )


def _value(value: Any) -> str:  # noqa: ANN401 - a JSON value
    return "" if value is None else str(value).lower() if isinstance(value, bool) else shown(str(value), _WIDEST)


def _more(column: dict[str, Any]) -> str:
    if column["min_length"] is not None:
        unit = "bytes" if column["type"] == "bytes" else "characters"
        return f"{column['min_length']} to {column['max_length']} {unit}"
    if column["sum"] is None:
        return ""
    total = column["sum"]
    return f"sum {f'{total:,}' if is_number(total) else _value(total)}; mean {column['mean']:.6g}"


def _picture(column: dict[str, Any], rows: int) -> tuple[tuple[tuple[float, float, float, float], ...], str]:
    """A histogram where there is one, else how many rows have a value."""
    histogram = column["histogram"]
    if histogram is None:
        share = (rows - column["nulls"]) / rows if rows else 0.0
        return (
            (0.0, _HEIGHT / 4, round(share * _WIDTH, 1), _HEIGHT / 2),
        ), f"{percent(share)} of the rows have a value"
    return _bars(histogram["counts"]), f"histogram from {_value(column['min'])} to {_value(column['max'])}"


def _bars(counts: Sequence[int]) -> tuple[tuple[float, float, float, float], ...]:
    step, most = _WIDTH / len(counts), max(counts)
    heights = [round(_HEIGHT * its / most, 1) for its in counts]
    return tuple(
        (round(step * place, 1), round(_HEIGHT - height, 1), round(step * 0.9, 1), height)
        for place, height in enumerate(heights)
        if height
    )
