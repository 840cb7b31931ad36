"""What the check says on the page is what the job would say: its verdict, its code, its colour."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow, EtlError, NoGoodRow
from etl_batch.pipeline.dry_run import DryRun

STRICT, QUARANTINE = OnBadRow.STRICT, OnBadRow.QUARANTINE


def _found(bad: int, mode: OnBadRow, error: EtlError | None = None, rows: int = 20) -> dict[str, Any]:
    found = DryRun(
        inputs=(), rows=rows, bad_rows=bad, problems=(), outputs=(), replaces=(), free_bytes=None, seconds=1.0,
        on_bad_row=mode, error=error,
    )  # fmt: skip
    return found.as_json()


def _show(found: dict[str, object]) -> None:  # run as a script of its own
    from etl_batch.ui.check_panel import _show_verdict

    _show_verdict(found)


@pytest.mark.parametrize(
    ("found", "kind", "said"),
    [
        (_found(0, STRICT), "success", "would succeed"),
        (_found(1, QUARANTINE), "warning", "some rows would be set aside"),
        (_found(0, QUARANTINE, rows=0), "warning", "no row to write"),
        (_found(2, QUARANTINE), "error", "in doubt: 2 of 20 rows"),
        (_found(20, QUARANTINE, NoGoodRow("none of the 20 rows read is good")), "error", "**E_NO_GOOD_ROW**"),
        (_found(1, STRICT, BadRow("row 1")), "error", r"first bad row (E_ROW). To set bad rows aside"),
        (_found(20, STRICT, BadRow("row 1")), "error", "first bad row (E_ROW). No row is good."),
    ],
)
def test_the_verdict_of_a_check(found: dict[str, Any], kind: str, said: str) -> None:
    page = AppTest.from_function(_show, kwargs={"found": found}).run(timeout=60)
    assert not page.exception
    banners = [(one, element.value) for one in ("success", "warning", "error") for element in getattr(page, one)]
    assert [banner for banner, _ in banners] == [kind]
    assert said in banners[0][1]
