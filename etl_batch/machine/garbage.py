"""When Python looks for garbage in a process that does one command and ends: rarely, and never at its end.

What modules make as they are loaded stays. Python would look through it a hundred times before a small job is done.
"""

from __future__ import annotations

import atexit
import gc

_ALLOCATIONS = 50_000  #: until the next look, of what may be part of a cycle; 700 where nobody says anything


def look_rarely() -> None:
    """From here on; for a process of our own."""
    gc.set_threshold(_ALLOCATIONS)
    atexit.register(gc.freeze)  # the system takes back all memory at once: no need to look through it first
