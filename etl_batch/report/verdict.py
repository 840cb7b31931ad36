"""What is to be said first of a job that is done: good, look at it, or doubtful; and the checks behind it. Pure.

The one rule for the report, the pages, the terminal, the metadata and the check before a job.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum

from etl_batch.light_dataclass import dataclass
from etl_batch.report.estimate_view import Held, held
from etl_batch.text.number_text import count, counted, percent
from etl_batch.text.shown_text import shown
from etl_batch.values import JobResult, TotalEstimate

_DOUBTFUL_PERCENT = 10  #: from this share of bad rows on, who made the file and who reads it mean different things


class Verdict(StrEnum):
    """What becomes of a job that is done, as the metadata say it."""

    GOOD = "good"
    LOOK = "look"  #: done, with something to look at
    DOUBTFUL = "doubtful"  #: done, but so much was wrong that the result is in doubt


class Level(IntEnum):
    """How good it is; the worst of the checks is the verdict."""

    PASSED = 0
    LOOK = 1
    DOUBTFUL = 2
    FAILED = 3  #: it contradicts itself; no job publishes such a result

    @property
    def word(self) -> str:
        """As a style class."""
        return self.name.lower()

    @property
    def verdict(self) -> Verdict:
        """In the words of the metadata."""
        return {Level.PASSED: Verdict.GOOD, Level.LOOK: Verdict.LOOK}.get(self, Verdict.DOUBTFUL)


_HEADLINES = {
    Level.PASSED: "Passed",
    Level.LOOK: "Done, with something to look at",
    Level.DOUBTFUL: "Doubtful",
    Level.FAILED: "Failed",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    level: Level
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer to all of them."""

    level: Level
    headline: str
    sentence: str
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """In the words of the metadata."""
        return self.level.verdict


def judgement_of(result: JobResult) -> Judgement:
    """What is to be said first of a result."""
    compared = [held_total(estimate) for estimate in result.estimates]
    checks = (_rows(result), _outputs(result), _intervals(compared, result.estimates))
    level = max(check.level for check in checks)
    sentence = " ".join(check.detail for check in checks if check.level != Level.PASSED)
    if level == Level.PASSED:
        sentence = f"All {counted(result.rows_in, 'row')} are accounted for, and the outputs are whole."
        if compared and all(interval in (Held.YES, Held.COUNTED) for interval in compared):
            sentence += " Every total lies within its interval."
    return Judgement(level, _HEADLINES[level], sentence, checks)


def level_of_rows(rows_in: int, rows_bad: int) -> Level:
    """What the numbers of rows read, and of bad ones among them, say by themselves."""
    if rows_bad * 100 >= rows_in * _DOUBTFUL_PERCENT and rows_bad:
        return Level.DOUBTFUL
    return Level.LOOK if rows_bad or not rows_in else Level.PASSED


def held_total(estimate: TotalEstimate) -> Held:
    """Whether the interval of a total holds the exact one."""
    return held(estimate, is_census=estimate.rows_sampled >= estimate.rows_population)


def _rows(result: JobResult) -> Check:
    title = "Rows add up"
    added = f"{count(result.rows_out)} written + {count(result.rows_quarantined)} set aside"
    if result.rows_in != result.rows_out + result.rows_quarantined:
        return Check(Level.FAILED, title, f"{counted(result.rows_in, 'row')} read, but {added}.")
    level = level_of_rows(result.rows_in, result.rows_quarantined)
    if result.rows_quarantined:
        share = percent(result.rows_quarantined / result.rows_in, 2)
        bad = counted(result.rows_quarantined, "bad row")
        return Check(level, title, f"{bad} ({share}) set aside; {count(result.rows_out)} written.")
    if not result.rows_in:
        return Check(level, title, "No row was read: the outputs have their columns, and nothing else.")
    return Check(level, title, f"{count(result.rows_in)} read = {added}.")


def _outputs(result: JobResult) -> Check:
    title = "Outputs are whole"
    for kind in sorted({output.format for output in result.outputs}):
        rows = sum(output.rows for output in result.outputs if output.format == kind)
        if rows != result.rows_out:
            return Check(Level.FAILED, title, f"{shown(kind, 20)}: {count(rows)} of {counted(result.rows_out, 'row')}.")
    if not result.outputs:
        return Check(Level.FAILED, title, "There is no output.")
    if any(output.sha256 is None for output in result.outputs):
        return Check(Level.LOOK, title, "An output has no hash, so that it cannot be verified.")
    files = counted(len(result.outputs), "file")
    return Check(Level.PASSED, title, f"{files}, every row in place, each with its SHA-256.")


def _intervals(compared: Sequence[Held], estimates: Sequence[TotalEstimate]) -> Check:
    """One that misses is no fault: so many of them do, by design. It is said beside its total."""
    title = "Intervals hold the exact totals"
    known = [interval for interval in compared if interval != Held.UNKNOWN]
    if not estimates:
        return Check(Level.PASSED, "No totals were estimated", "See below how to get them.")
    if not known:
        if not any(estimate.rows_population for estimate in estimates):
            return Check(Level.PASSED, "No totals were estimated", "There is no row to add up.")
        return Check(Level.LOOK, title, "No total has both an interval and an exact total to compare with.")
    inside = f"{len(known) - known.count(Held.NO)} of {counted(len(known), 'total')} within"
    if Held.NO in known:
        expected = percent(1 - estimates[0].confidence, 2)
        return Check(Level.PASSED, "Totals stand beside their intervals", f"{inside}; {expected} miss by design.")
    return Check(Level.PASSED, title, f"{inside}.")
