"""The chapter for beginners, done word by word: each block of commands prints what stands below it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT, Home

CHAPTER = PROJECT / "docs" / "five-minutes.md"
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def _steps() -> dict[str, list[tuple[str, str]]]:
    """Of each part its blocks of commands, and what each prints."""
    found = {}
    for part in re.split(r"^## ", CHAPTER.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = _BLOCK.findall(part)
        assert [kind for kind, _ in blocks] == ["bash", "text"] * (len(blocks) // 2), "commands, and what they print"
        texts = [text for _, text in blocks]
        found[part.partition("\n")[0]] = list(zip(texts[::2], texts[1::2], strict=True))
    return {name: steps for name, steps in found.items() if steps}


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """A folder with a `python` that is ours."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python").chmod(0o755)
    return folder


@pytest.mark.parametrize("part", _steps())
def test_each_block_prints_what_stands_below_it(home: Home, python: Path, part: str) -> None:
    surrounding = {**os.environ, "ETL_HOME": str(home.path), "PATH": f"{python}:{os.environ['PATH']}"}
    for commands, printed in _steps()[part]:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            cwd=home.path,
            env=surrounding,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr.decode()) == (0, "")
        assert done.stdout.decode() == printed


def test_it_has_the_parts_that_people_look_for() -> None:
    assert [*_steps()] == ["A German export", "A French export", "A US export", "A bank statement", "A log"]
