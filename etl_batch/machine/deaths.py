"""What the death of a process is called: by the code it ended with, and by what it printed last. Pure."""

from __future__ import annotations

import signal

from etl_batch.errors import CpuLimit, EtlError, InputChanged, OutOfMemory, WorkerCrashed

NO_MEMORY = 97  #: exit code of a process of ours that met its memory limit and can say no more than that
#: what native code prints before it gives up where memory ends
_WORDS_OF_NO_MEMORY = (
    "bad_alloc", "MemoryError", "out of memory", "Cannot allocate memory", "Memory allocation", "failed to map segment",
)  # fmt: skip
_KILLED = "if nobody killed it, the machine ran out of memory: let it do less at a time"


def death(code: int | None, who: str, where: str = "", printed: str = "") -> EtlError:
    """Why a process ended that should not have.

    Args:
        code: as `subprocess` has it: below 0, a signal.
        who: a worker, the job's process ...
        where: what it was at, in brackets behind the sentence; may be empty.
        printed: the last it said on its standard error.
    """
    at = f" ({where})" if where else ""
    if code == NO_MEMORY or (code != 0 and any(word in printed for word in _WORDS_OF_NO_MEMORY)):
        return OutOfMemory(f"{who} reached its memory limit{at}")
    if code == -signal.SIGBUS:
        return InputChanged(f"an input was cut short while it was being read{at}")
    if code == -signal.SIGXCPU:
        return CpuLimit(f"{who} used all the processor time it may{at}")
    if code == -signal.SIGKILL:
        return WorkerCrashed(f"{who} was killed by SIGKILL{at}", mend=_KILLED)
    return WorkerCrashed(f"{who} died {cause(code)}{at}")


def cause(code: int | None) -> str:
    """`of SIGSEGV`, or `with exit code 1`."""
    if code is None or code >= 0:
        return f"with exit code {code}"
    try:
        return f"of {signal.Signals(-code).name}"
    except ValueError:  # a real-time signal has no name
        return f"of signal {-code}"
