"""The first bytes of a CSV, as the UTF-8 that is read: its header is known before anything of it is copied."""

from __future__ import annotations

import os
from collections.abc import Iterator

from etl_batch.formats.csv.line_ends import AS_USUAL, LineEnds, line_ends_of
from etl_batch.formats.csv.transcoded import Transcoder
from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

BOM = b"\xef\xbb\xbf"
STEP_BYTES = 64 * 1024  #: that are looked at first
LONGEST_BYTES = 16 * MIB  #: of the input, that are looked at for the end of its header


class TooShort(Exception):
    """The header goes on behind what was read."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a CSV begins with."""

    content: bytes  #: UTF-8, where the input is text in its encoding; as a copy of it has it
    whole: bool  #: there is no more
    line_ends: LineEnds = AS_USUAL


def heads(descriptor: int, size: int, encoding: str) -> Iterator[Head]:
    """The first bytes of an open CSV, ever more of them, up to `LONGEST_BYTES`; see `head_of`."""
    length = STEP_BYTES
    while length <= LONGEST_BYTES:
        head = head_of(descriptor, size, encoding, length)
        yield head
        if head.whole:
            return
        length *= 4


def head_of(descriptor: int, size: int, encoding: str, length: int, ends: LineEnds | None = None) -> Head:
    """The first bytes of an open CSV.

    Args:
        descriptor: of the file.
        size: of the file, in bytes.
        encoding: of its text.
        length: bytes of the file to read.
        ends: how its lines end; None: that is seen here.
    """
    content = os.pread(descriptor, length, 0)
    whole = len(content) >= size
    text = Transcoder(encoding)(content, final=whole)
    ends = ends or line_ends_of(text, encoding, whole=whole)
    return Head(text if ends.as_usual else ends.coded(text), whole, ends)
