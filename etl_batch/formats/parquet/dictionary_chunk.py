"""A column of a row group with a dictionary, as Parquet keeps it: a page of values, pages of codes, their description.

The numbers of fields, types and encodings are those of `parquet.thrift`; what is written, and in which order, is what
pyarrow's writer writes for the same column.
"""

from __future__ import annotations

import zlib
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from etl_batch.formats.parquet.compact_protocol import (
    BINARY,
    FALSE,
    I32,
    I64,
    LIST,
    STRUCT,
    TRUE,
    binary,
    list_of,
    structure,
    unsigned,
    zigzag,
)
from etl_batch.formats.parquet.dictionary import Dictionary
from etl_batch.kernels.columns import Array
from etl_batch.kernels.pack_codes import pack_codes, packed_room
from etl_batch.light_dataclass import dataclass

_PAGE_ROWS = 1 << 18  #: the codes of so many take half a megabyte at most

_PHYSICAL = {"i4": 1, "u4": 1, "i8": 2, "u8": 2, "f4": 4, "f8": 5}  # INT32, INT64, FLOAT, DOUBLE
_BYTE_ARRAY = 6
_PLAIN, _RLE, _RLE_DICTIONARY = 0, 3, 8
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_ZSTD = 6


@dataclass(frozen=True, slots=True)
class _Page:
    content: bytes  #: with its header, compressed
    uncompressed_bytes: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pages of a column, and what the footer says of them."""

    pages: bytes
    rows: int
    uncompressed_bytes: int
    dictionary_bytes: int  #: of the pages: the first one
    kind: int  #: its physical type
    statistics: bytes  #: empty: none
    page_counts: bytes
    sizes: bytes

    def described(self, name: str, offset: int) -> bytes:
        """The `ColumnChunk` of a column whose first page is at an offset."""
        metadata = structure(
            (
                (1, I32, zigzag(self.kind)),
                (2, LIST, list_of(I32, [zigzag(_PLAIN), zigzag(_RLE), zigzag(_RLE_DICTIONARY)])),
                (3, LIST, list_of(BINARY, [binary(name.encode())])),
                (4, I32, zigzag(_ZSTD)),
                (5, I64, zigzag(self.rows)),
                (6, I64, zigzag(self.uncompressed_bytes)),
                (7, I64, zigzag(len(self.pages))),
                (9, I64, zigzag(offset + self.dictionary_bytes)),
                (11, I64, zigzag(offset)),
                *(((12, STRUCT, self.statistics),) if self.statistics else ()),
                (13, LIST, self.page_counts),
                (16, STRUCT, self.sizes),
            )
        )
        return structure(((2, I64, zigzag(0)), (3, STRUCT, metadata)))


def dictionary_chunk(found: Dictionary) -> Chunk:
    """A column as Parquet keeps it; the bounds of numbers are noted."""
    places = _places(found)
    cuts = [*range(0, found.rows, _PAGE_ROWS), found.rows]
    pages = [_dictionary_page(found), *(_data_page(found, slice(*rows), places) for rows in pairwise(cuts))]
    return Chunk(
        pages=b"".join(page.content for page in pages),
        rows=found.rows,
        uncompressed_bytes=sum(page.uncompressed_bytes for page in pages),
        dictionary_bytes=len(pages[0].content),
        kind=_BYTE_ARRAY if found.values is None else _PHYSICAL[found.values.dtype.str[1:]],
        statistics=b"" if found.values is None else _statistics(found.values, found.nulls),
        page_counts=list_of(STRUCT, [_pages_of(_DICTIONARY_PAGE, 1), _pages_of(_DATA_PAGE, len(pages) - 1)]),
        sizes=_sizes(found),
    )


def _places(found: Dictionary) -> Array | None:
    """How many codes are of rows before each row, and of all, shape (rows + 1,); None: one for each."""
    if found.valid is None or found.rows <= _PAGE_ROWS:
        return None
    return np.concatenate([[0], np.cumsum(found.valid, dtype=np.int64)])


def _pages_of(kind: int, count: int) -> bytes:
    encoding = _PLAIN if kind == _DICTIONARY_PAGE else _RLE_DICTIONARY
    return structure(((1, I32, zigzag(kind)), (2, I32, zigzag(encoding)), (3, I32, zigzag(count))))


def _sizes(found: Dictionary) -> bytes:
    """What readers need to know before they make room."""
    levels = list_of(I64, [zigzag(found.nulls), zigzag(len(found.codes))])
    text = () if found.text_bytes is None else ((1, I64, zigzag(found.text_bytes)),)
    return structure((*text, (2, LIST, list_of(I64, [])), (3, LIST, levels)))


def _dictionary_page(found: Dictionary) -> _Page:
    about = structure(((1, I32, zigzag(found.count)), (2, I32, zigzag(_PLAIN)), (3, FALSE, b"")))
    return _page(_DICTIONARY_PAGE, found.plain, (7, STRUCT, about))


def _data_page(found: Dictionary, rows: slice, places: Array | None) -> _Page:
    """The page of some of the rows."""
    codes = slice(int(places[rows.start]), int(places[rows.stop])) if places is not None else rows
    if found.valid is not None and places is None:
        codes = slice(0, len(found.codes))
    width = _width(found)
    count = rows.stop - rows.start
    statistics = b"\0"
    if found.values is not None:
        values, nulls = found.values, count - (codes.stop - codes.start)
        if count < found.rows:
            values = values[np.bincount(found.codes[codes], minlength=found.count) > 0]
        statistics = _statistics(values, nulls)
    levels = _levels(found, rows)
    content = b"".join((len(levels).to_bytes(4, "little"), levels, bytes((width,)), _packed(found.codes, codes, width)))
    about = structure(
        (
            (1, I32, zigzag(count)),
            (2, I32, zigzag(_RLE_DICTIONARY)),
            (3, I32, zigzag(_RLE)),
            (4, I32, zigzag(_RLE)),
            (5, STRUCT, statistics),
        )
    )
    return _page(_DATA_PAGE, content, (5, STRUCT, about))


def _width(found: Dictionary) -> int:
    """The bits of a code: as few as can be; whole bytes where most rows have the value of the row before.

    There, zstd finds them again, which in bits that lie across bytes it cannot: it makes them a third smaller.
    """
    bits = max((found.count - 1).bit_length(), 1)
    if 2 * np.count_nonzero(found.codes[1:] == found.codes[:-1]) > len(found.codes):
        return (bits + 7) // 8 * 8
    return bits


def _levels(found: Dictionary, rows: slice) -> bytes:
    """Which of the rows have a value."""
    count = rows.stop - rows.start
    if found.valid is None:
        return unsigned(count << 1) + b"\1"  # one run of ones
    return _packed(found.valid[rows].astype(np.uint32), slice(0, count), 1)


def _packed(numbers: npt.NDArray[np.uint32], which: slice, width: int) -> bytes:
    room = np.empty(packed_room(which.stop - which.start, width), dtype=np.uint8)
    start = room.ctypes.data
    return room[: pack_codes(numbers, which.start, which.stop, width, start) - start].tobytes()


def _page(kind: int, content: bytes, about: tuple[int, int, bytes]) -> _Page:
    """A page with its header and its checksum."""
    import pyarrow as pa

    compressed = pa.compress(content, codec="zstd", asbytes=True)
    check = zlib.crc32(compressed)
    header = structure(
        (
            (1, I32, zigzag(kind)),
            (2, I32, zigzag(len(content))),
            (3, I32, zigzag(len(compressed))),
            (4, I32, zigzag(check - (check >> 31 << 32))),
            about,
        )
    )
    return _Page(header + compressed, len(header) + len(content))


def _statistics(values: Array, nulls: int) -> bytes:
    """How many nulls there are, and the least and the greatest value; the sign of a zero bound is the outer one."""
    count = (3, I64, zigzag(nulls))
    if values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    if not len(values):
        return structure((count,))
    least, greatest = values.min(), values.max()
    if values.dtype.kind == "f":
        least = -abs(least) if least == 0 else least
        greatest = abs(greatest) if greatest == 0 else greatest
    high, low = binary(greatest.tobytes()), binary(least.tobytes())
    # The older two compare bytes with a sign.
    signed = () if values.dtype.kind == "u" else ((1, BINARY, high), (2, BINARY, low))
    return structure((*signed, count, (5, BINARY, high), (6, BINARY, low), (7, TRUE, b""), (8, TRUE, b"")))
