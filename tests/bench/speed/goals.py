"""What is to hold beside the peers: one table, and what became of each row of it. Pure.

`at_least` must hold; `goal` is where a prototype got with all guarantees on two processors. Ratios are of one run.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.bench.speed.cost import Entry, Result, cpu_seconds, ratio, seconds

OURS = "ours"
POLARS, POLARS_SHA256, CP = "Polars", "Polars + SHA-256", "cp"
HALF, TENFOLD, ONE_WORKER, IMPORTS = "ours, half the file", "ours, ten times the file", "one worker", "imports"
_MB = 1e6


class What(enum.Enum):
    """A figure of an entry, most of them beside another one: how it is said, and whether more of it is better."""

    SPEED = ("{value:.2f} x as fast as {beside}", True)
    TIME = ("{value:.2f} x the time of {beside}", False)
    CPU = ("{value:.2f} of the CPU time of {beside}", False)
    SIZE = ("{value:.2f} of the size that {beside} writes", False)
    SECONDS = ("{value:.2f} s", False)
    PEAK = ("{value:.0f} MB at its peak", False)
    MORE_PEAK = ("{value:.2f} x the memory of {beside}", False)
    MORE_READ = ("reads {value:.2f} x what {beside} reads", False)

    def __init__(self, words: str, more_is_better: bool) -> None:
        self.words = words
        self.more_is_better = more_is_better


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure that is to be reached."""

    work: str
    what: What
    beside: str  #: a contender; empty: none
    at_least: float | None
    goal: float | None = None
    of: str = OURS


GOALS = (
    Goal("bin-csv", What.SPEED, POLARS, 1.75, 2.1),
    Goal("bin-csv", What.SPEED, POLARS_SHA256, None, 2.7),
    Goal("bin-csv", What.CPU, POLARS, 0.70, 0.62),
    Goal("bin-csv-bare", What.SPEED, POLARS, 2.0, 2.4),
    Goal("bin-csv-bare", What.SPEED, CP, 0.4, 0.5),
    Goal("bin-csv-bare", What.CPU, POLARS, 0.60, 0.54),
    Goal("bin-both", What.TIME, POLARS, 1.3, 1.1),
    Goal("csv-csv", What.SPEED, POLARS, 1.7, 2.2),
    Goal("csv-csv", What.CPU, POLARS, 0.42, 0.34),
    Goal("csv-csv-bare", What.SPEED, POLARS, 2.3, 2.8),
    Goal("csv-csv-bare", What.CPU, POLARS, 0.30, 0.27),
    Goal("csv-parquet", What.SPEED, POLARS, 1.4, 1.7),
    Goal("csv-parquet", What.CPU, POLARS, 0.56, 0.50),
    Goal("csv-parquet", What.SIZE, POLARS, 1.05),
    Goal("estimate-bin", What.SECONDS, "", 1.2),
    Goal("estimate-bin", What.SECONDS, "", 1.2, of=TENFOLD),
    Goal("estimate-bin", What.MORE_READ, HALF, 1.1),
    Goal("estimate-bin", What.MORE_READ, HALF, 1.1, of=TENFOLD),
    Goal("estimate-csv", What.SECONDS, "", 1.2),
    Goal("estimate-csv", What.MORE_READ, HALF, 1.1),
    Goal("memory", What.PEAK, "", 600.0),
    Goal("memory", What.PEAK, "", 600.0, of=TENFOLD),
    Goal("memory", What.MORE_PEAK, OURS, 1.05, of=TENFOLD),
    Goal("workers-folder", What.SPEED, ONE_WORKER, 1.8),
    Goal("workers-file", What.SPEED, ONE_WORKER, None),
    Goal("start", What.TIME, IMPORTS, 1.6),
)

_ALONE: Mapping[What, Callable[[Entry], float]] = {
    What.SECONDS: lambda own: own.median(seconds),
    What.PEAK: lambda own: own.peak_bytes / _MB,
}
_BESIDE: Mapping[What, Callable[[Entry, Entry], float]] = {
    What.SPEED: lambda own, other: ratio(other, own, seconds),
    What.TIME: lambda own, other: ratio(own, other, seconds),
    What.CPU: lambda own, other: ratio(own, other, cpu_seconds),
    What.SIZE: lambda own, other: own.written_bytes / other.written_bytes,
    What.MORE_PEAK: lambda own, other: own.peak_bytes / other.peak_bytes,
    What.MORE_READ: lambda own, other: own.read_bytes / other.read_bytes,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A goal, and what was measured of it."""

    goal: Goal
    value: float

    @property
    def said(self) -> str:
        """The figure in words."""
        who = "" if self.goal.of == OURS else f"{self.goal.of}: "
        return who + self.goal.what.words.format(value=self.value, beside=self.goal.beside)

    @property
    def holds(self) -> bool | None:
        """Whether it is as it must be; None: nothing must be."""
        return self._is_within(self.goal.at_least)

    @property
    def is_reached(self) -> bool | None:
        """Whether it is as good as it is to become; None: nothing is asked beyond `holds`."""
        return self._is_within(self.goal.goal)

    def _is_within(self, limit: float | None) -> bool | None:
        if limit is None:
            return None
        return self.value >= limit if self.goal.what.more_is_better else self.value <= limit


def verdicts(result: Result) -> list[Verdict]:
    """Of the goals of a work, those whose contenders took part."""
    found = []
    for goal in GOALS:
        own, other = result.entry(goal.of), result.entry(goal.beside)
        if goal.work != result.key or own is None:
            continue
        if goal.what in _ALONE:
            found.append(Verdict(goal, _ALONE[goal.what](own)))
        elif other is not None:
            found.append(Verdict(goal, _BESIDE[goal.what](own, other)))
    return found
