"""Landlock: the kernel's own means by which a process gives up rights over files and connections (man 7 landlock).

Three system calls, by ctypes: the C library has no functions for them, and no kept-up package does.
This module knows no policy; it raises `OSError` where the kernel refuses.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable
from enum import IntFlag
from functools import reduce
from operator import or_
from pathlib import Path

from etl_batch.light_dataclass import dataclass

# System call numbers, the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION = 1  #: flag of the first: say the version, make nothing
_PATH_BENEATH, _NET_PORT = 1, 2  #: kinds of rules

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_LIBC.syscall.argtypes = (ctypes.c_long,) * 5


class Access(IntFlag):
    """Rights over files, `LANDLOCK_ACCESS_FS_*` of linux/landlock.h."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13  #: version 2: links and renames between folders; before, always refused
    TRUNCATE = 1 << 14  #: version 3
    IOCTL_DEV = 1 << 15  #: version 5


class Net(IntFlag):
    """Rights over TCP, `LANDLOCK_ACCESS_NET_*`; version 4."""

    BIND_TCP = 1 << 0
    CONNECT_TCP = 1 << 1


class Scope(IntFlag):
    """What ends at the bounds of the confined processes, `LANDLOCK_SCOPE_*`; version 6."""

    ABSTRACT_UNIX_SOCKET = 1 << 0
    SIGNAL = 1 << 1


READ = Access.READ_FILE | Access.READ_DIR
#: what a rule about a plain file may hold
OF_FILES = Access.EXECUTE | Access.WRITE_FILE | Access.READ_FILE | Access.TRUNCATE | Access.IOCTL_DEV

_SINCE = {Access.REFER: 2, Access.TRUNCATE: 3, Access.IOCTL_DEV: 5}
_NET_SINCE, _SCOPE_SINCE = 4, 6


@dataclass(frozen=True, slots=True)
class PathRule:
    """What may be done with a file, or with all beneath a folder."""

    path: Path
    access: Access


@dataclass(frozen=True, slots=True)
class Handled:
    """What is refused unless a rule allows it."""

    files: Access
    net: Net
    scope: Scope

    def packed(self, version: int) -> bytes:
        """`struct landlock_ruleset_attr`, as long as that version knows it."""
        fields = [int(self.files)]
        fields += [int(self.net)] if version >= _NET_SINCE else []
        fields += [int(self.scope)] if version >= _SCOPE_SINCE else []
        return struct.pack(f"={len(fields)}Q", *fields)


def handled_by(version: int) -> Handled:
    """All that a version of Landlock can refuse. Pure."""
    files = reduce(or_, (access for access in Access if _SINCE.get(access, 1) <= version), Access(0))
    net = Net.BIND_TCP | Net.CONNECT_TCP if version >= _NET_SINCE else Net(0)
    scope = Scope.ABSTRACT_UNIX_SOCKET | Scope.SIGNAL if version >= _SCOPE_SINCE else Scope(0)
    return Handled(files, net, scope)


def landlock_version() -> int:
    """The version of the kernel's interface; 0: it has none, or it is switched off, or a container forbids it."""
    try:
        return _call(_CREATE_RULESET, 0, 0, _VERSION)
    except OSError:
        return 0


def restrict_self(version: int, paths: Iterable[PathRule], connect_ports: Iterable[int] = ()) -> None:
    """Give up, for this thread and all that it starts, whatever the rules do not allow. It cannot be taken back.

    The process must not be able to get privileges (PR_SET_NO_NEW_PRIVS). Paths that are not there are left out.

    Args:
        version: see `landlock_version`.
        paths: what stays allowed.
        connect_ports: of TCP, to which connections may be made.

    Raises:
        OSError: the kernel refuses; nothing was given up.
    """
    handled = handled_by(version)
    attributes = handled.packed(version)
    ruleset = _call(_CREATE_RULESET, _address(attributes), len(attributes), 0)
    try:
        for rule in paths:
            _allow_path(ruleset, rule, handled.files)
        for port in connect_ports if handled.net else ():
            allowed = struct.pack("=QQ", int(Net.CONNECT_TCP), port)
            _call(_ADD_RULE, ruleset, _NET_PORT, _address(allowed), 0)
        _call(_RESTRICT_SELF, ruleset, 0, 0)
    finally:
        os.close(ruleset)


def _allow_path(ruleset: int, rule: PathRule, handled: Access) -> None:
    try:
        pinned = os.open(rule.path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        able = handled if stat.S_ISDIR(os.fstat(pinned).st_mode) else handled & OF_FILES
        if rule.access & able:
            allowed = struct.pack("=Qi", int(rule.access & able), pinned)
            _call(_ADD_RULE, ruleset, _PATH_BENEATH, _address(allowed), 0)
    finally:
        os.close(pinned)


def _address(content: bytes) -> int:
    """Of bytes that outlive the call: the caller holds them."""
    return ctypes.cast(ctypes.c_char_p(content), ctypes.c_void_p).value or 0


def _call(number: int, *arguments: int) -> int:
    padded = (*arguments, *(0,) * (4 - len(arguments)))
    result = int(_LIBC.syscall(number, *padded))
    if result < 0:
        reason = ctypes.get_errno()
        raise OSError(reason, os.strerror(reason))
    return result
