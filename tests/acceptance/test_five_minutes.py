"""The chapters for beginners, done word by word: each block of commands prints what stands below it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import PROJECT, Home
from tests.helpers.chapters import python_of_ours, run_steps, steps_of

CHAPTER = PROJECT / "docs" / "five-minutes.md"
SURVEYS = PROJECT / "docs" / "survey-files.md"
MAINFRAME = PROJECT / "docs" / "mainframe.md"


@pytest.fixture
def python(tmp_path: Path) -> Path:
    return python_of_ours(tmp_path / "bin")


@pytest.mark.parametrize("part", steps_of(CHAPTER))
def test_each_block_prints_what_stands_below_it(home: Home, python: Path, part: str) -> None:
    run_steps(home, python, steps_of(CHAPTER)[part])


def test_it_has_the_parts_that_people_look_for() -> None:
    assert [*steps_of(CHAPTER)] == ["A German export", "A French export", "A US export", "A bank statement", "A log"]


def test_survey_files_are_read_as_their_chapter_says(home: Home, python: Path) -> None:
    """Each part goes on with the files of the one before."""
    assert len(steps_of(SURVEYS)) == 6
    for steps in steps_of(SURVEYS).values():
        run_steps(home, python, steps)


def test_files_of_a_mainframe_are_read_as_their_chapter_says(home: Home, python: Path) -> None:
    """Each part goes on with the files of the one before."""
    steps = steps_of(MAINFRAME)
    assert [*steps] == [
        "A data set of fixed length", "What the copybook does not say", "Books within books, and several records",
        "Bytes that are read in two ways", "Tables in records", "Tables that a field counts",
        "Several types of records in one file", "A file without a copybook",
    ]  # fmt: skip
    for part in steps.values():
        run_steps(home, python, part)
