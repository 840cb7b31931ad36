"""The metadata of a job as JSON, schema version 1. Pure: a result in, text out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.report.verdict import judgement_of
from etl_batch.text.bounded_documents import json_document
from etl_batch.text.plain_values import plain, value_of
from etl_batch.values import JobResult

SCHEMA_VERSION = 1
_NOT_IN_IT = ("rejects_path", "metadata_path", "report_paths", "report_problem", "published")
_NOT_OF_THE_JOB = ("actor", "resume")  #: one has a place of its own, one says how it was started
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


def metadata_of(result: JobResult, config: JobConfig) -> dict[str, Any]:
    """The metadata as a dictionary of plain JSON values; numbers are numbers or null, never NaN."""
    values = {key: value for key, value in plain(result).items() if key not in _NOT_IN_IT}
    ours = {key: value for key, value in plain(config).items() if key not in _NOT_OF_THE_JOB}
    if not result.tables:
        del values["tables"]
    if result.records_in is None:
        del values["records_in"]
    for output in values["outputs"]:
        for where_it_is in ("sha256_content", "dialect"):
            if output[where_it_is] is None:
                del output[where_it_is]
    readings = [read for one in values["inputs"] if (read := _reading(one)) is not None]
    judged = {"verdict": str(judgement_of(result).verdict), "escaping": plain(config.escaping)}
    read = {"reading": readings[0] if readings else None}
    return {"schema_version": SCHEMA_VERSION, **values, **read, **judged, "config": ours}


def _reading(summary: dict[str, Any]) -> dict[str, Any] | None:
    """How an input was read; of what is no text the metadata have no word."""
    if summary["reading"] is None:
        del summary["reading"]
    return summary.get("reading")


def files_of(result: JobResult) -> list[dict[str, Any]]:
    """What tells the outputs again, as JSON values: for the job store, for it is known only when they are published."""
    return [plain(published) for published in result.published]


def to_json(metadata: dict[str, Any]) -> str:
    """One document, indented, keys as they come, ending in a newline; what holds plain values only is one line."""
    return _indented(metadata, "\n") + "\n"


def _indented(value: Any, line: str) -> str:  # noqa: ANN401 - any JSON value
    # json.dumps indents in Python, call by call: for many strata that takes longer than the job.
    if not isinstance(value, dict | list):
        return _single(value)
    if not any(isinstance(item, dict | list) for item in _inner(value)):
        return _ENCODER.encode(value)
    deeper = f"{line}  "
    if isinstance(value, list):
        return f"[{deeper}" + f",{deeper}".join([_indented(item, deeper) for item in value]) + f"{line}]"
    pairs = [f"{_ENCODER.encode(key)}: {_indented(item, deeper)}" for key, item in value.items()]
    return f"{{{deeper}" + f",{deeper}".join(pairs) + f"{line}}}"


def _single(value: Any) -> str:  # noqa: ANN401 - any JSON value but a dictionary or a list
    """As the encoder has it, which makes another encoder for each value that is no text."""
    if type(value) is int or (type(value) is float and math.isfinite(value)):
        return repr(value)
    return "null" if value is None else _ENCODER.encode(value)


def _inner(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def result_of_json(text: str | bytes, path: Path) -> JobResult:
    """The result that the metadata in `path` tells of; where rejected rows went is not in it.

    Raises:
        ValueError: it is no JSON, or tells of none.
    """
    return replace(value_of(JobResult, json_document(text)), metadata_path=path)
