"""What a job makes of the first rows of a text: read, checked and written by the very code of a job, in memory.

Only in a process of its own: it takes strangers' bytes apart.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.formats.format import Format
from etl_batch.formats.opening import Opening
from etl_batch.formats.unchanged import open_read
from etl_batch.formats.unpacked import Unpacked
from etl_batch.storage.part_file import write_all
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.encodings import encoding_named
from etl_batch.text.first_rows import MOST_COLUMNS, Cells, WrittenRow, cut
from etl_batch.values import KIB, Rejected

if TYPE_CHECKING:
    from etl_batch.formats.format import Batch

_HEAD_BYTES = 256 * KIB
_LINE_ENDS = ("\n", "\r", "\x85")
_CELL = re.compile(rb'(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n)')


def written_rows(content: Place, kind: Format[Any], config: JobConfig, most: int) -> tuple[WrittenRow, ...]:
    """The first rows as a job writes them; none, where no line ends in what is looked at.

    Args:
        content: an input, or what is in it.
        kind: the format that reads it.
        config: how; its home is where a copy of another encoding lies while it is read, without a name.
        most: rows.

    Raises:
        EtlError: as a job on these rows would.
    """
    listing = replace(config, on_bad_row=OnBadRow.QUARANTINE)
    with _head_of(content, config.encoding) as head, ExitStack() as copies:
        if head is None:
            return ()
        opening = Opening(listing, _in_this_process, copies)
        (source,) = kind.settle([kind.open(0, head, opening)], None, opening)
        found: list[WrittenRow] = []
        for span in source.plan(_HEAD_BYTES, 0, 0):
            with source.read(span) as batch:
                found += _rows(batch, span.first_row)
            if len(found) >= most:
                break
    return tuple(found[:most])


def _in_this_process(function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
    return map(function, items)


@contextmanager
def _head_of(content: Place, encoding: str | None) -> Iterator[Place | None]:
    """The first whole lines as a file of their own, in memory."""
    descriptor, spool = open_read(content), os.memfd_create("first rows")
    try:
        size = FileIdentity.of(descriptor).size
        read = os.pread(descriptor, _HEAD_BYTES, 0)
        lines = read if len(read) >= size else read[: _behind_last_line(read, encoding)]
        write_all(spool, memoryview(lines), 0, str(content.path))
        at = content if isinstance(content, Unpacked) else None
        yield (
            Unpacked(
                content.root, content.relative, at.packed if at else FileIdentity.of(descriptor),
                at.packing if at else "", at.member if at else None, FileIdentity.of(spool), os.getpid(), spool,
            )
            if lines
            else None
        )  # fmt: skip
    finally:
        os.close(descriptor)
        os.close(spool)


def _behind_last_line(head: bytes, encoding: str | None) -> int:
    """Where the last line that is whole ends; a sign of several bytes stands at a multiple of them."""
    for sign in _line_ends(head, encoding):
        at = head.rfind(sign)
        while at > 0 and at % len(sign):
            at = head.rfind(sign, 0, at + len(sign) - 1)
        if at >= 0:
            return at + len(sign)
    return 0


def _line_ends(head: bytes, encoding: str | None) -> Iterator[bytes]:
    """What may end a line of it; of an encoding that is to be found out, what ends lines in those that could be."""
    of_two = "utf-16-be" if head.startswith((b"\xfe\xff", b"\0")) else "utf-16-le"
    known = encoding_named(encoding) if encoding else None
    names = [of_two] if known == "utf-16" or (known is None and b"\0" in head[:64]) else [known or "utf-8", "cp037"]
    for name in names:
        for end in _LINE_ENDS:
            with contextlib.suppress(UnicodeError):
                yield (end + end).encode(name)[len(end.encode(name)) :]


def _rows(batch: Batch, first_row: int) -> Iterator[WrittenRow]:
    """All rows of a batch in their order, bad ones among them."""
    plain, escaped = _cells(batch, escape=False), _cells(batch, escape=True)
    good = iter(zip(plain, escaped, strict=True))
    bad = {rejected.row: rejected for rejected in batch.rejected}
    for row in range(first_row + 1, first_row + batch.rows + len(bad) + 1):
        yield _set_aside(bad[row]) if row in bad else WrittenRow(*next(good))


def _set_aside(rejected: Rejected) -> WrittenRow:
    return WrittenRow((), (), rejected.reason, cut(rejected.raw.decode("utf-8", "replace").rstrip("\r\n")))


def _cells(batch: Batch, *, escape: bool) -> list[Cells]:
    import numpy as np

    if not batch.rows:
        return []
    room = np.empty(batch.csv_room(), dtype=np.uint8)
    counts = np.zeros(2, dtype=np.uint64)
    end = batch.write_csv(room.ctypes.data, counts.ctypes.data if escape else 0)
    return _split(room[: end - room.ctypes.data].tobytes())


def _split(lines: bytes) -> list[Cells]:
    """Rows as our CSVs have them."""
    rows: list[Cells] = []
    row: list[str | None] = []
    for found in _CELL.finditer(lines):
        quoted, bare, stop = found.groups()
        text = (bare if quoted is None else quoted.replace(b'""', b'"')).decode("utf-8", "replace")
        row.append(None if quoted is None and not text else cut(text))
        if stop == b"\n":
            rows.append(tuple(row[:MOST_COLUMNS]))
            row = []
    return rows
