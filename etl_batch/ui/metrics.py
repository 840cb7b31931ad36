"""Key metrics in a row: a word, a number, a word more where it helps."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.light_dataclass import dataclass
from etl_batch.ui.foreign_text import plain

#: A number that is wider than the screen goes on in the next line: none is cut. Here, not in a style sheet: the launch
#: page is shown in other people's apps, too.
_STYLE = """<style>
[data-testid="stMetricValue"], [data-testid="stMetricValue"] * {
  white-space: normal !important; overflow: visible !important; text-overflow: clip !important; }
[data-testid="stElementContainer"]:has(> [data-testid="stMetric"]), [data-testid="stMetric"] { max-width: 100%; }
[data-testid="stMetricLabel"] p { white-space: normal; }
</style>"""


@dataclass(frozen=True, slots=True)
class Metric:
    """One of them; numbers come as text, see `etl_batch.text.number_text`."""

    label: str
    value: str
    help: str | None = None  #: Markdown of ours
    label_is_foreign: bool = False  #: a column's name, say


def show_metrics(metrics: Sequence[Metric]) -> None:
    """Show them side by side; on a narrow page they wrap."""
    st.html(_STYLE)
    with st.container(horizontal=True):
        for metric in metrics:
            label = plain(metric.label, 40) if metric.label_is_foreign else metric.label
            st.metric(label, metric.value, help=metric.help, border=True, width="content")
