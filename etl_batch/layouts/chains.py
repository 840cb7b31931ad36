"""Records that say their own length, followed from one to the next in the first bytes of a file. Pure: bytes in.

A few records, so nothing is compiled: that is what describes a file and shows its first rows. `kernels.record_chains`
does the same for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from etl_batch.layouts.framing import BDW_BYTES, LEAST_BLOCK_BYTES, MOST_RECORD_BYTES, Framing
from etl_batch.light_dataclass import dataclass

_CONTINUES, _GOES_ON = 2, 1  #: bits of a segment: it goes on with a record, and the record with the next


class Break(IntEnum):
    """Why nothing can be told of what follows."""

    NO_LENGTH = 1  #: no record is so short, or so long
    BEYOND_END = 2  #: the record would reach beyond the end of the file, or of its block
    CUT = 3  #: there is less than what is in front of a record
    NOT_ZERO = 4  #: bits that are known are others
    NO_BEGINNING = 5  #: a segment goes on with a record that has none
    NO_END = 6  #: a record's last segment is missing


@dataclass(frozen=True, slots=True)
class Chained:
    """One record, or a segment of one."""

    place: int  #: where it begins, with what is in front of it, from the first byte of the file
    offset: int  #: where its own bytes begin
    length: int  #: how many they are
    more: tuple[tuple[int, int], ...] = ()  #: offset and length of its other segments

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """Offset and length of all that it is put together of."""
        return ((self.offset, self.length), *self.more)

    def bytes_in(self, head: bytes) -> bytes | None:
        """Its bytes; None: not all of them lie in the head."""
        if any(offset + length > len(head) for offset, length in self.pieces):
            return None
        return b"".join(head[offset : offset + length] for offset, length in self.pieces)


@dataclass(frozen=True, slots=True)
class Chain:
    """The first records of a file."""

    records: tuple[Chained, ...]
    stop: int  #: where the last one ends
    broken: Break | None = None  #: why no record begins there; None: one does, or the file ends


def chain(head: bytes, start: int, end: int, framing: Framing, most: int) -> Chain:
    """Follow the records as far as their lengths lie within the head.

    Args:
        head: the first bytes of the file.
        start: where the first record begins.
        end: where the last one ends: the size of the file, but for its trailer.
        framing: how they follow each other.
        most: records to follow, or segments.
    """
    found = (
        _in_blocks(head, start, end, framing, most) if framing.is_blocked else _follow(head, start, end, framing, most)
    )
    return _joined(head, found) if framing.is_spanned else found


def _follow(head: bytes, start: int, end: int, framing: Framing, most: int) -> Chain:
    records: list[Chained] = []
    at = start
    mark, known = framing.mark
    while at < end and len(records) < most:
        if end - at < framing.seen:
            return Chain(tuple(records), at, Break.CUT)
        if at + framing.seen > len(head):
            break
        if int.from_bytes(head[at : at + 4], "little") & mark != known:
            return Chain(tuple(records), at, Break.NOT_ZERO)
        number = head[at + framing.at : at + framing.at + framing.bytes]
        size = (int.from_bytes(number, "big" if framing.is_big else "little") & framing.mask) + framing.add
        if not framing.least <= size <= MOST_RECORD_BYTES:
            return Chain(tuple(records), at, Break.NO_LENGTH)
        if size > end - at:
            return Chain(tuple(records), at, Break.BEYOND_END)
        records.append(Chained(at, at + framing.head, size - framing.head))
        step = -(-size // framing.multiple) * framing.multiple
        at = min(at + max(step, framing.shortest_step), end)
    return Chain(tuple(records), at)


def block_size(bdw: bytes) -> int | None:
    """What a BDW says: of a large block its first bit is set, and 31 tell its length; None: it is none."""
    size = int.from_bytes(bdw)
    if size >> 31:
        return size & 0x7FFFFFFF
    return None if size & 0xFFFF else size >> 16


def _in_blocks(head: bytes, start: int, end: int, framing: Framing, most: int) -> Chain:
    """The records of the blocks that lie in the head whole; of a broken one, those before its fault."""
    records: list[Chained] = []
    at = start
    while at < end and len(records) < most:
        if end - at < BDW_BYTES:
            return Chain(tuple(records), at, Break.CUT)
        if at + BDW_BYTES > len(head):
            break
        size = block_size(head[at : at + BDW_BYTES])
        if size is None or not LEAST_BLOCK_BYTES <= size <= MOST_RECORD_BYTES:
            return Chain(tuple(records), at, Break.NOT_ZERO if size is None else Break.NO_LENGTH)
        if size > end - at:
            return Chain(tuple(records), at, Break.BEYOND_END)
        if at + size > len(head):
            break
        inner = _follow(head, at + BDW_BYTES, at + size, framing, size)
        records += inner.records
        if inner.broken is not None:
            return Chain(tuple(records), inner.stop, inner.broken)
        at += size
    return Chain(tuple(records), at)


def _joined(head: bytes, found: Chain) -> Chain:
    """Records of their segments; one whose end is not seen is left out."""
    records: list[Chained] = []
    pieces: list[Chained] = []
    for segment in found.records:
        part = head[segment.offset - 2]
        if bool(part & _CONTINUES) != bool(pieces):
            return Chain(tuple(records), segment.place, Break.NO_END if pieces else Break.NO_BEGINNING)
        pieces.append(segment)
        if not part & _GOES_ON:
            first, *others = pieces
            more = tuple((one.offset, one.length) for one in others)
            records.append(Chained(first.place, first.offset, first.length, more))
            pieces = []
    return Chain(tuple(records), pieces[0].place if pieces and found.broken is None else found.stop, found.broken)


def whole_records(head: bytes, found: Chain) -> Iterator[bytes]:
    """The bytes of those that lie within the head whole."""
    for record in found.records:
        if (raw := record.bytes_in(head)) is not None:
            yield raw


def laid_out(records: Iterable[bytes], size: int, padding: bytes) -> bytes:
    """Records side by side, each of so many bytes: what is missing is padded, what is more is left out."""
    return b"".join((record + padding[len(record) :])[:size] for record in records)
