"""Files of records of unequal length, written byte by byte as z/OS and Micro Focus describe them: a plain twin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Pick = Callable[[int, int], int]  #: a number between two, both included


@dataclass
class Written:
    """A file, and where each of its records begins."""

    content: bytearray = field(default_factory=bytearray)
    places: list[int] = field(default_factory=list)


def in_v(records: Sequence[bytes]) -> Written:
    """RECFM V: in front of each two bytes with its length, these four included, and two zeros."""
    made = Written()
    for record in records:
        made.places.append(len(made.content))
        made.content += (len(record) + 4).to_bytes(2) + bytes(2) + record
    return made


def in_vb(records: Sequence[bytes], pick: Pick) -> Written:
    """RECFM VB: some in a block, and in front of it two bytes with its length and two zeros, or four if it is large."""
    made = Written()
    left = list(records)
    while left:
        taken = [left.pop(0) for _ in range(pick(1, len(left)))]
        inside = in_v(taken)
        start = len(made.content) + 4
        size = len(inside.content) + 4
        made.content += size.to_bytes(2) + bytes(2) if pick(0, 1) and size < 32_761 else (size | 1 << 31).to_bytes(4)
        made.places += [start + place for place in inside.places]
        made.content += inside.content
    return made


def _segments(record: bytes, pick: Pick) -> list[bytes]:
    """A record cut into segments, each with its RDW, whose third byte says which part it is."""
    cuts = sorted(pick(0, len(record)) for _ in range(pick(0, 3)))
    pieces = [record[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(record)], strict=True)]
    made = []
    for number, piece in enumerate(pieces):
        part = (0 if number == 0 else 2) + (0 if number == len(pieces) - 1 else 1)
        made.append((len(piece) + 4).to_bytes(2) + bytes([part, 0]) + piece)
    return made


def in_vs(records: Sequence[bytes], pick: Pick) -> Written:
    """RECFM VS: segments side by side."""
    made = Written()
    for record in records:
        made.places.append(len(made.content))
        made.content += b"".join(_segments(record, pick))
    return made


def in_vbs(records: Sequence[bytes], pick: Pick) -> Written:
    """RECFM VBS: segments in blocks, which end wherever they do."""
    made = Written()
    block, places = bytearray(), list[int]()

    def flush() -> None:
        made.places.extend(len(made.content) + 4 + place for place in places)
        if block:
            made.content.extend((len(block) + 4).to_bytes(2) + bytes(2) + block)
        block.clear()
        places.clear()

    for record in records:
        for number, segment in enumerate(_segments(record, pick)):
            if pick(0, 2) == 0:
                flush()
            if number == 0:
                places.append(len(block))
            block += segment
    flush()
    return made


def in_micro_focus(records: Sequence[bytes], *, is_wide: bool) -> Written:
    """A header of 128 bytes; each record behind its own of 2 or 4, at a multiple of 4, and 8 from the next at least."""
    header = bytearray(128)
    header[:4] = b"\x30\0\0\x7c" if is_wide else b"\x30\x7e\0\0"
    header[39], header[48] = 1, 1
    made = Written(header)
    for record in records:
        made.places.append(len(made.content))
        own = (len(record) | 4 << 28).to_bytes(4) if is_wide else (len(record) | 4 << 12).to_bytes(2)
        whole = own + record
        made.content += whole + bytes(max(-len(whole) % 4, 8 - len(whole)))
    return made
