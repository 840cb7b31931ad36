"""Checking the whole log: every line, every checkpoint, and a head that somebody kept. In constant memory."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from pathlib import Path

from etl_batch.audit.chain import Link
from etl_batch.audit.checkpoints import Checkpoint, checkpoint_of, checkpoints_in
from etl_batch.audit.files import AuditFiles, open_for_reading
from etl_batch.audit.findings import CheckedLog, Fault, Finding
from etl_batch.audit.keys import line_key, public_key, refuse_missing_keys
from etl_batch.audit.line_check import Stretch
from etl_batch.audit.merkle import Frontier
from etl_batch.audit.stretches import Piece, check_piece, checked, pieces_of
from etl_batch.audit.tail import SYNCED_BYTES, TAIL_BYTES, Position, unpack_synced, unpack_tail
from etl_batch.errors import AuditKeyMissing, AuditUnavailable, AuditUnreadable, SecretsExposed
from etl_batch.light_dataclass import dataclass

Progress = Callable[[int, int], None]  #: bytes checked, and bytes in all


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The log as it is at one moment; it may grow while it is checked."""

    files: tuple[tuple[int, Path, int], ...]  #: number, file, bytes
    remembered: int  #: entries that the note about the tail knows to be on the disk
    notes: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        return sum(size for _, _, size in self.files)


@dataclass(slots=True)
class _Walk:
    """How far the check has come."""

    key: bytes
    waiting: list[tuple[Checkpoint, Fault | None]]  #: heads still to be met, the smallest first; None: a kept one
    tree: Frontier = field(default_factory=Frontier)
    link: Link = field(default_factory=Link)
    done_bytes: int = 0
    met: int = 0


class _Stop(Exception):
    def __init__(self, finding: Finding, reason: str, fault: Fault | None = None) -> None:
        super().__init__(reason)
        self.finding, self.reason, self.fault = finding, reason, fault


def inspect(
    files: AuditFiles, head: str | None = None, progress: Progress | None = None, *, processes: int | None = None
) -> CheckedLog:
    """Check the log in a folder; nothing is written to it.

    Args:
        files: of the log, or of a copy of its folder.
        head: checkpoint lines that somebody kept.
        progress: called now and then.
        processes: how many check lines; None: as many as pay.
    """
    began = time.monotonic()
    walk = _Walk(b"", [])
    snapshot = _Snapshot((), 0)
    finding, reason, fault = Finding.SOUND, "", None
    try:
        kept = [] if head is None else checkpoints_in(head)
        if not _is_begun(files) and not kept:
            return CheckedLog(finding=finding, root=walk.tree.root().hex(), notes=("nothing was recorded yet",))
        refuse_missing_keys(files)
        walk.key, public = line_key(files), public_key(files)
        walk.waiting = sorted(_heads(files, kept, public), key=lambda head: head[0].size)
        snapshot = _snapshot(files, walk.key)
        _walk(walk, snapshot, progress, processes)
        _refuse_short(walk, snapshot)
    except _Stop as stop:
        finding, reason, fault = stop.finding, stop.reason, stop.fault
    except AuditKeyMissing as error:
        finding, reason = Finding.KEY_MISSING, str(error)
    except (AuditUnreadable, AuditUnavailable, SecretsExposed) as error:
        finding, reason = Finding.UNREADABLE, str(error)
    except OSError as error:
        finding, reason = Finding.UNREADABLE, f"the log cannot be read: {error.strerror}, {error.filename or ''}"
    return CheckedLog(
        finding=finding,
        entries=walk.tree.size,
        bytes=walk.done_bytes,
        checkpoints=walk.met,
        root=walk.tree.root().hex(),
        fault=fault,
        reason=reason,
        notes=snapshot.notes,
        seconds=round(time.monotonic() - began, 3),
    )


def _is_begun(files: AuditFiles) -> bool:
    return files.folder.is_dir() and bool(
        files.segments() or files.checkpoints.exists() or files.line_key.exists() or files.signing_key.exists()
    )


def _snapshot(files: AuditFiles, key: bytes) -> _Snapshot:
    """Sizes and notes of one moment, between two appends where they can be waited for."""
    with _appends_held(files):
        rotated = [(number, files.rotated(number)) for number in files.rotated_numbers()]
        named = [*rotated, ((rotated[-1][0] if rotated else 0) + 1, files.log)]
        sizes = tuple((number, file, file.stat().st_size) for number, file in named if file.exists())
        tail = unpack_tail(_note(files.tail, TAIL_BYTES), key)
        synced = unpack_synced(_note(files.synced, SYNCED_BYTES), key)
    if tail is None or synced is None:
        note = "the notes about the end of the log are missing: only checkpoints tell whether its end was cut off"
        return _Snapshot(sizes, 0, (note,))
    end = Position(*((sizes[-1][0], sizes[-1][2]) if sizes else (1, 0)))
    # What a power cut takes was never on the disk; the tail may remember it, the other note does not.
    return _Snapshot(sizes, tail.frontier.size if end < min(tail.end, synced.end) else 0)


@contextlib.contextmanager
def _appends_held(files: AuditFiles) -> Iterator[None]:
    try:
        descriptor = open_for_reading(files.tail)
    except (OSError, AuditUnavailable):
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _note(file: Path, length: int) -> bytes:
    try:
        descriptor = open_for_reading(file)
    except (OSError, AuditUnavailable):
        return b""
    try:
        return os.pread(descriptor, length, 0)
    finally:
        os.close(descriptor)


def _heads(files: AuditFiles, kept: list[Checkpoint], public: bytes) -> Iterator[tuple[Checkpoint, Fault | None]]:
    """All checkpoints with right signatures: those kept elsewhere, and those of the log."""
    for head in kept:
        if not head.is_signed_by(public):
            raise _Stop(Finding.CUT, "the kept head was not signed with the key of this log: it is another log")
        yield head, None
    if not files.checkpoints.exists():
        return
    with os.fdopen(open_for_reading(files.checkpoints), "rb") as file:
        at = 0
        for number, line in enumerate(file, start=1):
            fault = Fault(file=files.checkpoints.name, line=number, byte=at, reason="the checkpoint was changed")
            at += len(line)
            try:
                head = checkpoint_of(line)
            except AuditUnreadable:
                if line.endswith(b"\n") and not _is_torn(line):
                    raise _Stop(Finding.TAMPERED, fault.reason, fault) from None
                continue
            if not head.is_signed_by(public):
                raise _Stop(Finding.TAMPERED, fault.reason, fault)
            yield head, fault


def _is_torn(line: bytes) -> bool:
    """Whether a writer was killed, or the disk was full, in the middle of this checkpoint."""
    return not line.rstrip(b"\n").endswith(b"}")


def _walk(walk: _Walk, snapshot: _Snapshot, progress: Progress | None, processes: int | None) -> None:
    _meet(walk)
    lines_before = 0
    before: int | None = None
    for piece, stretch in checked(pieces_of(snapshot.files), walk.key, snapshot.bytes, processes):
        if piece.number != before:
            before, lines_before = piece.number, 0
        lines = len(stretch.leaves)
        _add(walk, piece, stretch, lines_before)
        lines_before += lines
        if progress is not None:
            progress(walk.done_bytes, snapshot.bytes)


def _add(walk: _Walk, piece: Piece, stretch: Stretch, lines_before: int) -> None:
    """Join a stretch to what was checked so far."""
    place = Fault(file=piece.file.name, line=lines_before + 1, byte=piece.start, reason="", seq=walk.link.seq + 1)
    if piece.is_unfinished:
        reason = "the last line is not finished; the next entry sets it aside"
        raise _Stop(Finding.TAMPERED, reason, replace(place, reason=reason))
    if piece.link != walk.link:  # its lines were checked against what its first one says
        stretch = check_piece(piece.file, (piece.start, piece.stop), walk.link, walk.key)
    while walk.waiting and walk.waiting[0][0].size < walk.tree.size + len(stretch.leaves):
        upto = walk.waiting[0][0].size - walk.tree.size
        walk.tree = walk.tree.extended(stretch.leaves[:upto])
        del stretch.leaves[:upto]
        _meet(walk)
        place = replace(place, line=place.line + upto)
    walk.tree = walk.tree.extended(stretch.leaves)
    walk.link = stretch.link
    walk.done_bytes += stretch.length
    if stretch.reason is not None:
        fault = Fault(
            file=piece.file.name,
            line=place.line + len(stretch.leaves),
            byte=piece.start + stretch.length,
            reason=stretch.reason,
            seq=stretch.seq,
        )
        raise _Stop(Finding.TAMPERED, stretch.reason, fault)
    _meet(walk)


def _meet(walk: _Walk) -> None:
    """Compare the tree with the checkpoints of its size."""
    root = b""
    while walk.waiting and walk.waiting[0][0].size == walk.tree.size:
        checkpoint, fault = walk.waiting.pop(0)
        root = root or walk.tree.root()
        if checkpoint.root != root:
            whose = "the kept head" if fault is None else "a checkpoint"
            raise _Stop(Finding.CUT, f"the first {checkpoint.size} entries are others than those that {whose} has seen")
        walk.met += 1


def _refuse_short(walk: _Walk, snapshot: _Snapshot) -> None:
    if walk.waiting:
        checkpoint, fault = walk.waiting[-1]
        whose = "the kept head" if fault is None else "a checkpoint"
        raise _Stop(Finding.CUT, f"there are {walk.tree.size} entries, but {whose} has seen {checkpoint.size}")
    if snapshot.remembered > walk.tree.size:
        there_were = f"the note about the end of the log has seen {snapshot.remembered}"
        raise _Stop(Finding.CUT, f"there are {walk.tree.size} entries, but {there_were}")
