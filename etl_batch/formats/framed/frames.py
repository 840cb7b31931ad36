"""Where the records of a stretch of a file are, and what finds them: the seam between framing and all that follows.

A framer is one small class, which knows one way in which records follow each other. Whatever else there is, walking a
file, its spans, bad rows, samples, estimates, works with any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass

Places = npt.NDArray[np.uint64]  # of bytes in a file, or in a stretch of it


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some bytes of a file, which begin where a span may."""

    content: Array  #: shape (bytes,); it may end within a record
    start: int  #: of the content in the file
    end: int  #: where the records of the file end: its size, but for its trailer
    first: int | None = None  #: where the first record begins that is wanted; None: the first that begins here
    until: int | None = None  #: records that begin from here on are not wanted; None: all are
    is_walk: bool = False  #: nobody looks at the bytes of the records

    @property
    def address(self) -> int:
        """Of the content."""
        return int(self.content.ctypes.data)


@dataclass(frozen=True, slots=True)
class Frames:
    """Records one after another."""

    content: Array  #: that the offsets count from: a stretch, or what was put together of it
    offsets: Places  #: shape (records,): where each one's own bytes begin
    lengths: npt.NDArray[np.uint32]  #: shape (records,): how many they are; of a walk, some may lie behind the content
    places: Places  #: shape (records,): where each begins in the file, with what is in front of it
    reasons: Mapping[int, str] = field(default_factory=dict)  #: of those that are none, by their numbers: what is wrong
    lines: tuple[Frames, ...] = ()  #: of records of several lines: the first of each, the second of each, and so on

    @property
    def count(self) -> int:
        """How many records."""
        return len(self.offsets)

    def byte(self, number: int) -> int:
        """Where in the file a record begins."""
        return int(self.places[number])

    def raw(self, number: int) -> bytes:
        """The bytes of a record."""
        start = int(self.offsets[number])
        return self.content[start : start + int(self.lengths[number])].tobytes()

    def reason(self, number: int, reason: str) -> str:  # noqa: ARG002 - a record is one row
        """What is wrong with it."""
        return reason


@dataclass(frozen=True, slots=True)
class Cuttings:
    """Where spans may begin."""

    places: Places  #: shape (places,)
    rows: npt.NDArray[np.int64]  #: shape (places,): records of the stretch that begin before each
    reaches: Places  #: shape (places,): up to where bytes belong to these


@dataclass(frozen=True, slots=True)
class Found:
    """What a framer found in a stretch."""

    frames: Frames
    stop: int  #: where in the file the next stretch begins
    broken: str | None = None  #: why nothing can be told from `next` on
    cuttings: Cuttings | None = None  #: None: wherever a record begins
    resumes: int | None = None  #: where the next record begins, if that is not `stop`
    reach: int | None = None  #: up to where the bytes of these records go, if that is not `stop`

    @property
    def next(self) -> int:
        """Where the next record begins, or the first that is not whole."""
        return self.stop if self.resumes is None else self.resumes


class Framer(Protocol):
    """Finds the records of a stretch; it travels to workers."""

    def find(self, stretch: Stretch) -> Found:
        """The records that begin in a stretch, as far as it tells where they end."""
