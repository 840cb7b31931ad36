"""The signals that the supervisor of jobs heeds."""

from __future__ import annotations

import contextlib
import os
import signal

LOOK = signal.SIGUSR1  #: the store has news of the job


class Signals:
    """Signals wake the loop: LOOK says that the store has news of the job, SIGTERM that the machine shuts down."""

    def __init__(self) -> None:
        self.must_stop = False
        self.wake, waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in (LOOK, signal.SIGTERM):
            signal.signal(number, lambda _number, _frame: None)
        for number in (signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        signal.set_wakeup_fd(waker)

    def taken(self) -> bool:
        """Whether one came since the last time."""
        with contextlib.suppress(BlockingIOError):
            came = os.read(self.wake, 64)
            self.must_stop |= signal.SIGTERM in came
            return True
        return False
