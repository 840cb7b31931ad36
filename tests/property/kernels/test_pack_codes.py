"""Small numbers are packed so that Parquet's own rules give them back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.pack_codes import pack_codes, packed_room
from tests.helpers.chance import examples
from tests.helpers.twins_parquet import unpacked

_UNTOUCHED = 0xA5
_BEYOND = 16
#: runs of one number, long enough and too short to be one, which begin anywhere within a group
runs = st.lists(st.tuples(st.integers(0, 2**32 - 1), st.sampled_from([1, 1, 1, 2, 7, 8, 31, 32, 33, 39, 40, 200])))


def packed(codes: list[int], first: int, stop: int, width: int) -> bytes:
    room = packed_room(stop - first, width)
    out = np.full(room + _BEYOND, _UNTOUCHED, dtype=np.uint8)
    start = out.ctypes.data
    end = pack_codes(np.array(codes, dtype=np.uint32), first, stop, width, start)
    assert end - start <= room
    assert (out[room:] == _UNTOUCHED).all(), "written past the room that was asked for"
    return out[: end - start].tobytes()


@settings(max_examples=examples(400), deadline=None)
@given(runs, st.integers(1, 32), st.integers(0, 9), st.integers(0, 9))
@example([(1, 32)], 1, 0, 0)
@example([(5, 3), (1, 36)], 3, 0, 0)  # so many that the run is one only behind the group that it begins in
@example([(5, 3), (1, 37)], 3, 0, 0)
@example([(2**32 - 1, 300)], 32, 1, 1)
def test_packed_numbers_are_unpacked_again(
    given_runs: list[tuple[int, int]], width: int, before: int, behind: int
) -> None:
    codes = [value & (1 << width) - 1 for value, count in given_runs for _ in range(count)]
    first, stop = min(before, len(codes)), max(len(codes) - behind, min(before, len(codes)))
    assert unpacked(packed(codes, first, stop, width), width, stop - first) == codes[first:stop]


@pytest.mark.parametrize("width", range(1, 33))
def test_every_width_and_every_length_to_three_groups(width: int) -> None:
    codes = [number * 0x9E3779B1 % 2**width for number in range(25)]
    for count in range(26):
        assert unpacked(packed(codes[:count], 0, count, width), width, count) == codes[:count]


def test_a_long_run_takes_a_few_bytes() -> None:
    assert packed([3] * 100_000, 0, 100_000, 2) == b"\xc0\x9a\x0c\x03"
