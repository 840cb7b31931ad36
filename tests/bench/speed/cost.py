"""What runs took, and what is made of it: medians, and ratios of runs that stood side by side. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    seconds: float  #: from its start until the command itself had ended
    cpu_seconds: float  #: user and system, of the command and of every process that descends from it


Figure = Callable[[Cost], float]


def seconds(cost: Cost) -> float:
    """The time that a user waits."""
    return cost.seconds


def cpu_seconds(cost: Cost) -> float:
    """The work that the machine does."""
    return cost.cpu_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What was measured of one contender."""

    name: str
    input_bytes: int
    rows: int
    costs: tuple[Cost, ...]  #: of each round that counts
    peak_bytes: int  #: most memory of all its processes together
    written_bytes: int = 0  #: of its output
    read_bytes: int = 0  #: where it says so

    def median(self, figure: Figure) -> float:
        """Of all rounds."""
        return statistics.median(map(figure, self.costs))


def ratio(above: Entry, below: Entry, figure: Figure) -> float:
    """How many times `below` goes into `above`: the median over the rounds, in each of which both had their turn.

    Where one of them took part in fewer rounds, it is the ratio of their medians.
    """
    if len(above.costs) != len(below.costs):
        return above.median(figure) / below.median(figure)
    pairs = zip(above.costs, below.costs, strict=True)
    return statistics.median(figure(first) / figure(second) for first, second in pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One work, and all who did it in turn."""

    key: str
    title: str
    entries: tuple[Entry, ...]

    def entry(self, name: str) -> Entry | None:
        """That of a contender; None: it took no part."""
        return next((entry for entry in self.entries if entry.name == name), None)
