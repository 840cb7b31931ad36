"""An answer of the estimate command as values again: from JSON to `TotalEstimate`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from etl_batch.report.estimate_view import flags
from etl_batch.text.numbers import is_whole_number
from etl_batch.text.plain_values import value_of
from etl_batch.ui.table_export import Column, Table
from etl_batch.values import StratumEstimate, TotalEstimate

STRATA_COLUMNS = (
    Column(name="stratum", title="Stratum"),
    Column(name="population", title="Rows", kind="count"),
    Column(name="sample", title="Sampled", kind="count"),
    Column(name="total", title="Total", kind="number"),
    Column(name="ci_low", title="Low", kind="number"),
    Column(name="ci_high", title="High", kind="number"),
    Column(name="exact_total", title="Exact", kind="number", help="Counted by the run over every row, where known."),
    Column(name="std_error", title="Standard error", kind="number"),
    Column(name="note", title="Note", help="Why the interval may hold less often than it says."),
    Column(name="exact_total_text", title="Exact, all digits"),
)
_LARGEST = 2**53  #: a number in a browser is a float, and beyond it not every integer is one: those are shown as texts
_TOTALS = {"total", "ci_low", "ci_high", "exact_total"}


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """An answer as it is shown."""

    estimates: tuple[TotalEstimate, ...]
    rows: TotalEstimate
    is_exact: bool
    rows_read: int
    bytes_read: int
    bytes_of_file: int
    source: str
    design: str
    design_effect: float | None
    notes: tuple[str, ...]


def answer_of(found: Mapping[str, Any]) -> ShownAnswer:
    """The answer that `Answer.as_json` wrote."""
    design = found["design"]
    return ShownAnswer(
        estimates=tuple(value_of(TotalEstimate, measure) for measure in found["estimates"]),
        rows=value_of(TotalEstimate, found["rows"]),
        is_exact=bool(found["exact"]),
        rows_read=int(found["rows_read"]),
        bytes_read=int(found["bytes_read"]),
        bytes_of_file=int(found["bytes_of_file"]),
        source=str(design["source"]),
        design=str(design["name"]),
        design_effect=design["design_effect"],
        notes=tuple(found["notes"]),
    )


def strata_table(estimate: TotalEstimate) -> Table:
    """The strata of a measure, the largest totals first."""
    ordered = sorted(estimate.strata, key=lambda stratum: (-abs(stratum.total), stratum.stratum))
    names = [column.name for column in STRATA_COLUMNS if column.name != "note"]
    columns: tuple[Column, ...] = STRATA_COLUMNS
    if is_whole(estimate):
        columns = tuple(replace(column, decimals=0) if column.name in _TOTALS else column for column in columns)
    rows = [{**{name: getattr(stratum, name) for name in names}, "note": _note(stratum)} for stratum in ordered]
    beyond = {name for name in _TOTALS for row in rows if is_whole_number(row[name]) and abs(row[name]) > _LARGEST}
    columns = tuple(_as_text(column) if column.name in beyond else column for column in columns)
    return Table(columns, rows)


def _as_text(column: Column) -> Column:
    return replace(column, kind="text", decimals=None)


def is_whole(estimate: TotalEstimate) -> bool:
    """Whether it is the total of whole numbers, as far as the exact totals tell."""
    totals = (estimate.exact_total, *(stratum.exact_total for stratum in estimate.strata))
    exact = [total for total in totals if total is not None]
    return bool(exact) and all(is_whole_number(total) for total in exact)


def half_width(estimate: TotalEstimate) -> float | None:
    """Of the interval, as a share of the total; None: not known."""
    if estimate.ci_low is None or estimate.ci_high is None or not estimate.total:
        return None
    return max(estimate.ci_high - estimate.total, estimate.total - estimate.ci_low) / abs(estimate.total)


def _note(estimate: StratumEstimate) -> str | None:
    return "; ".join(estimate.warnings) or flags(estimate) or None
