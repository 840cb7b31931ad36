"""Sources whose rows are found, and counted, in the pass that converts them."""

from __future__ import annotations

from abc import ABC, abstractmethod

from etl_batch.formats.format import Source


class Unsettled(ABC):
    """A source whose rows are found, and counted, in the pass that converts them.

    Until then it probably has `least_rows` at least, and `rows` at most; if not, its plan is not good. Its spans are
    stretches of bytes side by side, its batches are `Placed`; that they follow each other, the parent sees.
    """

    least_rows: int

    @property
    @abstractmethod
    def least_csv_bytes(self) -> int:
        """How long its rows are as CSV lines, at the least."""

    @abstractmethod
    def settled(self, rows: int) -> Source:
        """The source, now that its rows are counted."""
