"""The tables that a job makes of its inputs: one, or one for each type of record. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError
from etl_batch.formats.format import Source
from etl_batch.formats.of_table import OfTable
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.targets import is_folder_name
from etl_batch.sampling.plan import SamplePlan
from etl_batch.sampling.sample_plan import plan_sample

_NAMED = 5  #: tables that an error names


@dataclass(frozen=True, slots=True)
class Table:
    """Some sources side by side whose rows go together."""

    sources: tuple[Source, ...]
    name: str | None = None  #: of one among several; None: the only one, or the rows of no table
    has_outputs: bool = True


def tables_among(sources: Sequence[Source]) -> tuple[Table, ...]:
    """The tables of a job, in the order of its sources; one at least."""
    if not any(isinstance(source, OfTable) for source in sources):
        return (Table(tuple(sources)),)
    grouped = groupby(sources, lambda source: source.table if isinstance(source, OfTable) else None)
    return tuple(Table(tuple(own), name, name is not None) for name, own in grouped)


def names_of(tables: Sequence[Table]) -> tuple[str, ...]:
    """Of the tables, where there are several."""
    return tuple(table.name for table in tables if table.name is not None)


def refuse_single_files(tables: Sequence[Table], config: JobConfig) -> None:
    """Refuse an output that is one file where there are several tables.

    Raises:
        ConfigError: there is such an output.
    """
    names = names_of(tables)
    given = {"-o": config.output_csv, "-p": config.output_parquet}
    for flag, output in given.items():
        if names and output is not None and not is_folder_name(output):
            some = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
            raise ConfigError(
                f"the records are of {len(names)} types ({some}), a table each, and {flag} {output} is one file",
                mend=f"give a folder: {flag} {_as_folder(output)}",
            )


def _as_folder(output: str) -> str:
    whole = output.removesuffix(".gz").removesuffix(".zst").removesuffix(".csv").removesuffix(".parquet")
    return f"{whole or output}/"


def plan_samples(tables: Sequence[Table], config: JobConfig) -> tuple[tuple[SamplePlan | None, ...], tuple[str, ...]]:
    """The sample of each table, and notes on what is left out.

    Raises:
        ConfigError: no table can be sampled as was asked.
    """
    plans: list[SamplePlan | None] = []
    notes: list[str] = []
    refused: list[ConfigError] = []
    asked = [table for table in tables if table.has_outputs]
    for table in tables:
        if not table.has_outputs:
            plans.append(None)
            continue
        try:
            plan, its = plan_sample(table.sources, config)
        except ConfigError as error:
            refused.append(error)
            plan, its = None, (f"no totals were estimated: {error.message}",)
        plans.append(plan)
        notes += its if table.name is None else [f"{table.name}: {note}" for note in its]
    if refused and len(refused) == len(asked):
        raise refused[0]
    return tuple(plans), tuple(notes)
