"""Records that say their own length, in front of them or in one of their fields."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.framed.frames import Found, Frames, Stretch
from etl_batch.kernels.record_chains import chained_records
from etl_batch.layouts.chains import Break
from etl_batch.layouts.framing import MOST_RECORD_BYTES, Framing
from etl_batch.light_dataclass import dataclass

_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class LengthFramer:
    """See `Framer`."""

    framing: Framing

    def find(self, stretch: Stretch) -> Found:
        """See `Framer.find`."""
        framing, at = self.framing, stretch.address
        zeros = sum(0xFF << 8 * place for place in framing.zeros)
        rules = np.array(
            [
                framing.at, framing.bytes, not framing.is_big, framing.add & _MASK, framing.head, framing.least,
                MOST_RECORD_BYTES, zeros,
            ], np.uint64,
        )  # fmt: skip
        room = len(stretch.content) // max(framing.least, 1) + 1
        offsets, lengths, left = np.empty(room, np.uint64), np.empty(room, np.uint32), np.zeros(2, np.uint64)
        count = chained_records(
            rules.ctypes.data, at, at + len(stretch.content), at + stretch.end - stretch.start,
            offsets.ctypes.data, lengths.ctypes.data, room, left.ctypes.data,
        )  # fmt: skip
        offsets, lengths = offsets[:count], lengths[:count]
        places = offsets - np.uint64(framing.head) + np.uint64(stretch.start)
        stop = stretch.start + int(left[0])
        broken = self._broken(Break(int(left[1])), stretch, stop) if left[1] else None
        return Found(Frames(stretch.content, offsets, lengths, places), stop, broken)

    def _broken(self, reason: Break, stretch: Stretch, stop: int) -> str:
        """In words, why no record begins there."""
        at, framing = stop - stretch.start, self.framing
        raw = stretch.content[at : at + framing.least].tobytes()
        if reason is Break.CUT:
            return f"{stretch.end - stop} bytes are left, fewer than the {framing.least} that tell a record's length"
        number = raw[framing.at : framing.at + framing.bytes]
        length = int.from_bytes(number, "big" if framing.is_big else "little")
        shown = f"the length of the record is {length:,} (0x{number.hex()})"
        if reason is Break.NOT_ZERO:
            return f"the 4 bytes in front of the record are 0x{raw[:4].hex()}: those beside its length are not zero"
        if reason is Break.NO_LENGTH:
            return f"{shown}, which no record has"
        return f"{shown}, and {stretch.end - stop:,} bytes are left of the file"
