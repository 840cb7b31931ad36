"""The lines of the log in either order, without reading more of it than is asked for."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from etl_batch.audit.files import AuditFiles, open_for_reading
from etl_batch.audit.tail import Position
from etl_batch.light_dataclass import dataclass

_BLOCK = 1 << 18

MayHold = Callable[[bytes], bool]  #: false of bytes: of every part of them, too


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line, and where it starts."""

    start: Position
    line: bytes


def newest_first(files: AuditFiles, before: Position | None = None, may_hold: MayHold = bool) -> Iterator[PlacedLine]:
    """The whole lines, the newest first; an unfinished one at the end is left out.

    Args:
        files: of which log.
        before: only lines that start before it.
        may_hold: what is wanted; lines that do not hold it may be left out.

    Raises:
        OSError: the log cannot be read.
    """
    for number, file in reversed(_numbered(files)):
        if before is not None and number > before.segment:
            continue
        stop = before.offset if before is not None and number == before.segment else None
        # a file may be put away under its number while we read
        with contextlib.suppress(FileNotFoundError):
            yield from _of_file(file, number, stop, may_hold)


def oldest_first(files: AuditFiles) -> Iterator[bytes]:
    """The whole lines, the oldest first, as far as they go now; an unfinished one at the end is left out.

    Raises:
        OSError: the log cannot be read.
    """
    for _, file in _numbered(files) if files.folder.exists() else ():
        with contextlib.suppress(FileNotFoundError):
            descriptor = open_for_reading(file)
            try:
                yield from lines_of(descriptor, 0, os.fstat(descriptor).st_size)
            finally:
                os.close(descriptor)


def lines_of(descriptor: int, start: int, stop: int) -> Iterator[bytes]:
    """The whole lines of a stretch of a file, without their ends; what has no end is left out."""
    rest = b""
    while start < stop:
        block = os.pread(descriptor, min(_BLOCK, stop - start), start)
        if not block:
            return
        start += len(block)
        *lines, rest = (rest + block).split(b"\n")
        yield from lines


def _numbered(files: AuditFiles) -> list[tuple[int, Path]]:
    rotated = files.rotated_numbers()
    return [*((number, files.rotated(number)) for number in rotated), ((rotated or [0])[-1] + 1, files.log)]


def _of_file(file: Path, number: int, stop: int | None, may_hold: MayHold) -> Iterator[PlacedLine]:
    descriptor = open_for_reading(file)
    try:
        size = os.fstat(descriptor).st_size
        end = size if stop is None else min(stop, size)
        kept = b""  # the rest of a line whose beginning is still to be read
        is_whole = False  # whether a line end follows `kept`
        while end > 0:
            start = max(end - _BLOCK, 0)
            joined = os.pread(descriptor, end - start, start) + kept
            first = joined.find(b"\n")
            if first >= 0 and not may_hold(joined):  # nor does any line in it
                kept, end, is_whole = joined[:first], start, True
                continue
            pieces = joined.split(b"\n")
            at = start + len(joined)
            for piece in reversed(pieces[1:]):
                at -= len(piece)
                if is_whole:
                    yield PlacedLine(Position(number, at), piece)
                is_whole = True
                at -= 1
            kept, end = pieces[0], start
        if is_whole:
            yield PlacedLine(Position(number, 0), kept)
    finally:
        os.close(descriptor)
