"""Two jobs side by side: their options and figures, and which of them differ. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.report_parts.figures import UNKNOWN, count, data_size, duration, rate

_NEVER_SHOWN = {"home", "extra_input_roots"}  #: of the machine, not of the job


@dataclass(frozen=True, slots=True)
class Compared:
    """One option or figure of two jobs."""

    name: str
    one: str
    other: str
    is_figure: bool = False  #: what came out, where an option is what was asked for

    @property
    def differs(self) -> bool:
        """Whether the jobs differ in it, as far as one can see."""
        return self.one != self.other


def compared(one: JobView, other: JobView) -> tuple[Compared, ...]:
    """Options first, then figures; every name that one of them has."""
    return (*_options(one.config, other.config), *_figures(one, other))


def options_of(job: JobView) -> dict[str, str]:
    """The options of a job as text, without those of the machine."""
    return {name: _text(value) for name, value in job.config.items() if name not in _NEVER_SHOWN}


def _options(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Compared]:
    names = [name for name in dict.fromkeys((*one, *other)) if name not in _NEVER_SHOWN]
    for name in names:
        yield Compared(name, _text(one.get(name)), _text(other.get(name)))


def _figures(one: JobView, other: JobView) -> Iterator[Compared]:
    left, right = _outcome(one), _outcome(other)
    for name in dict.fromkeys((*left, *right)):
        yield Compared(name, left.get(name, UNKNOWN), right.get(name, UNKNOWN), is_figure=True)


def _outcome(job: JobView) -> dict[str, str]:
    found = {
        "state": str(job.state),
        "verdict": job.verdict or UNKNOWN,
        "rows in": _count(job.rows_in),
        "rows out": _count(job.rows_out),
        "rows set aside": _count(job.rows_quarantined),
        "seconds": UNKNOWN if job.seconds is None else duration(job.seconds),
        "error": job.error_code or UNKNOWN,
    }
    metadata = job.metadata or {}
    if metadata:
        found["throughput"] = rate(metadata.get("throughput_mb_s", 0))
        found["peak memory"] = data_size(metadata.get("peak_rss_bytes", 0))
        found["cells escaped"] = _count(metadata.get("cells_escaped"))
        found["apostrophes inside cells"] = _count(metadata.get("apostrophes_inside"))
    for output in metadata.get("outputs", ()):
        found[f"{output['format']} bytes"] = _count(output["bytes"])
        found[f"{output['format']} sha256"] = output["sha256"] or UNKNOWN
    for estimate in metadata.get("estimates", ()):
        found[f"total of {estimate['measure']}"] = _text(estimate["total"])
    return found


def _count(number: int | None) -> str:
    return UNKNOWN if number is None else count(number)


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return UNKNOWN
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
