"""A run as those see it who may see what came of it, but not how it was made: no options, no paths, no log. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from etl_batch.jobs.job_view import JobView

_OPTIONS = ("inputs", "output_csv", "output_parquet", "escaping")  #: of which the names are seen
#: what metadata tell of results; of outputs the places, by which they are looked up, are shown from the home on
_OF_RESULTS = {
    "schema_version", "job_id", "started_at", "finished_at", "outputs", "rows_in", "rows_out", "rows_quarantined",
    "records_in", "cells_escaped", "apostrophes_inside", "throughput_mb_s", "estimates", "columns", "column_profile",
    "contract", "tables", "verdict", "escaping",
}  # fmt: skip


def without_options(job: JobView) -> JobView:
    """What is left of a run for them."""
    metadata = None if job.metadata is None else {name: job.metadata[name] for name in _OF_RESULTS & set(job.metadata)}
    config = {name: _named(job.config[name]) for name in _OPTIONS if name in job.config}
    return replace(job, config=config, metadata=metadata, error_message=None, pid=None)


def names_of(job: JobView) -> str:
    """What a search finds of such a run, in lower case: its inputs, outputs, name, note and id."""
    seen = without_options(job).config
    outputs = (str(seen.get(kind) or "") for kind in ("output_csv", "output_parquet"))
    return "\n".join(
        (*map(str, seen.get("inputs") or ()), *outputs, job.name or "", job.note or "", job.job_id)
    ).lower()


def _named(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The name of a file without its folders; one of a folder of parts keeps its slash."""
    if isinstance(value, str):
        bare = value.rstrip("/")
        return bare.rpartition("/")[2] + value[len(bare) :]
    return [_named(one) for one in value] if isinstance(value, list | tuple) else value
