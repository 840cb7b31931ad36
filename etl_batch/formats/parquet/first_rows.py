"""The first rows of a Parquet file as text."""

from __future__ import annotations

import os

from etl_batch.formats.arrow.first_rows import shown_rows
from etl_batch.formats.parquet.footer import read_footer, refuse_wrong_magic
from etl_batch.formats.parquet.pieces import first_rows
from etl_batch.formats.unchanged import open_read
from etl_batch.formats.unpacked import refuse_partly_unpacked
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import MOST_COLUMNS, FirstRows
from etl_batch.text.number_text import counted


def parquet_rows(where: Place, rows: int) -> FirstRows:
    """The first rows of a Parquet file.

    Raises:
        Refused: as a job on this file would.
    """
    refuse_partly_unpacked(where)
    descriptor = open_read(where)
    try:
        refuse_wrong_magic(descriptor, FileIdentity.of(descriptor).size, where.path)
        footer = read_footer(descriptor, where.path)
        table = first_rows(descriptor, footer, where.path, footer.schema.names[:MOST_COLUMNS], rows)
    finally:
        os.close(descriptor)
    return shown_rows(table, f"{counted(footer.rows, 'row')} in {counted(len(footer.groups), 'row group')}")
