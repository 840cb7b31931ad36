"""The machine: now, over the last minutes, and over a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from etl_batch.jobs.run_profile import RunProfile
from etl_batch.text.number_text import UNKNOWN, amount_of_digits, data_size, duration, percent, rate
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import in_table, plain
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_downloads
from etl_batch.values import Sandbox
from pages.services.machine import INTERVAL_SECONDS, MachineReading
from pages.views.curves import show_curves
from pages.views.run_profile import show_profile

_NUMBERS = (
    "memory_used_bytes", "read_mb_s", "write_mb_s", "disk_used_bytes", "disk_available_bytes", "load", "gpu_percent",
    "gpu_memory_bytes",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MachineActions:
    """Where the readings come from; each call checks again who asks."""

    readings: Callable[[], Sequence[MachineReading]]
    runs: Callable[[], Sequence[RunProfile]]  #: without their points
    profile: Callable[[str], RunProfile]  #: of a job
    sandbox: Callable[[], Sandbox]  #: of the workers of jobs


def machine_view(actions: MachineActions) -> None:
    """Show the page."""
    st.title("System")
    _live(actions.readings)
    with errors_shown():
        st.caption(sandbox_words(actions.sandbox()))
    st.header("Over a run", anchor=False)
    with errors_shown():
        _run(actions)


@st.fragment(run_every=INTERVAL_SECONDS)
def _live(readings: Callable[[], Sequence[MachineReading]]) -> None:
    with errors_shown():
        found = readings()
        if not found:
            show_empty("No reading yet", "The machine is asked every two seconds; the first answer is on its way.")
            return
        _now(found[-1])
        _minutes(found)


def _now(reading: MachineReading) -> None:
    metrics = [
        Metric("CPU", percent(reading.cpu_mean / 100), "The mean over all cores."),
        Metric("Memory", f"{data_size(reading.memory_used_bytes)}", f"Of {data_size(reading.memory_bytes)}."),
        Metric("Disk reads", rate(reading.read_mb_s), "All disks together."),
        Metric("Disk writes", rate(reading.write_mb_s), "All disks together."),
        Metric(
            "Disk available", data_size(reading.disk_available_bytes),
            f"Of {data_size(reading.disk_bytes)}, where the home folder lies.",
        ),
        Metric("Load", amount_of_digits(reading.load, 3), "Processes that run or wait to, over the last minute."),
    ]  # fmt: skip
    if reading.gpu_percent is not None:
        memory = data_size(reading.gpu_memory_bytes or 0)
        metrics.append(
            Metric("GPU", percent(reading.gpu_percent / 100), f"{plain(reading.gpu or '')}, {memory} in use.")
        )
    show_metrics(metrics)
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
    at = [datetime.fromtimestamp(reading.at, UTC) for reading in readings]
    left, right = st.columns(2)
    with left:
        show_curves("CPU, %", at, {"all cores": [reading.cpu_mean for reading in readings]}, key="system_cpu", top=100)
        disk = {
            "read": [reading.read_mb_s for reading in readings],
            "written": [reading.write_mb_s for reading in readings],
        }
        show_curves("Disk, MB/s", at, disk, key="system_disk")
    with right:
        memory = {"in use": [reading.memory_used_bytes / 1e9 for reading in readings]}
        show_curves("Memory, GB", at, memory, key="system_memory", top=readings[-1].memory_bytes / 1e9)
        if any(reading.gpu_percent is not None for reading in readings):
            show_curves(
                "GPU, %", at, {"all GPUs": [reading.gpu_percent for reading in readings]}, key="system_gpu", top=100
            )
    show_downloads(readings_table(readings), key="system_readings", file_name="machine")


def sandbox_words(sandbox: Sandbox) -> str:
    """What the workers of jobs cannot do on this machine, and what they could. Pure."""
    means = [
        (sandbox.filesystem, "opening files by name", f"Landlock, version {sandbox.landlock_abi}"),
        (sandbox.network, "connecting to anything", "Landlock or the filter"),
        (sandbox.seccomp, "system calls that they never need", "a filter"),
    ]
    cannot = [f"{what} ({how})" for holds, what, how in means if holds]
    could = [what for holds, what, _ in means if not holds]
    said = f"Workers of jobs are kept from {', '.join(cannot)}." if cannot else "Workers of jobs are not shut in."
    return f"{said} This kernel has nothing to keep them from: {', '.join(could)}." if could else said


def readings_table(readings: Sequence[MachineReading]) -> Table:
    """The readings as a table. Pure."""
    cores = max(len(reading.cpu_percent) for reading in readings)
    columns = [Column(name="at", title="At (UTC)", kind="time")]
    columns += [Column(name=f"cpu_{core}_percent", title=f"Core {core}", kind="number") for core in range(cores)]
    columns += [Column(name=name, title=name, kind="number") for name in _NUMBERS]
    rows: list[dict[str, Cell]] = [
        {
            "at": datetime.fromtimestamp(reading.at, UTC).isoformat(timespec="seconds"),
            **{f"cpu_{core}_percent": value for core, value in enumerate(reading.cpu_percent)},
            **{name: getattr(reading, name) for name in _NUMBERS},
        }
        for reading in readings
    ]
    return Table(tuple(columns), rows)


def _run(actions: MachineActions) -> None:
    runs = {run.job_id: run for run in actions.runs()}
    if not runs:
        show_empty("No run has left a profile yet", "Every job that begins is listed here, however it ends.")
        return
    job_id = st.selectbox(
        "Run", list(runs), format_func=lambda name: _label(runs[name]), key="run", bind="query-params"
    )
    run = actions.profile(job_id)
    show_metrics(
        [
            Metric("Time", _known(duration, run.seconds)),
            Metric("Throughput", _known(rate, run.throughput_mb_s), "Of input, over the whole job, once it is done."),
            Metric("CPU time", _known(duration, run.cpu_seconds), "Of all processes together."),
            Metric("Peak memory", _known(data_size, run.peak_rss_bytes), "The sum of the peaks of all processes."),
        ]
    )
    show_profile(run.points, f"profile-{run.job_id}"[:100])


def _label(run: RunProfile) -> str:
    started = (run.started_at or "")[:19].replace("T", " ")
    return f"{in_table(run.job_id, 40)}, {run.state}, begun {started} UTC"


def _known(in_words: Callable[[float], str], value: float | None) -> str:
    return UNKNOWN if value is None else in_words(value)
