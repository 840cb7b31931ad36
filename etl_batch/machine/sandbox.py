"""What a process of ours shuts itself in with: no new privileges, Landlock, a filter of system calls.

Each holds where the kernel has it. Where it has not, the process works without, and what is in force is known.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from pathlib import Path

from etl_batch.light_dataclass import dataclass
from etl_batch.machine import landlock, syscall_filter
from etl_batch.machine.landlock import READ, Access, PathRule
from etl_batch.values import Sandbox

_PR_SET_NO_NEW_PRIVS = 38  #: prctl(2)
#: in a folder where files may be made; no links, devices or pipes
_OWN_FILES = READ | Access.WRITE_FILE | Access.TRUNCATE | Access.MAKE_REG | Access.REMOVE_FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a confined process may still do; whatever is not named here it cannot, but with descriptors it has.

    Links in the paths are followed, once, when the process is shut in. What is not there is left out.
    """

    code: tuple[Path, ...]  #: Python, packages, our own modules: read
    system: tuple[Path, ...] = ()  #: shared libraries, locales, time zones, what the kernel says of itself: read
    devices: tuple[Path, ...] = ()  #: read and written
    kept: tuple[Path, ...] = ()  #: folders of our own, such as that of compiled kernels: read
    made: tuple[Path, ...] = ()  #: folders in which files are made, read, replaced and removed
    key_files: tuple[Path, ...] = ()  #: named exceptions: read
    connect_ports: tuple[int, ...] = ()  #: of TCP, to which connections may be made; none: no sockets at all

    def path_rules(self) -> Iterator[PathRule]:
        """The same as rules. Pure."""
        for path in (*self.code, *self.system, *self.kept):
            yield PathRule(path, READ)
        for path in self.key_files:
            yield PathRule(path, Access.READ_FILE)
        for path in self.devices:
            yield PathRule(path, Access.READ_FILE | Access.WRITE_FILE)
        for path in self.made:
            yield PathRule(path, _OWN_FILES)

    def refused_calls(self) -> tuple[str, ...]:
        """Names of the system calls that are refused. Pure."""
        sockets = () if self.connect_ports else syscall_filter.SOCKETS
        return (*sockets, *syscall_filter.NEVER_NEEDED)


def offered() -> Sandbox:
    """What this kernel would put in force here, without any of it being set."""
    version, calls = landlock.landlock_version(), syscall_filter.can_filter()
    return _sandbox(version, is_filtered=calls, is_alone=True, no_new_privs=True, ports=False)


def shut_in(policy: Policy) -> Sandbox:
    """Shut this process in, for good; it must have one thread only, or the others stay outside.

    Returns:
        What is in force.
    """
    no_new_privs = _no_new_privileges()
    is_alone = _threads() == 1
    version = landlock.landlock_version()
    try:
        if version:
            landlock.restrict_self(version, policy.path_rules(), policy.connect_ports)
    except OSError:
        version = 0
    try:
        syscall_filter.refuse_calls(policy.refused_calls())
        is_filtered = True
    except OSError:
        is_filtered = False
    ports = bool(policy.connect_ports)
    return _sandbox(version, is_filtered=is_filtered, is_alone=is_alone, no_new_privs=no_new_privs, ports=ports)


def _sandbox(version: int, *, is_filtered: bool, is_alone: bool, no_new_privs: bool, ports: bool) -> Sandbox:
    has_net = bool(landlock.handled_by(version).net)
    return Sandbox(
        landlock_abi=version,
        filesystem=version > 0 and is_alone,
        network=is_alone and (has_net or (is_filtered and not ports)),
        seccomp=is_filtered and is_alone,
        no_new_privs=no_new_privs,
    )


def _no_new_privileges() -> bool:
    return bool(ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)


def _threads() -> int:
    """Of this process; where the kernel does not say, more than one."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208 - a number is wanted
    except OSError:
        return 2
