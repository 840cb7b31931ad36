"""Open a name beneath a folder, with no symbolic link on the way: the one way to the disk.

Checking a path and opening it afterwards loses a race: between the two, somebody swaps a folder for
a link. Here the kernel checks while it opens (openat2, Linux 5.6 and newer). Where it cannot, we
walk the names one by one, each from the folder before it, which is pinned by its descriptor.

This module knows nothing of users: it raises `OSError` with the errno that says why, and leaves the
words to `paths`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import stat
from contextlib import suppress
from functools import cache

PATH_MAX_BYTES = 4095  #: of the kernel, without the closing NUL
PIN = os.O_PATH | os.O_CLOEXEC  #: hold what is there without reading or waking it
PIN_FOLDER = PIN | os.O_DIRECTORY

_OPENAT2 = 437  #: system call number, the same on x86-64 and aarch64
_RESOLVE_NO_MAGICLINKS = 0x02
_RESOLVE_NO_SYMLINKS = 0x04
_RESOLVE_BENEATH = 0x08
_RENAME_EXCHANGE = 0x2
_ATTEMPTS = 100  #: after so many EAGAIN or EINTR in a row, the caller hears of it


class _OpenHow(ctypes.Structure):
    """`struct open_how` of linux/openat2.h."""

    _fields_ = (("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64))


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_LIBC.syscall.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_char_p, ctypes.POINTER(_OpenHow), ctypes.c_size_t)


def open_beneath(root_fd: int, relative: str, flags: int, mode: int = 0) -> int:
    """Open `relative`, which may not lead out of the folder `root_fd`.

    Args:
        root_fd: descriptor of the folder, `O_PATH` is enough.
        relative: names joined by `/`; `.` is the folder itself.
        flags: as of `os.open`; `O_CLOEXEC` is always added, and no flag lets a link through.
        mode: permission bits of a file that is created, before the umask.

    Returns:
        A descriptor, which the caller closes.

    Raises:
        OSError: ELOOP for a symbolic link anywhere on the way, EXDEV for an absolute path or a `..`,
            ENOTDIR for a plain file on the way, and whatever else the kernel says.
    """
    opener = _openat2 if kernel_has_openat2() else _walk_beneath
    return opener(root_fd, relative, flags, mode)


def make_folders_beneath(root_fd: int, relative: str) -> None:
    """Make the folders on the way and the last one; those that are there are fine, links are not.

    Raises:
        OSError: as `open_beneath`.
    """
    here = open_beneath(root_fd, ".", PIN_FOLDER)
    try:
        for name in _components(relative):
            # mkdir never follows a link that has the name already; the step into it refuses one.
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=here)
            below = open_beneath(here, name, PIN_FOLDER)
            os.close(here)
            here = below
    finally:
        os.close(here)


def exchange(folder_fd: int, name: str, other: str) -> bool:
    """Swap two names of a folder in one step, so that nobody ever finds either missing (man 2 renameat2).

    Returns:
        Whether it was done; not where the kernel, the C library or the file system cannot.

    Raises:
        OSError: anything else, such as a name that is not there.
    """
    call = getattr(_LIBC, "renameat2", None)
    if call is None:
        return False
    if call(folder_fd, os.fsencode(name), folder_fd, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    reason = ctypes.get_errno()
    if reason in (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP):
        return False
    raise _os_error(reason, name)


def why_not_beneath(root_fd: int, relative: str, flags: int) -> int | None:
    """The errno that `open_beneath` fails with; None where it does not."""
    try:
        os.close(open_beneath(root_fd, relative, flags))
    except OSError as error:
        return error.errno
    return None


def first_obstacle(root_fd: int, relative: str) -> str:
    """The shortest part of the path that is no folder: what a message points at, never grounds for a decision."""
    names = relative.split("/")
    parts = ("/".join(names[:length]) for length in range(1, len(names) + 1))
    return next((part for part in parts if why_not_beneath(root_fd, part, PIN_FOLDER)), relative)


@cache
def kernel_has_openat2() -> bool:
    """Whether openat2 can be called here, found out once.

    Seccomp filters (containers) answer EPERM or ENOSYS. Asked about a folder that everybody may
    open, no such answer can be about permissions, so that later an EPERM is a real one.
    """
    top = os.open("/", PIN_FOLDER)
    try:
        os.close(_openat2(top, ".", PIN_FOLDER))
    except OSError:
        return False
    finally:
        os.close(top)
    return True


def _openat2(root_fd: int, relative: str, flags: int, mode: int = 0) -> int:
    """Let the kernel resolve the whole path in one step (man 2 openat2)."""
    name = os.fsencode("/".join(_components(relative)) or ".")
    how = _OpenHow(
        # O_NOFOLLOW would hand out the link itself where O_PATH is asked for.
        flags=(flags & ~os.O_NOFOLLOW) | os.O_CLOEXEC,
        # Unlike open(2), openat2 refuses a mode that it does not need.
        mode=mode if flags & os.O_CREAT else 0,
        resolve=_RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS,
    )
    reason = 0
    for _ in range(_ATTEMPTS):
        fd = _call_openat2(root_fd, name, how)
        if fd >= 0:
            return fd
        reason = ctypes.get_errno()
        if reason not in (errno.EAGAIN, errno.EINTR):
            break
    raise _os_error(reason, relative)


def _call_openat2(root_fd: int, name: bytes, how: _OpenHow) -> int:
    return int(_LIBC.syscall(_OPENAT2, root_fd, name, ctypes.byref(how), ctypes.sizeof(how)))


def _walk_beneath(root_fd: int, relative: str, flags: int, mode: int = 0) -> int:
    """Open the names one after the other, each from the folder before it."""
    *folders, last = _components(relative) or ["."]
    if flags & os.O_DIRECTORY:
        # O_DIRECTORY and O_NOFOLLOW together call a link ENOTDIR; one more step shows which it is.
        folders, last = [*folders, last], "."
    here = root_fd
    try:
        for name in folders:
            below = _step_into(here, name)
            if here != root_fd:
                os.close(here)
            here = below
        return _open_last(here, last, flags, mode)
    finally:
        if here != root_fd:
            os.close(here)


def _step_into(folder_fd: int, name: str) -> int:
    """Pin the folder `name`. What is pinned is looked at, so nobody can swap it in between."""
    fd = os.open(name, PIN | os.O_NOFOLLOW, dir_fd=folder_fd)
    try:
        kind = os.fstat(fd).st_mode
        if stat.S_ISLNK(kind):
            raise _os_error(errno.ELOOP, name)
        if not stat.S_ISDIR(kind):
            raise _os_error(errno.ENOTDIR, name)
    except OSError:
        os.close(fd)
        raise
    return fd


def _open_last(folder_fd: int, name: str, flags: int, mode: int) -> int:
    fd = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, mode, dir_fd=folder_fd)
    try:
        # Only O_PATH opens a link in spite of O_NOFOLLOW: the link itself.
        if flags & os.O_PATH and stat.S_ISLNK(os.fstat(fd).st_mode):
            raise _os_error(errno.ELOOP, name)
    except OSError:
        os.close(fd)
        raise
    return fd


def _components(relative: str) -> list[str]:
    """The names in `relative`; neither way of opening ever sees anything but plain names."""
    names = [name for name in relative.split("/") if name not in ("", ".")]
    if not relative:
        raise _os_error(errno.ENOENT, relative)
    if relative.startswith("/") or ".." in names:
        raise _os_error(errno.EXDEV, relative)
    if "\0" in relative:
        # C would take the text before the NUL for the whole.
        raise _os_error(errno.EINVAL, relative)
    if _encoded_length("/".join(names)) > PATH_MAX_BYTES:
        # Name by name, the walk would get farther than one call can.
        raise _os_error(errno.ENAMETOOLONG, relative)
    return names


def _encoded_length(text: str) -> int:
    try:
        return len(os.fsencode(text))
    except UnicodeEncodeError:
        raise _os_error(errno.EILSEQ, text) from None


def _os_error(number: int, name: str) -> OSError:
    return OSError(number, os.strerror(number), name)
