"""What somebody was shown: one entry for each person, target and question in a session, from a cache or not.

Pages run again with every click, and some refresh themselves: to show the same once more is no other read. What is
remembered is which entries there are, so that where the memory is lost there is an entry too many, never one too few.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from pathlib import Path
from time import monotonic

from etl_batch.audit.events import Event
from etl_batch.audit.log import AuditLog
from etl_batch.values import Actor

LONGEST_SECONDS = 12 * 3600  #: how long one entry stands for the same read; no session of the console lives longer
_MOST = 20_000  #: reads that a process remembers
_TURNS = 16  #: locks: of two that ask the same at the same moment, one waits for the entry of the other

_noticed: ContextVar[list[Event] | None] = ContextVar("reads", default=None)


def record_read(home: Path, actor: Actor, event: Event, question: object = "") -> None:
    """Write down that somebody is shown something, once. Call it before it is shown.

    Args:
        home: whose log it is.
        actor: who reads, in which session.
        event: what; its action, target and outcome tell it from other reads.
        question: what else does, by its `repr`, such as a condition, and the state of the file; it is not kept.

    Raises:
        AuditUnavailable, SecretsExposed: it cannot be written down, so it must not be shown.
    """
    who = actor.session or (actor.name, actor.role, actor.ip)
    about = (str(home), actor.name, who, str(event.action), event.target, str(event.outcome), event.job, question)
    key = sha256(repr(about).encode("utf-8", "backslashreplace")).digest()
    with _turns[key[0] % _TURNS]:
        if not _is_recorded(key):
            AuditLog(home).record(actor, event)
            _remember(key)
    notice(event)


def notice(event: Event) -> None:
    """Whoever watches in this thread knows from here on that it was written down."""
    watching = _noticed.get()
    if watching is not None:
        watching.append(event)


@contextmanager
def noticing() -> Iterator[list[Event]]:
    """What is written down of reads by this thread within the block."""
    seen: list[Event] = []
    token = _noticed.set(seen)
    try:
        yield seen
    finally:
        _noticed.reset(token)


_recorded: OrderedDict[bytes, float] = OrderedDict()  # key, and when its entry was written
_mutex = threading.Lock()
_turns = tuple(threading.Lock() for _ in range(_TURNS))


def _is_recorded(key: bytes) -> bool:
    with _mutex:
        return monotonic() - _recorded.get(key, float("-inf")) < LONGEST_SECONDS


def _remember(key: bytes) -> None:
    with _mutex:
        _recorded[key] = monotonic()
        _recorded.move_to_end(key)
        while len(_recorded) > _MOST:
            _recorded.popitem(last=False)
