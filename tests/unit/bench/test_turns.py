"""Contenders take turns, their outputs are held against each other, and nothing of a run is left for the next."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.bench.speed.data import Input, make_home
from tests.bench.speed.turns import take_turns
from tests.bench.speed.works import Contender, Work

#: notes that it ran, fails where anything of another run lies there, and writes its word
SCRIPT = """\
import os, sys
home, name, word = sys.argv[1:]
print('{"bytes_read": 7}', end="")
with open(f"{home}/turns", "a") as turns: turns.write(f"{name} ")
assert os.listdir(f"{home}/output") == []
with open(f"{home}/output/out", "w") as out: out.write(word)
"""
Make = Callable[..., Contender]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    home = make_home(tmp_path)

    def contender(name: str, word: str = "same", *, is_once: bool = False) -> Contender:
        command = (sys.executable, "-c", SCRIPT, home, name, word)
        return Contender(
            name=name, command=command, source=Input(home / "data" / "in", 100, 10), folder=home,
            outputs=(home / "output" / "out",), is_once=is_once, says_bytes=True,
        )  # fmt: skip

    return contender


def _facts(path: Path) -> Mapping[str, str]:
    return {"text": path.read_text()}


def _work(*contenders: Contender, is_compared: bool = True, is_short: bool = False) -> Work:
    return Work(key="k", title="t", contenders=contenders, is_compared=is_compared, is_short=is_short)


def test_all_take_turns_and_the_first_round_does_not_count(make: Make, tmp_path: Path) -> None:
    result = take_turns(_work(make("a"), make("b")), 2, _facts)
    assert (tmp_path / "turns").read_text().split() == ["a", "b"] * 3
    assert [len(entry.costs) for entry in result.entries] == [2, 2]


def test_who_takes_long_has_one_round_which_counts(make: Make, tmp_path: Path) -> None:
    result = take_turns(_work(make("a"), make("slow", is_once=True)), 2, _facts)
    assert (tmp_path / "turns").read_text().split() == ["a", "slow", "a", "a"]
    assert [len(entry.costs) for entry in result.entries] == [2, 1]


def test_short_runs_have_more_rounds(make: Make) -> None:
    assert len(take_turns(_work(make("a"), is_short=True), 2, _facts).entries[0].costs) == 6


def test_what_was_seen_of_a_run_stands_in_its_entry(make: Make) -> None:
    entry = take_turns(_work(make("a")), 1, _facts).entries[0]
    assert (entry.input_bytes, entry.rows, entry.written_bytes, entry.read_bytes) == (100, 10, 4, 7)
    assert entry.peak_bytes > 0


def test_an_output_that_says_something_else_ends_it(make: Make) -> None:
    with pytest.raises(SystemExit, match=r"(?s)out of b says something else:\n  text: same, theirs other"):
        take_turns(_work(make("a"), make("b", "other")), 1, _facts)


def test_where_nothing_is_compared_nothing_is_read(make: Make) -> None:
    def nobody(path: Path) -> Mapping[str, str]:
        raise AssertionError(path)

    take_turns(_work(make("a"), make("b", "other"), is_compared=False), 1, nobody)
