"""Curves over time, as all pages show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from etl_batch.ui.charts import new_figure, palette, show_chart
from etl_batch.ui.foreign_text import in_chart

_HEIGHT_PX = 220


def show_curves(
    title: str,
    at: Sequence[float] | Sequence[datetime],
    curves: Mapping[str, Sequence[float | None]],
    *,
    key: str,
    top: float | None = None,
) -> None:
    """Show one or two curves; the second is dashed, so that colour is not all that tells them apart.

    Args:
        title: what is shown, and its unit.
        at: when, for each value.
        curves: the values, by the names of the curves; None: a gap.
        key: one for each chart of a page.
        top: the end of the axis; None: as high as the values go.
    """
    colours = palette()
    heading = {"text": in_chart(title, 40), "font": {"size": 14}, "x": 0, "xref": "paper", "y": 0.97, "yanchor": "top"}
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
    values_axis = {"rangemode": "tozero"} if top is None else {"rangemode": "tozero", "range": [0, top]}
    figure = new_figure(_HEIGHT_PX, title=heading, legend=legend, showlegend=len(curves) > 1, yaxis=values_axis)
    styles = ((colours.accent, "solid"), (colours.second, "dash"))
    for (name, values), (colour, dash) in zip(curves.items(), styles, strict=False):
        figure.add_scatter(x=at, y=values, name=in_chart(name), mode="lines", line={"color": colour, "dash": dash})
    show_chart(figure, key=key, alt=f"{title}: {' and '.join(curves)} over time")
