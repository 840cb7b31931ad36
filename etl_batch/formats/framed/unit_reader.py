"""Records of unequal length, drawn in stretches of a file: where these begin, one walk through it tells."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field, replace

import numpy as np
import numpy.typing as npt

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow
from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.binary.unit_reader import BinaryReader
from etl_batch.formats.framed.arranging import arranged
from etl_batch.formats.framed.framed_input import FramedInput
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.frames import Framer, Stretch
from etl_batch.formats.framed.refusing import refuse_lost
from etl_batch.formats.framed.walk import Ways, walk
from etl_batch.formats.unchanged import open_again
from etl_batch.formats.units.footerless import changed, refuse_changed
from etl_batch.formats.units.unit import Integers, Rows, Wanted, WholeRows
from etl_batch.formats.unpacked import read_identity
from etl_batch.kernels.columns import Array
from etl_batch.layouts.counted_walk import ByCounts
from etl_batch.layouts.framing import Framing
from etl_batch.layouts.lines import Lines
from etl_batch.layouts.spread import spread
from etl_batch.light_dataclass import dataclass
from etl_batch.values import KIB, MIB

_UNIT_BYTES = 8 * KIB
_MOST_UNITS = 1 << 17
_READ_ALL_BYTES = 4 * MIB


@dataclass
class FramedReader(BinaryReader):
    """See `unit.Reader`. A unit is a stretch of whole records."""

    framer: Framer = field(kw_only=True)
    edges: npt.NDArray[np.uint64] = field(kw_only=True)  #: see `walk.Walked`

    @property
    def unit(self) -> str:
        """See `Reader.unit`."""
        return "block"

    @property
    def units(self) -> int:
        """See `Reader.units`."""
        return len(self.edges) - 1

    @property
    def size_population(self) -> float:
        """See `Reader.size_population`."""
        return float(self.rows_population)

    @property
    def rows_population(self) -> int:
        """See `Reader.rows_population`."""
        return int(self.edges[-1, 1]) * self.times

    @property
    def rows_per_unit(self) -> float:
        """See `Reader.rows_per_unit`."""
        return self.rows_population / max(self.units, 1)

    @property
    def equal(self) -> bool:
        """See `Reader.equal`."""
        return len(np.unique(np.diff(self.edges[:-1, 1]))) < 2

    def read(self, numbers: Sequence[int] | Integers, wanted: Wanted) -> Rows:
        """See `Reader.read`."""
        chosen = np.asarray(numbers, dtype=np.int64)
        starts, stops = self.edges[chosen], self.edges[chosen + 1]
        self.pages.touch(starts[:, 0].astype(np.int64), stops[:, 0].astype(np.int64))
        records = [self._records(int(number), int(number) + 1) for number in chosen]
        first, per_unit = starts[:, 1].astype(np.int64), (stops[:, 1] - starts[:, 1]).astype(np.int64)
        return self._rows(np.concatenate(records), per_unit, wanted, first)

    def read_all(self, wanted: Wanted) -> Iterator[WholeRows]:
        """See `Reader.read_all`."""
        self.pages.touch_all()
        at = 0
        while at < self.units:
            enough = self.edges[at, 0] + np.uint64(_READ_ALL_BYTES)
            behind = max(int(np.searchsorted(self.edges[:, 0], enough, side="right")) - 1, at + 1)
            yield self._whole(self._records(at, behind), wanted, int(self.edges[at, 1]))
            at = behind

    def _records(self, first: int, behind: int) -> Array:
        """The records of units side by side, as they are laid out.

        Raises:
            BadRow: one is longer or shorter than the layout has it.
        """
        start, row, reached = map(int, self.edges[first])
        until, _, reach = map(int, self.edges[behind])
        content = np.frombuffer(os.pread(self.descriptor, reach - start, start), np.uint8)
        if len(content) < reach - start:
            raise changed(self.source.place.path)
        stretch = Stretch(content, start, reach, start if reached <= start else None, until)
        laid_out = arranged(self.framer.find(stretch).frames, self.source.layout)
        for number, reason in laid_out.reasons.items():
            raise BadRow(f"{self.source.place.path}, row {row + number + 1}: {reason}")
        return laid_out.records.bytes


@contextmanager
def open_framed(source: BinaryInput, framing: Framing | Lines | ByCounts) -> Iterator[FramedReader]:
    """Open a file for reading stretches of it at random.

    Raises:
        LostRecords: its records cannot be told from each other to its end.
        InputChanged: it is not, or does not stay, what it was when it was opened.
    """
    framer = framer_of(framing)
    walked = walk(Ways(source, framer, max(_UNIT_BYTES, source.identity.size // _MOST_UNITS)))
    source = replace(source, layout=spread(source.layout, walked.widest))
    found = FramedInput(source, framing, walked.rows, walked.stop, walked.broken, walked.edges)
    refuse_lost(found, OnBadRow.STRICT)
    descriptor, identity = open_again(source.place), read_identity(source.place, source.identity)
    try:
        refuse_changed(descriptor, identity, source.place.path)
        yield FramedReader(source, descriptor, 1, framer=framer, edges=walked.edges)
        refuse_changed(descriptor, identity, source.place.path)
    finally:
        os.close(descriptor)
