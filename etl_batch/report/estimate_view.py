"""The estimates as the report shows them: the biggest strata by themselves, the others together."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from enum import StrEnum

from etl_batch.light_dataclass import dataclass
from etl_batch.text.number_text import amount, exact_amount, percent
from etl_batch.text.shown_text import shown
from etl_batch.values import StratumEstimate, TotalEstimate

MOST_STRATA = 30  #: shown by themselves
LOW_N = 30  #: below so many sampled rows an interval says little
_ROUNDING = 1e-9  #: relative: a census and the exact sum may differ in their last digits
_SURPRISING = 3.0  #: standard deviations beyond the misses that are expected


class Held(StrEnum):
    """Whether the interval holds the exact total."""

    YES = "held"
    NO = "missed"
    COUNTED = "counted"  #: every row was in the sample
    UNKNOWN = "unknown"  #: no interval, or no exact total


@dataclass(frozen=True, slots=True, kw_only=True)
class Others:
    """The strata that are not shown by themselves."""

    strata: int
    population: int
    sample: int
    total: float
    exact_total: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """One measure: its total, its biggest strata, and how many intervals held."""

    estimate: TotalEstimate
    held: Held
    biggest: tuple[tuple[StratumEstimate, Held], ...]
    others: Others | None
    known: int  #: strata with both an interval and an exact total, counted ones left out
    missed: int  #: of them

    @property
    def expected_misses(self) -> float:
        """How many of them miss where every interval is right as often as it says."""
        return self.known * (1 - self.estimate.confidence)

    @property
    def is_surprising(self) -> bool:
        """Whether more missed than chance explains (the strata are sampled independently)."""
        expected = self.expected_misses
        spread = math.sqrt(expected * self.estimate.confidence)
        return self.missed > expected + _SURPRISING * spread + 1


def view_of(estimate: TotalEstimate) -> MeasureView:
    """One measure as it is shown."""
    verdicts = [held(stratum, is_census=stratum.sample >= stratum.population) for stratum in estimate.strata]
    by_size = heapq.nsmallest(
        MOST_STRATA, range(len(verdicts)), key=lambda at: (-estimate.strata[at].population, estimate.strata[at].stratum)
    )
    shown = set(by_size)
    rest = [stratum for at, stratum in enumerate(estimate.strata) if at not in shown]
    return MeasureView(
        estimate=estimate,
        held=held(estimate, is_census=estimate.rows_sampled >= estimate.rows_population),
        biggest=tuple((estimate.strata[at], verdicts[at]) for at in by_size),
        others=_together(rest) if rest else None,
        known=sum(verdict in (Held.YES, Held.NO) for verdict in verdicts),
        missed=verdicts.count(Held.NO),
    )


def held(estimate: StratumEstimate | TotalEstimate, *, is_census: bool) -> Held:
    """Whether the interval holds the exact total."""
    if estimate.ci_low is None or estimate.ci_high is None or estimate.exact_total is None:
        return Held.UNKNOWN
    slack = _ROUNDING * abs(estimate.exact_total)
    if not estimate.ci_low - slack <= estimate.exact_total <= estimate.ci_high + slack:
        return Held.NO
    return Held.COUNTED if is_census else Held.YES


def flags(estimate: StratumEstimate) -> str:
    """What a stratum's interval is to be taken with, a word or two each: `low n, skewed`."""
    if estimate.warnings:
        return ", ".join(warning.partition(":")[0] for warning in estimate.warnings)
    return "low n" if estimate.sample < min(LOW_N, estimate.population) else ""  # as older versions kept it


def in_words(estimate: TotalEstimate) -> str:
    """A total with its interval, and the exact total beside it, in one line."""
    text = f"{shown(estimate.measure)}: {amount(estimate.total)}"
    if estimate.ci_low is None or estimate.ci_high is None:
        text += ", without an interval"
    else:
        text += f" ({percent(estimate.confidence)}: {amount(estimate.ci_low)} to {amount(estimate.ci_high)})"
    if estimate.exact_total is None:
        return text
    verdict = held(estimate, is_census=estimate.rows_sampled >= estimate.rows_population)
    return f"{text}, exact {exact_amount(estimate.exact_total, estimate.exact_total_text)}" + (
        "" if verdict == Held.UNKNOWN else f", {verdict}"
    )


def _together(rest: Sequence[StratumEstimate]) -> Others:
    exact = [stratum.exact_total for stratum in rest if stratum.exact_total is not None]
    return Others(
        strata=len(rest),
        population=sum(stratum.population for stratum in rest),
        sample=sum(stratum.sample for stratum in rest),
        total=math.fsum(stratum.total for stratum in rest),
        exact_total=math.fsum(exact) if len(exact) == len(rest) else None,
    )
