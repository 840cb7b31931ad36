"""What the machine did over a run: processors, memory, disk, as curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from etl_batch.ui.charts import draw_chart, new_figure, palette
from etl_batch.values import ProfilePoint

_HEIGHT_PX = 200
_MOST_POINTS = 600  #: drawn of a long run


def draw_profile(points: Sequence[ProfilePoint]) -> None:
    """Draw the curves; of a long run every n-th point."""
    if len(points) < 2:
        st.caption("The machine is read a few times a second: the curves begin with the second reading.")
        return
    some = points[:: max(len(points) // _MOST_POINTS, 1)]
    at = [point.seconds for point in some]
    cpu = [sum(point.cpu_percent) / max(len(point.cpu_percent), 1) for point in some]
    left, right = st.columns(2)
    with left:
        _draw("CPU, % of all cores", at, {"CPU": cpu}, "run_cpu")
        disk = {"read": [point.read_mb_s for point in some], "written": [point.write_mb_s for point in some]}
        _draw("Disk, MB/s", at, disk, "run_disk")
    with right:
        _draw("Memory of the job, MB", at, {"memory": [point.rss_bytes / 1e6 for point in some]}, "run_memory")
        if any(point.gpu_percent is not None for point in some):
            _draw("GPU, %", at, {"GPU": [point.gpu_percent or 0.0 for point in some]}, "run_gpu")


def _draw(title: str, at: Sequence[float], curves: Mapping[str, Sequence[float]], key: str) -> None:
    figure, colours = new_figure(_HEIGHT_PX), palette()
    for (name, values), (colour, dash) in zip(
        curves.items(), ((colours.accent, "solid"), (colours.second, "dash")), strict=False
    ):
        figure.add_scatter(x=at, y=values, name=name, mode="lines", line={"color": colour, "dash": dash})
    figure.update_layout(title={"text": title, "font": {"size": 14}}, showlegend=len(curves) > 1)
    figure.update_xaxes(title="seconds")
    figure.update_yaxes(rangemode="tozero")
    draw_chart(figure, key=key, alt=f"{title}, over the run")
