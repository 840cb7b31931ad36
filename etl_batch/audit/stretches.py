"""The log cut into pieces of whole lines, and these checked, by several processes where that pays.

A helper is a Python process of its own that is given file, start and stop of a piece and answers with what
`check_lines` found; a web server must not be forked. Pieces come back in order, so that memory stays the same however
long the log is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from etl_batch.audit.chain import Link
from etl_batch.audit.files import open_for_reading
from etl_batch.audit.line_check import Stretch, check_lines, first_link
from etl_batch.audit.merkle import HASH_BYTES
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.child_process import Limits, Surroundings, start
from etl_batch.machine.deaths import cause
from etl_batch.values import GIB, MIB

PIECE_BYTES = 2 * MIB
_LONGEST_LINE = MIB
_WORTH_HELPERS = 8 * MIB
_MOST_HELPERS = 4
_HELPER_BYTES = GIB  #: the memory of each; a piece takes some MiB


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines of one file, bytes `start` to `stop`; or what follows the last line end."""

    number: int  #: of the file
    file: Path
    start: int
    stop: int
    link: Link  #: the line before it, as its first line says
    is_unfinished: bool = False


def pieces_of(files: Iterable[tuple[int, Path, int]], piece_bytes: int = PIECE_BYTES) -> Iterator[Piece]:
    """Cut files, given as number, name and bytes, into pieces.

    Raises:
        OSError: one cannot be read.
    """
    for number, file, size in files:
        descriptor = open_for_reading(file)
        try:
            start = 0
            while start < size:
                stop = _line_end(descriptor, min(start + piece_bytes, size), start, size)
                is_unfinished = stop is None
                end = size if stop is None else stop
                yield Piece(number, file, start, end, _link_at(descriptor, start, end), is_unfinished)
                start = end
        finally:
            os.close(descriptor)


def checked(
    pieces: Iterator[Piece], key: bytes, total_bytes: int, processes: int | None = None
) -> Iterator[tuple[Piece, Stretch]]:
    """Check pieces, in order.

    Args:
        pieces: to check.
        key: of the codes.
        total_bytes: of all pieces together.
        processes: how many check; None: as many as pay.
    """
    if processes is None:
        processes = min(len(os.sched_getaffinity(0)), _MOST_HELPERS) if total_bytes >= _WORTH_HELPERS else 1
    if processes > 1:
        yield from _checked_by_helpers(pieces, key, processes)
        return
    for piece in pieces:
        yield piece, check_piece(piece.file, (piece.start, piece.stop), piece.link, key)


def check_piece(file: Path, where: tuple[int, int], link: Link, key: bytes) -> Stretch:
    """Check the lines of one piece against the line before it as its own first line says.

    Raises:
        OSError: it cannot be read.
    """
    start, stop = where
    descriptor = open_for_reading(file)
    try:
        content = os.pread(descriptor, stop - start, start)
    finally:
        os.close(descriptor)
    lines = content.split(b"\n")
    return check_lines(lines[:-1] if not lines[-1] else lines, link, key)


def _line_end(descriptor: int, wanted: int, start: int, size: int) -> int | None:
    """Behind the last line end in `start` to `wanted`; where there is none, the next one; None: there is none."""
    at = wanted
    while at > start:
        begin = max(start, at - _LONGEST_LINE)
        found = os.pread(descriptor, at - begin, begin).rfind(b"\n")
        if found >= 0:
            return begin + found + 1
        at = begin
    at = wanted
    while at < size:
        block = os.pread(descriptor, min(_LONGEST_LINE, size - at), at)
        found = block.find(b"\n")
        if found >= 0:
            return at + found + 1
        at += len(block) or size
    return None


def _link_at(descriptor: int, start: int, stop: int) -> Link:
    line = os.pread(descriptor, min(_LONGEST_LINE, stop - start), start).split(b"\n", 1)[0]
    return first_link(line) or Link(-1, bytes(HASH_BYTES))


class _Helper:
    """One process that checks pieces; it is given the next one while it still works on the one before."""

    def __init__(self, key: bytes) -> None:
        given = Surroundings(stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._child = start(["etl_batch.audit.stretches"], Limits(data_bytes=_HELPER_BYTES), given)
        self._process = self._child.process
        self._send(key.hex())

    def ask(self, piece: Piece) -> None:
        """Have a piece checked."""
        self._send(json.dumps([str(piece.file), piece.start, piece.stop, piece.link.seq, piece.link.leaf.hex()]))

    def answer(self) -> Stretch:
        """What the oldest piece came to.

        Raises:
            OSError: the helper is gone, or could not read it.
        """
        output = self._process.stdout
        line = output.readline() if output is not None else b""
        if not line or output is None:
            raise OSError(f"a process that checks the log died {cause(self._child.end())}")
        seq, leaf, length, reason, at, count = json.loads(line)
        blob = output.read(count * HASH_BYTES)
        leaves = [blob[place : place + HASH_BYTES] for place in range(0, len(blob), HASH_BYTES)]
        return Stretch(Link(seq, bytes.fromhex(leaf)), leaves, length, reason, at)

    def end(self) -> None:
        """Let it go."""
        self._child.end()

    def _send(self, line: str) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()


def _checked_by_helpers(pieces: Iterator[Piece], key: bytes, processes: int) -> Iterator[tuple[Piece, Stretch]]:
    helpers: list[_Helper] = []
    asked: deque[tuple[Piece, _Helper]] = deque()
    try:
        helpers.extend(_Helper(key) for _ in range(processes))
        for turn, piece in enumerate(pieces):
            helper = helpers[turn % processes]
            if len(asked) >= 2 * processes:
                yield _answered(asked)
            helper.ask(piece)
            asked.append((piece, helper))
        while asked:
            yield _answered(asked)
    finally:
        for helper in helpers:
            helper.end()


def _answered(asked: deque[tuple[Piece, _Helper]]) -> tuple[Piece, Stretch]:
    piece, helper = asked.popleft()
    return piece, helper.answer()


def _help(lines: Iterator[bytes]) -> None:
    """The life of a helper."""
    key = bytes.fromhex(next(lines).decode())
    for line in lines:
        file, start, stop, seq, leaf = json.loads(line)
        found = check_piece(Path(file), (start, stop), Link(seq, bytes.fromhex(leaf)), key)
        head: Sequence[object] = (
            found.link.seq, found.link.leaf.hex(), found.length, found.reason, found.seq, len(found.leaves),
        )  # fmt: skip
        sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + b"".join(found.leaves))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    _help(iter(sys.stdin.buffer))
