"""Steps that no polite signal ends."""

from __future__ import annotations

import signal
import threading

import pytest

from etl_batch.undisturbed import undisturbed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_that_come_meanwhile_came_too_late(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with undisturbed():
        signal.raise_signal(number)
    assert signal.getsignal(number) == before


def test_other_threads_have_nothing_to_do() -> None:
    done = []

    def work() -> None:
        with undisturbed():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done
