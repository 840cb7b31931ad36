"""`HOME/.secrets`: the folder that only its owner may enter."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from etl_batch.errors import SecretsExposed, SecretsUnusable
from etl_batch.storage.closed_folders import SECRETS_NAME

FOLDER_MODE = 0o700
FILE_MODE = 0o600
_PLACEHOLDER = {".gitkeep"}  #: what a fresh clone brings
_OF_OTHERS = 0o077


def secrets_folder(home: Path) -> Path:
    """The folder, made where it is missing; one without secrets in it is closed to others, one with secrets must be.

    Raises:
        SecretsExposed: others may enter it, or it belongs to another user.
        SecretsUnusable: it cannot be made, is no folder, or its owner may not use it.
    """
    folder = home / SECRETS_NAME
    try:
        folder.mkdir(mode=FOLDER_MODE, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise SecretsUnusable(f"{folder} is not a folder")
        if found.st_uid != os.geteuid():
            raise SecretsExposed(f"{folder} belongs to another user", mend=f"chown {os.geteuid()} {folder}")
        if stat.S_IMODE(found.st_mode) != FOLDER_MODE:
            _close_to_others(folder, stat.S_IMODE(found.st_mode))
    except OSError as error:
        raise SecretsUnusable(f"{folder} cannot be used ({error.strerror})") from error
    return folder


def _close_to_others(folder: Path, mode: int) -> None:
    if {entry.name for entry in os.scandir(folder)} <= _PLACEHOLDER:
        folder.chmod(FOLDER_MODE)
    elif mode & _OF_OTHERS:
        raise SecretsExposed(f"others may enter {folder}", mend=f"chmod 700 {folder}")
    else:
        raise SecretsUnusable(f"its owner may not read and write {folder}", mend=f"chmod 700 {folder}")


def refuse_exposed(file: Path) -> None:
    """Make sure that a secret file is its owner's alone.

    Raises:
        SecretsExposed: others may read or write it, or it belongs to another user.
        OSError: it is not there.
    """
    refuse_exposed_status(file, file.lstat())


def refuse_exposed_status(file: Path, found: os.stat_result) -> None:
    """The same for a file whose status is known, such as one that is open.

    Raises:
        SecretsExposed: others may read or write it, or it belongs to another user.
    """
    if found.st_uid != os.geteuid() or not stat.S_ISREG(found.st_mode):
        raise SecretsExposed(f"{file} belongs to another user, or is no file", mend="put its own file back")
    if stat.S_IMODE(found.st_mode) & _OF_OTHERS:
        raise SecretsExposed(f"others may read {file}", mend=f"chmod 600 {file}")


def read_secret(file: Path, most_bytes: int) -> bytes | None:
    """What a secret file holds; None: it is not there.

    Raises:
        SecretsExposed: others may read or write it, or it belongs to another user.
        OSError: it cannot be read.
    """
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    with os.fdopen(descriptor, "rb") as opened:
        refuse_exposed_status(file, os.fstat(descriptor))
        return opened.read(most_bytes)


def make_secret(file: Path, content: bytes) -> bool:
    """Write a secret file whole, on the disk; one that is there already stays as it is.

    Returns:
        Whether it was made.

    Raises:
        OSError: it could not be written.
    """
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            os.fchmod(descriptor, FILE_MODE)  # whatever the umask takes away
            opened.write(content)
            opened.flush()
            os.fsync(descriptor)
        os.link(unfinished, file)
    except FileExistsError:
        return False
    finally:
        unfinished.unlink()
    sync_folder(file.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the folder's names.

    Raises:
        OSError: it failed.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
