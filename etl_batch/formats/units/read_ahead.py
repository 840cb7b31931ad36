"""Reading some batches while others are being added up."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_MOST_THREADS = 4  #: more of them wait for what is added up
_AHEAD = 2  #: batches for each thread, so that few lie in memory


def useful_threads() -> int:
    """How many threads can read at once."""
    return min(len(os.sched_getaffinity(0)), _MOST_THREADS)


def in_order(make: Callable[[_Given], _Made], given: Iterable[_Given], threads: int) -> Iterator[_Made]:
    """What is made of each, in the order given, by some threads."""
    items = list(given)
    if threads < 2 or len(items) < 2:
        yield from map(make, items)
        return
    from concurrent.futures import ThreadPoolExecutor  # takes its time, and not everybody needs it

    pool = ThreadPoolExecutor(threads)
    waiting: deque[Future[_Made]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(make, item))
            if len(waiting) >= _AHEAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
