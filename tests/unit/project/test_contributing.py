"""CONTRIBUTING.md tells which files a change takes, in order: each of them is there, and holds what is named of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import PROJECT

TEXT = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
LISTS = {
    title: re.findall(r"^(\d+)\. (.*(?:\n {3,4}\S.*)*)", body, re.MULTILINE)
    for title, body in re.findall(r"^## (Add .*)\n((?:(?!## ).*\n)*)", TEXT, re.MULTILINE)
}
STEPS = [pytest.param(step, id=f"{title} {number}") for title, steps in LISTS.items() for number, step in steps]
_PATH = r"`([\w.-]+(?:/[\w.-]+)*/?)`"
#: words in backticks that are none of our names
_OTHERS = {"bash", "simulation"}


def _paths(text: str) -> list[str]:
    return [name for name in re.findall(_PATH, text) if "/" in name or name.endswith((".py", ".md", ".in"))]


def _texts(path: Path) -> str:
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def test_there_is_a_list_for_each_kind_of_change() -> None:
    wanted = ("error", "flag", "command", "page", "CSV", "format", "estimator", "runner", "kernel")
    assert all(any(word in title for title in LISTS) for word in wanted), LISTS.keys()


@pytest.mark.parametrize("title", LISTS)
def test_a_list_is_in_order(title: str) -> None:
    assert [int(number) for number, _ in LISTS[title]] == list(range(1, len(LISTS[title]) + 1))


def test_every_file_that_is_named_is_there() -> None:
    assert [name for name in _paths(TEXT) if not (PROJECT / name).exists()] == []


def test_a_folder_is_named_as_one() -> None:
    assert [name for name in _paths(TEXT) if (PROJECT / name).is_dir() is not name.endswith("/")] == []


@pytest.mark.parametrize("step", STEPS)
def test_what_is_named_of_a_file_stands_in_it(step: str) -> None:
    """Or in another file of the same step."""
    texts = "\n".join(_texts(PROJECT / name) for name in _paths(step) if (PROJECT / name).exists())
    names = set(re.findall(r"`([A-Za-z_]\w*)(?:\(\w*\))?`", step)) - _OTHERS
    assert {name for name in names if texts and not re.search(rf"\b{name}\b", texts)} == set()
