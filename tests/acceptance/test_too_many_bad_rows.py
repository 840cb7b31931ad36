"""Where too many rows are bad the job fails: its outputs stay, the rows set aside are published alone, whole or not."""

from __future__ import annotations

import csv
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import EtlError, NoGoodRow, TooManyBadRows
from etl_batch.etl_core import main, run
from etl_batch.jobs.endings import lost
from etl_batch.jobs.states import State
from etl_batch.pipeline.audit_trail import JobAudit
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.pipeline.job import identify
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, record, records
from tests.helpers.faults import Faults
from tests.helpers.inline_runner import Crash, InlineRunner

OLD = {"out.csv": b"old csv", "out.csv.meta.json": b"old metadata", "out.csv.rejected.csv": b"old rejects"}
BAD = b"".join(record(number, paid=9) for number in range(3)) + b"half"


def _job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    outputs = {"output_csv": f"{home.output}/out.csv", "output_parquet": f"{home.output}/out.parquet"}
    return home.config(**outputs, on_bad_row=OnBadRow.QUARANTINE, chunk_bytes=80, **more)


def _put(home: Home, body: bytes = BAD) -> None:
    home.put("a.bin", body, LAYOUT)
    for name, content in OLD.items():
        (home.output / name).write_bytes(content)


def _only_rejects_are_new(home: Home, rows: int) -> None:
    names = {path.name: path.read_bytes() for path in home.output.iterdir() if not path.name.endswith(".lock")}
    with (home.output / "out.csv.rejected.csv").open(newline="") as file:
        assert [line["row"] for line in csv.DictReader(file)] == [str(row) for row in range(1, rows + 1)]
    del names["out.csv.rejected.csv"]
    (kept,) = (name for name in names if ".bak." in name)
    assert kept.startswith("out.csv.rejected.csv.bak.")
    assert names | {"out.csv.rejected.csv": names[kept]} == OLD | {kept: names[kept]}


def _ends(home: Home) -> list[tuple[str, str]]:
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    return [(one["outcome"], one["detail"].get("error")) for one in entries if one["action"] == "job_finished"]


def test_no_good_row(home: Home) -> None:
    _put(home)
    with pytest.raises(NoGoodRow, match=r"none of the 4 rows read is good: .*/out\.csv\.rejected\.csv has each"):
        run(_job(home), runner=InlineRunner())
    _only_rejects_are_new(home, 4)
    assert _ends(home) == [("failed", "E_NO_GOOD_ROW")]
    assert not list((home.path / ".secrets" / "etl_audit.open").iterdir())


@pytest.mark.parametrize(("limit", "fails"), [("3", True), ("4", False), ("39.9%", True), ("40%", False)])
def test_more_than_are_allowed(home: Home, limit: str, fails: bool) -> None:
    _put(home, BAD[:-4] + BAD[:40] + records(6))
    if fails:
        with pytest.raises(TooManyBadRows, match=f"4 of 10 rows read are bad, more than --max-bad-rows {limit} allows"):
            run(_job(home, max_bad_rows=limit), runner=InlineRunner())
        _only_rejects_are_new(home, 4)
    else:
        assert run(_job(home, max_bad_rows=limit), runner=InlineRunner()).rows_quarantined == 4


def test_dead_at_any_step_of_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies at each call, once the rows are read: a later start comes to the same end, told once."""
    _put(home)
    faults = Faults(monkeypatch)
    with pytest.raises(NoGoodRow):
        run(_job(home), runner=InlineRunner())
    calls = faults.calls.copy()
    begins = len(calls) - calls[::-1].index("pwrite")  # about the journal's decision; what follows
    for at in range(begins, 1000):
        for path in (*home.output.iterdir(), home.path / ".secrets" / "etl_audit.log"):
            path.unlink()
        _put(home)
        job = identify(datetime.now(UTC))
        with monkeypatch.context() as dead, suppress(Crash, NoGoodRow):
            dead.setattr(JobAudit, "failed", lambda *_: None)
            faults.crash_at(at)
            run(_job(home), job=job, runner=InlineRunner())
        if not faults.happened:
            break
        faults.none()
        with pytest.raises(NoGoodRow):
            run(_job(home, resume=True), job=job, runner=InlineRunner())
        _only_rejects_are_new(home, 4)
        assert home.leftovers() == []
        # Two starts, and one end for each: that of the killed one is told by the next, with what it had come to.
        starts = (home.path / ".secrets" / "etl_audit.log").read_text().count('"action":"job_started"')
        assert starts == 2
        assert _ends(home) == [("failed", "E_NO_GOOD_ROW")] * 2
        assert not list((home.path / ".secrets" / "etl_audit.open").iterdir())
    assert at - begins > 5


def test_a_background_job_killed_meanwhile_has_failed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    _put(home)
    died: list[str] = []

    rename = os.rename

    def die(source: str, *more: Any, **named: Any) -> None:  # noqa: ANN401 - as os.rename
        if ".part." not in source:
            return rename(source, *more, **named)
        died.append(source.rpartition(".part.")[2])
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", die)
        with suppress(Crash):
            run(_job(home), runner=InlineRunner())
    ending = lost(_job(home), died[-1], State.RUNNING)
    assert (ending.state, ending.code) == (State.FAILED, "E_NO_GOOD_ROW")
    _only_rejects_are_new(home, 4)


def _said(config: JobConfig) -> str | None:
    try:
        run(config)
    except EtlError as error:
        return error.code
    return None


@pytest.mark.parametrize(
    ("name", "body", "options"),
    [
        ("a.bin", BAD, {}),
        ("a.bin", BAD, {"on_bad_row": OnBadRow.STRICT}),
        ("a.bin", BAD[:40] + records(2), {"on_bad_row": OnBadRow.STRICT}),
        ("a.bin", BAD[:40] + records(2), {"max_bad_rows": "0"}),
        ("a.bin", BAD[:40] + records(2), {}),
        ("a.csv", b"a,b\n1\n2,3,4\n", {}),
        ("a.csv", b"a,b\n1,\xff\n2,3\n4\n", {"on_bad_row": OnBadRow.STRICT}),
        ("a.csv", b"a,b\n1,2\n2\n4\n", {"max_bad_rows": "50%"}),
        ("a.csv", b"a,b\n", {"max_bad_rows": "0"}),
        ("a.csv", b"a,b\n1,2,3\n4,5,6\n", {}),
    ],
)
def test_the_check_says_what_the_job_says(home: Home, name: str, body: bytes, options: dict[str, Any]) -> None:
    home.put(name, body, LAYOUT if name.endswith("bin") else None)
    config = home.config(**{"on_bad_row": OnBadRow.QUARANTINE, "output_csv": f"{home.output}/out.csv", **options})
    try:
        found = dry_run(config)
        code = found.error and found.error.code
        assert found.succeeds == (code is None)
        assert found.as_json()["error"] == (found.error and {"code": code, "message": str(found.error)})
    except EtlError as error:
        code = error.code
    assert code == _said(config)


def test_the_command_says_it_and_so_does_its_check(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    path = home.put("a.csv", b"a,b\n1\n2,3,4\n")
    words = [f"--home={home.path}", "-w1", f"-i{path}", f"-o{home.output}/out.csv", "--on-bad-row=quarantine"]
    assert main([*words, "--check"]) == 2
    assert "❌ The job would fail: error[E_NO_GOOD_ROW]: none of the 2 rows read is good" in capsys.readouterr().err
    assert main([*words, "--quiet"]) == 2
    assert capsys.readouterr().err.startswith("error[E_NO_GOOD_ROW]: none of the 2 rows read is good: ")
    assert main([*words[:-1], "--check"]) == 2
    assert "❌ The job would stop at the first bad row (E_ROW); no row is good" in capsys.readouterr().err


def test_a_header_alone_is_done_with_a_note(home: Home) -> None:
    home.put("a.csv", b"product,quantity,value\n")
    result = run(_job(home, max_bad_rows="0", measures=("value",)))
    assert (result.rows_in, result.warnings[0].partition(":")[0]) == (0, "the inputs hold no rows")
    assert (home.output / "out.csv").read_bytes() == b"product,quantity,value\n"
    notes: list[str] = []
    assert dry_run(_job(home), lambda report: notes.append(report.note)).succeeds
    assert any(note.startswith("the inputs hold no rows") for note in notes)


def test_a_resumed_job_has_the_limit_it_had(home: Home) -> None:
    _put(home, records(4))
    with suppress(Crash):
        run(_job(home, max_bad_rows="1"), runner=_Dying())
    assert Path(home.output / ".out.csv.journal").exists()
    with pytest.raises(EtlError, match="--max-bad-rows was 1 and is 2"):
        run(_job(home, max_bad_rows="2", resume=True), runner=InlineRunner())


class _Dying(InlineRunner):
    def run(self, *arguments: Any) -> Any:  # noqa: ANN401 - as any runner
        super().run(*arguments)
        raise Crash
