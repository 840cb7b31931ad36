"""What pages need is there before the first user comes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import PROJECT

_ASKED = """
import gc, json, sys
from pathlib import Path
from pages.services.amplitude_errors import error_curves
from pages.warm_up import warm_up
warm_up(Path(sys.argv[1]))
wanted = ("plotly.graph_objects", "pandas", "pages.views.estimate_view", "pages.views.machine_view")
print(json.dumps([[name in sys.modules for name in wanted], error_curves.cache_info().currsize, gc.get_freeze_count()]))
"""
_LEAST_LEFT_OUT = 100_000  #: objects


def test_libraries_and_views_are_loaded_and_the_first_curves_are_there(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _ASKED, str(tmp_path)]
    done = subprocess.run(command, cwd=PROJECT, check=True, capture_output=True, text=True, timeout=120)
    found, curves, left_out = json.loads(done.stdout)
    assert (found, curves) == ([True] * 4, 1)
    assert left_out > _LEAST_LEFT_OUT, "behind each page all of it would be looked through for garbage"
    assert "ScriptRunContext" not in done.stderr
