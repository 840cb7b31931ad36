"""`compile` leaves nothing for the first start to compile: neither kernels nor modules nor templates."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from etl_batch.kernels.cache_folder import cache_folder
from tests.conftest import PROJECT

pytestmark = pytest.mark.io

_FOLDERS = ("etl_batch", "auth", "pages")


def test_every_module_is_compiled_where_python_itself_may_not_write(tmp_path: Path) -> None:
    for name in _FOLDERS:
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc", "*.template"))
    kernels = cache_folder()
    theirs = tmp_path / "etl_batch" / "kernels" / "__pycache__" / kernels.name
    shutil.copytree(kernels, theirs, dirs_exist_ok=True)
    command = [sys.executable, "-m", "etl_batch", "compile", "--quiet"]
    subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, check=True)
    modules = [path for name in _FOLDERS for path in (tmp_path / name).rglob("*.py")]
    assert len(modules) > 300
    assert [path for path in modules if not Path(cache_from_source(str(path))).exists()] == []
    kept = tmp_path / "etl_batch" / "report" / "templates" / "__pycache__"
    assert len(list(kept.glob("*.template"))) == len(list(kept.parent.glob("*.*")))
