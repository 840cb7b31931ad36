"""Rows from all over an input, looked at before the pass that converts it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch


@dataclass(frozen=True, slots=True)
class Glimpse:
    """Good rows from some places of a source, as one batch."""

    batch: Batch
    rows: Sequence[int]  #: how many are from each place
    bytes: int  #: that all of them take


class Glimpses(ABC):
    """A source of which rows can be looked at here and there, before the pass."""

    @property
    @abstractmethod
    def extent(self) -> tuple[int, int]:
        """Where its rows begin and end; bytes."""

    @abstractmethod
    def glimpse(self, places: Sequence[tuple[int, int]]) -> Glimpse | None:
        """The rows that begin between two bytes each; a place where they are not sound, or not found, is left out.

        None: nothing is known of any. InputChanged: the file is not what it was when the job was planned.
        """
