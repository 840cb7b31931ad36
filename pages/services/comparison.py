"""Two jobs side by side: their options and metrics, and which of them differ. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from etl_batch.jobs.job_view import JobView
from etl_batch.text.number_text import UNKNOWN
from pages.services.run_metrics import NOTHING, metrics_of

_NEVER_SHOWN = {"home", "extra_input_roots", "store_roots"}  #: of the machine, not of the job


@dataclass(frozen=True, slots=True)
class Compared:
    """One option or metric of two jobs."""

    name: str
    this: str
    other: str
    difference: str = ""  #: of metrics: this less the other
    share: str = ""  #: the difference, as a share of the other
    is_metric: bool = False  #: what came out, where an option is what was asked for

    @property
    def differs(self) -> bool:
        """Whether the jobs differ in it, as far as one can see."""
        return self.this != self.other


def compared(job: JobView, other: JobView) -> tuple[Compared, ...]:
    """Options first, then metrics; every name that one of them has."""
    return (*_options(job.config, other.config), *_metrics(job, other))


def options_of(job: JobView) -> dict[str, str]:
    """The options of a job as text, without those of the machine."""
    return {name: _option(job.config, name) for name in job.config if name not in _NEVER_SHOWN}


def _options(options: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Compared]:
    names = [name for name in dict.fromkeys((*options, *other)) if name not in _NEVER_SHOWN]
    for name in names:
        yield Compared(name, _option(options, name), _option(other, name))


def _metrics(job: JobView, other: JobView) -> Iterator[Compared]:
    left, right = metrics_of(job), metrics_of(other)
    for name in dict.fromkeys((*left, *right)):
        mine, its = left.get(name, NOTHING), right.get(name, NOTHING)
        yield Compared(name, mine.text, its.text, mine.less(its), mine.share_of(its), is_metric=True)


def _option(config: Mapping[str, Any], name: str) -> str:
    """As text; what lies beneath the home is named from there."""
    text, home = _text(config.get(name)), config.get("home")
    return text.replace(f"{home}/", "") if home else text


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    if value is None:
        return UNKNOWN
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
