"""The memory of a tree of processes, as the kernel counts it: proportional shares, without pages of files.

A page that several processes share counts once, in parts. Pages of files are no memory that anybody needs: the kernel
takes them back. Files in memory (tmpfs) it counts as shared memory, as it does true shared memory, so mappings of the
files at work are told by their paths and left out.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import psutil

_KIB = 1024
_OWN = re.compile(r"^(?:Pss_Anon|Pss_Shmem|SwapPss): +(\d+) kB$", re.MULTILINE)
_SHARED = re.compile(r"^Pss_Shmem: +(\d+) kB$", re.MULTILINE)
_MAPPING = re.compile(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ +(/\S.*)$")
_SHARE = re.compile(r"^Pss: +(\d+) kB$")


def bytes_of_descendants(pid: int, besides: Path) -> int:
    """Of all processes below this one, just now; files beneath `besides` are left out."""
    return sum(_bytes_of(process.pid, besides) for process in psutil.Process(pid).children(recursive=True))


def _bytes_of(pid: int, besides: Path) -> int:
    with contextlib.suppress(OSError):  # it has ended
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        if any(map(int, _SHARED.findall(rollup))):
            return own_bytes(rollup, Path(f"/proc/{pid}/smaps").read_text(), besides)
        return own_bytes(rollup, "", besides)
    return 0


def own_bytes(rollup: str, mappings: str, besides: Path) -> int:
    """Anonymous, shared and swapped, without mappings of files beneath `besides`.

    Args:
        rollup: what /proc/PID/smaps_rollup says.
        mappings: what /proc/PID/smaps says; empty where nothing is shared.
        besides: a folder in memory.
    """
    whole = sum(map(int, _OWN.findall(rollup)))
    return max(0, whole - _mapped(mappings, f"{besides}/")) * _KIB


def _mapped(mappings: str, beneath: str) -> int:
    total, is_meant = 0, False
    for line in mappings.splitlines():
        if mapping := _MAPPING.match(line):
            is_meant = mapping[1].startswith(beneath)
        elif line[:1] in "0123456789abcdef":
            is_meant = False
        elif is_meant and (share := _SHARE.match(line)):
            total += int(share[1])
    return total
