"""The decisions in docs/adr: numbered without a hole, each in the index, and each that is mentioned is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import PROJECT

FOLDER = PROJECT / "docs" / "adr"
DECISIONS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
_SUFFIXES = {".py", ".md", ".in", ".toml", ".txt", ".sql", ".css", ".j2", ".html", ".yml", ".yaml", ".json"}
_OF_USERS = [PROJECT / name for name in ("data", "output", "report")]  #: what lies there is nobody else's business


def _number(decision: Path) -> int:
    return int(decision.name.split("-")[0])


def _title(decision: Path) -> str:
    heading = re.match(r"# (\d+)\. (.+)\n", decision.read_text(encoding="utf-8"))
    assert heading is not None, f"{decision.name} begins with `# NUMBER. TITLE`"
    assert int(heading[1]) == _number(decision), f"{decision.name} bears another number in its heading"
    return heading[2]


def _texts(folder: Path = PROJECT) -> Iterator[tuple[str, str]]:
    """Every text of the project, by its path."""
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith((".", "__")) and path not in _OF_USERS:
            yield from _texts(path)
        elif path.name == "Makefile" or (path.suffix in _SUFFIXES and not path.name.startswith(".")):
            yield path.relative_to(PROJECT).as_posix(), path.read_text(encoding="utf-8")


def test_the_numbers_rise() -> None:
    """Numbers are given before pages are written, by several at once: one may come before those below it."""
    numbers = [_number(decision) for decision in DECISIONS]
    assert numbers == sorted(set(numbers))


def test_the_index_lists_each_once_by_its_title() -> None:
    listed = re.findall(
        r"^(\d+)\. \[(.+)\]\((\S+)\)$", (FOLDER / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert listed == [(str(_number(decision)), _title(decision), decision.name) for decision in DECISIONS]


def test_each_that_is_mentioned_is_there() -> None:
    """Where a link is told by its number, it leads to the decision of that number."""
    numbers = {_number(decision) for decision in DECISIONS}
    names = {decision.name for decision in DECISIONS}
    for where, text in _texts():
        mentioned = {int(number) for number in re.findall(r"\bADR (\d+)", text)}
        assert mentioned <= numbers, f"{where} mentions decisions that are not there: {mentioned - numbers}"
        named = set(re.findall(r"\badr/(\d{4}-[\w-]+\.md)", text))
        assert named <= names, f"{where} names decisions that are not there: {named - names}"
        for told, number in re.findall(r"\[ADR (\d+)\]\((?:\S*/)?(\d{4})-", text):
            assert int(told) == int(number), f"{where} says ADR {told} and links to {number}"


def test_the_index_is_found() -> None:
    assert "](docs/adr/" in (PROJECT / "ARCHITECTURE.md").read_text(encoding="utf-8")
