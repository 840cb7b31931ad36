"""The page of benchmarks: what it says of the run that made it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tests.bench.speed.page import page
from tests.bench.speed.settings import Settings
from tests.unit.bench.test_table import RESULT

PAGE = page(
    [RESULT],
    Settings(gib=0.5, rounds=5, workers=3),
    when=datetime(2026, 3, 1, 12, 0, tzinfo=UTC),
    machine="a processor, 4 processors",
    versions={"etl_batch": "1.0", "polars": "2.1.0"},
)


def test_it_says_when_where_and_with_what() -> None:
    assert "- Measured on 2026-03-01\n" in PAGE
    assert "- Machine: a processor, 4 processors\n" in PAGE
    assert "- Versions: etl_batch 1.0, polars 2.1.0\n" in PAGE


def test_it_says_how_much_was_measured_how_often() -> None:
    words = " ".join(PAGE.split())
    assert "0.5 GiB of records of 64 bytes, or 0.25 GB of CSV" in words
    assert "with 3 worker processes" in words
    assert "5 count (15 where" in words


def test_it_holds_the_figures_and_the_goals() -> None:
    assert "| ours | 2.00 | 1,000 |" in PAGE
    assert "| BIN to both | 1.25 x the time of Polars |" in PAGE


def test_nothing_is_left_to_fill_in() -> None:
    assert not re.search(r"[{}]", PAGE)
