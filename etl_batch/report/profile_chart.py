"""The profile over time as a few charts that share their axis.

Curves are paths in a box of 1000 x 100 that is stretched to the page; labels stand outside of it and are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from etl_batch.light_dataclass import dataclass
from etl_batch.machine.series import halved
from etl_batch.report.scale import round_up, ticks
from etl_batch.text.number_text import amount_of_digits, data_size, percent, rate
from etl_batch.values import Phase, Profile, ProfilePoint

WIDTH, HEIGHT = 1000, 100
_MOST_POINTS = 600
_TIME_TICKS = 5


@dataclass(frozen=True, slots=True)
class Curve:
    """A line, or the outline of an area."""

    kind: str  #: style class: `line`, `second` or `area`
    path: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart."""

    title: str
    top: str  #: what the upper edge stands for
    summary: str  #: in words, for who cannot see it, and under the chart
    curves: tuple[Curve, ...]
    legend: tuple[tuple[str, str], ...] = ()  #: (style class, text)


@dataclass(frozen=True, slots=True)
class ProfileChart:
    """All of them."""

    panels: tuple[Panel, ...]
    time_ticks: tuple[tuple[float, str], ...]  #: (percent of the width, label)
    phases: tuple[tuple[float, str], ...]  #: (percent of the width, which phase begins there)
    points: int


def profile_chart_of(profile: Profile | None, phases: Sequence[Phase]) -> ProfileChart | None:
    """The charts; None without at least two points to draw a line between."""
    points = list(profile.points) if profile is not None else []
    while len(points) > _MOST_POINTS:
        points = halved(points)
    if profile is None or len(points) < 2:
        return None
    end = points[-1].seconds
    panels = [_cpu(points, end), _memory(points, end, profile), _disk(points, end)]
    if any(point.gpu_percent is not None for point in points):
        panels.append(_gpu(points, end, profile))
    labels = tuple((round(100 * at / end, 2), f"{amount_of_digits(at, 3)} s") for at in ticks(end, _TIME_TICKS))
    return ProfileChart(tuple(panels), labels, _starts(phases, end), len(points))


def _starts(phases: Sequence[Phase], end: float) -> tuple[tuple[float, str], ...]:
    """Where each phase but the first begins."""
    starts, at = [], 0.0
    for phase, following in pairwise(phases):
        at += phase.seconds
        if at < end:
            starts.append((round(100 * at / end, 2), following.name))
    return tuple(starts)


def _cpu(points: Sequence[ProfilePoint], end: float) -> Panel:
    readings = [point.cpu_percent or (0.0,) for point in points]
    means = [sum(cores) / len(cores) for cores in readings]
    cores = max(map(len, readings))
    box = _Box(points, end, 100.0)
    mean = sum(means) / len(means) / 100
    summary = f"{percent(mean)} of {cores} cores on average, {percent(max(means) / 100)} at most."
    curves = (
        Curve("area", box.band([min(reading) for reading in readings], [max(reading) for reading in readings])),
        Curve("line", box.line(means)),
    )
    legend = (("line", "mean of the cores"), ("area", "from the idlest to the busiest core"))
    return Panel("Processors", "100 %", summary, curves, legend)


def _memory(points: Sequence[ProfilePoint], end: float, profile: Profile) -> Panel:
    values = [float(point.rss_bytes) for point in points]
    top = round_up(max(values))
    box = _Box(points, end, top)
    of_all = f" of {data_size(profile.memory_bytes)}" if profile.memory_bytes else ""
    summary = f"{data_size(max(values))} at most{of_all}, all processes of the job; pages they share count in each."
    return Panel("Memory", data_size(top), summary, (Curve("area", box.under(values)), Curve("line", box.line(values))))


def _disk(points: Sequence[ProfilePoint], end: float) -> Panel:
    read, written = [point.read_mb_s for point in points], [point.write_mb_s for point in points]
    top = round_up(max(*read, *written))
    box = _Box(points, end, top)
    summary = (
        f"At most {rate(max(read))} read and {rate(max(written))} written; "
        "what the page cache held was not read from the disk."
    )
    curves = (Curve("line", box.line(read)), Curve("second", box.line(written)))
    return Panel("Disk", rate(top), summary, curves, (("line", "read"), ("second", "written")))


def _gpu(points: Sequence[ProfilePoint], end: float, profile: Profile) -> Panel:
    values = [point.gpu_percent or 0.0 for point in points]
    memory = max(point.gpu_memory_bytes or 0 for point in points)
    box = _Box(points, end, 100.0)
    summary = f"{percent(max(values) / 100)} at most, {data_size(memory)} of its memory; the machine's, not the job's."
    curves = (Curve("area", box.under(values)), Curve("line", box.line(values)))
    return Panel(f"GPU: {profile.gpu or 'unnamed'}", "100 %", summary, curves)


@dataclass(frozen=True, slots=True)
class _Box:
    """From time and value to the box; y grows downwards there."""

    points: Sequence[ProfilePoint]
    end: float  #: seconds at its right edge
    top: float  #: value at its upper edge

    def line(self, values: Sequence[float]) -> str:
        return "M" + "L".join(self._placed(values))

    def under(self, values: Sequence[float]) -> str:
        return self.band([0.0] * len(values), values)

    def band(self, low: Sequence[float], high: Sequence[float]) -> str:
        return "M" + "L".join([*self._placed(high), *reversed(self._placed(low))]) + "Z"

    def _placed(self, values: Sequence[float]) -> list[str]:
        place: Callable[[float], float] = lambda value: HEIGHT * (1 - min(max(value / self.top, 0.0), 1.0))  # noqa: E731
        return [
            f"{WIDTH * min(max(point.seconds / self.end, 0.0), 1.0):.1f} {place(value):.1f}"
            for point, value in zip(self.points, values, strict=True)
        ]
