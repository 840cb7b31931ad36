"""Rules without I/O are tried by themselves: a test in the folder of their room imports each module of them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import PROJECT

PACKAGE = PROJECT / "etl_batch"
#: rooms of rules alone, beside those whose row of ARCHITECTURE.md says so
ROOMS = {"estimate", "layouts", "report", "sampling", "text"}
#: modules of rules in other rooms, beside those whose docstring says so
MODULES = {
    "audit/line_order", "cell_escape", "config", "environment", "formats/csv/problem_text", "formats/units/keys",
    "formats/units/pages", "formats/units/read_ahead", "formats/units/unit_strata", "jobs/endings", "jobs/run_profile",
    "jobs/states", "permissions", "pipeline/plan", "storage/side_names",
}  # fmt: skip
_SAYS_SO = re.compile(r"\b(Pure|Rules only|Values only|No I/O)\b")


def _module(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _is_of_rules(path: Path) -> bool:
    """Constants alone need no test."""
    tree = _tree(path)
    rooms = {str(folder.relative_to(PACKAGE)) for folder in path.parents if PACKAGE in folder.parents}
    says_so = _SAYS_SO.search(ast.get_docstring(tree) or "") is not None
    does_something = any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in tree.body)
    return does_something and (bool(rooms & ROOMS) or says_so or _module(path) in MODULES)


@cache
def _tried_in(room: str) -> frozenset[str]:
    """The modules that the tests of a room import."""
    found: set[str] = set()
    for kind in ("unit", "property"):
        folder = PROJECT / "tests" / kind / room
        for node in (node for path in folder.glob("test_*.py") for node in ast.walk(_tree(path))):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


@pytest.mark.parametrize("path", [*filter(_is_of_rules, sorted(PACKAGE.rglob("*.py")))], ids=_module)
def test_each_module_of_rules_has_tests_where_its_room_is(path: Path) -> None:
    room = path.parent.relative_to(PACKAGE).as_posix()
    name = f"etl_batch.{_module(path).replace('/', '.')}"
    assert name in _tried_in(room), (
        f"no test in tests/unit/{room} or tests/property/{room} imports {name}: it asks for nothing, so try it alone; "
        "values in, values out"
    )


def test_the_modules_that_are_listed_are_there() -> None:
    gone = {name for name in MODULES if not (PACKAGE / f"{name}.py").is_file()}
    gone |= {name for name in ROOMS if not (PACKAGE / name).is_dir()}
    assert not gone, f"{gone} moved: follow them in {Path(__file__).name}"
