"""Records in segments (RECFM VS, VBS): each segment says which part of a record it is; they are put together."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.framed.frames import Cuttings, Found, Framer, Frames, Places, Stretch
from etl_batch.kernels.columns import Array
from etl_batch.kernels.record_chains import join_records
from etl_batch.layouts.framing import MOST_RECORD_BYTES
from etl_batch.light_dataclass import dataclass

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_PART_BEFORE = np.uint64(2)  #: of a segment's bytes: which part it is
_GOES_ON, _CONTINUES = 1, 2  #: bits of that
_NO_BEGINNING = "a segment goes on with a record of which there is no beginning"
_NO_END = "a record begins whose last segment is missing"


@dataclass(frozen=True, slots=True)
class _Segments:
    """Segments of a stretch, and which of them begin what; each shape (segments,)."""

    frames: Frames
    goes_on: Flags
    continues: Flags
    begins: Flags  #: a record, or what is left of one

    @classmethod
    def of(cls, frames: Frames, wanted: Flags) -> _Segments:
        """Those that are wanted."""
        kept = np.flatnonzero(wanted)
        parts = frames.content[np.maximum(frames.offsets, _PART_BEFORE) - _PART_BEFORE][kept]
        goes_on, continues = (parts & _GOES_ON) != 0, (parts & _CONTINUES) != 0
        renumbered = dict(zip(kept.tolist(), range(len(kept)), strict=True)) if frames.reasons else {}
        reasons = {renumbered[one]: reason for one, reason in frames.reasons.items() if one in renumbered}
        alone = list(reasons)
        goes_on[alone], continues[alone] = False, False
        after_open = np.concatenate([[False], goes_on[:-1]]) if len(kept) else goes_on
        return cls(
            Frames(frames.content, frames.offsets[kept], frames.lengths[kept], frames.places[kept], reasons),
            goes_on, continues, ~continues | ~after_open,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpannedFramer:
    """See `Framer`."""

    segments: Framer  #: what finds them

    def find(self, stretch: Stretch) -> Found:
        """See `Framer.find`: a stretch may begin within a record, which is one of the stretch before."""
        found = self.segments.find(stretch)
        every = found.frames
        wanted = np.ones(every.count, np.bool_)
        if stretch.first is not None:
            wanted = every.places >= np.uint64(max(stretch.first, 0))
        segments = _Segments.of(every, wanted)
        if stretch.first is None and segments.continues.size and segments.continues[0]:
            behind = int(np.argmin(segments.continues)) if not segments.continues.all() else len(segments.continues)
            segments = _Segments.of(segments.frames, np.arange(len(segments.continues)) >= behind)
        return self._records(stretch, found, segments)

    def _records(self, stretch: Stretch, found: Found, segments: _Segments) -> Found:
        firsts = np.flatnonzero(segments.begins)
        frames, count = segments.frames, len(segments.begins)
        lasts = np.append(firsts[1:], count) - 1 if len(firsts) else firsts
        is_open = segments.goes_on[lasts] if count else np.zeros(0, np.bool_)
        pending: int | None = None
        if count and is_open[-1] and found.stop < stretch.end:
            pending = int(frames.places[firsts[-1]])
            firsts, lasts, is_open = firsts[:-1], lasts[:-1], is_open[:-1]
        places = frames.places[firsts]
        if stretch.until is not None:
            kept = int(np.searchsorted(places, np.uint64(stretch.until)))
            firsts, lasts, is_open, places = firsts[:kept], lasts[:kept], is_open[:kept], places[:kept]
        sizes = np.concatenate([[0], np.cumsum(frames.lengths, dtype=np.int64)])
        lengths = sizes[lasts + 1] - sizes[firsts]
        broken = found.broken
        if pending is not None and broken is None and found.stop - pending > 2 * MOST_RECORD_BYTES:
            broken = f"{_NO_END} within {2 * MOST_RECORD_BYTES:,} bytes"
        reasons = {} if stretch.is_walk else _reasons(segments, firsts, is_open)
        content, offsets = self._content(stretch, frames, firsts, lasts, sizes)
        records = Frames(content, offsets, lengths.astype(np.uint32), places, reasons)
        ends = frames.offsets[lasts] + frames.lengths[lasts] + np.uint64(stretch.start)
        next_place = found.stop if pending is None else pending
        cuttings = _cuttings(stretch, found, records, ends, next_place)
        if pending is None or found.cuttings is None:
            return Found(records, next_place, broken, cuttings)
        block = int(np.searchsorted(found.cuttings.places, np.uint64(pending), side="right")) - 1
        stop = int(found.cuttings.places[block])
        return Found(records, stop, broken, cuttings, resumes=pending, reach=found.stop)

    def _content(
        self, stretch: Stretch, frames: Frames, firsts: Numbers, lasts: Numbers, sizes: Numbers
    ) -> tuple[Array, Places]:
        """What the records' offsets count from, and these: of records in several segments, these are put together."""
        if stretch.is_walk or not len(firsts) or np.array_equal(firsts, lasts):
            return frames.content, frames.offsets[firsts]
        first, behind = int(firsts[0]), int(lasts[-1]) + 1
        joined = np.empty(int(sizes[behind] - sizes[first]), np.uint8)
        offsets, lengths = frames.offsets[first:behind], frames.lengths[first:behind]
        join_records(
            frames.content.ctypes.data, offsets.ctypes.data, lengths.ctypes.data, behind - first, joined.ctypes.data
        )
        return joined, (sizes[firsts] - sizes[first]).astype(np.uint64)


def _reasons(segments: _Segments, firsts: Numbers, is_open: Flags) -> dict[int, str]:
    """What is wrong with what is no whole record, by its number."""
    found = {int(number): _NO_END for number in np.flatnonzero(is_open)}
    found |= {int(number): _NO_BEGINNING for number in np.flatnonzero(segments.continues[firsts])}
    lost = segments.frames.reasons
    return (
        found | {number: lost[first] for number, first in enumerate(firsts.tolist()) if first in lost}
        if lost
        else found
    )


def _cuttings(stretch: Stretch, found: Found, records: Frames, ends: Places, next_place: int) -> Cuttings | None:
    """Where spans may begin: at blocks; their last record may end in one of the next."""
    if found.cuttings is None:
        return None
    blocks = found.cuttings.places
    low = stretch.start if stretch.first is None else stretch.first
    places = blocks[(blocks >= np.uint64(low)) & (blocks <= np.uint64(next_place))]
    rows = np.searchsorted(records.places, places)
    ends_before = np.concatenate([np.array([stretch.start], np.uint64), ends])[rows]
    behind = np.append(blocks, np.uint64(found.stop))
    reaches = behind[np.minimum(np.searchsorted(behind, ends_before), len(behind) - 1)]
    return Cuttings(places, rows.astype(np.int64), np.maximum(reaches, places))
