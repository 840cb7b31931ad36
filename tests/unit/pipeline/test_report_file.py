"""What killed jobs leave in report/."""

from __future__ import annotations

import os
import time
from pathlib import Path, PurePosixPath

from etl_batch.pipeline.outputs.claims import LATEST_REPORT as LATEST
from etl_batch.pipeline.report_file import _remove_old_parts
from etl_batch.storage.roots import Place


def test_old_part_files_of_reports_are_removed_and_nothing_else(tmp_path: Path) -> None:
    job = "20251115T101530Z-0a1b2c"
    old = [f".{job}.html.part.{job}", f".{LATEST}.part.{job}"]
    kept = [f".{LATEST}.part.20251115T101530Z-0a1b2d", f"{job}.html", f".mine.part.{job}", ".notes.html"]
    for name in (*old, *kept):
        (tmp_path / name).write_text("x")
    past = time.time() - 3600
    for name in (*old, *kept[1:]):
        os.utime(tmp_path / name, (past, past))
    _remove_old_parts(Place(tmp_path, PurePosixPath(LATEST)))
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(kept)
