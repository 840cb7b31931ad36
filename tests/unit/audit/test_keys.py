"""A key that is removed or replaced is noticed: by whoever writes, with the next entry, and by whoever verifies."""

from __future__ import annotations

import json
import os
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest

from etl_batch.__main__ import main
from etl_batch.audit import keys, log
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.findings import Finding
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reading import verify
from etl_batch.audit.verify import inspect
from etl_batch.errors import AuditKeyMissing, AuditUnavailable, SecretsExposed
from pages.views.verdict_view import in_words
from tests.conftest import ACTOR
from tests.data_makers.audit_homes import filled

KEYS = pytest.mark.parametrize("name", ["line_key", "signing_key"])


def _refused(home: Path, files: AuditFiles, message: str) -> None:
    """Nothing is written, signed or rotated, and the error is that of a log that cannot be written."""
    before = files.log.read_bytes(), files.checkpoints.read_bytes()
    for attempt in (lambda: filled(home, 1), lambda: AuditLog(home).head()):
        with pytest.raises(AuditUnavailable, match=message) as refused:
            attempt()
        assert refused.value.code == "E_AUDIT_UNAVAILABLE"
    assert (files.log.read_bytes(), files.checkpoints.read_bytes()) == before


@KEYS
def test_a_key_that_is_removed_under_a_running_process(tmp_path: Path, name: str) -> None:
    """F: it went on writing "ok" with the key that it remembered."""
    files = filled(tmp_path, 1)
    key: Path = getattr(files, name)
    kept = key.read_bytes()
    key.unlink()
    _refused(tmp_path, files, f"{key.name} is missing")
    assert not key.exists()
    key.write_bytes(kept)  # from a backup: another file, the same key
    key.chmod(0o600)
    filled(tmp_path, 1, first=2)
    assert inspect(files).finding is Finding.SOUND


@KEYS
@pytest.mark.parametrize("how", ["in place", "another file"])
def test_a_key_that_is_replaced_under_a_running_process(tmp_path: Path, name: str, how: str) -> None:
    files = filled(tmp_path, 1)
    key: Path = getattr(files, name)
    kept, times = key.read_bytes(), key.stat()
    if how == "another file":
        key.unlink()
    key.write_bytes(b"7" * (len(kept) - 1) + b"\n")
    key.chmod(0o600)
    os.utime(key, ns=(times.st_atime_ns, times.st_mtime_ns))  # as far as somebody can set it back
    _refused(tmp_path, files, "a key of the log .* was replaced")


@pytest.fixture
def begin_anew(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From then on, this process knows no more of logs and their keys than a new one."""
    return lambda: monkeypatch.setattr(log, "_open", OrderedDict())


def _replace(key: Path) -> bytes:
    """Put another valid key in its place; returns the true one."""
    kept = key.read_bytes()
    key.write_bytes(b"7" * (len(kept) - 1) + b"\n")
    return kept


@KEYS
def test_a_new_process_does_not_continue_a_log_with_another_key(
    tmp_path: Path, name: str, begin_anew: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """F: its entries made the log TAMPERED for ever, with the true key back, too."""
    files = filled(tmp_path, 3)
    key: Path = getattr(files, name)
    kept = _replace(key)
    begin_anew()
    _refused(tmp_path, files, f"{key.name} is not the key of the log")
    assert main(["audit", "verify", "--home", str(tmp_path)]) == 1
    assert "could not be recorded" in capsys.readouterr().out
    _refused(tmp_path, files, "put the etl_audit")
    key.write_bytes(kept)
    filled(tmp_path, 1, first=4)
    assert (inspect(files).finding, inspect(files).entries) == (Finding.SOUND, 4)


def test_another_pair_of_signing_keys_is_no_better(tmp_path: Path, begin_anew: Callable[[], None]) -> None:
    """Neither with its own public key beside it, nor where the checkpoints are gone and the old public key is there."""
    files = filled(tmp_path, 1)
    _replace(files.signing_key)
    kept = files.public_key.read_bytes()
    files.public_key.unlink()
    keys.public_key(files)
    begin_anew()
    _refused(tmp_path, files, "none of the last checkpoints")
    files.public_key.write_bytes(kept)
    files.checkpoints.write_bytes(b"")
    _refused(tmp_path, files, "none of the last checkpoints")


@pytest.mark.parametrize("lines", [0, 1])
def test_another_key_behind_a_rotation(tmp_path: Path, begin_anew: Callable[[], None], lines: int) -> None:
    """The last entry may stand in the file that was put away: the new one is empty, or has an unfinished line."""
    files = filled(tmp_path, 3)
    files.log.rename(files.rotated(1))
    files.log.write_bytes(b'{"action"' * lines)
    files.log.chmod(0o600)
    kept = _replace(files.line_key)
    begin_anew()
    _refused(tmp_path, files, "none of the last entries")
    files.line_key.write_bytes(kept)
    filled(tmp_path, 1, first=4)
    assert inspect(files).finding is Finding.SOUND


@pytest.mark.parametrize("forgets", [False, True])
@pytest.mark.parametrize("lines", [1, 3])
def test_a_changed_last_line_is_not_taken_for_another_key(
    tmp_path: Path, begin_anew: Callable[[], None], lines: int, forgets: bool
) -> None:
    """Who changes a line is found out by `audit verify`, and keeps nobody from writing.

    Only where nothing is left of the key, neither a line nor a note, it cannot be told from another.
    """
    files = filled(tmp_path, lines)
    content = files.log.read_bytes()
    files.log.write_bytes(content[:-10] + bytes([content[-10] ^ 1]) + content[-9:])
    if forgets:
        files.tail.unlink()
        files.synced.unlink()
    begin_anew()
    if forgets and lines == 1:
        _refused(tmp_path, files, "none of the last entries")
        return
    filled(tmp_path, 1)
    assert inspect(files).finding is Finding.TAMPERED
    assert files.log.read_bytes().count(b"\n") == lines + 1


def test_a_key_that_is_opened_to_others_under_a_running_process(tmp_path: Path) -> None:
    files = filled(tmp_path, 1)
    files.line_key.chmod(0o644)
    with pytest.raises(SecretsExposed, match="chmod 600"):
        filled(tmp_path, 1)


def test_all_of_the_secrets_removed_under_a_running_process(tmp_path: Path) -> None:
    """It does not begin a new log as if there had been none."""
    files = filled(tmp_path, 1)
    for file in files.folder.iterdir():
        file.unlink()
    with pytest.raises(AuditUnavailable, match="is missing"):
        filled(tmp_path, 1)
    assert not files.log.exists()
    assert not files.line_key.exists()


def test_an_entry_costs_no_reading_of_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = filled(tmp_path, 1)

    def read(file: Path, _most_bytes: int) -> bytes:
        raise AssertionError(f"{file} was read")

    with monkeypatch.context() as patch:
        patch.setattr(keys, "read_secret", read)
        for number in range(2, 7):
            filled(tmp_path, 1, first=number)
    assert inspect(files).entries == 6


@KEYS
def test_verifying_without_a_key(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """F: without the key of the signatures, the public one beside it sufficed for exit code 0."""
    files = filled(tmp_path, 3)
    AuditLog(tmp_path).head()
    assert files.public_key.exists()
    key: Path = getattr(files, name)
    key.unlink()
    checked = inspect(files)
    assert (checked.exit_code, checked.code) == (4, AuditKeyMissing.code)
    assert key.name in checked.reason
    assert main(["audit", "verify", "--home", str(tmp_path)]) == 4
    said = capsys.readouterr().out
    assert said.startswith(f"KEY MISSING [E_AUDIT_KEY_MISSING]: the key {key.name} is missing")
    assert main(["audit", "verify", "--home", str(tmp_path), "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["code"] == "E_AUDIT_KEY_MISSING"
    # The page of the running console, whose process remembers the keys, shows the same.
    on_page = verify(tmp_path, ACTOR)
    assert (on_page.finding, on_page.reason) == (checked.finding, checked.reason)
    assert "E_AUDIT_KEY_MISSING" in in_words(on_page)
    assert key.name.replace("_", "") in in_words(on_page).replace("\\", "").replace("_", "")
    assert any("could not be recorded" in note for note in on_page.notes)
