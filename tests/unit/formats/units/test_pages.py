"""How much of a file random reads touch: each page once, the last one as far as the file goes."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from etl_batch.formats.units.pages import PAGE_BYTES, Pages


@given(
    st.integers(1, 20 * PAGE_BYTES),
    st.lists(st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 3 * PAGE_BYTES)), max_size=4), max_size=4),
)
@example(3 * PAGE_BYTES, [[(0, PAGE_BYTES)]])
def test_as_counted_byte_by_byte(size: int, reads: list[list[tuple[int, int]]]) -> None:
    pages, touched = Pages(size), set()
    for read in reads:
        starts = [start % size for start, _ in read]
        stops = [min(start + length, size) for start, (_, length) in zip(starts, read, strict=True)]
        pages.touch(np.array(starts, dtype=np.int64), np.array(stops, dtype=np.int64))
        for start, stop in zip(starts, stops, strict=True):
            touched |= set(range(start // PAGE_BYTES, (stop - 1) // PAGE_BYTES + 1))
    assert pages.bytes == min(len(touched) * PAGE_BYTES, size)


def test_everything() -> None:
    pages = Pages(PAGE_BYTES + 1)
    assert pages.bytes == 0
    pages.touch_all()
    assert pages.bytes == PAGE_BYTES + 1
