"""Memory that was freed, and that the C library keeps for what comes next: given back where much was freed at once."""

from __future__ import annotations

import contextlib
import ctypes


def give_back() -> None:
    """Give back what is free now. It takes a moment, and what is used next is fresh: so not within a loop."""
    with contextlib.suppress(OSError, AttributeError):  # another C library may not know the call
        ctypes.CDLL(None).malloc_trim(0)
