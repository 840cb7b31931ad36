"""A page that is opened while another thread still loads pandas: it waits for the whole of it, and is shown."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import PROJECT

#: pandas is held in the middle of its import until the page is shown, has failed, or waits for that import to end
_SCRIPT = """
import importlib.machinery, sys, threading, time
begun, goes_on, over = threading.Event(), threading.Event(), threading.Event()

class Loader(importlib.machinery.SourceFileLoader):
    def exec_module(self, module):
        begun.set()
        goes_on.wait()
        super().exec_module(module)

class Held:
    def find_spec(name, path, target=None):
        if name == "pandas.core.api":
            spec = importlib.machinery.PathFinder.find_spec(name, path)
            spec.loader = Loader(name, spec.origin)
            return spec

sys.meta_path.insert(0, Held)
import plotly.graph_objects, streamlit
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table
from pages.views.curves import show_curves

def show():
    try:
        {code}
        print("shown")
    finally:
        over.set()

def waits(thread):
    frame = sys._current_frames().get(thread.ident)
    while frame is not None:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>" and frame.f_code.co_name == "acquire":
            return True
        frame = frame.f_back
    return False

loader = threading.Thread(target=__import__, args=("pandas",))
loader.start()
begun.wait()
page = threading.Thread(target=show)
page.start()
while not (over.is_set() or waits(page)):
    time.sleep(0.01)
goes_on.set()
page.join()
loader.join()
"""
_SHOWN = {
    "curves": 'show_curves("CPU", [0.0, 1.0], {"all": [1.0, None]}, key="cpu")',
    "a table": 'show_table(Table((Column(name="a", title="A"),), [{"a": "x"}]), key="t", alt="t")',
}


@pytest.mark.io
@pytest.mark.parametrize("code", _SHOWN.values(), ids=_SHOWN)
def test_what_is_shown_meanwhile_waits(code: str) -> None:
    command = [sys.executable, "-c", _SCRIPT.replace("{code}", code)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=100, check=False)
    assert done.stdout == "shown\n", done.stderr[-2000:]


def _imports_plotly(path: Path) -> bool:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    return any(name.split(".")[0] == "plotly" for name in names)


def test_plotly_is_imported_in_one_place() -> None:
    """Plotly takes whatever `sys.modules` holds for pandas, half of it as well; `graph_objects` loads pandas first."""
    sources = [path for folder in ("etl_batch", "pages", "auth") for path in (PROJECT / folder).rglob("*.py")]
    found = {str(path.relative_to(PROJECT)) for path in sources if _imports_plotly(path)}
    assert found == {"etl_batch/ui/charts.py"}, "make charts with etl_batch.ui.charts.new_figure"
