"""Records that say by the counts of their tables alone how long they are."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.framed.frames import Found, Frames, Stretch
from etl_batch.layouts.counted_walk import ByCounts, CountWalk, walked
from etl_batch.light_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CountedFramer:
    """See `Framer`. Nothing is compiled: of a record a few counts are looked up by their bytes."""

    by: ByCounts

    def find(self, stretch: Stretch) -> Found:
        """See `Framer.find`."""
        content = stretch.content.tobytes()
        first = 0 if stretch.first is None else stretch.first - stretch.start
        found = walked(CountWalk(self.by), content, first, stretch.end - stretch.start - first, len(content) + 1)
        offsets = np.array(found.places, np.uint64)
        lengths = np.array(found.lengths, np.uint32)
        frames = Frames(stretch.content, offsets, lengths, offsets + np.uint64(stretch.start))
        return Found(frames, stretch.start + found.stop, found.broken)
