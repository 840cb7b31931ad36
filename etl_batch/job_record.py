"""What is kept of a job: its name, the versions it ran with, its metadata beside the output."""

from __future__ import annotations

import platform
import secrets
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from etl_batch.config import JobConfig
from etl_batch.metadata import metadata_of, to_json
from etl_batch.paths import Place
from etl_batch.sinks.part_file import PartFile
from etl_batch.sinks.publish import discard, rename_keeping_old
from etl_batch.sources.contract import Source
from etl_batch.values import InputSummary, JobResult
from etl_batch.version import product_version

_PACKAGES = ("numba", "numpy", "pyarrow")


def identify(started_at: datetime) -> str:
    """A job's name: sorts by time, and two jobs of one second differ."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def versions() -> dict[str, str]:
    """What the job ran with."""
    return {
        "etl_batch": product_version(),
        "python": platform.python_version(),
        **{package: version(package) for package in _PACKAGES},
    }


def input_summary(source: Source) -> InputSummary:
    """An input as the metadata lists it."""
    rows = source.rows + (source.leftover() is not None)
    return InputSummary(source.place.path, source.format, source.identity.size, rows)


def write_metadata(result: JobResult, config: JobConfig, target: Place) -> Path:
    """Write the metadata JSON, whole or not at all; returns its path."""
    part = PartFile.create(target, result.job_id, to_json(metadata_of(result, config)).encode())
    try:
        rename_keeping_old(part.place, target, result.job_id.split("-")[0])
    except BaseException:
        discard(part)
        raise
    part.close()
    return target.path
