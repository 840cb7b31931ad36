"""The machine: now, over the last minutes, and over a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from etl_batch.report_parts.figures import amount_of_digits, data_size, duration, percent
from etl_batch.ui.charts import draw_chart, new_figure, palette
from etl_batch.ui.empty_states import draw_empty
from etl_batch.ui.errors import errors_drawn
from etl_batch.ui.figures import Figure, draw_figures
from etl_batch.ui.foreign_text import as_code, in_chart, in_table, plain
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import draw_downloads
from etl_batch.values import JobResult
from pages.services.machine import INTERVAL_SECONDS, KEPT_SECONDS, MachineReading
from pages.services.run_profiles import ProfiledRun

_HEIGHT_PX = 220


@dataclass(frozen=True, slots=True)
class MachineDoors:
    """Where the readings come from; each call checks again who asks."""

    readings: Callable[[], Sequence[MachineReading]]
    runs: Callable[[], Sequence[ProfiledRun]]
    result: Callable[[str], JobResult]  #: of an output


def machine_view(doors: MachineDoors) -> None:
    """Draw the page."""
    st.title("System")
    _live(doors.readings)
    st.header("Over a run", anchor=False)
    with errors_drawn():
        _run(doors)


@st.fragment(run_every=INTERVAL_SECONDS)
def _live(readings: Callable[[], Sequence[MachineReading]]) -> None:
    with errors_drawn():
        found = readings()
        if not found:
            draw_empty("No reading yet", "The machine is asked every two seconds; the first answer is on its way.")
            return
        _now(found[-1])
        _minutes(found)


def _now(reading: MachineReading) -> None:
    figures = [
        Figure("CPU", percent(reading.cpu_mean / 100), "The mean over all cores."),
        Figure("Memory", f"{data_size(reading.memory_used_bytes)}", f"Of {data_size(reading.memory_bytes)}."),
        Figure("Disk reads", f"{amount_of_digits(reading.read_mb_s, 3)} MB/s", "All disks together."),
        Figure("Disk writes", f"{amount_of_digits(reading.write_mb_s, 3)} MB/s", "All disks together."),
        Figure(
            "Disk free", data_size(reading.disk_bytes - reading.disk_used_bytes),
            f"Of {data_size(reading.disk_bytes)}, where the home folder lies.",
        ),
        Figure("Load", amount_of_digits(reading.load, 3), "Processes that run or wait to, over the last minute."),
    ]  # fmt: skip
    if reading.gpu_percent is not None:
        memory = data_size(reading.gpu_memory_bytes or 0)
        figures.append(
            Figure("GPU", percent(reading.gpu_percent / 100), f"{plain(reading.gpu or '')}, {memory} in use.")
        )
    draw_figures(figures)
    if reading.gpu_percent is None:
        st.caption("No GPU answers on this machine; the console does not need one.")
    columns = st.columns(min(max(len(reading.cpu_percent), 1), 8))
    for core, value in enumerate(reading.cpu_percent):
        with columns[core % len(columns)]:
            st.progress(min(max(value / 100, 0.0), 1.0), text=f"Core {core}: {value:.0f} %")


def _minutes(readings: Sequence[MachineReading]) -> None:
    if len(readings) < 2:
        st.caption("The curves of the last minutes begin with the second reading.")
        return
    at = [datetime.fromtimestamp(one.at, UTC) for one in readings]
    minutes = amount_of_digits(min(readings[-1].at - readings[0].at, KEPT_SECONDS) / 60, 2)
    left, right = st.columns(2)
    with left:
        cpu = _lines("CPU, %", at, {"all cores": [one.cpu_mean for one in readings]}, top=100)
        draw_chart(cpu, key="system_cpu", alt=f"CPU over the last {minutes} minutes")
        disk = {"read": [one.read_mb_s for one in readings], "written": [one.write_mb_s for one in readings]}
        draw_chart(_lines("Disk, MB/s", at, disk), key="system_disk", alt=f"Disk over the last {minutes} minutes")
    with right:
        memory = _lines("Memory, GB", at, {"in use": [one.memory_used_bytes / 1e9 for one in readings]})
        memory.update_yaxes(range=[0, readings[-1].memory_bytes / 1e9])
        draw_chart(memory, key="system_memory", alt=f"Memory over the last {minutes} minutes")
        if any(one.gpu_percent is not None for one in readings):
            gpu = _lines("GPU, %", at, {"all GPUs": [one.gpu_percent for one in readings]}, top=100)
            draw_chart(gpu, key="system_gpu", alt=f"GPU over the last {minutes} minutes")


def _lines(title: str, at: Sequence[Any], curves: dict[str, list[Any]], top: float | None = None) -> Any:  # noqa: ANN401
    """Curves over time; a second one is dashed, so that colour is not all that tells them apart."""
    figure, colours = new_figure(_HEIGHT_PX), palette()
    styles = ((colours.accent, "solid"), (colours.second, "dash"))
    for (name, values), (colour, dash) in zip(curves.items(), styles, strict=False):
        figure.add_scatter(x=at, y=values, name=in_chart(name), mode="lines", line={"color": colour, "dash": dash})
    heading = {"text": in_chart(title), "font": {"size": 14}, "x": 0, "xref": "paper", "y": 0.97, "yanchor": "top"}
    legend = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
    figure.update_layout(title=heading, legend=legend, showlegend=len(curves) > 1)
    figure.update_yaxes(rangemode="tozero")
    if top is not None:
        figure.update_yaxes(range=[0, top])
    return figure


def _run(doors: MachineDoors) -> None:
    runs = {run.output: run for run in doors.runs()}
    if not runs:
        draw_empty("No run has left a profile yet", "Every job writes one into the metadata beside its output.")
        return
    output = st.selectbox(
        "Output of the run", list(runs), format_func=lambda one: f"{in_table(one, 80)}, {runs[one].finished_at}",
        key="output", bind="query-params",
    )  # fmt: skip
    result = doors.result(output)
    profile = result.profile
    st.caption(f"Job {as_code(result.job_id, 60)}, by {plain(result.actor.name)}")
    draw_figures(
        [
            Figure("Time", duration(sum(phase.seconds for phase in result.phases))),
            Figure(
                "Throughput", f"{amount_of_digits(result.throughput_mb_s, 3)} MB/s", "Of input, over the whole job."
            ),
            Figure("CPU time", duration(result.cpu_seconds), "Of all processes together."),
            Figure("Peak memory", data_size(result.peak_rss_bytes), "The sum of the peaks of all processes."),
        ]
    )
    if profile is None or len(profile.points) < 2:
        draw_empty("Too short for curves", "The machine is read a few times a second; this run was over before that.")
        return
    _curves(result)


def _curves(result: JobResult) -> None:
    """CPU, memory, disk and GPU; the axis is in seconds since the job began."""
    if result.profile is None:
        return
    points = result.profile.points
    at = [point.seconds for point in points]
    cores = max(len(point.cpu_percent) for point in points)
    cpu = [sum(point.cpu_percent) / max(len(point.cpu_percent), 1) for point in points]
    left, right = st.columns(2)
    with left:
        draw_chart(
            _lines("CPU, % of all cores, by second", at, {"CPU": cpu}, top=100), key="run_cpu", alt="CPU over the run"
        )
        disk = {"read": [point.read_mb_s for point in points], "written": [point.write_mb_s for point in points]}
        draw_chart(_lines("Disk, MB/s, by second", at, disk), key="run_disk", alt="Disk traffic over the run")
    with right:
        memory = {"job": [point.rss_bytes / 1e6 for point in points]}
        draw_chart(_lines("Memory, MB, by second", at, memory), key="run_memory", alt="Memory over the run")
        if any(point.gpu_percent is not None for point in points):
            gpu = {"GPU": [point.gpu_percent for point in points]}
            draw_chart(_lines("GPU, %, by second", at, gpu, top=100), key="run_gpu", alt="GPU over the run")
    draw_downloads(_points(result, cores), key="run_profile", file_name=f"profile-{result.job_id}"[:100])


def _points(result: JobResult, cores: int) -> Table:
    columns = [Column(name="seconds", title="Seconds", kind="seconds")]
    columns += [Column(name=f"cpu_{core}_percent", title=f"Core {core}", kind="number") for core in range(cores)]
    names = ("rss_bytes", "read_mb_s", "write_mb_s", "gpu_percent", "gpu_memory_bytes")
    columns += [Column(name=name, title=name, kind="number") for name in names]
    rows = [
        {
            "seconds": point.seconds,
            **{f"cpu_{core}_percent": value for core, value in enumerate(point.cpu_percent)},
            **{name: getattr(point, name) for name in names},
        }
        for point in (result.profile.points if result.profile else ())
    ]
    return Table(tuple(columns), rows)
