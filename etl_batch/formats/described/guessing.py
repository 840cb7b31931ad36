"""How long the records of a file may be, where nobody says it: told from pieces of it, whatever its size."""

from __future__ import annotations

import os

from etl_batch.errors import EmptyInput
from etl_batch.formats.unchanged import open_read
from etl_batch.layouts.draft import LayoutDraft
from etl_batch.layouts.guessed_fields import drafted_fields
from etl_batch.layouts.record_length import MOST_WINDOWS, WINDOW_BYTES, LengthCandidate, likely_lengths
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place


def guessed_lengths(where: Place) -> list[LengthCandidate]:
    """The lengths that its records may have, the likeliest first; empty: nothing repeats.

    Raises:
        EmptyInput: it holds nothing.
        Refused: it may not be read.
    """
    descriptor = open_read(where)
    try:
        size = FileIdentity.of(descriptor).size
        if not size:
            raise EmptyInput(f"{where.path} holds nothing")
        last = max(size - WINDOW_BYTES, 0)
        with reading(str(where.path)):
            places = sorted({last * number // (MOST_WINDOWS - 1) for number in range(MOST_WINDOWS)})
            windows = [os.pread(descriptor, WINDOW_BYTES, at) for at in places]
    finally:
        os.close(descriptor)
    return likely_lengths(windows, size)


def guessed_layout(where: Place, record_size: int) -> LayoutDraft:
    """A draft of a layout for records of this length, by the first of them.

    Raises:
        Refused: it may not be read.
    """
    descriptor = open_read(where)
    try:
        with reading(str(where.path)):
            return drafted_fields(os.pread(descriptor, max(WINDOW_BYTES, record_size), 0), record_size)
    finally:
        os.close(descriptor)
