"""Answers of other processes, kept: each is asked for once, however many ask, and as long as what it is about stays."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from etl_batch.errors import EtlError, Refused

MOST_KEPT = 64
DEATH_SECONDS = 60.0  #: so long nobody tries again what ended its process: a page asks with every click
_Answer = TypeVar("_Answer")


class _Slot:
    """One answer, or the error that stands for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.answer: Any = None
        self.error: EtlError | None = None
        self.until = 0.0  #: on the clock; before it nobody asks


class KeptAnswers:
    """Shared by the threads of a server. Its keys say who asks, and the identity of the file."""

    def __init__(self, most: int = MOST_KEPT, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, ask: Callable[[], _Answer]) -> _Answer:
        """What is kept under a key, or else what asking gives.

        Raises:
            EtlError: what asking raised. What was refused is refused as long as it is kept.
        """
        slot = self._slot(key)
        with slot.lock:  # others who want the same wait for it
            if self._clock() >= slot.until:
                self._fill(slot, ask)
            if slot.error is not None:
                raise slot.error.with_traceback(None)
            answer: _Answer = slot.answer
            return answer

    def _fill(self, slot: _Slot, ask: Callable[[], _Answer]) -> None:
        try:
            slot.answer, slot.error = ask(), None
        except EtlError as error:
            slot.error = error
        is_for_good = slot.error is None or isinstance(slot.error, Refused)
        slot.until = float("inf") if is_for_good else self._clock() + DEATH_SECONDS

    def _slot(self, key: Hashable) -> _Slot:
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            while len(self._slots) > self._most:
                self._slots.popitem(last=False)
            return slot
