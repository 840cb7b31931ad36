"""The notes of where the log ends: they come back whole, or not at all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.audit.merkle import leaf_hash, tree_root
from etl_batch.audit.tail import SYNCED_BYTES, TAIL_BYTES, Position, Synced, Tail, unpack_synced, unpack_tail
from tests.helpers.chance import examples

KEY, OTHER_KEY = bytes(range(32)), bytes(32)
POSITIONS = st.builds(Position, st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
LINES = st.lists(st.binary(max_size=20), max_size=20)


def tail_of(lines: list[bytes]) -> Tail:
    tail = Tail(checkpoint_seq=len(lines) // 2, checkpoint_time=1_800_000_000)
    for line in lines:
        tail = tail.after(line)
    return tail


@given(LINES)
def test_it_follows_the_lines(lines: list[bytes]) -> None:
    tail = tail_of(lines)
    assert tail.end == Position(1, sum(len(line) + 1 for line in lines))
    assert tail.link.seq == len(lines)
    assert tail.frontier.root() == tree_root([leaf_hash(line) for line in lines])


@settings(max_examples=examples(200))
@given(LINES, st.data())
def test_a_tail_comes_back_whole_or_not_at_all(lines: list[bytes], data: st.DataObject) -> None:
    tail = tail_of(lines)
    note = tail.pack(KEY)
    assert len(note) <= TAIL_BYTES
    assert unpack_tail(note, KEY) == tail
    assert unpack_tail(note + b"what lay behind it", KEY) == tail
    assert unpack_tail(note, OTHER_KEY) is None
    at = data.draw(st.integers(0, len(note) - 1))
    assert unpack_tail(note[:at], KEY) is None
    assert unpack_tail(note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :], KEY) is None


@settings(max_examples=examples(200))
@given(POSITIONS, st.integers(0, 2**63), st.data())
def test_so_does_how_far_the_disk_has_it(end: Position, group_bytes: int, data: st.DataObject) -> None:
    synced = Synced(end, group_bytes)
    note = synced.pack(KEY)
    assert len(note) == SYNCED_BYTES
    assert unpack_synced(note, KEY) == synced
    assert unpack_synced(note, OTHER_KEY) is None
    at = data.draw(st.integers(0, len(note) - 1))
    assert unpack_synced(note[:at], KEY) is None
    assert unpack_synced(note[:at] + bytes([note[at] ^ 1]) + note[at + 1 :], KEY) is None


@given(LINES)
def test_neither_passes_for_the_other(lines: list[bytes]) -> None:
    assert unpack_synced(tail_of(lines).pack(KEY), KEY) is None
    assert unpack_tail(Synced(Position(1, 2), 3).pack(KEY), KEY) is None
