"""What the columns of two runs hold, side by side: what was learned of all values, never of the files. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.text.number_text import amount, percent
from etl_batch.text.numbers import is_number, is_whole_number
from pages.services.run_metrics import NOTHING, RunMetric, exact_digits

MOST_COLUMNS = 300  #: that are compared
_QUANTILES = {"0.05": "a twentieth lies below", "0.5": "half lies below", "0.95": "all but a twentieth lies below"}
_Column = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that differs in a column."""

    column: str  #: behind the name of its table, where there are several
    about: str  #: what differs
    this: str = ""
    other: str = ""
    difference: str = ""  #: this less the other, or which share of the rows moved
    share: str = ""  #: the difference, of the other


def drift_of(job: JobView, other: JobView) -> tuple[Drift, ...]:
    """What differs, column by column as this run has them, then those that only the other has."""
    ours, theirs = _columns(job), _columns(other)
    if not ours or not theirs:
        return ()
    names = list(dict.fromkeys((*ours, *theirs)))[:MOST_COLUMNS]
    return tuple(drift for name in names for drift in _of_column(name, ours.get(name), theirs.get(name)))


def has_columns(job: JobView) -> bool:
    """Whether anything was learned of its columns."""
    return bool(_columns(job))


def _columns(job: JobView) -> dict[str, _Column]:
    """By their names; `rows` of the table is put beside what is known of each."""
    metadata = job.metadata or {}
    tables = [("", metadata), *((f"{table['name']}.", table) for table in metadata.get("tables") or ())]
    return {
        f"{prefix}{column['name']}": {**column, "rows": profile["rows"]}
        for prefix, table in tables
        if (profile := table.get("column_profile")) is not None
        for column in profile["columns"]
    }


def _of_column(name: str, this: _Column | None, other: _Column | None) -> Iterator[Drift]:
    if this is None or other is None:
        there, not_there = "there", "not there"
        yield Drift(
            column=name, about="the column", this=not_there if this is None else there,
            other=not_there if other is None else there,
        )  # fmt: skip
        return
    left, right = _figures(this), _figures(other)
    for about in dict.fromkeys((*left, *right)):
        mine, its = left.get(about, NOTHING), right.get(about, NOTHING)
        if (mine.text, mine.value) != (its.text, its.value):
            yield Drift(
                column=name, about=about, this=mine.text, other=its.text, difference=mine.less(its),
                share=mine.share_of(its),
            )  # fmt: skip
    moved = share_moved(this, other)
    if moved:
        yield Drift(column=name, about="rows with other values", difference=percent(moved))


def _figures(column: _Column) -> dict[str, RunMetric]:
    rows = int(column["rows"])
    found = {"type": RunMetric(str(column["type"]))}
    if rows:
        share = Decimal(int(column["nulls"])) / rows
        found["empty cells"] = RunMetric(f"{percent(float(share))} of the rows", share, _points)
    for name, about in (("min", "least"), ("max", "greatest"), ("mean", "mean")):
        if column.get(name) is not None:
            found[about] = _value(column[name])
    if column.get("distinct") is not None:
        distinct, is_exact = Decimal(int(column["distinct"])), column["distinct_method"] == "exact"
        text = exact_digits(distinct)
        found["different values"] = RunMetric(text if is_exact else f"about {text}", distinct, is_estimate=not is_exact)
    quantiles = (column.get("quantiles") or {}).get("values") or {}
    for name, about in _QUANTILES.items():
        if quantiles.get(name) is not None:
            found[about] = _value(quantiles[name])
    return found


def _value(value: Any) -> RunMetric:  # noqa: ANN401 - any JSON value
    """A value of a column: numbers have differences, texts and days have none."""
    if not is_number(value):
        return RunMetric(str(value) if value != "" else '""')
    if is_whole_number(value):
        return RunMetric(exact_digits(Decimal(value)), Decimal(value))
    return RunMetric(amount(value), Decimal(repr(value)), lambda difference: amount(float(difference)))


def _points(share: Decimal) -> str:
    return f"{percent(float(share))} of the rows"


def share_moved(this: _Column, other: _Column) -> float | None:
    """Which share of the rows holds other values than before: half of what the shares of all values differ by.

    None where not all values are told apart, for what is not listed may have moved as well.
    """
    left, right = _shares(this), _shares(other)
    if left is None or right is None:
        return None
    none = Decimal(0)
    apart = sum((abs(left.get(value, none) - right.get(value, none)) for value in {**left, **right}), none)
    return float(apart / 2)


def _shares(column: _Column) -> dict[str, Decimal] | None:
    """Of each value, empty cells included; None: some are not listed."""
    rows, top = int(column["rows"]), column.get("top") or {}
    values = top.get("values") or ()
    counts = {f"{type(one['value']).__name__}:{one['value']}": int(one["count"]) for one in values}
    if not rows or top.get("method") != "exact" or sum(counts.values()) + int(column["nulls"]) != rows:
        return None
    return {value: Decimal(number) / rows for value, number in (*counts.items(), ("null", int(column["nulls"])))}
