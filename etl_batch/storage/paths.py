"""Opening files by name: every input and output, beneath a folder that may be used.

First the text of a path is checked and placed beneath a root (`roots`, no disk); then it is opened
from that root in one step that no swapped folder or link can lead astray (`open_input` and the
rest, through `beneath`). A `Place` alone proves nothing about the disk: only the open file does.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from etl_batch.errors import EtlError, HardLink, NotRegular
from etl_batch.light_dataclass import dataclass
from etl_batch.storage import beneath
from etl_batch.storage.closed_folders import closed_identities
from etl_batch.storage.os_refusals import Use, path_refused
from etl_batch.storage.roots import Place, in_secrets, shown_path

#: Neither a pipe without a writer nor a terminal can hold us up or take us over.
_CAREFULLY = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells whether an open file is still the same, with the same content."""

    device: int
    inode: int
    size: int  #: bytes
    mtime_ns: int

    @classmethod
    def of(cls, fd: int) -> FileIdentity:
        """The identity of an open file, now."""
        found = os.fstat(fd)
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def open_input(place: Place) -> int:
    """Open a plain file with one name for reading; the caller closes the descriptor.

    Raises:
        PathSymlink, NotFound, NotRegular, HardLink, Unreadable: at once, a pipe does not block.
    """
    return _only_plain(_open(place, os.O_RDONLY | _CAREFULLY, use=Use.INPUT), place)


def open_folder(place: Place) -> int:
    """Open a folder, for `dir_fd` and fsync; the caller closes the descriptor."""
    return _open(place, _FOLDER)


def create_file(place: Place, *, exclusive: bool = True) -> int:
    """Create a file for reading and writing, with the permissions that the umask leaves.

    Args:
        place: its folder must exist.
        exclusive: refuse a name that is taken (OutputBusy). Otherwise a plain file that is there is opened as it is.
    """
    flags = os.O_RDWR | os.O_CREAT | _CAREFULLY
    return _only_plain(_open(place, flags | os.O_EXCL if exclusive else flags, 0o666), place)


def open_existing(place: Place) -> int:
    """Open a plain file with one name for reading and writing; never creates one."""
    return _only_plain(_open(place, os.O_RDWR | _CAREFULLY), place)


def is_folder(place: Place) -> bool:
    """Whether a folder is there, or something else; NotFound where there is nothing."""
    fd = _open(place, beneath.PIN, use=Use.INPUT)
    try:
        return stat.S_ISDIR(os.fstat(fd).st_mode)
    finally:
        os.close(fd)


def list_folder(place: Place) -> list[str]:
    """All names in a folder, sorted by code point; bytes that are not UTF-8 as `surrogateescape` has them."""
    fd = _open(place, _FOLDER, use=Use.INPUT)
    try:
        with os.scandir(fd) as entries:
            return sorted(entry.name for entry in entries)
    finally:
        os.close(fd)


def folder_statuses(place: Place) -> dict[str, os.stat_result]:
    """What is under each name in a folder, by the names' code points; links, and what is closed, are left out.

    The names are looked at from the folder itself, once: to open each by its way costs many times as much.
    """
    found: dict[str, os.stat_result] = {}
    fd = _open(place, _FOLDER, use=Use.INPUT)
    try:
        with os.scandir(fd) as entries:
            names = sorted(entry.name for entry in entries)
        for name in names:
            with suppress(FileNotFoundError):  # gone meanwhile
                found[name] = os.stat(name, dir_fd=fd, follow_symlinks=False)
    finally:
        os.close(fd)
    closed = closed_identities()
    return {
        name: status
        for name, status in found.items()
        if not stat.S_ISLNK(status.st_mode) and _identity(status) not in closed
    }


def make_folder(place: Place) -> None:
    """Make a folder and those above it, as far as the root, which must exist. One that is there is fine."""
    with _root_of(place, Use.OUTPUT) as root_fd:
        _refuse_closed_way(place, root_fd)
        beneath.make_folders_beneath(root_fd, str(place.relative))


def _open(place: Place, flags: int, mode: int = 0, *, use: Use = Use.OUTPUT) -> int:
    with _root_of(place, use) as root_fd:
        _refuse_closed_way(place, root_fd)
        fd = beneath.open_beneath(root_fd, str(place.relative), flags, mode)
        if _identity(os.fstat(fd)) in closed_identities():  # a file of them that is mounted under another name
            os.close(fd)
            raise in_secrets(place)
        return fd


def _refuse_closed_way(place: Place, root_fd: int) -> None:
    """Refuse a place to which folders lead that are closed, under whatever name, before anything is made there."""
    closed = closed_identities(only_folders=True)
    if not closed:
        return
    above = str(place.root)
    while above:  # up to the top; as texts, for this is done at each opening
        if _identity(os.stat(above)) in closed:  # noqa: PTH116
            raise in_secrets(place)
        above = above.rpartition("/")[0]
    for folder in (place.relative, *place.relative.parents):
        with suppress(OSError):  # that it is not there, or no folder, is found by whoever opens it
            fd = beneath.open_beneath(root_fd, str(folder), beneath.PIN_FOLDER)
            try:
                found = os.fstat(fd)
            finally:
                os.close(fd)
            if _identity(found) in closed:
                raise in_secrets(place)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


@contextmanager
def _root_of(place: Place, use: Use) -> Iterator[int]:
    """The root, open; what goes wrong beneath it comes out as an error for the user."""
    try:
        fd = os.open(place.root, beneath.PIN_FOLDER)
    except OSError as error:
        raise path_refused(error.errno, shown_path(str(place.root)), use) from error
    try:
        yield fd
    except OSError as error:
        raise _explained(error, place, fd, use) from error
    finally:
        os.close(fd)


def _only_plain(fd: int, place: Place) -> int:
    """Pass on the descriptor of a plain file with one name; close any other."""
    try:
        _check_plain(os.fstat(fd), shown_path(str(place.path)))
    except BaseException:
        os.close(fd)
        raise
    return fd


def _check_plain(found: os.stat_result, what: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe" if stat.S_ISFIFO(found.st_mode) else "a device"
        raise NotRegular(f"{what} is {kind}, where a file is meant")
    if found.st_nlink > 1:
        raise HardLink(f"{what} is one of {found.st_nlink} names of the same file")


def _explained(error: OSError, place: Place, root_fd: int, use: Use) -> EtlError:
    """The error for the user. The refusal stands already; what is looked up here only makes it clearer."""
    number = error.errno
    if number == errno.EEXIST and beneath.why_not_beneath(root_fd, str(place.relative), beneath.PIN) == errno.ELOOP:
        number = errno.ELOOP  # with O_EXCL the kernel calls a link just another taken name
    what = shown_path(str(place.path))
    if number in (errno.ELOOP, errno.ENOENT, errno.ENOTDIR):  # perhaps not of the last name
        obstacle = place.root / beneath.first_obstacle(root_fd, str(place.relative))
        what = what if obstacle == place.path else f"{what}: {shown_path(str(obstacle))}"
    return path_refused(number, what, use)
