"""The limits as somebody comes to use them: a change of their file is written down before it counts."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from etl_batch.audit.settings_seen import record_settings
from etl_batch.environment import operator
from etl_batch.jobs.limits import FILE_NAME, JobLimits, limits_in_file, limits_of

NAME = "limits"  #: of these settings, in the log


def limits_in_force(home: Path, environment: Mapping[str, str] = os.environ) -> JobLimits:
    """The limits of a home, on the record.

    What the environment sets holds for one process only, and is recorded where the console starts.

    Raises:
        ConfigError: as `limits_of`.
        AuditUnavailable: a change cannot be written down, so nothing is done under other limits.
    """
    found = limits_of(home, environment)
    set_there = {name: str(value) for name, value in limits_in_file(home).items()}
    record_settings(home, operator(None), NAME, set_there, about={"file_of": _owner(home / ".secrets" / FILE_NAME)})
    return found


def _owner(path: Path) -> str:
    """Whose file it is: as near as one can come to who changed it."""
    with suppress(OSError, KeyError):
        return pwd.getpwuid(path.stat().st_uid).pw_name
    return "(nobody)"
