"""Audit logs to test with."""

from __future__ import annotations

from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.log import AuditLog
from tests.conftest import ACTOR


def filled(home: Path, lines: int, first: int = 1) -> AuditFiles:
    """A log with so many more lines."""
    log = AuditLog(home)
    events = [Event(action=Action.SIGN_IN, target=f"user {number}") for number in range(first, first + lines)]
    if events:
        log.record_all(ACTOR, events)
    return AuditFiles(home / ".secrets")


def forget(files: AuditFiles) -> None:
    """Remove what a folder remembers of its log, as somebody does who cuts it and knows how."""
    for file in (files.tail, files.synced, files.checkpoints):
        file.unlink(missing_ok=True)
