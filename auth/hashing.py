"""Hashes of passwords: bcrypt over a keyed hash, slow on purpose, a few at a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import bcrypt

from auth.keys import Keys
from auth.passwords import normalised
from auth.store import AccountStore

LEAST_ROUNDS = 12
MOST_ROUNDS = 16
GOAL_SECONDS = 0.25  #: of one hash
_SETTING = "bcrypt_rounds"
_COST = re.compile(r"\$2b\$(\d\d)\$")


class PasswordHasher:
    """Makes and checks hashes. A few at once, so that the rest of the console goes on."""

    def __init__(self, keys: Keys, rounds: int, *, at_once: int | None = None) -> None:
        self._keys = keys
        self.rounds = rounds  #: bcrypt does 2^rounds steps
        self._slots = threading.BoundedSemaphore(at_once or max(1, (os.cpu_count() or 2) // 2))
        self._nobody = bcrypt.gensalt(rounds).decode() + "." * 31

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a turn. Whoever asks whether a try is allowed asks with a slot in hand: tries side by side count."""
        with self._slots:
            yield

    def hash(self, password: str) -> str:
        """A hash for the store."""
        return bcrypt.hashpw(self._prepared(password), bcrypt.gensalt(self.rounds)).decode()

    def matches(self, password: str, stored: str | None) -> bool:
        """Whether it is the password. The work is the same whatever is stored, and if nothing is.

        Args:
            password: as it was typed.
            stored: the hash; None: nobody has one, and nothing matches.
        """
        known = stored if stored is not None and _COST.match(stored) else self._nobody
        is_equal = bcrypt.checkpw(self._prepared(password), known.encode())
        return is_equal and known is stored

    def is_outdated(self, stored: str) -> bool:
        """Whether a hash took another number of steps than new ones do."""
        found = _COST.match(stored)
        return found is None or int(found[1]) != self.rounds

    def _prepared(self, password: str) -> bytes:
        """64 characters without NUL, whatever was typed: bcrypt takes 72 bytes at most."""
        text = normalised(password).encode("utf-8", "surrogatepass")
        return base64.b64encode(hmac.digest(self._keys.pepper, text, hashlib.sha384))


def calibrated_rounds(store: AccountStore, measure: Callable[[int], float] | None = None) -> int:
    """How many rounds this machine does in about a quarter of a second; measured once, then kept in the store.

    Args:
        store: where it is kept.
        measure: seconds that one hash of so many rounds takes.
    """
    with store.reading() as tx:
        row = tx.one("get_setting", name=_SETTING)
    if row is not None and str(row["value"]).isdigit():
        return min(max(int(row["value"]), LEAST_ROUNDS), MOST_ROUNDS)
    rounds = rounds_for((measure or _measured)(LEAST_ROUNDS))
    with store.writing() as tx:
        tx.change("set_setting", name=_SETTING, value=str(rounds))
    return rounds


def rounds_for(seconds: float) -> int:
    """The rounds that come nearest to the goal.

    Args:
        seconds: that one hash of the least rounds takes; each round more doubles it.
    """
    rounds = LEAST_ROUNDS
    while rounds < MOST_ROUNDS and seconds * 1.5 <= GOAL_SECONDS:  # nearer to it than the half
        rounds, seconds = rounds + 1, seconds * 2
    return rounds


def _measured(rounds: int) -> float:
    """The fastest of three: a busy machine only ever makes it look slower."""
    salt, taken = bcrypt.gensalt(rounds), []
    for _ in range(3):
        begun = time.perf_counter()
        bcrypt.hashpw(b"how long does this take?", salt)
        taken.append(time.perf_counter() - begun)
    return min(taken)
