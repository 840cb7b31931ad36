"""What a forest plot shows: a line for each stratum, its estimate, its interval, and the exact total where it is known.

Values only; `forest_plot` shows them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from etl_batch.text.number_text import amount, exact_amount, percent
from etl_batch.text.shown_text import shown
from etl_batch.values import StratumEstimate, TotalEstimate

MOST_ROWS = 25
_ALL = "All rows"


@dataclass(frozen=True, slots=True)
class ForestLine:
    """One interval, on the axis of the plot."""

    name: str
    at: float
    low: float
    high: float
    exact: float | None
    text: str  #: what is said when it is pointed at, in lines


def biggest(estimate: TotalEstimate, most: int = MOST_ROWS) -> list[StratumEstimate]:
    """The strata that have an interval, the largest totals first."""
    bounded = [stratum for stratum in estimate.strata if stratum.ci_low is not None and stratum.ci_high is not None]
    return sorted(bounded, key=lambda stratum: (-abs(stratum.total), stratum.stratum))[:most]


def deviations(estimate: TotalEstimate) -> list[ForestLine]:
    """As deviations from the exact totals, in percent; strata whose exact total is unknown or about 0 are left out."""
    lines = [_deviation(_ALL, estimate)] if estimate.exact_total else []
    lines += [_deviation(stratum.stratum, stratum) for stratum in biggest(estimate) if stratum.exact_total]
    return [line for line in lines if all(map(math.isfinite, (line.low, line.at, line.high)))]


def totals(estimate: TotalEstimate) -> list[ForestLine]:
    """As totals."""
    return [
        ForestLine(
            stratum.stratum,
            stratum.total,
            stratum.ci_low or 0.0,
            stratum.ci_high or 0.0,
            stratum.exact_total,
            _text(stratum),
        )
        for stratum in biggest(estimate)
    ]


def _deviation(name: str, estimate: StratumEstimate | TotalEstimate) -> ForestLine:
    exact = estimate.exact_total or 0.0

    def percent_off(value: float | None) -> float:
        return 100 * ((exact if value is None else value) - exact) / abs(exact)

    low, high = percent_off(estimate.ci_low), percent_off(estimate.ci_high)
    return ForestLine(name, percent_off(estimate.total), low, high, 0.0, _text(estimate, name))


def _text(estimate: StratumEstimate | TotalEstimate, name: str | None = None) -> str:
    called = shown(name or (estimate.stratum if isinstance(estimate, StratumEstimate) else _ALL))
    interval = f"{amount(estimate.total)} ({amount(estimate.ci_low)} to {amount(estimate.ci_high)})"
    if estimate.exact_total is None:
        return f"{called}\n{interval}"
    off = (
        f", {percent((estimate.total - estimate.exact_total) / abs(estimate.exact_total))} off"
        if estimate.exact_total
        else ""
    )
    return f"{called}\n{interval}\nexact {exact_amount(estimate.exact_total, estimate.exact_total_text)}{off}"
