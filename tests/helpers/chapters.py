"""Chapters of the documents that are run as they stand: each block of commands, and what is printed below it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import Home

_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


def steps_of(chapter: Path) -> dict[str, list[tuple[str, str]]]:
    """Of each part its blocks of commands, and what each prints."""
    found = {}
    for part in re.split(r"^## ", chapter.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        blocks = _BLOCK.findall(part)
        assert [kind for kind, _ in blocks] == ["bash", "text"] * (len(blocks) // 2), "commands, and what they print"
        texts = [text for _, text in blocks]
        found[part.partition("\n")[0]] = list(zip(texts[::2], texts[1::2], strict=True))
    return {name: steps for name, steps in found.items() if steps}


def python_of_ours(folder: Path) -> Path:
    """A folder with a `python` that is ours."""
    folder.mkdir()
    (folder / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (folder / "python").chmod(0o755)
    return folder


def run_steps(home: Home, python: Path, steps: list[tuple[str, str]]) -> None:
    """Run them in a home; fails where one prints something else than what stands below it. The home is left out."""
    surrounding = {**os.environ, "ETL_HOME": str(home.path), "PATH": f"{python}:{os.environ['PATH']}"}
    for commands, printed in steps:
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", commands],
            cwd=home.path,
            env=surrounding,
            capture_output=True,
            check=False,
        )
        assert (done.returncode, done.stderr.decode()) == (0, ""), commands
        assert done.stdout.decode().replace(f"{home.path}/", "") == printed
