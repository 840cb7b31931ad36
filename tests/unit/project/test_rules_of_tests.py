"""Which tests `make test-unit` runs: told by what they ask for, and seen to keep to it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import PROJECT
from tests.helpers.chance import QUICK_VARIABLE, examples
from tests.helpers.rules import OF_THE_WHOLE, nothing_started


def test_who_asks_for_nothing_is_a_test_of_rules(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("rule") is not None


@pytest.mark.usefixtures("home")
def test_a_folder_makes_it_another(request: pytest.FixtureRequest) -> None:
    """Also one that a fixture of a fixture asks for."""
    assert request.node.get_closest_marker("rule") is None


@pytest.mark.io
def test_so_does_the_mark_of_those_that_start_something(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("rule") is None


@pytest.mark.simulation
def test_so_does_the_mark_of_those_that_take_long(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("rule") is None


@pytest.mark.io
def test_a_process_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"subprocess\.Popen.*pytest\.mark\.io"), nothing_started():
        subprocess.run([sys.executable, "-c", ""], check=True)


@pytest.mark.io
def test_a_process_that_is_noticed_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.helpers.processes._SECONDS_TO_END", 0.2)
    with pytest.raises(AssertionError, match=r"pytest\.mark\.io"), nothing_started():
        forgotten = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    forgotten.wait(60)
    assert not psutil.pid_exists(forgotten.pid)


@pytest.mark.io
def test_what_was_started_before_or_after_is_not_held_against_a_test() -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)
    with nothing_started():
        pass
    subprocess.run([sys.executable, "-c", ""], check=True)


def test_a_test_that_fails_says_why_it_failed() -> None:
    with pytest.raises(ValueError, match="the reason"), nothing_started():
        raise ValueError("the reason")


def test_make_leaves_out_what_the_marks_leave_out() -> None:
    command = re.search(r"^test-unit:.*\n\t(.*)", (PROJECT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert command is not None
    assert re.findall(r"--ignore tests/(\w+)", command[1]) == list(OF_THE_WHOLE)
    assert f"{QUICK_VARIABLE}=1" in command[1]
    assert " -m rule " in command[1]
    assert all((PROJECT / "tests" / folder).is_dir() for folder in OF_THE_WHOLE)


@pytest.mark.parametrize(("usual", "quick"), [(1000, 100), (100, 10), (30, 10), (10, 10), (5, 5)])
def test_properties_are_tried_less_often_where_an_answer_is_wanted_soon(
    usual: int, quick: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(QUICK_VARIABLE, "1")
    assert examples(usual) == quick
    monkeypatch.delenv(QUICK_VARIABLE)
    assert examples(usual) == usual


def _tests() -> list[Path]:
    return sorted((PROJECT / "tests").rglob("*.py"))


def test_every_property_asks_how_often_it_is_to_be_tried() -> None:
    """A number of its own would be tried in full by `make test-unit`."""
    found = [
        path.name for path in _tests() if re.search(r"max_examples=(?!examples\()", path.read_text(encoding="utf-8"))
    ]
    assert [name for name in found if name != Path(__file__).name] == [], "say max_examples=examples(N)"
