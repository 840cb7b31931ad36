"""Checkouts that stand side by side."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.speed.trees import Tree, trees_of


def test_folders_of_one_name_are_told_apart() -> None:
    trees = trees_of([Path("/a/main"), Path("/b/main"), Path("/a/other"), Path("/a/main")])
    assert [tree.name for tree in trees] == ["main", "main 2", "other", "main 3"]


def test_a_checkout_runs_in_its_own_environment(tmp_path: Path) -> None:
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.touch()
    assert Tree(tmp_path).python == own
    assert Tree(tmp_path / "without").python == Path(sys.executable)
