"""Records that say their own length, in front of them or in one of their fields; and blocks of such records."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from etl_batch.formats.framed.frames import Cuttings, Found, Frames, Places, Stretch
from etl_batch.kernels.record_chains import blocked_records, chained_records
from etl_batch.layouts.chains import Break, block_size
from etl_batch.layouts.framing import BDW_BYTES, LEAST_BLOCK_BYTES, Framing
from etl_batch.light_dataclass import dataclass

_MASK = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class LengthFramer:
    """See `Framer`: records side by side."""

    framing: Framing

    def find(self, stretch: Stretch) -> Found:
        """See `Framer.find`."""
        at, rules = stretch.address, _rules(self.framing)
        offsets, lengths, places = _room(stretch, self.framing)
        left = np.zeros(2, np.uint64)
        count = chained_records(
            rules.ctypes.data, at, at + len(stretch.content), at + stretch.end - stretch.start,
            offsets.ctypes.data, lengths.ctypes.data, places.ctypes.data, left.ctypes.data,
        )  # fmt: skip
        frames = Frames(stretch.content, offsets[:count], lengths[:count], places[:count] + np.uint64(stretch.start))
        stop = stretch.start + int(left[0])
        broken = None
        if left[1]:
            at = stop - stretch.start
            raw = stretch.content[at : at + self.framing.seen].tobytes()
            broken = broken_in_words(Break(int(left[1])), raw, self.framing, stretch.end - stop, "the file")
        return Found(frames, stop, broken)


@dataclass(frozen=True, slots=True)
class BlockFramer:
    """See `Framer`: records in blocks. What is broken in one ends with it: the next block says where it begins."""

    framing: Framing

    def find(self, stretch: Stretch) -> Found:
        """See `Framer.find`."""
        at, rules = stretch.address, _rules(self.framing)
        offsets, lengths, places = _room(stretch, self.framing)
        reasons, left = np.empty(len(offsets), np.uint8), np.zeros(3, np.uint64)
        blocks = np.empty((len(stretch.content) // LEAST_BLOCK_BYTES + 1, 2), np.uint64)
        count = blocked_records(
            rules.ctypes.data, at, at + len(stretch.content), at + stretch.end - stretch.start, offsets.ctypes.data,
            lengths.ctypes.data, places.ctypes.data, reasons.ctypes.data, blocks.ctypes.data, left.ctypes.data,
        )  # fmt: skip
        start = np.uint64(stretch.start)
        frames = Frames(
            stretch.content, offsets[:count], lengths[:count], places[:count] + start,
            self._lost(stretch, offsets, lengths, reasons[:count]),
        )  # fmt: skip
        blocks = blocks[: int(left[2])]
        begins = blocks[:, 0] + start
        stop = stretch.start + int(left[0])
        broken = _broken_block(Break(int(left[1])), stretch, stop) if left[1] else None
        return Found(frames, stop, broken, Cuttings(begins, blocks[:, 1].astype(np.int64), begins))

    def _lost(
        self, stretch: Stretch, offsets: Places, lengths: npt.NDArray[np.uint32], reasons: npt.NDArray[np.uint8]
    ) -> dict[int, str]:
        """What is wrong with the rests of blocks of which nothing can be told."""
        lost = np.flatnonzero(reasons).tolist()
        if stretch.is_walk:
            return dict.fromkeys(lost, "")  # nobody reads why
        found = {}
        for number in lost:
            at, left = int(offsets[number]), int(lengths[number])
            raw = stretch.content[at : at + min(self.framing.seen, left)].tobytes()
            why = broken_in_words(Break(int(reasons[number])), raw, self.framing, left, "its block")
            found[number] = f"{why}; what else is in the block cannot be told"
        return found


def _rules(framing: Framing) -> npt.NDArray[np.uint64]:
    return np.array([rule & _MASK for rule in framing.rules], np.uint64)


def _room(stretch: Stretch, framing: Framing) -> tuple[Places, npt.NDArray[np.uint32], Places]:
    """For the places, lengths and offsets of as many records as there can be."""
    room = len(stretch.content) // max(framing.least, framing.multiple) + 1
    return np.empty(room, np.uint64), np.empty(room, np.uint32), np.empty(room, np.uint64)


def broken_in_words(reason: Break, raw: bytes, framing: Framing, left: int, of: str) -> str:
    """Why no record begins where one should.

    Args:
        reason: what is wrong.
        raw: the bytes there, as many as must be seen.
        framing: how records follow each other.
        left: bytes from there on.
        of: what they are left of.
    """
    if reason is Break.CUT:
        return f"{left} bytes are left of {of}, fewer than the {framing.seen} that tell a record's length"
    if reason is Break.NOT_ZERO:
        what = "are not those of a record of data" if framing.is_micro_focus else "beside its length are not zero"
        return f"the bytes in front of the record begin with 0x{raw[:4].hex()}: those {what}"
    number = raw[framing.at : framing.at + framing.bytes]
    length = int.from_bytes(number, "big" if framing.is_big else "little") & framing.mask
    shown = f"the length of the record is {length:,} (0x{number.hex()})"
    if reason is Break.NO_LENGTH:
        return f"{shown}, which no record has"
    return f"{shown}, and {left:,} bytes are left of {of}"


def _broken_block(reason: Break, stretch: Stretch, stop: int) -> str:
    at, left = stop - stretch.start, stretch.end - stop
    raw = stretch.content[at : at + BDW_BYTES].tobytes()
    if reason is Break.CUT:
        return f"{left} bytes are left of the file, fewer than the {BDW_BYTES} that tell a block's length"
    if reason is Break.NOT_ZERO:
        return f"the bytes in front of the block are 0x{raw.hex()}: those beside its length are not zero"
    shown = f"the length of the block is {block_size(raw):,} (0x{raw.hex()})"
    return (
        f"{shown}, which no block has"
        if reason is Break.NO_LENGTH
        else f"{shown}, and {left:,} bytes are left of the file"
    )
