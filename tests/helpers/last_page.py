"""Texts that end where memory ends, formatted in a process of their own: `python -m tests.helpers.last_page`.

Reading behind them ends it by a signal. What was tried last is the last line that it prints.
"""

from __future__ import annotations

import ctypes
import mmap
import sys

import numpy as np

from etl_batch.cell_escape import csv_cell
from etl_batch.kernels.columns import Array, Column, Kind
from tests.helpers import kernel_calls

_PAGE = mmap.PAGESIZE
_NO_ACCESS = 0
_LETTERS = "abcdefghijklmnopqrstuvwxyz" * 4


def last_page() -> Array:
    """A page of memory behind which nothing can be read."""
    content: Array = np.frombuffer(mmap.mmap(-1, 2 * _PAGE), dtype=np.uint8)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mprotect(ctypes.c_void_p(content.ctypes.data + _PAGE), _PAGE, _NO_ACCESS):
        raise OSError(ctypes.get_errno(), "mprotect")
    return content[:_PAGE]


def check(column: Column, texts: list[str], what: str) -> None:
    """Format the column, and compare what is written."""
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()
    written, _ = kernel_calls.csv_bytes([column], len(texts))
    expected = "".join(csv_cell(text) + "\n" for text in texts)
    if written.decode() != expected:
        raise ValueError(f"{written!r} instead of {expected!r}")


def main() -> None:
    """Records of every width, as many as a page holds, and texts of every length, up to its end."""
    page = last_page()
    for kind in (Kind.FIXED_TEXT, Kind.ASCII_TEXT):
        for width in (*range(1, 36), 63, 64, 65, 100):
            rows = _PAGE // width
            texts = [_LETTERS[: row % (width + 1)] for row in range(rows)]
            records = page[_PAGE - rows * width :]
            records[:] = np.frombuffer(b"".join(text.encode().ljust(width, b"\0") for text in texts), dtype=np.uint8)
            column = Column(kind, records.ctypes.data, width, width=width, owners=(records,))
            check(column, texts, f"{kind.name} of {width} bytes")
    for length in range(42):
        page[:] = ord("x")
        offsets = np.arange(4, dtype=np.int32) * np.int32(length)
        start = page.ctypes.data + _PAGE - 3 * length
        check(
            Column(Kind.TEXT, offsets.ctypes.data, 4, extra=start, owners=(offsets,)), ["x" * length] * 3, f"{length}"
        )


if __name__ == "__main__":
    main()
