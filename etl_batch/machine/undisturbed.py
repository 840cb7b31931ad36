"""A few steps that Ctrl-C and a polite kill wait for."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

Handler = Callable[[int, FrameType | None], object] | int | signal.Handlers | None
_POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing but a real kill ends what is done within; a signal that comes meanwhile came too late.

    Python runs handlers in the main thread, so that there is nothing to do in others.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _answered_by(lambda _number, _frame: None):
        yield


@contextlib.contextmanager
def in_one_piece() -> Iterator[None]:
    """What is done within is done whole; a signal that comes meanwhile is answered behind it.

    Such as the start of a thread: an interrupt in the middle of it leaves a lock of Python's own in a state in which it
    cannot be released, and what is raised then is no longer the interrupt.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    try:
        with _answered_by(lambda number, _frame: came.append(number)):
            yield
    finally:
        for number in came[:1]:
            signal.raise_signal(number)


@contextlib.contextmanager
def _answered_by(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """A signal that comes while these are exchanged is answered as before, and leaves them as before."""
    before: dict[int, Handler] = {}
    try:
        for number in _POLITE:
            before[number] = signal.getsignal(number)
            signal.signal(number, handler)
        yield
    finally:
        try:
            _restore(before)
        except BaseException:  # what the first of them raises, where its signal came just now
            _restore(before)
            raise


def _restore(before: Mapping[int, Handler]) -> None:
    for number, usual in before.items():
        signal.signal(number, signal.SIG_DFL if usual is None else usual)
