"""A `JobConfig` as JSON, and back. Pure.

The folders that `ETL_INPUT_ROOTS` adds are not kept: which may be read is judged when a job runs, by what holds then
(`engine`). What older versions kept of them is ignored.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, JobStoreUnavailable
from etl_batch.options.input_reading import NO_DATES
from etl_batch.text.bounded_documents import json_document
from etl_batch.text.flag import flags_of
from etl_batch.text.numbers import is_whole_number
from etl_batch.text.plain_values import value_of
from etl_batch.text.store_address import is_address

_OF_THE_MOMENT = {"extra_input_roots", "store_roots"}
#: how a job of before there was a choice was read
_AS_BEFORE = {
    "delimiter": ",",
    "encoding": "utf-8",
    "header": "yes",
    "quote": '"',
    "escape": "",
    "comment": "",
    "decimal": ".",
    "date_format": [NO_DATES],
}


def as_json(config: JobConfig) -> dict[str, Any]:
    """Plain JSON values. A name that is not UTF-8 keeps its bytes as the surrogates that Python made of them."""
    values = {key: value for key, value in asdict(config).items() if key not in _OF_THE_MOMENT}
    return values | {"home": str(config.home), "actor": config.actor.stored()}


def from_json(values: Mapping[str, Any]) -> JobConfig:
    """What `as_json` was given; keys that no version of ours knows any more are left out.

    Raises:
        ConfigError: an option that was allowed once no longer is.
        ValueError: these are no options of a job.
    """
    if not isinstance(values, Mapping):
        raise ValueError(f"Expected `object`, got `{type(values).__name__}`")
    if "home" not in values:
        raise ValueError("Object missing required field `home`")
    defaults = {field.name: field.default for field in fields(JobConfig) if field.name not in _OF_THE_MOMENT}
    given = {key: _whole(defaults[key], value) for key, value in values.items() if key in defaults}
    return value_of(JobConfig, {**_AS_BEFORE, **given})


def config_of(row: Mapping[str, Any]) -> JobConfig:
    """The options of a job of the store.

    Args:
        row: of the table `job`.

    Raises:
        ConfigError: an option that was allowed once no longer is.
        JobStoreUnavailable: these are no options of a job; says of which.
    """
    try:
        return from_json(json_document(row["config"]))
    except ConfigError as error:
        raise ConfigError(f"job {row['job_id']}: {error.message}", mend=error.what_to_do) from error
    except ValueError as error:
        raise JobStoreUnavailable(
            f"the options of job {row['job_id']} in the store cannot be read ({error})",
            mend="start a new job with the options that you want",
        ) from error


def _whole(default: Any, value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same, but a whole number that somebody wrote as 2.0, where a whole number belongs, is one."""
    return int(value) if is_whole_number(default) and isinstance(value, float) and value.is_integer() else value


def from_anywhere(config: JobConfig, folder: Path) -> JobConfig:
    """The same job for a process with another working directory: relative paths are put behind `folder`.

    Nothing is resolved: what is wrong with a path (`..`, links) must still be seen by whoever opens it.
    """
    paths = {flag.field: getattr(config, flag.field) for flag in flags_of(JobConfig) if flag.flag.lies_in}
    return replace(config, home=folder / config.home, **{name: _placed(given, folder) for name, given in paths.items()})


def _placed(given: Any, folder: Path) -> Any:  # noqa: ANN401 - a path, several, or None
    if isinstance(given, tuple):
        return tuple(_placed(path, folder) for path in given)
    return given if not given or is_address(given) else os.path.join(folder, given)  # noqa: PTH118 - a Path would lose the "/" at the end
