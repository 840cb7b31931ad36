"""How the job was run: its phases, its options, its sampling design."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.light_dataclass import dataclass
from etl_batch.text.number_text import count, counted, percent
from etl_batch.text.numbers import is_whole_number
from etl_batch.text.shown_text import shown
from etl_batch.values import JobResult, Phase, TotalEstimate

_NOT_SHOWN = {"actor", "home", "resume", "extra_input_roots", "inputs", "overwrite", "store_options", "store_roots"}
_OPTION_COLUMNS = 80


@dataclass(frozen=True, slots=True)
class PhaseBar:
    """A phase, and its place in the bar of all of them."""

    name: str
    seconds: float
    start: float  #: percent of the width
    width: float


def phase_bars(phases: Sequence[Phase]) -> tuple[PhaseBar, ...]:
    """The phases side by side."""
    whole = math.fsum(phase.seconds for phase in phases)
    bars, at = [], 0.0
    for phase in phases:
        share = 100 * phase.seconds / whole if whole > 0 else 0.0
        bars.append(PhaseBar(phase.name, phase.seconds, round(at, 2), round(share, 2)))
        at += share
    return tuple(bars)


def options_of(config: JobConfig) -> list[tuple[str, str]]:
    """The options under the names that the metadata has, in the order of the configuration; None is left out."""
    values = {key: value for key, value in asdict(config).items() if key not in _NOT_SHOWN}
    return [(key, _as_text(value)) for key, value in values.items() if value is not None]


def design_of(result: JobResult, config: JobConfig) -> list[str]:
    """How the sample was drawn, in sentences; none without estimates."""
    if not result.estimates:
        return []
    drawn = [_drawn("", result.estimates, config)]
    if result.tables:  # a sample each
        drawn = [_drawn(f"{shown(one.name)}: ", one.estimates, config) for one in result.tables if one.estimates]
    budget = f"{percent(config.sample_frac)} of the rows, at most {count(config.sample_max_rows)}"
    methods = sorted({shown(estimate.method, 200) for estimate in result.estimates})
    shared = (
        f"Beside two rows of each stratum the budget was {budget}, fixed before the pass and shared out by the square "
        "root of each stratum's rows, so that big strata do not take it all and small ones are seen. Within a stratum "
        "every row had the same chance."
    )
    again = f"The seed was {config.seed}: the same input and seed give the same sample, however many processes work."
    intervals = f"Intervals are nominal {percent(result.estimates[0].confidence)}. Method: {'; '.join(methods)}."
    return [*drawn, shared, again, intervals]


def _drawn(table: str, estimates: Sequence[TotalEstimate], config: JobConfig) -> str:
    """How many rows of a table were sampled, and from how many strata."""
    first = estimates[0]
    strata = max(len(estimate.strata) for estimate in estimates)
    share = percent(first.rows_sampled / first.rows_population if first.rows_population else None)
    return (
        f"{table}{counted(first.rows_sampled, 'row')} of {count(first.rows_population)} ({share}) were sampled, in the "
        f"one pass over the data, from {counted(strata, 'stratum')} by “{shown(config.strata_column)}”."
    )


def _as_text(value: Any) -> str:  # noqa: ANN401 - any option
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return shown(", ".join(map(str, value)), _OPTION_COLUMNS)
    return count(value) if is_whole_number(value) else shown(str(value), _OPTION_COLUMNS)
