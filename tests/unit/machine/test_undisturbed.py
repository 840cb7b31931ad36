"""Steps that no polite signal ends."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from etl_batch.machine.undisturbed import in_one_piece, undisturbed
from tests.helpers.interrupts import InterruptedAt

_MOST_STEPS = 500


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_that_come_meanwhile_came_too_late(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with undisturbed():
        signal.raise_signal(number)
    assert signal.getsignal(number) == before


def _begin_and_end(number: signal.Signals, steps: list[str]) -> None:
    with in_one_piece():
        steps.append("begun")
        signal.raise_signal(number)
        steps.append("done")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_comes_in_the_middle_is_answered_behind_it(number: signal.Signals) -> None:
    class Answered(Exception):
        pass

    def answer(_number: int, _frame: object) -> None:
        raise Answered

    before = signal.signal(number, answer)
    steps: list[str] = []
    try:
        with pytest.raises(Answered):
            _begin_and_end(number, steps)
        assert signal.getsignal(number) is answer
        with in_one_piece():
            steps.append("again")
    finally:
        signal.signal(number, before)
    assert steps == ["begun", "done", "again"]


def test_other_threads_have_nothing_to_do() -> None:
    done = []

    def work() -> None:
        with undisturbed(), in_one_piece():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done


def _handlers() -> list[object]:
    return [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]


@pytest.mark.parametrize("steps", [undisturbed, in_one_piece])
def test_an_interrupt_while_the_handlers_are_exchanged_leaves_them_as_they_were(
    steps: Callable[[], AbstractContextManager[None]],
) -> None:
    def taken() -> None:
        with steps():
            pass

    before = _handlers()
    for step in range(_MOST_STEPS):
        interrupt = InterruptedAt(step)
        interrupt.call(taken)
        assert _handlers() == before, f"after an interrupt at step {step}"
        if not interrupt.is_sent:
            return
    raise AssertionError("the steps never ended")
