"""Calls of the compiled kernels: columns in, CSV text out, with nothing compiled in the tests themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etl_batch.kernels.columns import Array, Column, Kind, describe
from etl_batch.kernels.format_rows import format_rows
from tests.data_makers.apostrophes import Added, Counter

_SLACK_BYTES = 64  #: what the product adds to the room it computes
_UNTOUCHED = 0xA5


def dense(kind: Kind, values: Array, *, extra: int = 0, width: int = 0, valid: Array | None = None) -> Column:
    """Values side by side as a column; the first axis is the rows."""
    return Column(kind, values.ctypes.data, values.strides[0], width=width, extra=extra, valid=valid, owners=(values,))


def texts(values: Sequence[str]) -> Column:
    """Texts as Arrow lays them out."""
    pieces = [value.encode() for value in values]
    offsets = np.zeros(len(pieces) + 1, dtype=np.int32)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    content = np.frombuffer(b"".join(pieces) + b"\0", dtype=np.uint8)
    return Column(Kind.TEXT, offsets.ctypes.data, 4, extra=content.ctypes.data, owners=(offsets, content))


def fixed_texts(fields: Sequence[bytes]) -> Column:
    """Padded texts, all of one width, as a column."""
    width = len(fields[0])
    content = np.frombuffer(b"".join(fields), dtype=np.uint8).reshape(len(fields), width)
    return dense(Kind.FIXED_TEXT, content, width=width)


def csv_bytes(columns: Sequence[Column], rows: int, *, escape: bool = True) -> tuple[bytes, Added]:
    """The rows as `format_rows` writes them, and the apostrophes that it says it added.

    Fails where the kernel writes past the room that the columns ask for.
    """
    room = sum(column.longest_cells(rows) + rows for column in columns)
    buffer = np.full(room + 2 * _SLACK_BYTES, _UNTOUCHED, dtype=np.uint8)
    counter = Counter()
    start = buffer.ctypes.data
    end = int(format_rows(describe(columns), np.uint64(rows), np.uint64(start), counter.address if escape else 0))
    assert end - start <= room, f"{end - start} bytes written, {room} asked for"
    assert (buffer[room + _SLACK_BYTES :] == _UNTOUCHED).all(), "written past the end of the buffer"
    return buffer[: end - start].tobytes(), counter.added


def cells(column: Column, rows: int) -> list[str]:
    """The cells of one column of numbers, which never hold a line break."""
    written, escaped = csv_bytes([column], rows)
    assert escaped == Added()
    return written.decode().split("\n")[:-1]
