"""The forest plot: estimates and intervals as deviations from the exact totals, which are the line at zero.

Strata of very different sizes share one axis this way. x is in percent of the plot's width, so that the plot follows
the page while its text keeps its size; y is in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from etl_batch.light_dataclass import dataclass
from etl_batch.report.estimate_view import Held, MeasureView
from etl_batch.report.scale import round_up
from etl_batch.text.number_text import amount, amount_of_digits
from etl_batch.text.shown_text import shown
from etl_batch.values import StratumEstimate, TotalEstimate

ROW_PX = 24
_TOP_PX = 8
_AXIS_PX = 34
_LEFT, _RIGHT = 43.0, 98.0  #: percent of the width; names are left of it
_NAME_COLUMNS = 18
_SHARE_INSIDE = 0.8  #: of the bounds that the axis shows; the rest ends in arrows
_WIDEST = 2.0  #: the axis ends at 200 %: beyond it, the width is all that matters


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One interval."""

    name: str
    title: str  #: in words, for who hovers or cannot see
    y: int
    low: float  #: percent of the width
    high: float
    at: float
    is_cut_low: bool  #: goes on beyond the axis
    is_cut_high: bool
    is_at_shown: bool  #: whether the estimate itself lies on the axis
    is_total: bool
    held: Held


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """All intervals of a measure."""

    rows: tuple[ForestRow, ...]
    height: int  #: pixels
    ticks: tuple[tuple[float, str], ...]  #: (percent of the width, label)
    zero: float  #: percent of the width, where the exact totals are
    left: float
    right: float
    axis_y: int
    is_against_exact: bool  #: False: no exact total is known, zero is the estimate itself
    left_out: int  #: strata of the table that the plot cannot show: no interval, or nothing to relate it to


@dataclass(frozen=True, slots=True)
class _Deviation:
    estimate: StratumEstimate | TotalEstimate
    held: Held
    low: float
    high: float
    at: float


def forest_of(view: MeasureView) -> Forest | None:
    """The plot of a measure; None where there is nothing to show."""
    against_exact = view.estimate.exact_total is not None
    found = [_deviation(estimate, held, against_exact=against_exact) for estimate, held in _all(view)]
    there = [deviation for deviation in found if deviation is not None]
    if not there:
        return None
    widest = _axis_end(there)

    def place(share: float) -> float:
        inside = min(max(share, -widest), widest)
        return round(_LEFT + (_RIGHT - _LEFT) * (inside + widest) / (2 * widest), 2)

    rows = tuple(
        ForestRow(
            name="All rows"
            if isinstance(deviation.estimate, TotalEstimate)
            else shown(deviation.estimate.stratum, _NAME_COLUMNS),
            title=_in_words(deviation),
            y=_TOP_PX + ROW_PX * number + ROW_PX // 2,
            low=place(deviation.low),
            high=place(deviation.high),
            at=place(deviation.at),
            is_cut_low=deviation.low < -widest,
            is_cut_high=deviation.high > widest,
            is_at_shown=abs(deviation.at) <= widest,
            is_total=isinstance(deviation.estimate, TotalEstimate),
            held=deviation.held,
        )
        for number, deviation in enumerate(there)
    )
    axis_y = _TOP_PX + ROW_PX * len(rows)
    return Forest(
        rows=rows,
        height=axis_y + _AXIS_PX,
        ticks=tuple((place(share), _tick(share)) for share in (-widest, -widest / 2, 0.0, widest / 2, widest)),
        zero=place(0.0),
        left=_LEFT,
        right=_RIGHT,
        axis_y=axis_y,
        is_against_exact=against_exact,
        left_out=len(found) - len(there),
    )


def _all(view: MeasureView) -> list[tuple[StratumEstimate | TotalEstimate, Held]]:
    return [(view.estimate, view.held), *view.biggest]


def _deviation(estimate: StratumEstimate | TotalEstimate, held: Held, *, against_exact: bool) -> _Deviation | None:
    base = estimate.exact_total if against_exact else estimate.total
    if estimate.ci_low is None or estimate.ci_high is None or not base:
        return None
    ends = sorted(
        ((estimate.ci_low - base) / base, (estimate.ci_high - base) / base)
    )  # a negative total turns them round
    found = _Deviation(estimate, held, ends[0], ends[1], (estimate.total - base) / base)
    return found if all(math.isfinite(value) for value in (found.low, found.high, found.at)) else None


def _axis_end(there: Sequence[_Deviation]) -> float:
    """Wide enough for the first row and for most of the others."""
    reach = sorted(max(abs(deviation.low), abs(deviation.high)) for deviation in there)
    usual = reach[math.ceil(_SHARE_INSIDE * len(reach)) - 1]
    first = max(abs(there[0].low), abs(there[0].high))
    return round_up(min(max(usual, 1.1 * first, 1e-6), _WIDEST))


def _tick(share: float) -> str:
    sign = "+" if share > 0 else ""
    return f"{sign}{amount_of_digits(100 * share, 3)} %"


def _in_words(deviation: _Deviation) -> str:
    estimate = deviation.estimate
    name = "all rows" if isinstance(estimate, TotalEstimate) else shown(estimate.stratum)
    exact = "" if estimate.exact_total is None else f"; exact {amount(estimate.exact_total)}, {deviation.held}"
    return f"{name}: {amount(estimate.total)}, from {amount(estimate.ci_low)} to {amount(estimate.ci_high)}{exact}"
