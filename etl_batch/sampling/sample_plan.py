"""Whether a job's inputs can be sampled as its configuration asks, settled before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import ConfigError
from etl_batch.formats.format import Source
from etl_batch.formats.unsettled import Unsettled
from etl_batch.sampling.plan import SamplePlan, budget_of


def plan_sample(sources: Sequence[Source], config: JobConfig) -> tuple[SamplePlan | None, tuple[str, ...]]:
    """The sample of a job, None where there is nothing to sample; and notes on what is left out.

    Raises:
        ConfigError: a column that was named is missing, or cannot be added up.
    """
    if config.measures == ():
        return None, ()
    names = sources[0].names
    strata = config.strata_column
    if strata not in names:
        if config.strata is not None or config.measures is not None:
            usual = "" if config.strata is not None else ", which it is where nobody names another"
            raise ConfigError(
                f"the inputs have no column {strata!r} for --strata{usual}", mend=f"the columns are {', '.join(names)}"
            )
        return None, (f"no totals were estimated: the inputs have no column {strata!r}; --strata names another",)
    measures, notes = _measures(sources, config)
    if not measures:
        return None, (*notes, "no totals were estimated: --measures names the columns to total")
    rows = sum(source.rows for source in sources)
    unsettled = [source for source in sources if isinstance(source, Unsettled)]
    plan = SamplePlan(
        strata=strata,
        measures=measures,
        seed=config.seed,
        budget=budget_of(rows, config.sample_frac, config.sample_max_rows),
        rows=rows,
        rows_are_certain=config.on_bad_row == OnBadRow.STRICT,
        share=config.sample_frac if unsettled else None,
        least_rows=sum(source.least_rows for source in unsettled),
    )
    return plan, notes


def _measures(sources: Sequence[Source], config: JobConfig) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns to total; notes on those default ones that cannot be."""
    found, notes = [], []
    for name in config.measure_columns:
        problem = _problem(sources, name)
        if problem is None:
            found.append(name)
        elif config.measures is not None:
            raise ConfigError(f"--measures: {problem}", mend="name columns that hold numbers only")
        else:
            notes.append(f"no total of {name!r} was estimated: {problem}")
    return tuple(found), tuple(notes)


def _problem(sources: Sequence[Source], name: str) -> str | None:
    """Why a column cannot be added up."""
    if name not in sources[0].names:
        return f"the inputs have no column {name!r}"
    for source in sources:
        if name not in source.numbers:
            return f"column {name!r} of {source.place.path} does not hold numbers only"
    return None
