"""The table of states."""

from __future__ import annotations

import itertools

import pytest

from etl_batch.jobs.states import State, may_follow, states_before


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_both_directions_agree(before: State, after: State) -> None:
    assert may_follow(before, after) == (before in states_before(after))


@pytest.mark.parametrize("state", State)
def test_a_state_is_waiting_live_or_over(state: State) -> None:
    assert (state == State.QUEUED) + state.is_live + state.is_over == 1


def test_nothing_follows_what_is_done_or_cancelled() -> None:
    assert not [after for after in State if may_follow(State.DONE, after) or may_follow(State.CANCELLED, after)]
