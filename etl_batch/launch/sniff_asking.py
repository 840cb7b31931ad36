"""A process that looks at one file; it reads the question from its standard input, answers, and ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from etl_batch.errors import EmptyInput
from etl_batch.formats.unchanged import open_read
from etl_batch.formats.unpacked import is_partly_unpacked
from etl_batch.formats.unpacked_head import unpacked_head
from etl_batch.machine.answering import answer_one
from etl_batch.sniffing.sample import LATER_BYTES, Sample, sample_of
from etl_batch.sniffing.sniff import sniff
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place, place


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What a file, or the head of what is in it, seems to be: `{"path", "roots", "homes", "member"}`.

    Raises:
        EmptyInput: it holds nothing.
        Refused: it may not be read, or is not there.
    """
    for home in asked["homes"]:
        keep_closed(Path(home))
    where = place(asked["path"], [Path(root) for root in asked["roots"]])
    with unpacked_head(where, asked["member"]) as content:
        sample = _read(content)
    if not sample.size:
        raise EmptyInput(f"{where.path} has 0 bytes")
    found = sniff(sample)
    if found is None:
        raise EmptyInput(f"{where.path} holds nothing but blanks and line ends, as far as was looked")
    return found.as_json()


def _read(where: Place) -> Sample:
    descriptor = open_read(where)
    try:
        with reading(str(where.path)):
            size = FileIdentity.of(descriptor).size
            if is_partly_unpacked(where):  # its last line is cut
                last = os.pread(descriptor, LATER_BYTES, size - LATER_BYTES)
                size -= len(last) - last.rfind(b"\n") - 1
            return sample_of(lambda length, at: os.pread(descriptor, min(length, size - at), at), size)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(answer_one({"sniff": answer}))
