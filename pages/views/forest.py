"""The forest plot: a line for each stratum, its estimate, its interval, and the exact total where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from etl_batch.report_parts.figures import amount, percent
from etl_batch.ui.charts import new_figure, palette
from etl_batch.ui.foreign_text import in_chart
from etl_batch.values import StratumEstimate, TotalEstimate

MOST_ROWS = 25
_ROW_PX = 24
_FRAME_PX = 110
_NAME_COLUMNS = 22
_ALL = "All rows"


@dataclass(frozen=True, slots=True)
class ForestLine:
    """One interval, on the axis of the plot."""

    name: str
    at: float
    low: float
    high: float
    exact: float | None
    text: str  #: what is said when it is pointed at; escaped


def biggest(estimate: TotalEstimate, most: int = MOST_ROWS) -> list[StratumEstimate]:
    """The strata that have an interval, the largest totals first."""
    bounded = [one for one in estimate.strata if one.ci_low is not None and one.ci_high is not None]
    return sorted(bounded, key=lambda one: (-abs(one.total), one.stratum))[:most]


def deviations(estimate: TotalEstimate) -> list[ForestLine]:
    """As deviations from the exact totals, in percent; strata whose exact total is unknown or 0 are left out."""
    lines = [_deviation(_ALL, estimate)] if estimate.exact_total else []
    return lines + [_deviation(one.stratum, one) for one in biggest(estimate) if one.exact_total]


def totals(estimate: TotalEstimate) -> list[ForestLine]:
    """As totals."""
    return [
        ForestLine(one.stratum, one.total, one.ci_low or 0.0, one.ci_high or 0.0, one.exact_total, _text(one))
        for one in biggest(estimate)
    ]


def forest(lines: Sequence[ForestLine], axis: str, *, is_deviation: bool) -> Any:  # noqa: ANN401 - a Plotly figure
    """The plot.

    Args:
        lines: from the top down.
        axis: title of the axis, words of ours.
        is_deviation: whether 0 is the truth; else an axis in powers of ten where all bounds allow it.
    """
    colours = palette()
    figure = new_figure(_FRAME_PX + _ROW_PX * len(lines))
    places = list(range(len(lines), 0, -1))
    figure.add_scatter(
        x=[one.at for one in lines],
        y=places,
        mode="markers",
        name="estimate with interval",
        marker={"color": colours.accent, "size": 8},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [one.high - one.at for one in lines],
            "arrayminus": [one.at - one.low for one in lines],
            "color": colours.accent,
            "thickness": 2,
            "width": 4,
        },
        customdata=[one.text for one in lines],
        hovertemplate="%{customdata}<extra></extra>",
    )
    exact = [(one.exact, place) for one, place in zip(lines, places, strict=True) if one.exact is not None]
    if exact:
        figure.add_scatter(
            x=[value for value, _ in exact],
            y=[place for _, place in exact],
            mode="markers",
            name="exact",
            marker={"symbol": "line-ns-open", "size": 14, "color": colours.second, "line": {"width": 3}},
            hoverinfo="skip",
        )
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=[in_chart(one.name, _NAME_COLUMNS) for one in lines],
        range=[0.3, len(lines) + 0.7],
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(title=axis)
    if not is_deviation and lines and min(one.low for one in lines) > 0:
        figure.update_xaxes(type="log", dtick=1)
    return figure


def _deviation(name: str, one: StratumEstimate | TotalEstimate) -> ForestLine:
    exact = one.exact_total or 0.0

    def percent_off(value: float | None) -> float:
        return 100 * ((exact if value is None else value) - exact) / abs(exact)

    low, high = percent_off(one.ci_low), percent_off(one.ci_high)
    return ForestLine(name, percent_off(one.total), low, high, 0.0, _text(one, name))


def _text(one: StratumEstimate | TotalEstimate, name: str | None = None) -> str:
    shown = in_chart(name or (one.stratum if isinstance(one, StratumEstimate) else _ALL), 60)
    interval = f"{amount(one.total)} ({amount(one.ci_low)} to {amount(one.ci_high)})"
    if one.exact_total is None:
        return f"{shown}<br>{interval}"
    off = f", {percent((one.total - one.exact_total) / abs(one.exact_total))} off" if one.exact_total else ""
    return f"{shown}<br>{interval}<br>exact {amount(one.exact_total)}{off}"
