"""The states of a job, and which may follow which."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"  #: its process is gone without a word; it can be resumed

    @property
    def is_live(self) -> bool:
        """Whether a process works on it."""
        return self in {State.RUNNING, State.CANCELLING}

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more unless somebody asks for it."""
        return not self.is_live and self is not State.QUEUED


_NEXT: dict[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED, State.FAILED}),
    State.RUNNING: frozenset({State.DONE, State.FAILED, State.CANCELLED, State.CANCELLING, State.INTERRUPTED}),
    State.CANCELLING: frozenset({State.CANCELLED, State.DONE, State.FAILED, State.INTERRUPTED}),
    State.INTERRUPTED: frozenset({State.QUEUED, State.CANCELLED}),
    State.FAILED: frozenset({State.QUEUED}),
    State.DONE: frozenset(),
    State.CANCELLED: frozenset(),
}


def may_follow(before: State, after: State) -> bool:
    """Whether a job in the state `before` may come into the state `after`."""
    return after in _NEXT[before]


def states_before(after: State) -> tuple[State, ...]:
    """The states that may lead to `after`."""
    return tuple(before for before in State if may_follow(before, after))
