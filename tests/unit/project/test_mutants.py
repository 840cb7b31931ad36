"""The rows of planted faults fit the tree: each finds its place, once, and the tests it names are there."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.mutants import scratch_tree
from tests.mutants.__main__ import plant_all
from tests.mutants.all_faults import all_faults
from tests.mutants.fault import Fault, Unplantable
from tests.mutants.scratch_tree import ScratchTree

FAULTS = all_faults()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name[:80])
def test_every_row_fits_the_tree(fault: Fault) -> None:
    assert fault.planted(PROJECT) != fault.file(PROJECT).read_text()
    for argument in fault.tests.split():
        path, _, test = argument.partition("::")
        assert (PROJECT / path).exists(), f"{path} is not there; the row must name tests that are"
        if test:
            assert f"def {test.split('::')[-1].split('[')[0]}(" in (PROJECT / path).read_text(), test


def test_there_are_enough_and_none_twice() -> None:
    assert len(FAULTS) >= 40
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)


SOURCE = """\
LIMIT = 3


class Door:
    @property
    def open(self) -> bool:
        return self.key == LIMIT


def open(key):
    return key == LIMIT
"""


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "door.py").write_text(SOURCE)
    return tmp_path


@pytest.mark.parametrize(
    ("symbol", "before", "after", "line"),
    [
        ("house.door.LIMIT", "3", "4", 0),
        ("house.door.Door.open", "== LIMIT", "!= LIMIT", 6),
        ("house.door.open", "== LIMIT", "!= LIMIT", 10),
        ("house.door.Door", "@property", "@staticmethod", 4),
    ],
)
def test_a_fault_is_planted_in_its_symbol_only(tree: Path, symbol: str, before: str, after: str, line: int) -> None:
    planted = Fault(symbol, before, after, "tests").planted(tree).splitlines()
    expected = SOURCE.splitlines()
    expected[line] = expected[line].replace(before, after)
    assert planted == expected


@pytest.mark.parametrize(
    ("symbol", "before"),
    [("house.door", "== LIMIT"), ("house.door.Door", "== 4"), ("house.window", "x"), ("house.door.shut", "x")],
)
def test_a_row_that_does_not_fit_is_told(tree: Path, symbol: str, before: str) -> None:
    with pytest.raises(Unplantable):
        Fault(symbol, before, "y", "tests").planted(tree)


def _bare_tree(path: Path) -> ScratchTree:
    """A tree of nothing: what a copy of the project takes is not needed here."""
    tree = object.__new__(ScratchTree)
    tree.path, tree.python = path, sys.executable
    return tree


def test_whatever_a_test_prints_it_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in tests are not always UTF-8."""
    prints = "import sys; sys.stdout.buffer.write(b'E \\xff'); sys.exit(1)"
    monkeypatch.setattr(scratch_tree, "_PYTEST", ("-c", prints))
    assert _bare_tree(tmp_path).run_tests(["tests"]) == (1, r"E \xff")


def test_faults_that_nobody_came_to_are_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(_tree: ScratchTree, _fault: Fault) -> AbstractContextManager[None]:
        raise RuntimeError("no room for it")

    monkeypatch.setattr(ScratchTree, "planted", breaks)
    with pytest.raises(RuntimeError, match="no room"):
        plant_all([Fault("a.b", "x", "y", "tests")] * 2, [_bare_tree(tmp_path)])
