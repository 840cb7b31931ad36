"""Makes the UTF-8 copy of a CSV that is of another encoding, or has other line ends.

The copy has no name, and is gone when the process that made it ends.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from etl_batch.config import JobConfig
from etl_batch.formats.csv.line_ends import AS_USUAL, LineEnds
from etl_batch.formats.csv.transcoded import ResumeMark, Transcoded, Transcoder
from etl_batch.formats.opening import folder_of_output
from etl_batch.formats.spool import unnamed_file
from etl_batch.formats.unchanged import open_read
from etl_batch.storage.os_refusals import reading
from etl_batch.storage.part_file import write_all
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import MIB

_STEP_BYTES = MIB


@contextlib.contextmanager
def utf8_copy(where: Place, config: JobConfig, encoding: str, ends: LineEnds = AS_USUAL) -> Iterator[Transcoded]:
    """Copy an input to UTF-8, on the disk that the output goes to; the copy is gone when the context is left.

    Args:
        where: the input.
        config: of the job.
        encoding: of the input.
        ends: of its lines.

    Raises:
        DiskFull: there is no room for it.
    """
    folder = folder_of_output(config)
    copy = unnamed_file(folder)
    original = open_read(where)
    try:
        marks = tuple(_transcode((original, str(where.path)), (copy, str(folder.path)), Transcoder(encoding, ends)))
        yield Transcoded(os.getpid(), copy, FileIdentity.of(copy), encoding, marks, ends)
    finally:
        os.close(original)
        os.close(copy)


def _transcode(original: tuple[int, str], copy: tuple[int, str], transcoder: Transcoder) -> Iterator[ResumeMark]:
    """Copy from one descriptor to the other; the names are that of the input, and that of the copy's folder."""
    read, written = 0, 0
    while True:
        yield ResumeMark(read, written, transcoder.state)
        with reading(original[1]):
            content = os.pread(original[0], _STEP_BYTES, read)
        text = transcoder(content, final=not content)
        write_all(copy[0], text, written, copy[1])
        read, written = read + len(content), written + len(text)
        if not content:
            return
