"""Run a script as on a kernel that lacks Landlock, filters of system calls, or both: by a filter that says so.

`python -m tests.helpers.older_kernel CALLS ERRNO SCRIPT ARGUMENTS...`: CALLS are landlock, seccomp, or both
with a comma. Exit code 77: this kernel takes no filters itself, so it need not be made to look older.
"""

from __future__ import annotations

import ctypes
import runpy
import struct
import sys

from etl_batch.machine.syscall_filter import ARCHITECTURES, architecture

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_PRCTL = {"x86_64": 157, "aarch64": 167}
_CREATE_RULESET = 444
CANNOT = 77
_Line = tuple[int, int, int, int]


def _refuse(number: int, refusal: int) -> list[_Line]:
    return [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | refusal)]


def look_older(calls: str, refusal: int) -> None:
    """Have the calls fail with the errno from here on, in this process and all that it starts."""
    kind = architecture()
    if kind is None:
        sys.exit(CANNOT)
    (name,) = [name for name, one in ARCHITECTURES.items() if one == kind]
    lines: list[_Line] = [(0x20, 0, 0, 0)]
    if "landlock" in calls:
        lines += _refuse(_CREATE_RULESET, refusal)
    if "seccomp" in calls:
        lines += _refuse(kind.seccomp, refusal)
        # prctl, with that as its first argument
        lines += [(0x15, 0, 3, _PRCTL[name]), (0x20, 0, 0, 16), *_refuse(_PR_SET_SECCOMP, refusal)]
    lines += [(0x06, 0, 0, 0x7FFF0000)]
    code = b"".join(struct.pack("=HBBI", *line) for line in lines)
    program = struct.pack("=Hxxxxxx" if struct.calcsize("P") == 8 else "=Hxx", len(lines))
    held = ctypes.create_string_buffer(code, len(code))
    given = ctypes.create_string_buffer(program + struct.pack("P", ctypes.addressof(held)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, given, 0, 0):
        sys.exit(CANNOT)


if __name__ == "__main__":
    look_older(sys.argv[1], int(sys.argv[2]))
    script, sys.argv = sys.argv[3], sys.argv[3:]
    runpy.run_path(script, run_name="__main__")
