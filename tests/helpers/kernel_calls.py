"""Calls of the compiled kernels: columns in, CSV text out, with nothing compiled in the tests themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from etl_batch.kernels.columns import Array, Column, Kind, describe
from etl_batch.kernels.format_rows import format_rows
from tests.data_makers.apostrophes import Added, Counter

_SLACK_BYTES = 64  #: what the product adds to the room it computes
_UNTOUCHED = 0xA5


class NotAllowed(Exception):
    """The kernel says that a value is not what its kind allows."""


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


def fixed_texts(fields: Sequence[bytes], kind: Kind = Kind.FIXED_TEXT) -> Column:
    """Padded texts, all of one width, as a column."""
    width = len(fields[0])
    content = np.frombuffer(b"".join(fields), dtype=np.uint8).reshape(len(fields), width)
    return dense(kind, content, width=width)


def csv_bytes(columns: Sequence[Column], rows: int, *, escape: bool = True, first: int = 0) -> tuple[bytes, Added]:
    """The rows from the first one on as `format_rows` writes them, and the apostrophes that it says it added.

    Fails where the kernel writes past the room that the columns ask for.

    Raises:
        NotAllowed: the kernel found a value that its kind does not allow.
    """
    room = sum(column.longest_cells(rows) + rows for column in columns)
    buffer = np.full(room + 3 * _SLACK_BYTES, _UNTOUCHED, dtype=np.uint8)
    counter = Counter()
    start = buffer.ctypes.data + _SLACK_BYTES
    end = int(format_rows(describe(columns), first, rows - first, start, counter.address if escape else 0, 0))
    assert (buffer[:_SLACK_BYTES] == _UNTOUCHED).all(), "written before the buffer"
    assert (buffer[room + 2 * _SLACK_BYTES :] == _UNTOUCHED).all(), "written past the end of the buffer"
    if not end:
        raise NotAllowed
    assert end - start <= room, f"{end - start} bytes written, {room} asked for"
    return buffer[_SLACK_BYTES : _SLACK_BYTES + end - start].tobytes(), counter.added


def cells(column: Column, rows: int) -> list[str]:
    """The cells of one column of numbers, which never hold a line break."""
    written, escaped = csv_bytes([column], rows)
    assert escaped == Added()
    return written.decode().split("\n")[:-1]
