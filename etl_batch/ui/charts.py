"""What all charts have in common: colours of the theme, quiet axes, a text for those who cannot see them.

Labels that strangers wrote go through `foreign_text.in_chart`: Plotly reads a subset of HTML.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from etl_batch.light_dataclass import dataclass

#: nothing to click but the chart itself; reports and downloads hold the numbers
_CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False}


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one theme; each has a contrast of 3:1 or more on the page, and meaning never hangs on colour alone."""

    accent: str
    second: str
    good: str
    look: str
    bad: str
    text: str
    soft: str
    line: str
    page: str


DARK = Palette(
    "#a99bff", "#5fd4ee", "#5ee0a0", "#f5c451", "#ff8fa3", "#e8ebf8", "#aab3d6", "#2b3462", "#0a0e1f"
)  # fmt: skip
LIGHT = Palette(
    "#5438c9", "#0b6f8a", "#0d7044", "#855600", "#b21638", "#161a30", "#4f5879", "#cfd5ec", "#fcfcff"
)  # fmt: skip


def palette() -> Palette:
    """The colours of the theme that the user sees; dark until the browser says."""
    return LIGHT if st.context.theme.type == "light" else DARK


def graph_objects() -> Any:  # noqa: ANN401 - the module plotly.graph_objects
    """Plotly, whole; nothing else imports it.

    It takes whatever `sys.modules` holds for pandas and NumPy, also what another thread has only begun to load; an
    import waits for that thread to end.
    """
    import pandas  # noqa: F401, ICN001 - loaded first
    import plotly.graph_objects
    import plotly.io

    return plotly.graph_objects


def new_figure(height: int = 320, top: int = 36, **layout: Any) -> Any:  # noqa: ANN401 - a plotly.graph_objects.Figure
    """An empty chart with our axes.

    All of its layout is given at once: Plotly takes seven times as long to change one that is there.

    Args:
        height: pixels.
        top: the margin there; pixels.
        layout: what is to be otherwise, as Plotly names it; of an axis, what is to be otherwise there.
    """
    colours = palette()
    axis = {"gridcolor": colours.line, "zerolinecolor": colours.line, "linecolor": colours.line, "automargin": True}
    ours = {
        "height": height,
        "margin": {"l": 8, "r": 20, "t": top, "b": 8},  # half of the last label stands beyond the plot
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": colours.text, "size": 13},
        "hoverlabel": {"bgcolor": colours.page, "bordercolor": colours.line, "font": {"color": colours.text}},
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "dragmode": False,
    }
    axes = {name: axis | layout.pop(name, {}) for name in ("xaxis", "yaxis")}
    return graph_objects().Figure(layout=ours | axes | layout)


def show_chart(figure: Any, *, key: str, alt: str) -> None:  # noqa: ANN401 - a plotly.graph_objects.Figure
    """Show a chart.

    Args:
        figure: from `new_figure`.
        key: one for each chart of a page.
        alt: in words what it shows.
    """
    st.plotly_chart(figure, key=key, alt=alt, theme=None, config=_CONFIG)
