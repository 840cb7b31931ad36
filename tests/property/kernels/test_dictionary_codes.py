"""The distinct values of a column and the numbers of its rows are those that a dict of Python's finds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels.columns import Array
from etl_batch.kernels.dictionary_codes import (
    ADDRESS,
    BYTES,
    CODED,
    DISTINCT,
    LENGTH,
    START,
    TEXT_FIELDS,
    TEXTS,
    VALID,
    WIDTH,
    code_numbers,
    code_texts,
    write_texts,
)
from tests.helpers.chance import examples
from tests.helpers.parse_calls import GuardedPage
from tests.helpers.twins_parquet import coded

_PLENTY = 1 << 9
#: texts that differ late, early, in their length only, or not at all
stems = st.sampled_from([b"", b"a", b"ab", b"x" * 15, b"x" * 16, b"x" * 17, b"y" * 31, b"y" * 32, b"y" * 33, b"z" * 70])
texts = st.builds(bytes.__add__, stems, st.sampled_from([b"", b"0", b"1", b"\0", b"\0\0"])) | st.binary(max_size=50)


def _valid(values: Sequence[object]) -> Array:
    return np.array([value is not None for value in values], dtype=np.uint8)


def _described(address: int, width: int, valid: Array, text: int = 0) -> Array:
    how = np.zeros(4, dtype=np.uint64)
    how[ADDRESS], how[WIDTH], how[TEXTS] = address, width, text
    how[VALID] = 0 if valid.all() else valid.ctypes.data
    return how


def numbers_coded(values: Sequence[int | None], width: int, room: int, cut: int) -> tuple[int, list[int], list[int]]:
    """Where the kernel stops, what it finds, and the codes; it is called twice, the first time up to `cut`."""
    stored = np.array([value or 0 for value in values], dtype=f"u{width}")
    valid, codes = _valid(values), np.zeros(len(values), dtype=np.uint32)
    how = _described(stored.ctypes.data, width, valid)
    known, counts = np.zeros(room, dtype=np.uint64), np.zeros(3, dtype=np.uint64)
    row = 0
    for stop in (cut, len(values)):
        slots = np.zeros((1 << (2 * room).bit_length(), 2), dtype=np.uint64)
        row = code_numbers(how, row, stop, slots, known, codes, counts)
        if row < stop:
            break
    return row, known[: int(counts[DISTINCT])].tolist(), codes[: int(counts[CODED])].tolist()


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.none() | st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=60), st.sampled_from([1, 2, 4, 8]))
@example([None, None], 8)
@example([0, None, 0, 2**64 - 1], 8)
def test_numbers_of_every_width(values: list[int | None], width: int) -> None:
    values = [value if value is None else value % 2 ** (8 * width) for value in values]
    row, found, codes = numbers_coded(values, width, _PLENTY, len(values) // 2)
    assert (row, found, codes) == (len(values), *coded(values))


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.none() | st.integers(0, 9), max_size=40), st.integers(0, 8))
def test_what_finds_no_room_is_where_it_stops(values: list[int | None], room: int) -> None:
    row, found, codes = numbers_coded(values, 8, room, 0)
    behind = [place for place in range(len(values)) if len(coded(values[: place + 1])[0]) > room]
    assert row == min(behind, default=len(values))
    assert (found, codes) == coded(values[:row])


def texts_coded(
    values: Sequence[bytes | None], room: int, cut: int, address: int | None = None
) -> tuple[int, list[bytes], list[int], int]:
    """As `numbers_coded`, with the texts as `write_texts` writes them, and the bytes of the texts of all rows.

    Args:
        values: the texts.
        room: for so many.
        cut: the row behind which the first call ends.
        address: where the texts lie already.
    """
    content = np.frombuffer(b"".join(value or b"" for value in values) + b"\0", dtype=np.uint8)
    offsets = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum([len(value or b"") for value in values], out=offsets[1:])
    valid, codes = _valid(values), np.zeros(len(values), dtype=np.uint32)
    how = _described(offsets.ctypes.data, 4, valid, content.ctypes.data if address is None else address)
    lines, counts = np.zeros((room, TEXT_FIELDS), dtype=np.uint64), np.zeros(3, dtype=np.uint64)
    row = 0
    for stop in (cut, len(values)):
        slots = np.zeros(1 << (2 * room).bit_length(), dtype=np.uint32)
        row = code_texts(how, row, stop, slots, lines, codes, counts)
        if row < stop:
            break
    lines = lines[: int(counts[DISTINCT])]
    return row, _written(lines), codes[: int(counts[CODED])].tolist(), int(counts[BYTES])


def _written(lines: Array) -> list[bytes]:
    size = int(lines[:, LENGTH].sum()) + 4 * len(lines)
    out = np.full(size + 8, 0xA5, dtype=np.uint8)
    end = write_texts(np.ascontiguousarray(lines), out.ctypes.data)
    assert end - out.ctypes.data == size
    assert (out[size:] == 0xA5).all()
    assert not len(lines) or lines[:, START].all()
    plain, found = out[:size].tobytes(), []
    while plain:
        length = int.from_bytes(plain[:4], "little")
        found.append(plain[4 : 4 + length])
        plain = plain[4 + length :]
    return found


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.none() | texts, max_size=60))
@example([b"", None, b"", b"\0", b"\0\0"])
@example([b"x" * 40 + b"1" + b"x" * 40, b"x" * 40 + b"2" + b"x" * 40] * 2)
def test_texts(values: list[bytes | None]) -> None:
    row, found, codes, size = texts_coded(values, _PLENTY, len(values) // 2)
    assert (row, found, codes) == (len(values), *coded(values))
    assert size == sum(len(value or b"") for value in values)


@pytest.mark.parametrize("at_end", [True, False])
@pytest.mark.parametrize("length", [0, 1, 7, 8, 15, 16, 17, 31, 32, 33])
def test_texts_at_the_ends_of_what_may_be_read(length: int, at_end: bool) -> None:
    page = GuardedPage()
    values = [b"q" * length, b"p" * length, b"q" * length]
    address = page.put(b"".join(values), at_end=at_end)
    assert texts_coded(values, _PLENTY, 0, address)[1:3] == coded(values)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.none() | st.sampled_from([b"a", b"b", b"c" * 20, b"d" * 40]), max_size=30), st.integers(0, 4))
def test_the_text_that_finds_no_room_is_where_it_stops(values: list[bytes | None], room: int) -> None:
    row, found, codes, _ = texts_coded(values, room, 0)
    behind = [place for place in range(len(values)) if len(coded(values[: place + 1])[0]) > room]
    assert row == min(behind, default=len(values))
    assert (found, codes) == coded(values[:row])
