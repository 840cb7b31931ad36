"""A `JobConfig` as JSON, and back. Pure.

The folders that `ETL_INPUT_ROOTS` adds are not kept: which may be read is judged when a job runs, by what holds then
(`engine`). What older versions kept of them is ignored.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.text.flag import flags_of
from etl_batch.text.plain_values import value_of

_OF_THE_MOMENT = {"extra_input_roots"}


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
    given = {key: value for key, value in values.items() if key not in _OF_THE_MOMENT}
    # a job of before there was a choice is read as it was run
    return value_of(JobConfig, {"delimiter": ",", **given})


def from_anywhere(config: JobConfig, folder: Path) -> JobConfig:
    """The same job for a process with another working directory: relative paths are put behind `folder`.

    Nothing is resolved: what is wrong with a path (`..`, links) must still be seen by whoever opens it.
    """
    paths = {flag.field: getattr(config, flag.field) for flag in flags_of(JobConfig) if flag.flag.lies_in}
    return replace(config, home=folder / config.home, **{name: _placed(given, folder) for name, given in paths.items()})


def _placed(given: Any, folder: Path) -> Any:  # noqa: ANN401 - a path, several, or None
    if isinstance(given, tuple):
        return tuple(_placed(path, folder) for path in given)
    return given if not given else os.path.join(folder, given)  # noqa: PTH118 - a Path would lose the "/" at the end
