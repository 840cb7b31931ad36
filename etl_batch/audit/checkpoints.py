"""Checkpoints: the size and the root of the log, signed, for somebody to keep elsewhere."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Self

from etl_batch.audit.files import AuditFiles, open_for_appending, open_for_reading
from etl_batch.audit.keys import is_signed, key_id, public_key, signed
from etl_batch.audit.merkle import HASH_BYTES, Frontier
from etl_batch.errors import AuditUnreadable
from etl_batch.light_dataclass import dataclass

VERSION = 1
_LABEL = b"quantum-etl-audit checkpoint\n"  #: what is signed begins with it, so that it can be taken for nothing else
_BLOCK = 1 << 16
_MOST_LINE = 1000  #: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The log as it was at one moment: whoever keeps it can prove later that nothing before it changed."""

    size: int  #: entries
    root: bytes  #: of the tree over them
    ts: str  #: UTC, ISO 8601
    key: str = ""  #: the short name of the key that signed it
    signature: bytes = b""

    @classmethod
    def of(cls, tree: Frontier) -> Self:
        """A checkpoint of now, not signed yet."""
        ts = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return cls(size=tree.size, root=tree.root(), ts=ts)

    def message(self) -> bytes:
        """What is signed."""
        return _LABEL + _encoded(self, {})

    def line(self) -> str:
        """The checkpoint as one line of canonical JSON."""
        return _encoded(self, {"sig": self.signature.hex()}).decode()

    def signed(self, files: AuditFiles) -> Self:
        """The same, signed.

        Raises:
            AuditKeyMissing, SecretsExposed, OSError: see `keys.signed`.
        """
        named = replace(self, key=key_id(public_key(files)))
        return replace(named, signature=signed(files, named.message()))

    def is_signed_by(self, public: bytes) -> bool:
        """Whether the holder of this key signed it."""
        return is_signed(public, self.signature, self.message())


def checkpoint_of(line: str | bytes) -> Checkpoint:
    """A checkpoint out of its line.

    Raises:
        AuditUnreadable: it is none.
    """
    try:
        found = json.loads(line)
        checkpoint = Checkpoint(
            size=found["size"],
            root=bytes.fromhex(found["root"]),
            ts=found["ts"],
            key=found["key"],
            signature=bytes.fromhex(found["sig"]),
        )
        text = line.decode() if isinstance(line, bytes) else line
        sound = checkpoint.line() == text.strip() and checkpoint.size >= 0 and len(checkpoint.root) == HASH_BYTES
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        sound = False
    if not sound:
        raise AuditUnreadable("this is no checkpoint", mend="give a line as `audit head` prints it, unchanged")
    return checkpoint


def checkpoints_in(text: str) -> list[Checkpoint]:
    """The checkpoints of a text, such as a kept head or a copy of the whole file of checkpoints.

    Raises:
        AuditUnreadable: a line is none, or there is no line.
    """
    found = [checkpoint_of(line) for line in text.splitlines() if line.strip()]
    if not found:
        raise AuditUnreadable("there is no checkpoint", mend="give a line as `audit head` prints it, unchanged")
    return found


def write_checkpoint(files: AuditFiles, checkpoint: Checkpoint) -> Checkpoint:
    """Sign a checkpoint and append it, on the disk; an unfinished one before it is completed by its line end.

    Raises:
        AuditKeyMissing, SecretsExposed, OSError: it could not be done.
    """
    made = checkpoint.signed(files)
    descriptor = open_for_appending(files.checkpoints)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, b"\n" * torn + made.line().encode() + b"\n")
        os.fdatasync(descriptor)
    finally:
        os.close(descriptor)
    return made


def last_checkpoint(files: AuditFiles) -> Checkpoint | None:
    """The newest checkpoint that can be read; None: there is none.

    Raises:
        OSError: the file cannot be read.
    """
    return next(last_checkpoints(files), None)


def last_checkpoints(files: AuditFiles) -> Iterator[Checkpoint]:
    """Those of the last checkpoints that can be read, the newest first: some hundreds at the most.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        descriptor = open_for_reading(files.checkpoints)
    except FileNotFoundError:
        return
    try:
        size = os.fstat(descriptor).st_size
        start = max(size - _BLOCK, 0)
        lines = os.pread(descriptor, _BLOCK, start).split(b"\n")
    finally:
        os.close(descriptor)
    yield from (checkpoint for line in reversed(lines) if (checkpoint := _readable(line)) is not None)


def _readable(line: bytes) -> Checkpoint | None:
    try:
        return checkpoint_of(line)
    except AuditUnreadable:
        return None


def _encoded(checkpoint: Checkpoint, more: dict[str, str]) -> bytes:
    content = {
        "key": checkpoint.key,
        "root": checkpoint.root.hex(),
        "size": checkpoint.size,
        "ts": checkpoint.ts,
        "v": VERSION,
    }
    return json.dumps({**content, **more}, sort_keys=True, separators=(",", ":")).encode()
