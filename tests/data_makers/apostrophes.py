"""The apostrophes that escaping adds: as the kernels count them, and as the plain rule gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from etl_batch.cell_escape import escape_csv_injection, is_formula


class Added(NamedTuple):
    """How many."""

    cells: int = 0  #: that got one before them
    inside: int = 0  #: within cells


class Counter:
    """What kernels count in."""

    def __init__(self) -> None:
        self._counts = np.zeros(2, dtype=np.uint64)
        self.address = int(self._counts.ctypes.data)

    @property
    def added(self) -> Added:
        return Added(*self._counts.tolist())


def added_to(texts: Iterable[str | None]) -> Added:
    """What the rule adds to texts."""
    cells = inside = 0
    for text in texts:
        if text is not None:
            before = is_formula(text.lstrip("'"))
            cells += before
            inside += len(escape_csv_injection(text)) - len(text) - before
    return Added(cells, inside)
