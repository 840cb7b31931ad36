"""What the processes of jobs print when something is wrong with them: a file for each job."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from etl_batch.errors import SecretsUnusable
from etl_batch.storage.secrets_folder import FILE_MODE, FOLDER_MODE, secrets_folder

_FOLDER = "job_logs"
_TAIL_BYTES = 16_384


@contextlib.contextmanager
def opened_log(home: Path, name: str) -> Iterator[BinaryIO]:
    """The log of this name, to append to.

    Raises:
        SecretsUnusable: it cannot be written.
    """
    path = log_path(home, name)
    try:
        secrets_folder(home)
        path.parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    except OSError as error:
        raise SecretsUnusable(f"{path} cannot be written ({error.strerror})") from error
    with os.fdopen(descriptor, "ab", buffering=0) as file:
        yield file


def log_path(home: Path, name: str) -> Path:
    """Where the log of a job is."""
    return home / ".secrets" / _FOLDER / f"{name}.log"


def log_tail(home: Path, name: str) -> str:
    """The end of a log; empty where there is none."""
    try:
        with log_path(home, name).open("rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - _TAIL_BYTES, 0))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
