"""A draft of a layout from bytes alone: runs of text, packed numbers, other bytes, all of the record and sound."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.layouts.guessed_fields import drafted_fields


def _record(chance: random.Random, encoding: str) -> bytes:
    text = f"{chance.choice(('ADA', 'EVA', 'GRACE')):8}".encode(encoding)
    amounts = bytes.fromhex(f"{chance.randrange(10**5):05}c{chance.randrange(10**3):03}d")
    noise = struct.pack(">I", chance.randrange(2**32))
    more = bytes.fromhex(f"{chance.randrange(10**3):03}c")
    long = bytes.fromhex(f"{chance.randrange(10**19):019}c")  # of more digits than are taken for a number
    return text + amounts + noise + more + f"{chance.randrange(100):02}".encode(encoding) + long


@pytest.mark.parametrize(("encoding", "order"), [("cp037", "big"), ("ascii", "little")])
def test_text_packed_numbers_and_other_bytes_are_told_apart(encoding: str, order: str) -> None:
    chance = random.Random(7)
    draft = drafted_fields(b"".join(_record(chance, encoding) for _ in range(500)), 31)
    assert (draft.encoding, draft.byte_order, draft.record_size) == (encoding, order, 31)
    assert [(field.name, field.type, field.offset, field.length) for field in draft.fields] == [
        ("text_0", "str", 0, 8), ("packed_8", "packed", 8, 3), ("packed_11", "packed", 11, 2),
        ("bytes_13", "bytes", 13, 4), ("packed_17", "packed", 17, 2), ("text_19", "str", 19, 2),
        ("bytes_21", "bytes", 21, 10),
    ]  # fmt: skip
    assert draft.layout("draft").record_size == 31


@given(st.binary(max_size=600), st.integers(1, 80))
def test_any_bytes_come_to_a_sound_layout_of_the_whole_record(records: bytes, size: int) -> None:
    layout = drafted_fields(records, size).layout("draft")
    assert layout.record_size == size
    ends = [0, *(field.offset + field.length for field in layout.fields)]
    assert [field.offset for field in layout.fields] == ends[:-1]
    assert ends[-1] == size
