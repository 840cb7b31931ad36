"""A column of a row group without a dictionary, as Parquet keeps it: texts and floats plainly, integers as differences.

pyarrow's writer does the same, and needs two to four times as long (ADR 22).
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from etl_batch.formats.parquet import chunk
from etl_batch.formats.parquet.chunk import (
    BYTE_ARRAY,
    DELTA_BINARY_PACKED,
    NO_STATISTICS,
    PHYSICAL,
    PLAIN,
    Chunk,
    Page,
    bounds_of_numbers,
    bounds_of_texts,
    data_page,
    levels,
    sizes_of,
    without_dictionary,
)
from etl_batch.formats.parquet.stored_values import StoredValues
from etl_batch.kernels import plain_texts
from etl_batch.kernels.pack_differences import differences_room, pack_differences
from etl_batch.kernels.plain_texts import PAGE_FIELDS, PLAIN_SLACK, write_plain_texts
from etl_batch.light_dataclass import dataclass
from etl_batch.values import MIB

_PAGE_BYTES = MIB  #: of texts, where one alone does not take more
_LEVELS_ROOM = 16  #: bytes before the texts of a page: what `levels` says where all rows have one
_LENGTH_BYTES = 4  #: before each text


def number_chunk(values: StoredValues) -> Chunk:
    """Integers, dates and times as differences, floats plainly; their bounds are noted."""
    encoding = PLAIN if values.forms[1][0] == "f" else DELTA_BINARY_PACKED
    cuts = [*range(0, values.rows, chunk.PAGE_ROWS), values.rows]
    pages: list[Page] = []
    nulls = 0
    for rows in (slice(*ends) for ends in pairwise(cuts)):
        present = values.numbers(rows)
        content = present.tobytes() if encoding == PLAIN else _differences(values, rows, len(present))
        count = rows.stop - rows.start
        bounds = bounds_of_numbers(present, count - len(present))
        pages.append(data_page(encoding, count, levels(values.valid, rows) + content, bounds))
        nulls += count - len(present)
    if len(pages) > 1:
        bounds = bounds_of_numbers(values.numbers(slice(0, values.rows)), nulls)
    sizes = sizes_of(values.rows, nulls, None)
    return without_dictionary(pages, values.rows, (PHYSICAL[values.forms[1]], encoding), bounds, sizes)


def _differences(values: StoredValues, rows: slice, count: int) -> bytes:
    """The values of some rows, so many, as DELTA_BINARY_PACKED has them."""
    room = np.empty(differences_room(count, values.column.stride), dtype=np.uint8)
    start, signed = room.ctypes.data, values.forms[0][0] == "i"
    end = pack_differences(values.how, rows.start, rows.stop, int(signed), count, start)
    return room[: end - start].tobytes()


def text_chunk(values: StoredValues, *, bounded: bool) -> Chunk:
    """Texts plainly; their bounds are noted if that is wanted."""
    found = list(_text_pages(values, bounded=bounded))
    nulls = values.rows - sum(texts.count for texts in found)
    least = min((texts.least for texts in found if texts.least is not None), default=None)
    greatest = max((texts.greatest for texts in found if texts.greatest is not None), default=None)
    bounds = bounds_of_texts(least, greatest, nulls) if bounded else b""
    sizes = sizes_of(values.rows, nulls, sum(texts.size for texts in found))
    return without_dictionary([texts.page for texts in found], values.rows, (BYTE_ARRAY, PLAIN), bounds, sizes)


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of a page."""

    page: Page
    count: int
    size: int  #: of all of them, in bytes
    least: bytes | None  #: None: there is none, or nobody asked
    greatest: bytes | None


def _text_pages(values: StoredValues, *, bounded: bool) -> Iterator[_Texts]:
    """The pages of texts, as many in each as it may hold."""
    offsets: npt.NDArray[np.int32] = values.column.owners[0]
    plain_bytes = int(offsets[values.rows]) - int(offsets[0]) + _LENGTH_BYTES * values.rows
    room = _room(min(plain_bytes, _PAGE_BYTES))
    row, page = 0, np.zeros(PAGE_FIELDS, dtype=np.uint64)
    while row < values.rows:
        last, start = min(row + chunk.PAGE_ROWS, values.rows), room.ctypes.data + _LEVELS_ROOM
        stop = room.ctypes.data + len(room) - PLAIN_SLACK
        behind = int(write_plain_texts(values.how, row, last, int(bounded), start, stop, page))
        if behind == row:  # it takes more than a page
            room = _room(int(offsets[row + 1]) - int(offsets[row]) + _LENGTH_BYTES)
            continue
        yield _texts(values, slice(row, behind), room, page, bounded=bounded)
        row = behind


def _room(size: int) -> npt.NDArray[np.uint8]:
    return np.empty(_LEVELS_ROOM + size + PLAIN_SLACK, dtype=np.uint8)


def _texts(
    values: StoredValues, rows: slice, room: npt.NDArray[np.uint8], page: npt.NDArray[np.uint64], *, bounded: bool
) -> _Texts:
    count, size, end = (int(page[place]) for place in (plain_texts.CODED, plain_texts.BYTES, plain_texts.END))
    least = greatest = None
    if bounded and count:
        least = ctypes.string_at(int(page[plain_texts.LEAST]), int(page[plain_texts.LEAST_BYTES]))
        greatest = ctypes.string_at(int(page[plain_texts.GREATEST]), int(page[plain_texts.GREATEST_BYTES]))
    said, stop = levels(values.valid, rows), end - room.ctypes.data
    if len(said) <= _LEVELS_ROOM:  # before the texts, where there is room for it: they need not be copied
        room[_LEVELS_ROOM - len(said) : _LEVELS_ROOM] = np.frombuffer(said, dtype=np.uint8)
        content: bytes | memoryview = room.data[_LEVELS_ROOM - len(said) : stop]
    else:
        content = said + room[_LEVELS_ROOM:stop].tobytes()
    rows_here = rows.stop - rows.start
    bounds = bounds_of_texts(least, greatest, rows_here - count) if bounded else NO_STATISTICS
    return _Texts(data_page(PLAIN, rows_here, content, bounds), count, size, least, greatest)
