"""Finding the end of the log where the note about it is not up to date: after a kill, a power cut, or tampering.

Nothing is ever cut off silently. An unfinished last line is moved into a file of its own, and the log says so. Lines
that do not belong there stay, for `audit verify` to find; and where the disk had lines that are gone, the chain goes
on from what the note remembers of them, so that the gap shows for ever.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from etl_batch.audit.chain import after as chain_after
from etl_batch.audit.chain import entry_of, has_code, problem, seq_of
from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.files import AuditFiles, open_for_reading
from etl_batch.audit.line_order import lines_of
from etl_batch.audit.merkle import HASH_BYTES, Frontier, leaf_hash
from etl_batch.audit.tail import Position, Tail
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.secrets_folder import make_secret

_BLOCK = 1 << 20
_TORN = "etl_audit.torn"
_PENDING = ".pending"


@dataclass(frozen=True, slots=True)
class Found:
    """The end of the log as it is, and what is to be said about it."""

    tail: Tail
    events: tuple[Event, ...] = ()
    pending: tuple[Path, ...] = ()  #: files with unfinished lines that the log does not mention yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known about where the log ends."""

    files: AuditFiles
    key: bytes
    descriptor: int  #: of the log, to read and write
    segment: int  #: the number of that file
    noted: Tail | None  #: what the note says
    synced: Position  #: so much the disk certainly had


def recovered(known: Evidence) -> Found:
    """Find the end of the log; an unfinished line is moved aside. The caller holds the lock.

    Raises:
        OSError: the log cannot be read, or the unfinished line not be moved.
    """
    size = os.fstat(known.descriptor).st_size
    noted = known.noted
    lost = noted is not None and _is_cut(noted, known, size)
    if noted is None or (Position(known.segment, size) < noted.end and not lost):
        tail = _read_anew(known.files, known.segment, known.key)
    elif lost:
        tail = replace(noted, end=Position(known.segment, size - len(_unfinished(known.descriptor, size))))
    else:
        start = noted.end.offset if noted.end.segment == known.segment else 0
        tail = _caught_up(replace(noted, end=Position(known.segment, start)), known, size)
    tail = _without_unfinished(tail, known, size)
    events = [_gap_event(noted, size)] if lost and noted is not None else []
    pending = sorted(known.files.folder.glob(f"{_TORN}.*{_PENDING}"))
    return Found(tail, (*events, *(_torn_event(file) for file in pending)), tuple(pending))


def mark_recorded(pending: Iterable[Path]) -> None:
    """The log mentions these unfinished lines now: their files are pending no more."""
    for file in pending:
        with contextlib.suppress(FileNotFoundError):  # another process has recorded it, too
            file.rename(file.with_name(file.name.removesuffix(_PENDING)))


def _is_cut(noted: Tail, known: Evidence, size: int) -> bool:
    """Whether there was more on the disk than there is. What a power cut takes was never on it."""
    here = Position(known.segment, size)
    return here < noted.end and here < known.synced


def _caught_up(tail: Tail, known: Evidence, size: int) -> Tail:
    """Lines that were written, but not noted any more: their writer was killed right there."""
    offset = tail.end.offset
    for line in lines_of(known.descriptor, offset, size):
        offset += len(line) + 1
        if problem(line, tail.link, known.key) is None:
            tail = replace(tail.after(line), end=Position(known.segment, offset))
    return replace(tail, end=Position(known.segment, offset))


def _read_anew(files: AuditFiles, segment: int, key: bytes) -> Tail:
    """The end of the log from its lines alone: those of the last file, which begins with the tree over all before."""
    file = files.log if segment > (files.rotated_numbers() or [0])[-1] else files.rotated(segment)
    descriptor = open_for_reading(file)
    try:
        size = os.fstat(descriptor).st_size
        lines = lines_of(descriptor, 0, size)
        first = next(lines, None)
        tail = _before(files, segment, first, key)
        if first is None:
            return tail
        offset, leaf = 0, b""
        leaves = []
        for line in _chained(first, lines):
            leaf = leaf_hash(line)
            leaves.append(leaf)
            offset += len(line) + 1
        frontier = tail.frontier.extended(leaves)
        return Tail(end=Position(segment, offset), leaf=leaf, frontier=frontier)
    finally:
        os.close(descriptor)


def _chained(first: bytes, rest: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _before(files: AuditFiles, segment: int, first: bytes | None, key: bytes) -> Tail:
    """Where the log ended when this file was begun."""
    if segment <= 1:
        return Tail()
    tree = None if first is None else frontier_before(first, key)
    if tree is not None:
        return Tail(end=Position(segment, 0), frontier=tree)
    if not files.rotated(segment - 1).exists():
        return Tail(end=Position(segment, 0))
    return replace(_read_anew(files, segment - 1, key), end=Position(segment, 0))


def frontier_text(frontier: Frontier) -> str:
    """A tree as the first line of a new file names it."""
    return b"".join(frontier.roots).hex()


def frontier_before(line: bytes, key: bytes) -> Frontier | None:
    """The tree over all lines before the first line of a file; None: the line does not say."""
    entry, seq = entry_of(line), seq_of(line)
    if not has_code(line, key) or entry.action != Action.LOG_ROTATED or seq is None:
        return None
    try:
        roots = bytes.fromhex(str(entry.detail.get("tree")))
        return Frontier(seq - 1, tuple(roots[at : at + HASH_BYTES] for at in range(0, len(roots), HASH_BYTES)))
    except ValueError:
        return None


def _unfinished(descriptor: int, size: int) -> bytes:
    """What follows the last line end."""
    start, rest = size, b""
    while start > 0:
        step = min(_BLOCK, start)
        start -= step
        block = os.pread(descriptor, step, start)
        at = block.rfind(b"\n")
        rest = block[at + 1 :] + rest
        if at >= 0:
            break
    return rest


def _without_unfinished(tail: Tail, known: Evidence, size: int) -> Tail:
    rest = _unfinished(known.descriptor, size)
    if not rest:
        return tail
    start = size - len(rest)
    if problem(rest, tail.link, known.key) is None:  # only its end is missing
        os.write(known.descriptor, b"\n")
        link = chain_after(tail.link, rest)
        tree = tail.frontier.extended((link.leaf,))
        return replace(tail, end=Position(known.segment, size + 1), leaf=link.leaf, frontier=tree)
    make_secret(known.files.folder / f"{_TORN}.{known.segment:06}.{start}{_PENDING}", rest)
    os.truncate(known.files.tail, 0)  # if we are killed now, the next one looks for the file, too
    os.ftruncate(known.descriptor, start)
    return replace(tail, end=Position(known.segment, start))


def _gap_event(noted: Tail, size: int) -> Event:
    return Event(
        action=Action.LOG_REPAIRED,
        target="entries are missing",
        outcome=Outcome.FAILED,
        detail={"found_bytes": size, "noted_bytes": noted.end.offset, "last_entry": noted.frontier.size},
    )


def _torn_event(file: Path) -> Event:
    content = file.read_bytes()
    return Event(
        action=Action.LOG_REPAIRED,
        target=file.name.removesuffix(_PENDING),
        detail={"bytes": len(content), "sha256": sha256(content).hexdigest()},
    )
