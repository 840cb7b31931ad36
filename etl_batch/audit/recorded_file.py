"""A file of the console's own: put in its place, or taken away, on the record."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from etl_batch.audit.events import Event
from etl_batch.audit.log import AuditLog
from etl_batch.errors import EtlError, NotFound
from etl_batch.storage.part_file import PartFile, discard, explained
from etl_batch.storage.paths import is_folder, open_existing
from etl_batch.storage.publication import publish_alone
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import opened_folder, refuse_long_names
from etl_batch.storage.target import refuse_irreplaceable
from etl_batch.values import Actor


def put_recorded(target: Place, content: bytes, home: Path, actor: Actor, event: Event) -> None:
    """Write beside the target, put it on the record, and only then into its place; an old one is kept.

    Raises:
        AuditUnavailable: it cannot be written down, so nothing is changed.
        Refused, DiskFull, OutputFailed: it cannot be put there.
    """
    refuse_irreplaceable(target, folder=False)
    refuse_long_names(target)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    part = PartFile.create(target, f"upload-{os.getpid()}-{os.urandom(3).hex()}", content)
    try:
        AuditLog(home).record(actor, event)
        publish_alone(part, stamp)
    except BaseException:
        discard(part)
        raise
    part.close()


def remove_recorded(target: Place, home: Path, actor: Actor, event: Event) -> None:
    """Put it on the record, and take the file away.

    Raises:
        NotFound, PathSymlink, NotRegular: there is no plain file.
        AuditUnavailable: it cannot be written down, so nothing is changed.
        OutputFailed: it cannot be removed.
    """
    os.close(open_existing(target))
    AuditLog(home).record(actor, event)
    with explained(str(target.path)), opened_folder(target) as parent:
        os.unlink(target.relative.name, dir_fd=parent)
        os.fsync(parent)


def is_there(target: Place) -> bool:
    """Whether anything has this name, whatever it is."""
    try:
        is_folder(target)
    except NotFound:
        return False
    except EtlError:  # a link, or what may not be looked at: something is there
        return True
    return True
