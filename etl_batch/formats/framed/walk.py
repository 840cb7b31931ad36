"""Once through a file from record to record, for the places where its spans begin; nothing is kept of the records."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from dataclasses import field

import numpy as np
import numpy.typing as npt

from etl_batch.errors import InputChanged
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.format import MAX_SPAN_BYTES
from etl_batch.formats.framed.frames import Found, Framer, Stretch
from etl_batch.formats.unchanged import needed, opened_unchanged
from etl_batch.layouts.occurrences import room_of
from etl_batch.layouts.spread import needs_room, widest_character
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.values import MIB

WINDOW_BYTES = MIB
_EDGE_WORDS = 3


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk through a file tells."""

    rows: int
    stop: int  #: where the last record ends; bytes from the file's start
    broken: str | None  #: why nothing can be told from there on; None: the file ends
    widest: int  #: bytes of the widest character, of lines that need room for such; else 1
    #: shape (spans + 1, 3): where each begins, its first row, and up to where bytes belong to the one before; the last:
    #: the end of all
    edges: npt.NDArray[np.uint64]


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
    cuts = Cuts(
        first, min(ways.chunk_bytes, MAX_SPAN_BYTES), max(MAX_SPAN_BYTES // max(layout.stored_size, room_of(layout)), 1)
    )
    broken: str | None = None
    highest, is_asked = 0, needs_room(layout)
    at = place = reach = first
    with opened_unchanged(source) as descriptor:
        buffer = np.empty(WINDOW_BYTES, np.uint8)
        while place < end and broken is None:
            wanted = min(len(buffer), end - at)
            read = os.preadv(descriptor, [buffer[:wanted].data], at)
            if read < wanted:
                raise InputChanged(f"{source.place.path} changed while the job was reading it")
            if is_asked:
                highest = max(highest, int(buffer[:wanted].max()))
            found = ways.framer.find(Stretch(buffer[:wanted], at, end, first=place, is_walk=True))
            cuts.add(found)
            broken = found.broken
            if found.next == place and broken is None:
                buffer = np.empty(2 * len(buffer), np.uint8)  # a record longer than what was read
            at, place, reach = found.stop, found.next, found.reach or found.stop
    return Walked(cuts.rows, place, broken, widest_character(highest), cuts.edges(place, reach))


@dataclass(slots=True)
class Cuts:
    """Where spans begin: at the first place for it behind so many bytes, or so many rows, whichever comes first."""

    first: int  #: byte where the first record begins
    step: int  #: bytes
    most: int  #: rows
    rows: int = 0
    _edges: array[int] = field(default_factory=lambda: array("Q"))
    _next_byte: int = 0
    _next_row: int = 0

    def add(self, found: Found) -> None:
        """Go on behind some records."""
        frames, cuttings = found.frames, found.cuttings
        places = frames.places if cuttings is None else cuttings.places
        at = 0
        while at < len(places):
            by_bytes = int(np.searchsorted(places, np.uint64(self._next_byte)))
            left = self._next_row - self.rows
            by_rows = left if cuttings is None else int(np.searchsorted(cuttings.rows, left))
            at = max(min(by_bytes, by_rows), at)
            if at >= len(places):
                break
            place, row = int(places[at]), self.rows + (at if cuttings is None else int(cuttings.rows[at]))
            at += 1
            if self._edges and row == self._last_row:
                continue  # no record begins between the two
            self._edges.extend((place, row, place if cuttings is None else int(cuttings.reaches[at - 1])))
            self._next_byte = self.first + ((place - self.first) // self.step + 1) * self.step
            self._next_row = row + self.most
        self.rows += frames.count

    @property
    def _last_row(self) -> int:
        return self._edges[1 - _EDGE_WORDS]

    def edges(self, stop: int, reach: int) -> npt.NDArray[np.uint64]:
        """All of them, and where all ends."""
        if len(self._edges) > _EDGE_WORDS and self.rows == self._last_row:
            del self._edges[-_EDGE_WORDS:]
        self._edges.extend((stop, self.rows, reach))
        return np.array(self._edges, np.uint64).reshape(-1, _EDGE_WORDS)
