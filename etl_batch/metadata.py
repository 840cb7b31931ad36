"""The metadata of a job as JSON, schema version 1. Pure: a result in, text out."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.values import JobResult

SCHEMA_VERSION = 1


def metadata_of(result: JobResult, config: JobConfig) -> dict[str, Any]:
    """The metadata as a dictionary of plain JSON values; numbers are numbers or null, never NaN."""
    values = asdict(result)
    for key in ("rejects_path", "metadata_path"):
        values.pop(key)
    ours = {key: value for key, value in asdict(config).items() if key != "actor"}
    return _plain({"schema_version": SCHEMA_VERSION, **values, "config": ours, "estimates": []})  # type: ignore[no-any-return]


def to_json(metadata: dict[str, Any]) -> str:
    """One document, indented, keys as they come, ending in a newline."""
    return json.dumps(metadata, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        # A name that is not UTF-8 is shown, not lost: the document itself must stay UTF-8.
        return str(value).encode("utf-8", "backslashreplace").decode()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
