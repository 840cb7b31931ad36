"""What is shown of a log that somebody has written into."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from etl_batch.audit import reading
from etl_batch.audit.chain import CUT, MOST_CHARACTERS, entry_of
from etl_batch.audit.events import Action, Event
from etl_batch.audit.findings import Finding
from etl_batch.audit.log import AuditLog
from etl_batch.audit.verify import inspect
from etl_batch.errors import Forbidden
from etl_batch.permissions import ANALYST, AUDITOR
from etl_batch.values import Actor
from tests.conftest import ACTOR
from tests.data_makers.audit_homes import filled

OTTO = Actor(name="otto", os_user="test", role=AUDITOR)
SOUND = {
    "seq": 3, "ts": "2026", "user": "u", "role": None, "action": "sign_in", "target": "t", "outcome": "ok",
    "job": None, "ip": None, "detail": {"how": "password", "tries": 1, "late": False, "why": None},
}  # fmt: skip
GARBAGE = {
    "nested": b"[" * 100_000,
    "no JSON": b"\x00\xff\xfe not JSON",
    "long number": b'{"seq":' + b"9" * 5000 + b"}",
    "no object": b"[1, 2]",
    "nothing": b"",
    "no time": json.dumps(SOUND | {"ts": 1}).encode(),
    "a number for a user": json.dumps(SOUND | {"user": 7}).encode(),
    "a text for a number": json.dumps(SOUND | {"seq": "3"}).encode(),
    "a list for details": json.dumps(SOUND | {"detail": [1]}).encode(),
    "details in details": json.dumps(SOUND | {"detail": {"a": {"b": 1}}}).encode(),
    "half a character": json.dumps(SOUND | {"target": "\ud800"}).encode(),
    "very long": b"x" * 3_000_000,
}


def test_a_sound_line_is_an_entry() -> None:
    entry = entry_of(json.dumps(SOUND).encode())
    assert (entry.is_readable, entry.seq, entry.user, entry.detail) == (True, 3, "u", SOUND["detail"])


@pytest.mark.parametrize("length", [MOST_CHARACTERS, MOST_CHARACTERS + 1, 50_000])
def test_a_long_text_is_cut_and_says_so(tmp_path: Path, length: int) -> None:
    AuditLog(tmp_path).record(ACTOR, Event(action=Action.SIGN_IN, target="x" * length))
    (entry,) = reading.page(tmp_path, OTTO).entries
    assert len(entry.target) == MOST_CHARACTERS
    assert entry.target.endswith(CUT) == (length > MOST_CHARACTERS)


@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_in_the_log_is_shown_as_such_and_found(tmp_path: Path, kind: str) -> None:
    """Nothing that reads the log falls over it: page, search, exports, the next entry, the verification."""
    files = filled(tmp_path, 3)
    lines = files.log.read_bytes().splitlines(keepends=True)
    files.log.write_bytes(b"".join([lines[0], GARBAGE[kind] + b"\n", *lines[1:]]))
    shown = reading.page(tmp_path, OTTO).entries
    assert [entry.is_readable for entry in shown] == [True, True, False, True]
    assert len(shown[2].target) <= 1000
    found = reading.page(tmp_path, OTTO, reading.Filter(since="2020", until="2999", text="user 2")).entries
    assert [entry.target for entry in found] == ["user 2"]
    assert "".join(reading.export_json_lines(tmp_path, OTTO)).isascii()
    rows = list(csv.DictReader(io.StringIO("".join(reading.export_csv(tmp_path, OTTO)))))
    assert len(rows) == 6, "with the two exports"
    filled(tmp_path, 1, first=4)
    checked = inspect(files)
    assert checked.finding is Finding.TAMPERED
    assert checked.fault is not None
    assert (checked.fault.line, checked.fault.byte) == (2, len(lines[0]))


def test_who_may_not_read_the_log_does_not(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    ana = Actor(name="ana", os_user="test", role=ANALYST)
    for call in (reading.page, reading.head, reading.verify, reading.latest_checkpoint, reading.export_csv):
        with pytest.raises(Forbidden):
            call(tmp_path, ana)
    assert ACTOR.role is None, "the operator of the machine has no role, and may"
    assert reading.page(tmp_path, ACTOR).entries
