"""Records that say their own length, followed from one to the next in the first bytes of a file. Pure: bytes in.

A few records, so nothing is compiled: that is what describes a file and shows its first rows. `kernels.record_chains`
does the same for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import IntEnum

from etl_batch.layouts.framing import MOST_RECORD_BYTES, Framing
from etl_batch.light_dataclass import dataclass


class Break(IntEnum):
    """Why nothing can be told of what follows."""

    NO_LENGTH = 1  #: no record is so short, or so long
    BEYOND_END = 2  #: the record would reach beyond the end of the file
    CUT = 3  #: there is less than what is in front of a record
    NOT_ZERO = 4  #: bytes that must be zero are not


@dataclass(frozen=True, slots=True)
class Chained:
    """One record."""

    place: int  #: where it begins, with what is in front of it, from the first byte of the file
    offset: int  #: where its own bytes begin
    length: int  #: how many they are

    @property
    def stop(self) -> int:
        """Where it ends."""
        return self.offset + self.length


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
        most: records to follow.
    """
    records: list[Chained] = []
    at = start
    while at < end and len(records) < most:
        if end - at < framing.least:
            return Chain(tuple(records), at, Break.CUT)
        if at + framing.least > len(head):
            break
        if any(head[at + place] for place in framing.zeros):
            return Chain(tuple(records), at, Break.NOT_ZERO)
        number = head[at + framing.at : at + framing.at + framing.bytes]
        step = int.from_bytes(number, "big" if framing.is_big else "little") + framing.add
        if not framing.least <= step <= MOST_RECORD_BYTES:
            return Chain(tuple(records), at, Break.NO_LENGTH)
        if step > end - at:
            return Chain(tuple(records), at, Break.BEYOND_END)
        records.append(Chained(at, at + framing.head, step - framing.head))
        at += step
    return Chain(tuple(records), at)


def whole_records(head: bytes, found: Chain) -> Iterator[bytes]:
    """The bytes of those that lie within the head whole."""
    for record in found.records:
        if record.stop <= len(head):
            yield head[record.offset : record.stop]


def laid_out(records: Iterable[bytes], size: int, padding: bytes) -> bytes:
    """Records side by side, each of so many bytes: what is missing is padded, what is more is left out."""
    return b"".join((record + padding[len(record) :])[:size] for record in records)
