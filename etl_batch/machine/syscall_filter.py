"""A filter of system calls (seccomp): what a process never needs is refused with EPERM.

The program is made by hand, so that no library is needed: it looks at the architecture, for the numbers differ, and
then for the number in a list. What it knows of pointers is nothing, so calls are refused by name, never by path.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable

from etl_batch.light_dataclass import dataclass

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2  #: prctl(2)
_SET_MODE_FILTER, _GET_ACTION_AVAIL = 1, 2  #: seccomp(2)
_SPEC_ALLOW = 4  #: old kernels would slow all of the process down, against what no data of ours can do
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000

_LOAD, _IF_EQUAL, _IF_AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  #: of classic BPF
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4  #: in `struct seccomp_data`
_MOST_JUMP = 255

#: by name, the numbers on x86-64 and on aarch64; None: not there
SOCKETS: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "connect": (42, 203), "sendto": (44, 206), "sendmsg": (46, 211), "accept4": (288, 242), "sendmmsg": (307, 269),
}  # fmt: skip
NEVER_NEEDED: dict[str, tuple[int | None, int | None]] = {
    # does the work of other calls, past any filter
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # other programs and other processes
    "execve": (59, 221), "execveat": (322, 281), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "pidfd_getfd": (438, 438), "kcmp": (312, 272),
    # what Landlock does not look at: files emptied by name (version 3 does), modes, owners, times, attributes
    "truncate": (76, 45), "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452),
    "chown": (92, None), "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "utime": (132, None),
    "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88), "setxattr": (188, 5),
    "lsetxattr": (189, 6), "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15),
    "fremovexattr": (199, 16), "setxattrat": (463, 463), "removexattrat": (466, 466), "open_by_handle_at": (304, 265),
    # the machine itself, where root runs a job
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Architecture:
    """What a filter must know of the processor."""

    audit: int  #: how the kernel calls it in `seccomp_data`
    column: int  #: in the tables of numbers
    foreign_from: int | None  #: numbers from here on are of another interface on the same processor (x32)
    seccomp: int  #: the number of seccomp(2)


ARCHITECTURES = {
    "x86_64": Architecture(0xC000003E, 0, 0x40000000, 317),
    "aarch64": Architecture(0xC00000B7, 1, None, 277),
}


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))


_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.syscall.restype = ctypes.c_long
_LIBC.syscall.argtypes = (ctypes.c_long, ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p)
_LIBC.prctl.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)


def architecture() -> Architecture | None:
    """Of this process; None: one for which there is no filter."""
    return ARCHITECTURES.get(os.uname().machine) if sys.maxsize > 2**32 else None


def program(of: Architecture, names: Iterable[str]) -> bytes:
    """The filter that refuses these calls with EPERM, and all calls of other interfaces. Pure.

    Args:
        of: the processor.
        names: keys of `SOCKETS` and `NEVER_NEEDED`.

    Raises:
        ValueError: there are too many for one jump.
    """
    known = SOCKETS | NEVER_NEEDED
    numbers = sorted(number for name in names if (number := known[name][of.column]) is not None)
    tests = [(_IF_EQUAL, number) for number in numbers]
    tests += [(_IF_AT_LEAST, of.foreign_from)] if of.foreign_from is not None else []
    if len(tests) > _MOST_JUMP:
        raise ValueError(f"{len(tests)} calls are too many for one filter")
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_IF_EQUAL, 1, 0, of.audit),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
        (_LOAD, 0, 0, _NUMBER_AT),
        *((code, len(tests) - place, 0, value) for place, (code, value) in enumerate(tests)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _ERRNO | errno.EPERM),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)


def can_filter() -> bool:
    """Whether the kernel takes filters of this kind here, asked without setting one."""
    kind = architecture()
    if kind is None:
        return False
    action = ctypes.c_uint32(_ERRNO)
    return int(_LIBC.syscall(kind.seccomp, _GET_ACTION_AVAIL, 0, ctypes.addressof(action))) == 0


def refuse_calls(names: Iterable[str]) -> None:
    """Refuse these calls to this thread and to all that it starts, for good.

    The process must not be able to get privileges (PR_SET_NO_NEW_PRIVS).

    Raises:
        OSError: the kernel takes no filter, or there is none for this processor.
    """
    kind = architecture()
    if kind is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    code = program(kind, names)
    given = _Program(len(code) // 8, ctypes.cast(ctypes.c_char_p(code), ctypes.c_void_p))
    at = ctypes.addressof(given)
    if _LIBC.syscall(kind.seccomp, _SET_MODE_FILTER, _SPEC_ALLOW, at) == 0:
        return
    if _LIBC.prctl(_PR_SET_SECCOMP, _MODE_FILTER, at, 0, 0) != 0:
        reason = ctypes.get_errno()
        raise OSError(reason, os.strerror(reason))
