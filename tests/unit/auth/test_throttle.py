"""How long must be waited."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auth.throttle import FIRST_WAIT, FORGOTTEN_AFTER, FREE_FAILURES, LONGEST_WAIT, Failures

NOW = 1_800_000_000.0


def after(failures: int) -> Failures:
    state = Failures()
    for _ in range(failures):
        state = state.after_another(NOW)
    return state


def test_the_fifth_failure_makes_wait_and_each_more_twice_as_long() -> None:
    waits = [after(failures).wait(NOW) for failures in range(14)]
    assert waits[:5] == [0.0] * 5
    assert waits[5:9] == [15.0, 30.0, 60.0, 120.0]
    assert waits[11:] == [LONGEST_WAIT] * 3


def test_the_wait_runs_out() -> None:
    state = after(FREE_FAILURES + 1)
    assert state.wait(NOW + FIRST_WAIT - 0.5) == 0.5
    assert state.wait(NOW + FIRST_WAIT) == 0.0


def test_an_hour_forgets() -> None:
    state = after(12)
    assert state.wait(NOW + FORGOTTEN_AFTER) == 0.0
    assert state.after_another(NOW + FORGOTTEN_AFTER).count == 1


@given(st.integers(0, 10**9), st.floats(-1e6, 1e6))
def test_nobody_waits_longer_than_the_longest_whatever_the_clock_does(count: int, later: float) -> None:
    assert 0.0 <= Failures(count, NOW).wait(NOW + later) <= LONGEST_WAIT


@given(st.integers(0, 40))
def test_more_failures_never_wait_less(count: int) -> None:
    assert after(count).wait(NOW) <= after(count + 1).wait(NOW)
