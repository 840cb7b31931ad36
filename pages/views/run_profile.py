"""What the machine did over a run: processors, memory, disk, as curves."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_downloads
from etl_batch.values import ProfilePoint
from pages.views.curves import show_curves

_NUMBERS = ("rss_bytes", "read_mb_s", "write_mb_s", "gpu_percent", "gpu_memory_bytes")
_MOST_POINTS = 600  #: shown of a long run


def show_profile(points: Sequence[ProfilePoint], file_name: str) -> None:
    """Show the curves, and the buttons that take their numbers away; of a long run every n-th point is shown.

    Args:
        points: the readings, by the seconds since the run began.
        file_name: of the downloads, without its ending.
    """
    if len(points) < 2:
        st.caption(
            "The machine is read a few times a second. Curves begin with the second reading; a shorter run has none."
        )
        return
    some = points[:: max(len(points) // _MOST_POINTS, 1)]
    at = [point.seconds for point in some]
    cpu = [sum(point.cpu_percent) / max(len(point.cpu_percent), 1) for point in some]
    left, right = st.columns(2)
    with left:
        show_curves("CPU, % of all cores, by second", at, {"CPU": cpu}, key="run_cpu", top=100)
        disk = {"read": [point.read_mb_s for point in some], "written": [point.write_mb_s for point in some]}
        show_curves("Disk, MB/s, by second", at, disk, key="run_disk")
    with right:
        memory = {"memory": [point.rss_bytes / 1e6 for point in some]}
        show_curves("Memory of the job, MB, by second", at, memory, key="run_memory")
        if any(point.gpu_percent is not None for point in some):
            show_curves("GPU, %, by second", at, {"GPU": [point.gpu_percent for point in some]}, key="run_gpu", top=100)
    show_downloads(profile_table(points), key="run_profile", file_name=file_name)


def profile_table(points: Sequence[ProfilePoint]) -> Table:
    """All readings as a table. Pure."""
    cores = max((len(point.cpu_percent) for point in points), default=0)
    columns = [Column(name="seconds", title="Seconds", kind="seconds")]
    columns += [Column(name=f"cpu_{core}_percent", title=f"Core {core}", kind="number") for core in range(cores)]
    columns += [Column(name=name, title=name, kind="number") for name in _NUMBERS]
    rows: list[dict[str, Cell]] = [
        {
            "seconds": point.seconds,
            **{f"cpu_{core}_percent": value for core, value in enumerate(point.cpu_percent)},
            **{name: getattr(point, name) for name in _NUMBERS},
        }
        for point in points
    ]
    return Table(tuple(columns), rows)
