"""What the log consists of in `HOME/.secrets`, and opening it."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

from etl_batch.errors import AuditUnavailable
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.secrets_folder import FILE_MODE, refuse_exposed_status

LOG_NAME = "etl_audit.log"
_ROTATED = re.compile(rf"{re.escape(LOG_NAME)}\.([0-9]{{6,}})")


@dataclass(frozen=True, slots=True)
class AuditFiles:
    """The names of one log's files."""

    folder: Path  #: `HOME/.secrets`, or a copy of it

    @property
    def log(self) -> Path:
        """The lines, of now."""
        return self.folder / LOG_NAME

    @property
    def checkpoints(self) -> Path:
        """Signed sizes and roots."""
        return self.folder / "etl_audit.checkpoints"

    @property
    def tail(self) -> Path:
        """Where the log ends; its lock is held while lines are appended."""
        return self.folder / "etl_audit.tail"

    @property
    def synced(self) -> Path:
        """How far the disk has the log; its lock is held while waiting for the disk."""
        return self.folder / "etl_audit.synced"

    @property
    def line_key(self) -> Path:
        """The secret key of the lines' codes."""
        return self.folder / "etl_audit.hmac.key"

    @property
    def signing_key(self) -> Path:
        """The secret key of the checkpoints' signatures."""
        return self.folder / "etl_audit.ed25519.key"

    @property
    def public_key(self) -> Path:
        """What checks those signatures; no secret."""
        return self.folder / "etl_audit.ed25519.pub"

    def rotated(self, number: int) -> Path:
        """A full part of the log, put away; from 1."""
        return self.folder / f"{LOG_NAME}.{number:06}"

    def rotated_numbers(self) -> list[int]:
        """Which full parts there are, in order.

        Raises:
            OSError: the folder cannot be read.
        """
        found = (_ROTATED.fullmatch(entry.name) for entry in os.scandir(self.folder))
        return sorted(int(match.group(1)) for match in found if match)

    def segments(self) -> list[Path]:
        """All files with lines, in the order of the lines.

        Raises:
            OSError: the folder cannot be read.
        """
        rotated = [self.rotated(number) for number in self.rotated_numbers()]
        return [*rotated, self.log] if self.log.exists() else rotated


def open_for_appending(file: Path) -> int:
    """Open one of the log's files, made where it is missing.

    Raises:
        SecretsExposed: others may read or write it.
        AuditUnavailable: it is no plain file.
        OSError: it cannot be opened.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    return _checked(file, os.open(file, flags, FILE_MODE))


def open_for_notes(file: Path) -> int:
    """Open a file that is written anew at its beginning each time, made where it is missing; errors as above."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    return _checked(file, os.open(file, flags, FILE_MODE))


def open_for_reading(file: Path) -> int:
    """Open one of the log's files to read it.

    Raises:
        OSError: it is not there, or cannot be opened.
        AuditUnavailable: it is no plain file.
    """
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    _refuse_no_file(file, descriptor)
    return descriptor


def _checked(file: Path, descriptor: int) -> int:
    _refuse_no_file(file, descriptor)
    try:
        refuse_exposed_status(file, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_no_file(file: Path, descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise AuditUnavailable(f"{file} is no plain file", mend="move it away; the log is a plain file")
