"""Steps that no polite signal ends."""

from __future__ import annotations

import signal
import threading

import pytest

from etl_batch.machine.undisturbed import in_one_piece, undisturbed


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
