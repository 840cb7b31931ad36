"""Sniffing a file that lies beneath the roots: in a process of its own, for whoever made it may mean us harm."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from etl_batch.errors import CpuLimit, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.machine.child_process import Limits
from etl_batch.machine.question import Asking, ask
from etl_batch.sniffing.finding import Sniffed, from_json
from etl_batch.storage.closed_folders import homes_kept_closed
from etl_batch.storage.roots import Place
from etl_batch.values import GIB

_SECONDS = 30.0
_MEND = "the file cannot be looked at; give the flags that say how it is read"
_HOW = Asking(
    command=["etl_batch.launch.sniff_asking"],
    limits=Limits(data_bytes=GIB, cpu_seconds=int(_SECONDS)),
    seconds=_SECONDS,
    who="the process that looked at the file",
    mends=dict.fromkeys((OutOfMemory, WorkerCrashed, TimedOut, CpuLimit), _MEND),
)


def sniff_file(where: Place, roots: Sequence[Path], member: str | None = None) -> Sniffed:
    """What a file seems to be.

    Args:
        where: the file.
        roots: beneath which it may lie.
        member: which file of a zip.

    Raises:
        EmptyInput: it holds nothing.
        Refused: it may not be read, or is not there.
        EtlError: how the process ended that looked at it.
    """
    asked = {
        "task": "sniff",
        "path": str(where.path),
        "roots": [str(root) for root in roots],
        "member": member,
        "homes": [str(home) for home in homes_kept_closed()],
    }
    return from_json(ask(_HOW, asked))
