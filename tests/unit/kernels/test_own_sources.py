"""Compiled kernels are kept for exactly the sources that they were made of."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from etl_batch import cell_escape
from etl_batch.kernels import own_sources as finding
from etl_batch.kernels.cache_folder import source_key
from etl_batch.kernels.own_sources import own_sources, sources_of_one

PACKAGE = Path(cell_escape.__file__).parent


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of what the kernels are made of, in a package of the same name."""
    package = tmp_path / "etl_batch"
    for name, content in own_sources(PACKAGE / "kernels").items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_bytes(content)
    (package / "config.py").write_text("UNUSED = 1\n")
    return package


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_copy_has_the_same_key(copied: Path) -> None:
    assert source_key(copied / "kernels") == source_key()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("cell_escape.py", "QUOTED = frozenset(", "QUOTED = frozenset('#') | frozenset("),
        ("kernels/block64.py", "BLOCK = U(64)", "BLOCK = U(32)"),
    ],
)
def test_a_changed_constant_gives_another_key(copied: Path, name: str, old: str, new: str) -> None:
    edit(copied / name, old, new)
    assert source_key(copied / "kernels") != source_key()


def test_a_module_is_made_of_itself_and_of_what_it_imports_and_of_nothing_else(copied: Path) -> None:
    def of_one(name: str) -> dict[str, bytes]:
        return sources_of_one(copied / "kernels" / name, copied)

    before = {name: of_one(name) for name in ("pack_codes.py", "csv_check.py")}
    assert "kernels/block64.py" in before["csv_check.py"], "csv_check reads blocks of 64 bytes"
    assert "kernels/block64.py" not in before["pack_codes.py"]
    assert {"kernels/machine.py", "kernels/compile.py"} <= set(before["pack_codes.py"]), "at whatever depth"
    edit(copied / "kernels" / "block64.py", "BLOCK = U(64)", "BLOCK = U(32)")
    assert of_one("csv_check.py") != before["csv_check.py"]
    assert of_one("pack_codes.py") == before["pack_codes.py"]


def test_a_module_with_kernels_may_lie_outside_of_the_package(copied: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("from etl_batch.kernels.block64 import BLOCK\n")
    before = sources_of_one(outside, copied)
    assert {outside.as_posix(), "kernels/block64.py"} <= set(before)
    edit(copied / "kernels" / "block64.py", "BLOCK = U(64)", "BLOCK = U(32)")
    assert sources_of_one(outside, copied) != before


def test_what_no_kernel_imports_does_not_count(copied: Path) -> None:
    (copied / "config.py").write_text("UNUSED = 2\n")
    assert source_key(copied / "kernels") == source_key()


@pytest.mark.parametrize(
    "statement",
    [
        "from etl_batch.signs import SIGNS",
        "from etl_batch import signs",
        "import etl_batch.signs as told",
        "from ..signs import SIGNS",
        "from .. import signs",
        "from etl_batch import (\n    config,\n    signs,  # both (of them)\n)",
        "from etl_batch.signs import \\\n    SIGNS",
        "def late():\n    from etl_batch.signs import SIGNS\n    return SIGNS",
        'TEXT = """\nfrom etl_batch everything comes.\n"""\nfrom etl_batch.signs import SIGNS',
        "from etl_batch.more import SIGNS",
    ],
)
def test_every_form_of_import_is_followed_as_deep_as_it_goes(copied: Path, statement: str) -> None:
    (copied / "kernels" / "another.py").write_text(f'"""A kernel."""\n{statement}\n')
    (copied / "more").mkdir()
    (copied / "more" / "__init__.py").write_text("from ..signs import SIGNS\n")
    (copied / "signs.py").write_text("SIGNS = '+-'\n")
    before = source_key(copied / "kernels")
    (copied / "signs.py").write_text("SIGNS = '+-='\n")
    assert source_key(copied / "kernels") != before


def test_to_parse_only_the_imports_overlooks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = own_sources(PACKAGE / "kernels")
    monkeypatch.setattr(finding, "_statements", lambda content, _imports: ast.walk(ast.parse(content)))
    assert own_sources(PACKAGE / "kernels") == found


@pytest.mark.io
def test_asking_loads_neither_numba_nor_a_kernel() -> None:
    script = (
        "import sys; from etl_batch.kernels.cache_folder import is_compiled; is_compiled(); "
        "slow = ('numba', 'llvmlite', 'numpy', 'etl_batch.kernels.'); "
        "print(*sorted(one for one in sys.modules if one.startswith(slow)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["etl_batch.kernels.cache_folder", "etl_batch.kernels.own_sources"]
