"""A contract to begin with: what the columns of a file hold, all rows of it read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from etl_batch.config import JobConfig, OnBadRow, ProfileDepth
from etl_batch.contracts.inferring import inferred_schema
from etl_batch.errors import ConfigError
from etl_batch.pipeline.file_profile import file_profile
from etl_batch.values import Progress


def inferred_contract(config: JobConfig, progress: Progress | None = None) -> dict[str, Any]:
    """The Table Schema of a file.

    Args:
        config: how it is read.
        progress: is told how far it is.

    Raises:
        BadRow: a row is broken: a contract begins with a good file.
        ConfigError: its records become several tables.
        EtlError: it cannot be read.
    """
    config = replace(
        config,
        output_parquet=config.output_csv,
        output_csv=None,
        on_bad_row=OnBadRow.STRICT,
        profile=ProfileDepth.FULL,
        contract=None,
    )
    table, *others = file_profile(config, progress)
    if others:
        raise ConfigError(
            f"the records of {config.inputs[0]} become several tables, and a contract is of one",
            mend="convert them first, and infer the contract of a table",
        )
    return inferred_schema(table.profile, table.types, table.reading)
