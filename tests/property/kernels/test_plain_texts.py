"""Texts are written as Parquet keeps them plainly, as many as there is room for; their bounds are `min` and `max`."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from etl_batch.kernels import plain_texts
from etl_batch.kernels.dictionary_codes import ADDRESS, TEXTS, VALID, WIDTH
from etl_batch.kernels.plain_texts import PAGE_FIELDS, PLAIN_SLACK, write_plain_texts
from tests.helpers.chance import examples
from tests.helpers.parse_calls import GuardedPage

_UNTOUCHED = 0xA5
stems = st.sampled_from([b"", b"a", b"2017-01-", b"x" * 15, b"x" * 16, b"y" * 31, b"y" * 32, b"y" * 33, b"z" * 70])
texts = st.builds(bytes.__add__, stems, st.sampled_from([b"", b"0", b"1", b"\0", b"\xff"])) | st.binary(max_size=50)
Written = tuple[int, bytes, int, int, bytes, bytes]


def written(
    values: Sequence[bytes | None], first: int, room: int, *, bounded: bool, address: int | None = None
) -> Written:
    """Where the kernel stops, what it writes, how many texts, their bytes, the least and the greatest.

    Args:
        values: the texts.
        first: the row to begin with.
        room: bytes.
        bounded: the least and the greatest are wanted.
        address: where the texts lie already.
    """
    content = np.frombuffer(b"".join(value or b"" for value in values) + b"\0", dtype=np.uint8)
    offsets = np.zeros(len(values) + 1, dtype=np.int32)
    np.cumsum([len(value or b"") for value in values], out=offsets[1:])
    valid = np.array([value is not None for value in values], dtype=np.uint8)
    how, page = np.zeros(4, dtype=np.uint64), np.zeros(PAGE_FIELDS, dtype=np.uint64)
    how[ADDRESS], how[WIDTH], how[TEXTS] = offsets.ctypes.data, 4, content.ctypes.data if address is None else address
    how[VALID] = 0 if valid.all() else valid.ctypes.data
    out = np.full(room + PLAIN_SLACK + 1, _UNTOUCHED, dtype=np.uint8)
    start = out.ctypes.data
    row = write_plain_texts(how, first, len(values), int(bounded), start, start + room, page)
    assert out[-1] == _UNTOUCHED, "written past the room and what may be written behind it"
    said = [int(number) for number in page]
    end = said[plain_texts.END] - start
    assert end <= room
    least = ctypes.string_at(said[plain_texts.LEAST], said[plain_texts.LEAST_BYTES])
    greatest = ctypes.string_at(said[plain_texts.GREATEST], said[plain_texts.GREATEST_BYTES])
    return row, out[:end].tobytes(), said[plain_texts.CODED], said[plain_texts.BYTES], least, greatest


def plainly(values: Sequence[bytes | None], first: int, room: int, *, bounded: bool) -> Written:
    """The same, slow and obvious."""
    row, found, content = first, list[bytes](), b""
    while row < len(values):
        value = values[row]
        if value is not None:
            more = len(value).to_bytes(4, "little") + value
            if len(content) + len(more) > room:
                break
            content += more
            found.append(value)
        row += 1
    bounds = (min(found), max(found)) if found and bounded else (b"", b"")
    return row, content, len(found), sum(map(len, found)), *bounds


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.none() | texts, max_size=40), st.integers(0, 5), st.integers(0, 1500), st.booleans())
@example([b"b", b"a", b"c", None, b"a"], 0, 1000, True)
@example([b"x" * 16 + b"b", b"x" * 16 + b"a", b"x" * 16], 0, 1000, True)
@example([b"\xff", b"a"], 0, 1000, True)
@example([b"\0", b""], 0, 1000, True)
def test_texts_as_far_as_there_is_room(values: list[bytes | None], first: int, room: int, bounded: bool) -> None:
    first = min(first, len(values))
    assert written(values, first, room, bounded=bounded) == plainly(values, first, room, bounded=bounded)


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(texts, min_size=1, max_size=20), st.booleans())
def test_nothing_is_read_behind_the_texts(values: list[bytes], bounded: bool) -> None:
    guarded = GuardedPage()
    address = guarded.put(b"".join(values), at_end=True)
    expected = plainly(values, 0, 2000, bounded=bounded)
    assert written(values, 0, 2000, bounded=bounded, address=address) == expected
