"""What the first bytes of a file tell of how its records follow each other."""

from __future__ import annotations

import struct

import pytest

from etl_batch.errors import Ambiguous
from etl_batch.formats.described.framing import Head, told_framing
from etl_batch.layouts.framing import Framing
from etl_batch.options.record_framing import RecordFormat


def told(content: bytes, size: int = 0, record_size: int = 14) -> Framing | None:
    return told_framing(Head(content, size or len(content), "x.bin"), 0, record_size)


def lengths(*found: int, form: str = ">HH", less: int = 0) -> bytes:
    return b"".join(struct.pack(form, length - less, 0) + b"\xc1" * (length - 4) for length in found)


@pytest.mark.parametrize(("form", "is_big", "at", "width"), [
    (">HH", True, 0, 2), ("<I", False, 0, 4), (">I", True, 0, 4),
])  # fmt: skip
@pytest.mark.parametrize("itself", [True, False])
def test_each_way_is_told(form: str, is_big: bool, at: int, width: int, itself: bool) -> None:
    made = b"".join(
        struct.pack(form, *(length - 4 * (not itself), 0)[: len(form) - 1]) + b"\xc1" * (length - 4)
        for length in (12, 17, 300)
    )
    found = told(made)
    assert found is not None
    assert (found.format, found.is_big, found.includes_itself, found.head) == (RecordFormat.V, is_big, itself, 4)
    assert (found.at, found.bytes) == (at, width)


def test_a_length_at_the_end_of_the_four_bytes() -> None:
    made = b"".join(struct.pack("<HH", 0, length) + b"\xc1" * (length - 4) for length in (12, 17, 300))
    assert told(made) == Framing(format=RecordFormat.V, is_big=False, at=2)


def test_lengths_are_such_only_where_they_chain_to_the_end_of_what_is_seen() -> None:
    assert told(lengths(12, 17)) == Framing(format=RecordFormat.V)
    assert told(lengths(12, 17) + b"\xc1" * 5) is None
    assert told(lengths(12, 17) + b"\xc1" * 2) is None
    assert told(lengths(12, 17)[:-1]) is None
    assert told(lengths(12, 17, 5, 6), size=1000) is not None
    assert told(lengths(12, 17, 5, 6) + b"\xc1" * 5, size=1000) is None
    assert told(lengths(12, 17, 5), size=1000) is None
    assert told(struct.pack(">HH", 12, 1) + bytes(8)) is None
    assert told(struct.pack(">HH", 4, 0) * 3) is None
    assert told(b"\0\0\0\0" * 7) is None
    assert told(b"") is None


def test_a_description_that_has_the_lengths_itself_is_of_fixed_records() -> None:
    assert told(lengths(14, 14, 14)) is None
    assert told(lengths(28, 28)) is None
    assert told(lengths(18, 18, 18)) is not None


def test_several_ways_are_asked() -> None:
    with pytest.raises(Ambiguous, match=r"x\.bin: its records may follow each other in 2 ways: ") as found:
        told(b"\x05\x05\0\0" + b"\xc1" * (0x505 - 4))
    assert "--record-format V --rdw big,self or little,self,bytes=4" in found.value.what_to_do
