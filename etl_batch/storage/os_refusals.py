"""What the operating system's refusals mean to the user: one table, errno to error, for inputs and for outputs."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from enum import Enum

from etl_batch.errors import (
    DiskFull,
    EtlError,
    InputFailed,
    NotFound,
    NotRegular,
    OutputBusy,
    OutputFailed,
    PathNameTooLong,
    PathSymlink,
    Unreadable,
)


class Use(Enum):
    """What a path is opened for, and the error where the machine fails, not the path."""

    INPUT = InputFailed
    OUTPUT = OutputFailed


NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_MORE_FILES = "raise the limit of open files (ulimit -n), then start again"
_MAKE_IT = "make that folder, and start again"

#: errno -> the error, what is wrong with the path, and a mend where the usual one does not fit
_OF_A_PATH: dict[int, tuple[type[EtlError], str, str | None]] = {
    errno.ELOOP: (PathSymlink, "is a symbolic link", None),
    errno.ENOENT: (NotFound, "does not exist", None),
    errno.ENOTDIR: (NotRegular, "is a file, where a folder is meant", "give the path of a folder"),
    errno.EISDIR: (NotRegular, "is a folder, where a file is meant", None),
    errno.ENXIO: (NotRegular, "is a socket, or a device that does not answer, where a file is meant", None),
    errno.ENAMETOOLONG: (PathNameTooLong, "has a longer name than the file system takes", None),
    errno.EEXIST: (OutputBusy, "exists already", "wait for the job that writes it, or remove it, or give another name"),
    errno.ENOSPC: (DiskFull, "finds no room on the disk", None),
    errno.EDQUOT: (DiskFull, "is over your disk quota", None),
    errno.EACCES: (Unreadable, "may not be opened (permission denied)", None),
    errno.EPERM: (Unreadable, f"may not be opened ({os.strerror(errno.EPERM)})", None),
    errno.EROFS: (Unreadable, "is on a disk that is mounted read-only", "give a path on a disk that can be written"),
}
#: errno -> what to do where neither the path nor the disk is at fault
_OF_THE_MACHINE = {errno.EMFILE: _MORE_FILES, errno.ENFILE: _MORE_FILES}


def path_refused(number: int | None, what: str, use: Use) -> EtlError:
    """Why a path could not be opened or made."""
    if number not in _OF_A_PATH:
        kind: type[EtlError] = use.value
        return kind(f"{what} cannot be opened ({os.strerror(number or 0)})", mend=_OF_THE_MACHINE.get(number or 0))
    kind, words, mend = _OF_A_PATH[number]
    return kind(f"{what} {words}", mend=_MAKE_IT if kind is NotFound and use is Use.OUTPUT else mend)


def write_refused(error: OSError, what: str) -> EtlError:
    """Why an output that is open could not be written."""
    if error.errno in NO_ROOM:
        return DiskFull(f"no room is left for {what} ({error.strerror})")
    return OutputFailed(f"{what} could not be written ({error.strerror})")


@contextlib.contextmanager
def reading(what: str) -> Iterator[None]:
    """What the operating system refuses while an open input is read comes out as an error for the user."""
    try:
        yield
    except OSError as error:
        raise InputFailed(f"{what} could not be read ({error.strerror or error})") from error


@contextlib.contextmanager
def in_the_middle() -> Iterator[None]:
    """Where outputs could be written when the job began, their disk or their folder has failed, not the path given.

    Raises:
        OutputFailed: in place of NotFound and Unreadable.
    """
    try:
        yield
    except (NotFound, Unreadable) as error:
        mend = None if error.what_to_do in {type(error).mend, _MAKE_IT} else error.what_to_do
        raise OutputFailed(f"{error.message}, in the middle of the job", mend=mend) from error
