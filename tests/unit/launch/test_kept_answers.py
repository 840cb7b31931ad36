"""What is kept of answers: one question however many ask, errors too, and never more than there is room for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from etl_batch.errors import EtlError, FormatMagic, OutOfMemory
from etl_batch.launch.kept_answers import DEATH_SECONDS, KeptAnswers


class _Asked:
    """Counts how often it is asked."""

    seconds = 0.0  #: that it takes

    def __init__(self, error: EtlError | None = None) -> None:
        self.times = 0
        self.error = error
        self.is_asked_twice = threading.Event()

    def __call__(self) -> int:
        self.times += 1
        if self.times > 1:
            self.is_asked_twice.set()
        self.is_asked_twice.wait(self.seconds)  # as long as nobody else comes
        if self.error is not None:
            raise self.error
        return self.times


def test_many_at_once_ask_once() -> None:
    kept, asked, together = KeptAnswers(), _Asked(), threading.Barrier(8)
    asked.seconds = 0.5

    def one() -> int:
        together.wait(60)
        return kept.get("key", asked)

    with ThreadPoolExecutor(8) as pool:
        assert [found.result() for found in [pool.submit(one) for _ in range(8)]] == [1] * 8
    assert asked.times == 1


def test_other_keys_are_other_questions_and_the_oldest_is_forgotten() -> None:
    kept, asked = KeptAnswers(most=2), _Asked()
    assert [kept.get(key, asked) for key in ("a", "b", "a", "c", "a", "b")] == [1, 2, 1, 3, 1, 4]


def test_what_was_refused_stays_refused_and_what_died_is_tried_again_later() -> None:
    now = [0.0]
    kept = KeptAnswers(clock=lambda: now[0])
    refused, died = _Asked(FormatMagic("no text")), _Asked(OutOfMemory("no memory"))
    for seconds in (0.0, DEATH_SECONDS - 1, DEATH_SECONDS + 1):
        now[0] = seconds
        for key, asked in (("refused", refused), ("died", died)):
            with pytest.raises(EtlError) as caught:
                kept.get(key, asked)
            assert caught.value is asked.error
    assert (refused.times, died.times) == (1, 2)
