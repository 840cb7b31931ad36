"""What is written down once, however often it happens meanwhile: a flood is no way to fill the log."""

from __future__ import annotations

import threading

_MOST = 4096  #: that are remembered; beyond that the oldest is forgotten, and would be written down again


class OnceUntil:
    """Remembers for a while. Threads may share it."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_first(self, key: str, until: float, now: float) -> bool:
        """Whether this is the first time, or the first since the time that was given then.

        Args:
            key: what happened, and to whom.
            until: seconds since 1970; when it is to count as new again.
            now: seconds since 1970.
        """
        with self._lock:
            if self._until.get(key, now) > now:
                return False
            self._until.pop(key, None)
            if len(self._until) >= _MOST:
                del self._until[next(iter(self._until))]
            self._until[key] = until
            return True
