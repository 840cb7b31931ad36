"""Reading ahead: in the order given, however many threads there are; and an error is the one of its place."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from etl_batch.formats.units.read_ahead import in_order, useful_threads


@pytest.mark.parametrize("threads", [0, 1, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_in_the_order_given(threads: int, count: int) -> None:
    assert list(in_order(lambda one: one * one, range(count), threads)) == [one * one for one in range(count)]


def test_a_later_one_that_is_ready_waits_for_an_earlier_one() -> None:
    second_is_made = threading.Event()

    def make(one: int) -> int:
        if one == 0:
            assert second_is_made.wait(60)
        if one == 1:
            second_is_made.set()
        return one

    assert list(in_order(make, range(3), 2)) == [0, 1, 2]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_comes_where_it_belongs(threads: int) -> None:
    def make(one: int) -> int:
        if one == 3:
            raise ValueError("the fourth")
        return one

    found = in_order(make, range(20), threads)
    assert [next(found) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="the fourth"):
        next(found)


def test_no_more_is_read_ahead_than_memory_is_meant_to_hold() -> None:
    made: list[int] = []
    results: Iterator[None] = in_order(made.append, range(100), 2)
    next(results)
    assert len(made) <= 5
    results.close()  # type: ignore[attr-defined]
    assert len(made) <= 5


def test_there_is_a_thread_at_least() -> None:
    assert 1 <= useful_threads() <= 4
