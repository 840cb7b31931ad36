"""Integers are packed as differences so that Parquet's own rules give them back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.dictionary_codes import ADDRESS, VALID, WIDTH
from etl_batch.kernels.pack_differences import differences_room, pack_differences
from tests.helpers.chance import examples
from tests.helpers.twins_parquet import differences_read

_UNTOUCHED = 0xA5
_BEYOND = 16
forms = st.sampled_from([f"{sign}{width}" for sign in "iu" for width in (1, 2, 4, 8)])
numbers = st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)


def packed(values: Sequence[int | None], form: str, first: int, stop: int) -> bytes:
    """The values of some rows, each cut to its width."""
    stored = np.array([(value or 0) % 2**64 for value in values], np.uint64).astype(f"u{form[1]}")
    valid = np.array([value is not None for value in values], np.uint8)
    how = np.zeros(4, np.uint64)
    how[ADDRESS], how[WIDTH] = stored.ctypes.data, stored.itemsize
    how[VALID] = 0 if valid.all() else valid.ctypes.data
    count = int(valid[first:stop].sum())
    room = differences_room(count, stored.itemsize)
    out = np.full(room + _BEYOND, _UNTOUCHED, np.uint8)
    start = out.ctypes.data
    end = pack_differences(how, first, stop, int(form[0] == "i"), count, start)
    assert end - start <= room
    assert (out[room:] == _UNTOUCHED).all(), "written past the room that was asked for"
    return out[: end - start].tobytes()


def kept(values: Sequence[int | None], form: str) -> list[int]:
    """What Parquet keeps of values: those of 64 bits as they are, all others as integers of 32."""
    present = np.array([value % 2**64 for value in values if value is not None], np.uint64)
    narrow = present.astype(f"u{form[1]}").view(form)
    found: list[int] = narrow.astype("i8" if form[1] == "8" else "i4").tolist()
    return found


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.none() | numbers, max_size=300), forms, st.integers(0, 9), st.integers(0, 9))
@example([], "i8", 0, 0)
@example([None, None], "i4", 0, 0)
@example([-(2**63), 2**63 - 1] * 70, "i8", 0, 0)
@example([-(2**31), 2**31 - 1] * 70, "i4", 0, 0)
@example([0, 2**32 - 1] * 70, "u4", 0, 0)
@example([None, 7, None, 9], "u1", 0, 0)
def test_what_was_packed_is_read_again(values: list[int | None], form: str, before: int, behind: int) -> None:
    first, stop = min(before, len(values)), max(len(values) - behind, min(before, len(values)))
    found = differences_read(packed(values, form, first, stop), 64 if form[1] == "8" else 32)
    assert found == kept(values[first:stop], form)


@pytest.mark.parametrize("width", range(65))
def test_every_width_of_a_difference(width: int) -> None:
    values = [0]
    for number in range(140):
        values.append((values[-1] + number * 0x9E3779B97F4A7C15 % 2**width) % 2**64)
    assert differences_read(packed(values, "u8", 0, len(values)), 64) == kept(values, "i8")


def test_even_steps_take_no_bits() -> None:
    assert len(packed(range(0, 128_000, 10), "i8", 0, 12_800)) < 1_000
