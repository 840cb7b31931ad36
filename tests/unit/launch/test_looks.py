"""The end of a check is on the record where it read much, or where its process died."""

from __future__ import annotations

import pytest

from etl_batch.audit.reading import Filter, page
from etl_batch.errors import BadRow, CheckStopped, EtlError, OutOfMemory
from etl_batch.launch.looks import LARGE_BYTES, note_end_of_check
from etl_batch.machine.question import Answering
from etl_batch.permissions import AUDITOR, SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home

ADA = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
OTTO = Actor(name="otto", os_user="test", role=AUDITOR)


@pytest.mark.parametrize(
    ("size", "error", "recorded"),
    [
        (LARGE_BYTES, None, None),
        (LARGE_BYTES, BadRow("row 1"), None),
        (LARGE_BYTES + 1, None, ("ok", "ended", None)),
        (LARGE_BYTES + 1, BadRow("row 1"), ("refused", "ended", "E_ROW")),
        (LARGE_BYTES + 1, CheckStopped("stopped"), ("ok", "cancelled", None)),
        (0, OutOfMemory("no memory"), ("failed", "ended", "E_MEMORY")),
    ],
)
def test_the_end_of_a_check(
    home: Home, size: int, error: EtlError | None, recorded: tuple[str, str, str | None] | None
) -> None:
    progress = {"done_bytes": 0, "total_bytes": size} if size else None
    said = Answering(progress, (), {} if error is None else None, error)
    note_end_of_check(home.path, ADA, {"input": (f"{home.path}/data/a.csv", "b")}, said)
    entries = page(home.path, OTTO, Filter(action="job_checked")).entries
    found = [(str(entry.outcome), entry.detail["state"], entry.detail.get("error")) for entry in entries]
    assert found == ([] if recorded is None else [recorded])
    assert all((entry.target, entry.detail["inputs"]) == ("data/a.csv", 2) for entry in entries)
