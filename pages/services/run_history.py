"""The runs of inputs of one name over time: rows, bad rows, totals, seconds. Pure but for the service that is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.text.numbers import is_number

MOST_RUNS = 100  #: of the latest, that are looked at
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One of them."""

    job_id: str
    at: str  #: it ended; UTC, ISO 8601
    rows: int
    bad: int
    seconds: float | None
    totals: Mapping[str, float] = field(default_factory=dict)  #: exact ones, by their measures


def series_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """What inputs that come again have in common: their names without folders, and without the digits of dates."""
    inputs = config.get("inputs") or ()
    return tuple(_DIGITS.sub("#", str(path).rstrip("/").rpartition("/")[2]) for path in inputs)


def of_one_series(job: JobView, others: Iterable[JobView]) -> list[JobView]:
    """The runs that are done whose inputs are called like those of a run, the oldest first."""
    series = series_of(job.config)
    found = [one for one in others if one.rows_in is not None and one.finished_at and series_of(one.config) == series]
    return sorted(found, key=lambda one: (str(one.finished_at), one.job_id))


def past_run(job: JobView) -> PastRun:
    """A run of the series, with the totals that its metadata hold."""
    totals = {
        str(one["measure"]): float(one["exact_total"])
        for one in (job.metadata or {}).get("estimates", ())
        if is_number(one.get("exact_total"))
    }
    return PastRun(
        job_id=job.job_id,
        at=str(job.finished_at),
        rows=job.rows_in or 0,
        bad=job.rows_quarantined or 0,
        seconds=job.seconds,
        totals=totals,
    )


def measures_of(runs: Sequence[PastRun]) -> tuple[str, ...]:
    """Those that several of the runs added up, in the order in which they came."""
    names = dict.fromkeys(name for run in runs for name in run.totals)
    return tuple(name for name in names if sum(name in run.totals for run in runs) > 1)
