"""Counts the pages (4 KiB) of a file that random reads touched."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.units.unit import Integers

PAGE_BYTES = 4096


class Pages:
    """The pages of 4 KiB that were touched, each counted once."""

    def __init__(self, size: int) -> None:
        self._touched = np.zeros((size + PAGE_BYTES - 1) // PAGE_BYTES, dtype=np.bool_)
        self._size = size

    def touch(self, starts: Integers, stops: Integers) -> None:
        """Bytes from each start to each stop were read."""
        first, last = starts // PAGE_BYTES, (stops - 1) // PAGE_BYTES
        for step in range(int((last - first).max(initial=-1)) + 1):
            self._touched[np.minimum(first + step, last)] = True

    def touch_all(self) -> None:
        """Everything was read."""
        self._touched[:] = True

    @property
    def bytes(self) -> int:
        """Of all pages touched."""
        return min(int(np.count_nonzero(self._touched)) * PAGE_BYTES, self._size)
