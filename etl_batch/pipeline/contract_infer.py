"""A contract to begin with: the columns that a file has, with the types that all of its values have."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.contracts.readings import TYPES
from etl_batch.formats.opening import Opening
from etl_batch.pipeline.inputs import open_inputs
from etl_batch.pipeline.runners.ahead import ahead_of
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.pipeline.runners.runner import Limits
from etl_batch.pipeline.tables import refuse_single_files, tables_among

_SCHEMA = "https://datapackage.org/profiles/2.0/tableschema.json"


def inferred_contract(config: JobConfig) -> dict[str, Any]:
    """The Table Schema of a file.

    Raises:
        EtlError: it cannot be read, or its records become several tables.
    """
    config = replace(config, output_parquet=config.output_csv, output_csv=None, on_bad_row=OnBadRow.STRICT)
    limits = Limits(config.workers, config.memory_limit_bytes, time.monotonic() + config.time_limit_s)
    with ProcessPool(config.home, ahead=ahead_of(config)) as pool, ExitStack() as copies:
        sources = open_inputs(Opening(config, partial(pool.map, limits=limits), copies))
        refuse_single_files(tables_among(sources), config)
        kinds = [kind.type if kind.type in TYPES else "any" for kind in sources[0].kinds()]
        fields = [{"name": name, "type": kind} for name, kind in zip(sources[0].names, kinds, strict=True)]
        return {"$schema": _SCHEMA, "fields": fields, "missingValues": [""]}
