"""Records laid out side by side, what is wrong with those that could not be, and where all of them lie."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.records import Records
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Arranged:
    """Those of some records that have a length that their layout allows."""

    records: Records
    kept: npt.NDArray[np.int64] | None  #: which they are among all; None: all
    reasons: dict[int, str]  #: what is wrong with the others, by their numbers

    @property
    def places(self) -> npt.NDArray[np.int64]:
        """Which they are among all."""
        return np.arange(self.records.rows) if self.kept is None else self.kept


class Lying(Protocol):
    """Where all rows of a span lie, good ones and bad, by their numbers in it from 0."""

    def byte(self, number: int) -> int:
        """Where in the file a row begins."""

    def raw(self, number: int) -> bytes:
        """Its bytes."""

    def reason(self, number: int, reason: str) -> str:
        """What is wrong with it, with what tells it from other rows of the same record."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """See `Lying`: records of one length."""

    start: int  #: where in the file the first begins; bytes
    records: Records

    def byte(self, number: int) -> int:
        """See `Lying.byte`."""
        return self.start + number * self.records.stride

    def raw(self, number: int) -> bytes:
        """See `Lying.raw`."""
        return bytes(self.records.bytes[number])

    def reason(self, number: int, reason: str) -> str:  # noqa: ARG002 - a record is one row
        """See `Lying.reason`."""
        return reason


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The rows of a span: those that may be good side by side, of the others what is wrong with them."""

    arranged: Arranged
    lying: Lying
