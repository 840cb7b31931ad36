"""Ctrl-C at any step of a function: whatever it was about, nothing is left locked, waiting or exchanged."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class InterruptedAt:
    """Ctrl-C, at the n-th step that Python takes within a function: calls of functions, and what these return."""

    def __init__(self, step: int) -> None:
        self._left = step

    @property
    def is_sent(self) -> bool:
        """Whether there were so many."""
        return self._left < 0

    def call(self, told: Callable[[], object]) -> None:
        """Call the function, and interrupt it."""
        with contextlib.suppress(KeyboardInterrupt):
            try:
                sys.setprofile(self._count)
                told()
            finally:
                sys.setprofile(None)

    def _count(self, _frame: FrameType, _event: str, _argument: Any) -> None:  # noqa: ANN401
        self._left -= 1
        if self._left == -1:
            signal.raise_signal(signal.SIGINT)
