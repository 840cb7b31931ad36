"""What jobs may use, all in one place: defaults, `HOME/.secrets/limits.toml`, the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from etl_batch.errors import ConfigError
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import toml_of_file
from etl_batch.text.numbers import is_whole_number

FILE_NAME = "limits.toml"
LIMIT_PREFIX = "ETL_LIMIT_"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """Limits of a console. Wall time and memory are options of each job (`--time-limit`, `--memory-limit`)."""

    jobs_at_once: int = 2  #: the others wait in the queue
    queue_length: int = 100  #: jobs that may wait
    starts_per_minute: int = 10  #: of one user
    workers: int = 64  #: processes of one job
    cpu_seconds: int = 0  #: of each process; 0: a minute and four times the time limit of the job
    open_files: int = 4096  #: of each process
    file_bytes: int = 0  #: of each file that a job writes; 0: the disk decides
    keep_runs: int = 10_000  #: finished runs in the list, with their events and logs; 0: all
    keep_days: int = 0  #: finished runs; 0: for ever
    keep_sample_days: int = 0  #: samples and totals beside the outputs; 0: for ever
    keep_backups: int = 0  #: old versions of each output; 0: all

    def __post_init__(self) -> None:
        """Refuse what nobody can mean.

        Raises:
            ConfigError: names the limit.
        """
        for field in fields(self):
            value, least = getattr(self, field.name), int(field.name in _AT_LEAST_ONE)
            if not is_whole_number(value) or not least <= value < 2**62:
                raise ConfigError(f"the limit {field.name} is {value!r}", mend=f"give a whole number from {least} on")


_AT_LEAST_ONE = {"jobs_at_once", "queue_length", "starts_per_minute", "workers"}


def limits_of(home: Path, environment: Mapping[str, str] = os.environ) -> JobLimits:
    """The limits of a home: what the environment says (`ETL_LIMIT_JOBS_AT_ONCE=1`), else the file, else the default.

    Raises:
        ConfigError: a limit that there is not, or that is no number; the file is no TOML.
    """
    known = {field.name for field in fields(JobLimits)}
    path = home / ".secrets" / FILE_NAME
    found = _in_file(path)
    for name in found:
        if name not in known:
            raise ConfigError(f"{path} names the limit {name!r}", mend=f"there are {', '.join(sorted(known))}")
    for name in known:
        if (text := environment.get(LIMIT_PREFIX + name.upper())) is not None:
            try:
                found[name] = int(text)
            except ValueError:
                raise ConfigError(f"{LIMIT_PREFIX}{name.upper()} is {text!r}", mend="give a whole number") from None
    return JobLimits(**found)


def limits_in_file(home: Path) -> dict[str, Any]:
    """What the file says, unchecked.

    Raises:
        ConfigError: it cannot be read, or is no TOML.
    """
    return _in_file(home / ".secrets" / FILE_NAME)


def _in_file(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return toml_of_file(file)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {error}", mend="write lines such as: jobs_at_once = 1") from None
