"""The audit log as many processes write it at once, as kills leave it, and where it cannot be written."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from etl_batch import etl_core
from etl_batch.audit import appender
from etl_batch.audit.events import Action, Event
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.findings import Finding
from etl_batch.audit.log import AuditLog
from etl_batch.audit.verify import inspect
from etl_batch.errors import AuditKeyMissing, AuditUnavailable, SecretsExposed
from etl_batch.pipeline.job import identify
from tests.conftest import ACTOR, PROJECT, Command, Home
from tests.data_makers.audit_homes import filled, forget
from tests.data_makers.records import LAYOUT, record

_WRITER = """
import sys
from pathlib import Path
from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.values import Actor
log, actor = AuditLog(Path(sys.argv[1])), Actor(name=sys.argv[2], os_user="tester")
for number in range(int(sys.argv[3])):
    log.record(actor, Event(action=Action.SIGN_IN, target=str(number)))
    if len(sys.argv) > 4:
        print(number, flush=True)
"""
_KILLED = """
import os, sys
from dataclasses import replace
from pathlib import Path
from etl_batch import etl_core
from etl_batch.pipeline.outputs.header import Job
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.values import Actor
from tests.conftest import Home
JobOutputs.publish = lambda *_: os._exit(9)
alice = Actor(name="alice", os_user="a")
etl_core.run(replace(Home(Path(sys.argv[1])).config(), actor=alice), job=Job(*sys.argv[2:]))
"""


def _writer(home: Path, name: str, lines: int, *tells: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _WRITER, str(home), name, str(lines), *tells]
    return subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE if tells else None, text=True)


def _entries(home: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home / ".secrets" / "etl_audit.log").read_text().splitlines()]


def test_eight_processes_at_once_lose_no_line(tmp_path: Path) -> None:
    writers = [_writer(tmp_path, f"writer {number}", 500) for number in range(8)]
    assert [writer.wait(300) for writer in writers] == [0] * 8
    checked = inspect(AuditFiles(tmp_path / ".secrets"))
    assert (checked.finding, checked.entries) == (Finding.SOUND, 4000)
    assert checked.checkpoints >= 4000 // 64 // 2
    for number in range(8):
        targets = [entry["target"] for entry in _entries(tmp_path) if entry["user"] == f"writer {number}"]
        assert targets == [str(n) for n in range(500)]


def test_killed_fifty_times(tmp_path: Path) -> None:
    """Each line whose writer was told that it is on the disk is there; the log verifies each time."""
    told = 0
    for turn in range(50):
        writer = _writer(tmp_path, f"turn {turn}", 100_000, "tell")
        assert writer.stdout is not None
        for _ in range(1 + turn % 7):
            assert writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        told += 1 + turn % 7 + len(writer.stdout.read().split("\n")) - 1
        writer.wait()
        writer.stdout.close()
        checked = inspect(AuditFiles(tmp_path / ".secrets"))
        assert checked.finding is Finding.SOUND, (turn, checked.reason)
        assert checked.entries >= told
    repairs = [entry for entry in _entries(tmp_path) if entry["action"] == "log_repaired"]
    assert len(repairs) <= 50


def test_an_unfinished_line_is_moved_aside_and_recorded(tmp_path: Path) -> None:
    files = filled(tmp_path, 5)
    with files.log.open("ab") as log:
        log.write(b'{"action":"sign_in","det')
    assert inspect(files).exit_code == 1
    filled(tmp_path, 1, first=6)
    assert inspect(files).finding is Finding.SOUND
    repair = _entries(tmp_path)[5]
    assert (repair["action"], repair["user"]) == ("log_repaired", "system")
    assert (files.folder / str(repair["target"])).read_bytes() == b'{"action":"sign_in","det'
    assert not list(files.folder.glob("*.pending"))


def test_killed_between_moving_aside_and_recording(tmp_path: Path) -> None:
    files = filled(tmp_path, 5)
    (files.folder / "etl_audit.torn.000001.99.pending").write_bytes(b"{")
    files.tail.write_bytes(b"")
    filled(tmp_path, 1)
    assert [entry["action"] for entry in _entries(tmp_path)[5:]] == ["log_repaired", "sign_in"]
    assert inspect(files).finding is Finding.SOUND


def test_what_was_written_but_not_noted_is_kept(tmp_path: Path) -> None:
    files = filled(tmp_path, 5)
    note = files.tail.read_bytes()
    filled(tmp_path, 3, first=6)
    files.tail.write_bytes(note)
    filled(tmp_path, 1, first=9)
    assert inspect(files).entries == 9
    files.tail.unlink()
    files.synced.unlink()
    filled(tmp_path, 1, first=10)
    assert (inspect(files).finding, inspect(files).entries) == (Finding.SOUND, 10)


def test_a_cut_shows_for_ever_once_the_log_goes_on(tmp_path: Path) -> None:
    files = filled(tmp_path, 20)
    lines = files.log.read_bytes().splitlines(keepends=True)
    files.log.write_bytes(b"".join(lines[:15]))
    filled(tmp_path, 5, first=21)
    forget(files)
    checked = inspect(files)
    assert checked.finding is Finding.TAMPERED
    assert "entries 16 to 20 are missing" in checked.reason
    repair = _entries(tmp_path)[15]
    assert (repair["action"], repair["outcome"]) == ("log_repaired", "failed")


def test_rotation_goes_on_with_the_chain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(appender, "ROTATE_BYTES", 3000)
    for number in range(40):
        files = filled(tmp_path, 1, first=number)
    assert len(files.rotated_numbers()) > 3
    checked = inspect(files)
    assert checked.finding is Finding.SOUND
    assert checked.entries == 40 + len(files.rotated_numbers())
    forget(files)
    filled(tmp_path, 1, first=41)  # found again from the first line of the last file
    assert inspect(files).finding is Finding.SOUND
    files.log.rename(files.rotated(files.rotated_numbers()[-1] + 1))  # killed in the middle of a rotation
    filled(tmp_path, 1, first=42)
    assert inspect(files).finding is Finding.SOUND
    files.rotated(2).unlink()
    assert inspect(files).finding is Finding.TAMPERED


def test_a_missing_key_is_never_made_anew(tmp_path: Path) -> None:
    files = filled(tmp_path, 1)
    for key in (files.line_key, files.signing_key):
        content = key.read_bytes()
        key.unlink()
        done = subprocess.run(
            [sys.executable, "-c", _WRITER, str(tmp_path), "x", "1"],
            cwd=PROJECT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert AuditKeyMissing.__name__ in done.stderr
        assert not key.exists()
        key.write_bytes(content)
        key.chmod(0o600)


def test_what_others_can_read_is_refused_with_the_chmod(tmp_path: Path) -> None:
    files = filled(tmp_path, 1)
    AuditLog(tmp_path).head()
    files.folder.chmod(0o750)
    files.tail.unlink()
    with pytest.raises(SecretsExposed, match="chmod 700"):
        filled(tmp_path, 1)
    files.folder.chmod(0o700)
    files.log.chmod(0o644)
    files.log.rename(files.log.with_name("kept"))
    files.log.with_name("kept").rename(files.log)
    with pytest.raises(SecretsExposed, match="chmod 600"):
        _append_anew(tmp_path)


def _append_anew(home: Path) -> None:
    """Append as a process does that has nothing open yet."""
    appender.Appender(home).append(ACTOR, lambda _log, _end: (Event(action=Action.SIGN_IN),))


def _unwritable(home: Home, how: str) -> None:
    log = home.path / ".secrets" / "etl_audit.log"
    log.parent.mkdir(mode=0o700)
    if how == "folder in its place":
        log.mkdir()
    elif how == "link":
        log.symlink_to(home.path / "elsewhere")
    elif how == "pipe":
        os.mkfifo(log, 0o600)
    elif how == "full disk":
        log.symlink_to("/dev/full")
    elif how == "no folder":
        log.parent.rmdir()
        log.parent.write_bytes(b"")


@pytest.mark.parametrize("how", ["folder in its place", "link", "pipe", "full disk", "no folder"])
def test_a_job_is_refused_where_the_log_cannot_be_written(home: Home, command: Command, how: str) -> None:
    home.put("x.bin", record(1), LAYOUT)
    (home.output / "data.csv").write_text("old")
    _unwritable(home, how)
    done = command("-m", "etl_batch", "run", "--quiet")
    *warnings, error = done.err.splitlines()
    assert error.startswith("error[E_AUDIT_UNAVAILABLE]: "), done.err
    assert all("the list of jobs" in warning for warning in warnings)  # it lies in the same folder
    assert done.code == 3
    assert [path.name for path in home.output.iterdir()] == ["data.csv"]
    assert (home.output / "data.csv").read_text() == "old"


def test_what_is_not_wholly_written_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = filled(tmp_path, 3)
    before = files.log.read_bytes()
    write = os.write

    def torn(descriptor: int, data: bytes) -> int:
        return write(descriptor, data[:100])

    monkeypatch.setattr(os, "write", torn)
    with pytest.raises(AuditUnavailable, match="No space"):
        filled(tmp_path, 1)
    monkeypatch.undo()
    assert files.log.read_bytes() == before
    filled(tmp_path, 1)
    assert inspect(files).finding is Finding.SOUND


def test_a_job_says_what_it_did(home: Home) -> None:
    home.put("x.bin", record(1), LAYOUT)
    result = etl_core.run(home.config())
    started, published, finished = _entries(home.path)
    assert [entry["action"] for entry in (started, published, finished)] == [
        "job_started", "output_published", "job_finished",
    ]  # fmt: skip
    assert {entry["job"] for entry in (started, published, finished)} == {result.job_id}
    detail = finished["detail"]
    assert isinstance(detail, dict)
    assert (detail["rows_in"], detail["rows_out"], detail["state"]) == (1, 1, "done")
    first = (home.path / ".secrets" / "etl_audit.log").read_bytes().splitlines(keepends=True)[0]
    assert detail["log_bytes"] == len(first)
    assert isinstance(published["detail"], dict)
    assert published["detail"]["sha256"] == result.outputs[0].sha256
    assert inspect(AuditFiles(home.path / ".secrets")).checkpoints >= 1


def test_a_job_that_fails_says_so(home: Home) -> None:
    with pytest.raises(Exception, match=r"0 bytes|no input|holds no"):
        etl_core.run(home.config())
    started, finished = _entries(home.path)
    assert (started["action"], finished["action"], finished["outcome"]) == ("job_started", "job_finished", "refused")


def test_a_log_that_fails_after_the_rename_is_made_good_by_the_next_start(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.put("x.bin", record(1), LAYOUT)
    record_all = AuditLog.record_all

    def full(self: AuditLog, actor, events, **more):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN003, ANN202
        if len(events) > 1 or more.get("seal"):
            raise AuditUnavailable("full")
        return record_all(self, actor, events, **more)

    monkeypatch.setattr(AuditLog, "record_all", full)
    with pytest.raises(AuditUnavailable, match="the outputs are published"):
        etl_core.run(home.config())
    monkeypatch.undo()
    assert (home.output / "out.csv").exists()
    assert [entry["action"] for entry in _entries(home.path)] == ["job_started"]
    etl_core.run(home.config())
    _, published, finished, again, *_ = _entries(home.path)
    assert (published["action"], finished["action"], again["action"]) == (
        "output_published", "job_finished", "job_started",
    )  # fmt: skip
    assert isinstance(finished["detail"], dict)
    assert finished["detail"]["recorded"] == "by the next start"
    assert not list((home.path / ".secrets" / "etl_audit.open").iterdir())


def test_a_job_that_was_killed_is_recorded_by_the_next_start(home: Home) -> None:
    home.put("x.bin", record(1), LAYOUT)
    etl_core.run(home.config())
    dead = home.path / ".secrets" / "etl_audit.open" / "20260101T000000Z-abcdef"
    dead.write_text(json.dumps({"actor": {"name": "alice", "os_user": "a", "role": None, "ip": None}}) + "\n")
    etl_core.run(home.config())
    found = next(entry for entry in _entries(home.path) if entry["job"] == dead.name)
    assert (found["user"], found["outcome"]) == ("alice", "failed")
    assert not dead.exists()


def test_a_job_killed_as_it_was_about_to_publish_goes_on(home: Home) -> None:
    """Its note says already what it publishes, and the journal is still there: it is neither done nor forgotten."""
    home.put("x.bin", record(1), LAYOUT)
    job = identify(datetime.now(UTC))
    killed = subprocess.run([sys.executable, "-c", _KILLED, home.path, *astuple(job)], cwd=PROJECT, check=False)
    assert killed.returncode == 9
    notes = home.path / ".secrets" / "etl_audit.open"
    assert [note.name for note in notes.iterdir()] == [job.job_id]
    result = etl_core.run(home.config(resume=True), job=job)
    assert result.job_id == job.job_id
    actions = [(entry["action"], entry["user"]) for entry in _entries(home.path)]
    assert actions == [
        ("job_started", "alice"), ("job_finished", "alice"), ("job_started", ACTOR.name),
        ("output_published", ACTOR.name), ("job_finished", ACTOR.name),
    ]  # fmt: skip
    assert not list(notes.iterdir())
    assert home.leftovers() == []


def test_threads_share_a_log(tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as threads:
        seqs = list(threads.map(lambda number: filled(tmp_path, 1, first=number) and number, range(100)))
    assert len(seqs) == 100
    assert inspect(AuditFiles(tmp_path / ".secrets")).entries == 100


@pytest.mark.parametrize("bad", [{"Name": "x"}, {"mac": "x"}, {"a": 1.5}])
def test_details_that_no_entry_can_have(tmp_path: Path, bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="detail"):
        AuditLog(tmp_path).record(ACTOR, Event(action=Action.SIGN_IN, detail=bad))  # type: ignore[arg-type]


def test_the_commands(home: Home, command: Command) -> None:
    home.put("x.bin", record(1), LAYOUT)
    audit = ("-m", "etl_batch", "audit")
    assert command(*audit, "verify").code == 0
    assert command(*audit, "head").code == 3
    assert command("-m", "etl_batch", "run", "--quiet", "--actor", "=alice\u202e").code == 0
    kept = home.path / "kept"
    kept.write_text(command(*audit, "head").out)
    assert command(*audit, "verify", "--head", kept, "--json").json()["finding"] == "sound"
    shown = command(*audit, "tail", "--user", "=alice\u202e", "-n", "2").out
    assert "job_finished" in shown
    assert "\u202e" not in shown
    assert [json.loads(line)["seq"] for line in command(*audit, "tail", "--json").out.splitlines()] == [1, 2, 3, 4]
    exported = command(*audit, "export", "--csv", "--action", "job_started").out
    assert exported.startswith("seq,ts,user") and "'=alice" in exported  # noqa: PT018
    proof = home.path / "proof"
    proof.write_text(command(*audit, "prove", "2", "--head", kept).out)
    key = home.path / ".secrets" / "etl_audit.ed25519.pub"
    assert command(*audit, "check-proof", proof, "--public-key", key, "--head", kept).code == 0
    text = proof.read_text()
    proof.write_text(text.replace("output_published", "output_publishes"))
    assert command(*audit, "check-proof", proof, "--json").json()["holds"] is False
    assert command(*audit, "check-proof", kept).code == 3
    assert command(*audit, "prove", "999").code == 2
    log = home.path / ".secrets" / "etl_audit.log"
    content = log.read_bytes()
    log.write_bytes(content.replace(b"alice", b"alicf", 1))
    done = command(*audit, "verify")
    assert (done.code, "line 1, byte 0" in done.out) == (1, True)
    assert command(*audit, "verify", "--nothing").code == 3
    for name in ("verify", "tail", "head", "export", "prove", "check-proof"):
        assert "usage:" in command(*audit, name, "--help").out
