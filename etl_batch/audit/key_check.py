"""Whether the keys that a process has loaded are those of the log that it is about to continue.

Keys count as wrong where nothing at the end of the log was made with them; one match is enough: lines and
checkpoints that somebody changed are for `audit verify` to find, and must not keep everybody from writing.
"""

from __future__ import annotations

import os
from pathlib import Path

from etl_batch.audit.chain import has_code
from etl_batch.audit.checkpoints import last_checkpoints
from etl_batch.audit.files import AuditFiles, open_for_reading
from etl_batch.audit.keys import kept_public_key, key_id, public_key_of
from etl_batch.audit.tail import SYNCED_BYTES, TAIL_BYTES, unpack_synced, unpack_tail
from etl_batch.errors import AuditUnavailable
from etl_batch.values import MIB

_MEND = "put the etl_audit.*key files that it was written with back; then `audit verify` tells whether the log is whole"


def refuse_other_keys(files: AuditFiles, key: bytes) -> None:
    """Make sure, once in a process, that it would not continue the log with keys that are not the log's.

    Args:
        files: of the log; the caller holds its lock.
        key: of the lines' codes, as loaded.

    Raises:
        AuditUnavailable: a key was replaced since the last entry: whoever wrote with it would spoil the log for good.
        OSError: the log cannot be read.
    """
    if not _is_line_key(files, key):
        raise _other(files, files.line_key, "none of the last entries was written with it")
    if not _is_signing_key(files):
        raise _other(files, files.signing_key, "none of the last checkpoints was signed with it")


def _is_line_key(files: AuditFiles, key: bytes) -> bool:
    """Whether a line at the end was written with it, or a note about the end; without whole lines, any key will do."""
    end = next((part for file in reversed(files.segments()) if b"\n" in (part := _last_bytes(file, MIB))), b"")
    lines = end.split(b"\n")[:-1]
    return (
        not lines
        or any(has_code(line, key) for line in reversed(lines))
        or unpack_tail(_last_bytes(files.tail, TAIL_BYTES), key) is not None
        or unpack_synced(_last_bytes(files.synced, SYNCED_BYTES), key) is not None
    )


def _is_signing_key(files: AuditFiles) -> bool:
    """Whether a checkpoint at the end names it; without checkpoints, the public key beside it tells."""
    public = public_key_of(files)
    if names := [checkpoint.key for checkpoint in last_checkpoints(files)]:
        return key_id(public) in names
    return kept_public_key(files) in {None, public}


def _last_bytes(file: Path, most: int) -> bytes:
    try:
        descriptor = open_for_reading(file)
    except FileNotFoundError:
        return b""
    try:
        return os.pread(descriptor, most, max(os.fstat(descriptor).st_size - most, 0))
    finally:
        os.close(descriptor)


def _other(files: AuditFiles, key: Path, why: str) -> AuditUnavailable:
    return AuditUnavailable(f"{key.name} is not the key of the log in {files.folder}: {why}", mend=_MEND)
