"""Lines put together to records of several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from etl_batch.formats.framed.frames import Found, Frames, Stretch
from etl_batch.values import MIB

#: bytes of the longest line, or record of several, that is believed
MOST_LINE_BYTES = 16 * MIB


def records_of_lines(every: Frames, each: int, stretch: Stretch, stop: int) -> Found:
    """The records of a stretch, which begins with one.

    Args:
        every: its lines.
        each: how many lines a record has.
        stretch: where they are.
        stop: where in the file the line behind the last of them begins.
    """
    left = every.count % each
    if left and stop < stretch.end:
        stop = int(every.places[-left])
        every, left = _first(every, every.count - left), 0
    elif left and not every.lengths[-left:].any():  # no record: empty lines behind the last one
        every, left = _first(every, every.count - left), 0
    ends = every.offsets + every.lengths
    lasts = np.minimum(np.arange(each - 1, every.count + each - 1, each), every.count - 1)
    if left:  # the last of the file lacks lines, which are empty then
        missing = np.full(each - left, ends[-1])
        every = replace(
            every,
            offsets=np.concatenate([every.offsets, missing]),
            lengths=np.concatenate([every.lengths, np.zeros(each - left, np.uint32)]),
            places=np.concatenate([every.places, missing + np.uint64(stretch.start)]),
        )
    lines = tuple(_line(every, at, each) for at in range(each))
    first = lines[0]
    reasons = {first.count - 1: f"the file ends behind line {left} of the {each} of a record"} if left else {}
    lengths = (ends[lasts] - first.offsets).astype(np.uint32)
    is_endless = not every.count and len(stretch.content) >= MOST_LINE_BYTES
    return Found(
        Frames(every.content, first.offsets, lengths, first.places, reasons, lines),
        stop,
        f"no record of {each} lines ends within {MOST_LINE_BYTES:,} bytes" if is_endless else None,
    )


def _line(every: Frames, at: int, each: int) -> Frames:
    """One line of each record; what is compiled takes arrays without gaps."""
    its = slice(at, None, each)
    return Frames(every.content, every.offsets[its].copy(), every.lengths[its].copy(), every.places[its].copy())


def _first(frames: Frames, count: int) -> Frames:
    return Frames(frames.content, frames.offsets[:count], frames.lengths[:count], frames.places[:count])
