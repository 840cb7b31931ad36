"""A process that looks at one file; it reads the question from its standard input, answers, and ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from etl_batch.errors import EmptyInput
from etl_batch.machine.answering import answer_one
from etl_batch.sniffing.sample import Sample, sample_of
from etl_batch.sniffing.sniff import sniff
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place, place


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """What a file seems to be: `{"path", "roots", "homes"}`.

    Raises:
        EmptyInput: it holds nothing.
        Refused: it may not be read, or is not there.
    """
    for home in asked["homes"]:
        keep_closed(Path(home))
    where = place(asked["path"], [Path(root) for root in asked["roots"]])
    sample = _read(where)
    if not sample.size:
        raise EmptyInput(f"{where.path} has 0 bytes")
    found = sniff(sample)
    if found is None:
        raise EmptyInput(f"{where.path} holds nothing but blanks and line ends, as far as was looked")
    return found.as_json()


def _read(where: Place) -> Sample:
    descriptor = open_input(where)
    try:
        with reading(str(where.path)):
            return sample_of(lambda length, at: os.pread(descriptor, length, at), FileIdentity.of(descriptor).size)
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    sys.exit(answer_one({"sniff": answer}))
