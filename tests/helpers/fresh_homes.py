"""Homes of one test that all begin in the same way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.conftest import Home

Homes = Callable[[], Home]


def fresh_homes(folder: Path, prepare: Callable[[Home], None]) -> Homes:
    """Each call of what is returned makes one more home.

    Args:
        folder: where they are made.
        prepare: fills one.
    """
    made: list[Home] = []

    def fresh() -> Home:
        home = Home(folder / f"home{len(made)}")
        for name in ("data", "output", "report"):
            (home.path / name).mkdir(parents=True)
        prepare(home)
        made.append(home)
        return home

    return fresh
