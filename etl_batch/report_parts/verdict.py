"""Pass or fail first: what was checked, and what a reader should look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from etl_batch.report_parts.estimate_view import Held, MeasureView
from etl_batch.report_parts.figures import count, counted, percent
from etl_batch.report_parts.shown_text import shown
from etl_batch.values import JobResult


class Level(IntEnum):
    """How good it is; the worst of the checks is the verdict."""

    PASSED = 0
    LOOK = 1
    FAILED = 2

    @property
    def word(self) -> str:
        """As a style class."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Check:
    """One question and its answer."""

    level: Level
    title: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to all of them."""

    level: Level
    headline: str
    sentence: str
    checks: tuple[Check, ...]


def verdict_of(result: JobResult, measures: Sequence[MeasureView]) -> Verdict:
    """What is to be said first."""
    checks = (_rows(result), _outputs(result), _intervals(measures))
    level = max(check.level for check in checks)
    headline = {Level.PASSED: "Passed", Level.LOOK: "Done, with something to look at", Level.FAILED: "Failed"}[level]
    sentence = " ".join(check.detail for check in checks if check.level == level or check.level != Level.PASSED)
    if level == Level.PASSED:
        sentence = f"All {counted(result.rows_in, 'row')} are accounted for, and the outputs are whole."
        if _known(measures):
            sentence += " Every total lies within its interval."
    return Verdict(level, headline, sentence, checks)


def _rows(result: JobResult) -> Check:
    title = "Rows add up"
    added = f"{count(result.rows_out)} written + {count(result.rows_quarantined)} set aside"
    if result.rows_in != result.rows_out + result.rows_quarantined:
        return Check(Level.FAILED, title, f"{counted(result.rows_in, 'row')} read, but {added}.")
    if result.rows_quarantined:
        share = percent(result.rows_quarantined / result.rows_in, 2)
        bad = counted(result.rows_quarantined, "bad row")
        return Check(Level.LOOK, title, f"{bad} ({share}) set aside; {count(result.rows_out)} written.")
    return Check(Level.PASSED, title, f"{count(result.rows_in)} read = {added}.")


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


def _intervals(measures: Sequence[MeasureView]) -> Check:
    title = "Intervals hold the exact totals"
    known = _known(measures)
    if not measures:
        return Check(Level.PASSED, "No totals were estimated", "See below how to get them.")
    if not known:
        return Check(Level.LOOK, title, "No total has both an interval and an exact total to compare with.")
    missed = [one for one in known if one.held == Held.NO]
    if missed:
        expected = percent(1 - known[0].estimate.confidence, 2)
        text = f"{len(missed)} of {counted(len(known), 'total')} lies outside of its interval."
        return Check(Level.LOOK, title, f"{text} By design {expected} of intervals miss.")
    return Check(Level.PASSED, title, f"{len(known)} of {counted(len(known), 'total')} within.")


def _known(measures: Sequence[MeasureView]) -> list[MeasureView]:
    return [one for one in measures if one.held != Held.UNKNOWN]
