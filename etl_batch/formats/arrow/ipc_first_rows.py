"""The first rows of an Arrow file as text."""

from __future__ import annotations

import os

from etl_batch.formats.arrow.first_rows import shown_rows
from etl_batch.formats.arrow.ipc_footer import read_ipc_footer, refuse_wrong_magic
from etl_batch.formats.arrow.ipc_reader import IpcReader
from etl_batch.formats.unchanged import open_read
from etl_batch.formats.unpacked import refuse_partly_unpacked
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import MOST_COLUMNS, FirstRows
from etl_batch.text.number_text import counted


def arrow_rows(where: Place, rows: int) -> FirstRows:
    """The first rows of an Arrow file.

    Raises:
        Refused: as a job on this file would.
    """
    refuse_partly_unpacked(where)
    descriptor = open_read(where)
    try:
        refuse_wrong_magic(descriptor, FileIdentity.of(descriptor).size, where.path)
        footer = read_ipc_footer(descriptor, where.path)
        reader = IpcReader(descriptor, footer, where.path, footer.schema.names[:MOST_COLUMNS])
        return shown_rows(
            reader.read(0, min(rows, footer.rows)),
            f"{counted(footer.rows, 'row')} in {counted(len(footer.groups), 'record batch')}",
        )
    finally:
        os.close(descriptor)
