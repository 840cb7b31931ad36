"""What the corpus is made of: scenes, each a home of its own in which commands are run one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Step:
    """One command."""

    name: str  #: within its scene, and of the folder of its artefacts
    arguments: tuple[str, ...]  #: `core` first: etl_core.py; `{job:0}` is the newest job
    stdin: str = ""
    is_in_suite: bool = False  #: among those that a test runs each time


@dataclass(frozen=True, slots=True)
class Scene:
    """A home and what is run there."""

    name: str
    make: Callable[[Path], None]  #: fills the home, whose folders are there
    steps: tuple[Step, ...] = field(default=())

    @property
    def in_suite(self) -> Scene:
        """Only the steps that a test runs."""
        return Scene(self.name, self.make, tuple(step for step in self.steps if step.is_in_suite))


def run(name: str, flags: str, *, suite: bool = False) -> Step:
    """A job by `run`, quick to write: flags divided at blanks, `-w 1` unless they say so."""
    words = flags.split()
    workers = () if "-w" in words else ("-w", "1")
    return Step(name, ("run", *words, *workers), is_in_suite=suite)


def ask(name: str, words: str, *more: str, suite: bool = False) -> Step:
    """Any command, divided at blanks; `more` are arguments with blanks in them."""
    return Step(name, (*words.split(), *more), is_in_suite=suite)
