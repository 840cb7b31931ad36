"""The hash behind the writers: right whatever is asked for, and never left waiting by an interrupt."""

from __future__ import annotations

import hashlib
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from etl_batch.storage.hash_follower import HashFollower
from tests.helpers.interrupts import InterruptedAt
from tests.helpers.job_helpers import until

_CONTENT = bytes(range(256)) * 64
_MOST_STEPS = 500


@pytest.mark.parametrize("told", ["advance", "want", "at", "stop"])
def test_an_interrupt_at_any_step_leaves_nobody_waiting(tmp_path: Path, told: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(_CONTENT)
    with path.open("rb") as file:
        for step in range(_MOST_STEPS):
            follower = HashFollower(file.fileno())
            time.sleep(0.001)  # it waits
            interrupt = InterruptedAt(step)
            interrupt.call(partial(_tell, follower, told))
            time.sleep(0.001)  # it goes on, and waits again
            ending = threading.Thread(target=follower.stop, daemon=True)
            ending.start()
            ending.join(60)
            assert not ending.is_alive(), f"it waits for ever after an interrupt at step {step} of {told}"
            if not interrupt.is_sent:
                return
    raise AssertionError("the steps never ended")


def _tell(follower: HashFollower, told: str) -> None:
    if told == "advance":
        follower.advance(len(_CONTENT))
    elif told == "want":
        follower.want(len(_CONTENT))
    elif told == "at":
        follower.at(0)
    else:
        follower.stop()


def test_the_hash_of_all_and_at_what_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(_CONTENT)
    with path.open("rb") as file:
        follower = HashFollower(file.fileno())
        follower.want(1000)
        follower.advance(5000)
        assert until(lambda: follower.at(1000)) == hashlib.sha256(_CONTENT[:1000]).hexdigest()
        follower.advance(len(_CONTENT))
        assert follower.finish(len(_CONTENT)) == hashlib.sha256(_CONTENT).hexdigest()
