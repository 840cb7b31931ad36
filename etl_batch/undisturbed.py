"""A few steps that Ctrl-C and a polite kill wait for."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator

_POLITE = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing but a real kill ends what is done within; a signal that comes meanwhile came too late.

    Python runs handlers in the main thread, so that there is nothing to do in others.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda _number, _frame: None) for number in _POLITE}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
