"""What the process of a job says, and who hears it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from etl_batch.jobs.channel import Listener, Speaker
from etl_batch.values import ProgressReport


@pytest.fixture
def ends() -> Iterator[tuple[Speaker, Listener, int]]:
    ours, theirs = os.pipe()
    yield Speaker(theirs), Listener(ours), theirs
    os.close(ours)


def test_most_progress_is_not_told(ends: tuple[Speaker, Listener, int]) -> None:
    speaker, listener, descriptor = ends
    for number in range(10_000):
        speaker.progress(ProgressReport("convert", number, 10_000, number))
    speaker.progress(ProgressReport("publish", 1, 1, 1))
    speaker.progress(ProgressReport("start", 0, 0, 0, "a note"))
    heard = list(listener.heard())
    assert heard[0] == {"progress": ["convert", 0, 10_000, 0]}
    assert heard[-2:] == [{"progress": ["publish", 1, 1, 1]}, {"note": "a note"}]
    assert len(heard) < 100
    assert list(listener.heard()) == []
    assert not listener.is_closed
    os.close(descriptor)
    assert list(listener.heard()) == []
    assert listener.is_closed


def test_the_end_of_a_phase_is_always_told(ends: tuple[Speaker, Listener, int]) -> None:
    """A job that is over within a moment has done all of it, and its page says so."""
    speaker, listener, _ = ends
    for done in range(11):
        speaker.progress(ProgressReport("convert", done, 10, done))
    heard = list(listener.heard())
    assert (heard[0], heard[-1]) == ({"progress": ["convert", 0, 10, 0]}, {"progress": ["convert", 10, 10, 10]})


def test_a_line_comes_in_pieces(ends: tuple[Speaker, Listener, int]) -> None:
    _, listener, descriptor = ends
    os.write(descriptor, b'{"a": 1}\n{"b"')
    assert list(listener.heard()) == [{"a": 1}]
    os.write(descriptor, b": 2}\n")
    assert list(listener.heard()) == [{"b": 2}]
    os.write(descriptor, b'{"torn')
    os.close(descriptor)
    assert list(listener.heard()) == [], "who spoke was killed in the middle of a word"
