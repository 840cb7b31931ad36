"""Reading the first records of a binary file by a layout: what `asking` does, in a process of its own."""

from __future__ import annotations

import os

from etl_batch.errors import EmptyInput
from etl_batch.formats.binary.first_records import first_bytes
from etl_batch.formats.binary.unsaid_years import refuse_unsaid_years
from etl_batch.formats.described.text_lines import Ends, completed
from etl_batch.formats.unchanged import open_read
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import MOST_ROWS
from etl_batch.values import MIB

_MOST_RECORD_BYTES = 4 * MIB  #: of all records shown


def read_records(where: Place, layout: Layout, rows: int) -> RawRecords:
    """The first whole records of a binary file, where the layout says that they begin.

    Raises:
        EmptyInput: there is not one whole record.
        Refused: the file may not be read, or is not there.
    """
    if layout.lines is not None:
        layout, _ = completed(layout, layout.lines, Ends.of(where))
    descriptor = open_read(where)
    try:
        refuse_unsaid_years(descriptor, layout, str(where.path))
        found = first_bytes(descriptor, layout, min(rows, MOST_ROWS, max(_MOST_RECORD_BYTES // layout.record_size, 1)))
    finally:
        os.close(descriptor)
    if not found.count:
        raise EmptyInput(
            f"{where.path} has {found.size:,} bytes, not one whole record of {layout.record_size}",
            mend="make record_size, header_bytes or trailer_bytes smaller",
        )
    return found
