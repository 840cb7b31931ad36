"""Once through a file from record to record, for the places where its spans begin; nothing is kept of the records."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.errors import InputChanged
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.format import MAX_SPAN_BYTES
from etl_batch.formats.framed.frames import Framer, Frames, Stretch
from etl_batch.formats.unchanged import needed, opened_unchanged
from etl_batch.layouts.spread import needs_room, widest_character
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import MIB

WINDOW_BYTES = MIB


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk through a file tells."""

    rows: int
    stop: int  #: where the last record ends; bytes from the file's start
    broken: str | None  #: why nothing can be told from there on; None: the file ends
    widest: int  #: bytes of the widest character, of lines that need room for such; else 1
    edges: npt.NDArray[np.uint64]  #: shape (spans + 1, 2): where each begins, and its first row; the last: the end


@dataclass(frozen=True, slots=True)
class Ways:
    """A file that is to be walked."""

    source: BinaryInput
    framer: Framer
    chunk_bytes: int

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs for it."""
        return (needed(self.source.place),)


def walk(ways: Ways) -> Walked:
    """Walk through a file.

    Raises:
        InputChanged: it is not what it was.
    """
    source = ways.source
    layout = source.layout
    first, end = layout.header_bytes, source.identity.size - layout.trailer_bytes
    cuts = Cuts(first, min(ways.chunk_bytes, MAX_SPAN_BYTES), max(MAX_SPAN_BYTES // layout.stored_size, 1))
    broken: str | None = None
    highest, is_asked = 0, needs_room(layout)
    at, window = first, WINDOW_BYTES
    with opened_unchanged(source) as descriptor:
        buffer = np.empty(window, np.uint8)
        while at < end and broken is None:
            wanted = min(len(buffer), end - at)
            read = os.preadv(descriptor, [buffer[:wanted].data], at)
            if read < wanted:
                raise InputChanged(f"{source.place.path} changed while the job was reading it")
            if is_asked:
                highest = max(highest, int(buffer[:wanted].max()))
            found = ways.framer.find(Stretch(buffer[:wanted], at, end))
            cuts.add(found.frames)
            broken = found.broken
            if found.stop == at and broken is None:
                buffer = np.empty(2 * len(buffer), np.uint8)  # a record longer than what was read
            at = found.stop
    return Walked(cuts.rows, at, broken, widest_character(highest), cuts.edges(at))


@dataclass(slots=True)
class Cuts:
    """Where spans begin: at the first record behind so many bytes, or so many rows, whichever comes first."""

    first: int  #: byte where the first record begins
    step: int  #: bytes
    most: int  #: rows
    rows: int = 0
    _edges: list[tuple[int, int]] = field(default_factory=list)
    _next_byte: int = -1
    _next_row: int = 0

    def add(self, frames: Frames) -> None:
        """Go on behind some records."""
        places, count = frames.places, frames.count
        if not count:
            return
        while True:
            by_bytes = int(np.searchsorted(places, np.uint64(max(self._next_byte, 0))))
            number = min(by_bytes, self._next_row - self.rows)
            if number >= count:
                break
            place = int(places[number])
            self._edges.append((place, self.rows + number))
            self._next_byte = self.first + ((place - self.first) // self.step + 1) * self.step
            self._next_row = self.rows + number + self.most
        self.rows += count

    def edges(self, stop: int) -> npt.NDArray[np.uint64]:
        """All of them, and where all ends."""
        return np.array([*self._edges, (stop, self.rows)], np.uint64)
