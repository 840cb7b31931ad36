"""Whether pyarrow can tell of columns of row groups that nobody has read: asked for a broken one, it ends the process.

Its reader can be asked, which raises instead. Here it is given the footer, and in the place of the file something that
refuses to be read: what it wants to read first of all are the columns, and before that it has looked at all of them.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

from etl_batch.formats.parquet.errors import explained
from etl_batch.formats.parquet.footer import Footer


def refuse_broken_columns(
    descriptor: int, footer: Footer, numbers: Sequence[int], columns: Sequence[str], path: Path
) -> None:
    """Refuse a footer of which some columns cannot be made sense of.

    Args:
        descriptor: the file.
        footer: its footer.
        numbers: the row groups that matter.
        columns: those of their columns that matter.
        path: for messages.

    Raises:
        FormatCorrupt: there is such a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not numbers:
        return
    with explained(f"{path}, footer"), pa.PythonFile(_Unread(os.fstat(descriptor).st_size), mode="r") as nothing:
        file = pq.ParquetFile(nothing, metadata=footer.metadata, pre_buffer=True)
        try:
            next(file.iter_batches(1, row_groups=list(numbers), columns=list(columns), use_threads=False), None)
        except _NothingToRead:
            return


class _NothingToRead(Exception):
    pass


class _Unread(io.RawIOBase):
    """As long as a file is, and cannot be read."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, size: int = -1) -> bytes:
        del size
        raise _NothingToRead
