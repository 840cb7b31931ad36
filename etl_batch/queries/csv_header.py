"""The names in the header of a CSV of ours, where no metadata tell them."""

from __future__ import annotations

import codecs
import csv
import io
import os

import pyarrow as pa

from etl_batch.errors import QueryInvalid
from etl_batch.queries.table_spec import CsvCells
from etl_batch.values import MIB

_HEAD_BYTES = 4 * MIB


def header_names(descriptor: int, cells: CsvCells) -> tuple[str, ...]:
    """The names as they stand there.

    Raises:
        QueryInvalid: there is no header that could be read.
    """
    with os.fdopen(os.dup(descriptor), "rb") as file:
        file.seek(0)
        packed = pa.PythonFile(file, "r")
        stream = pa.CompressedInputStream(packed, cells.packing) if cells.packing else packed
        try:
            head = stream.read(_HEAD_BYTES)
        except (OSError, pa.ArrowException) as error:
            raise QueryInvalid(f"its first bytes cannot be unpacked ({error})", mend="make the file anew") from None
    text = codecs.getincrementaldecoder(cells.encoding)("replace").decode(head).removeprefix("\ufeff")
    try:
        names = next(csv.reader(io.StringIO(text, newline=""), delimiter=cells.delimiter), [])
    except csv.Error as error:
        raise QueryInvalid(f"its header cannot be read ({error})", mend="ask a file that holds a table") from None
    if not names:
        raise QueryInvalid("the file has no header", mend="ask a file that holds a table")
    return tuple(names)
