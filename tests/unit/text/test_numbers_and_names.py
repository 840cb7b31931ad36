"""Figures and names as people read them: nothing that nobody knows, nothing that is not so."""

from __future__ import annotations

import pytest

from etl_batch.text.number_text import about, rate
from etl_batch.text.shown_text import as_sentence


@pytest.mark.parametrize(
    ("mb_s", "text"),
    [
        (1234.4, "1,234 MB/s"), (310.4, "310 MB/s"), (56.123, "56.1 MB/s"), (0.42, "0.42 MB/s"),
        (0.0012, "0.0012 MB/s"), (0.00001, "under 0.001 MB/s"), (0, "0 MB/s"),
    ],
)  # fmt: skip
def test_what_is_slow_is_not_nothing(mb_s: float, text: str) -> None:
    assert rate(mb_s) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "under 1 s"), (0.99, "under 1 s"), (1.99, "about 2 s"), (12.4, "about 12 s"), (59.7, "about 1 min 00 s"),
        (245, "about 4 min 05 s"), (7380, "about 2 h 03 min"),
    ],
)  # fmt: skip
def test_what_is_expected_has_no_digits_that_nobody_knows(seconds: float, text: str) -> None:
    assert about(seconds) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("the disk is full", "The disk is full"),
        ("few.csv, row 2: 1 cell", "few.csv, row 2: 1 cell"),
        ("data/few.csv is empty", "data/few.csv is empty"),
        ("/srv/x is a folder", "/srv/x is a folder"),
        ("--strata names no column", "--strata names no column"),
        ("etl_batch is not there", "etl_batch is not there"),
        ("job, again", "Job, again"),
        ("", ""),
    ],
)
def test_names_at_the_beginning_of_a_sentence_stay_as_they_are(text: str, shown: str) -> None:
    assert as_sentence(text) == shown
