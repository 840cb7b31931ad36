"""A column of a row group as Parquet keeps it: its pages, and what the footer says of them.

The numbers of fields, types and encodings are those of `parquet.thrift`; what is written, and in which order, is what
pyarrow's writer writes for the same column.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.formats.parquet.compact_protocol import (
    BINARY,
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
from etl_batch.kernels.columns import Array
from etl_batch.kernels.pack_codes import GROUP, pack_codes, packed_room
from etl_batch.light_dataclass import dataclass

PAGE_ROWS = 1 << 18  #: the codes of so many take half a megabyte at most

PHYSICAL = {"i4": 1, "u4": 1, "i8": 2, "u8": 2, "f4": 4, "f8": 5}  # INT32, INT64, FLOAT, DOUBLE
BYTE_ARRAY = 6
PLAIN, RLE, DELTA_BINARY_PACKED, RLE_DICTIONARY = 0, 3, 5, 8
DATA_PAGE, DICTIONARY_PAGE = 0, 2
NO_STATISTICS = b"\0"
_ZSTD = 6
_LONGEST_BOUND = 4096  #: bytes; a longer one is left out


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is written."""

    content: bytes  #: with its header, compressed
    uncompressed_bytes: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """The pages of a column, and what the footer says of them."""

    pages: bytes
    rows: int
    uncompressed_bytes: int
    dictionary_bytes: int  #: of the pages: the first one; 0: there is none
    kind: int  #: its physical type
    encodings: tuple[int, ...]
    statistics: bytes  #: empty: none
    page_counts: bytes
    sizes: bytes

    def described(self, name: str, offset: int) -> bytes:
        """The `ColumnChunk` of a column whose first page is at an offset."""
        metadata = structure(
            (
                (1, I32, zigzag(self.kind)),
                (2, LIST, list_of(I32, [zigzag(encoding) for encoding in self.encodings])),
                (3, LIST, list_of(BINARY, [binary(name.encode())])),
                (4, I32, zigzag(_ZSTD)),
                (5, I64, zigzag(self.rows)),
                (6, I64, zigzag(self.uncompressed_bytes)),
                (7, I64, zigzag(len(self.pages))),
                (9, I64, zigzag(offset + self.dictionary_bytes)),
                *(((11, I64, zigzag(offset)),) if self.dictionary_bytes else ()),
                *(((12, STRUCT, self.statistics),) if self.statistics else ()),
                (13, LIST, self.page_counts),
                (16, STRUCT, self.sizes),
            )
        )
        return structure(((2, I64, zigzag(0)), (3, STRUCT, metadata)))


def without_dictionary(
    pages: Sequence[Page], rows: int, form: tuple[int, int], statistics: bytes, sizes: bytes
) -> Chunk:
    """The chunk of data pages; `form` is their physical type and their encoding."""
    kind, encoding = form
    return Chunk(
        pages=b"".join(page.content for page in pages),
        rows=rows,
        uncompressed_bytes=sum(page.uncompressed_bytes for page in pages),
        dictionary_bytes=0,
        kind=kind,
        encodings=(RLE, encoding),
        statistics=statistics,
        page_counts=list_of(STRUCT, [pages_of(DATA_PAGE, encoding, len(pages))]),
        sizes=sizes,
    )


def pages_of(kind: int, encoding: int, count: int) -> bytes:
    """How many pages there are of a kind and an encoding."""
    return structure(((1, I32, zigzag(kind)), (2, I32, zigzag(encoding)), (3, I32, zigzag(count))))


def sizes_of(rows: int, nulls: int, text_bytes: int | None) -> bytes:
    """What readers need to know before they make room; `text_bytes` is of all rows, None: they are no texts."""
    levels = list_of(I64, [zigzag(nulls), zigzag(rows - nulls)])
    text = () if text_bytes is None else ((1, I64, zigzag(text_bytes)),)
    return structure((*text, (2, LIST, list_of(I64, [])), (3, LIST, levels)))


def data_page(encoding: int, count: int, content: bytes | memoryview, statistics: bytes) -> Page:
    """A page of so many rows; the content begins with what `levels` gives."""
    about = structure(
        (
            (1, I32, zigzag(count)),
            (2, I32, zigzag(encoding)),
            (3, I32, zigzag(RLE)),
            (4, I32, zigzag(RLE)),
            (5, STRUCT, statistics),
        )
    )
    return page(DATA_PAGE, content, (5, STRUCT, about))


def page(kind: int, content: bytes | memoryview, about: tuple[int, int, bytes]) -> Page:
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
    return Page(header + compressed, len(header) + len(content))


def levels(valid: npt.NDArray[np.uint8] | None, rows: slice) -> bytes:
    """Which of the rows have a value, behind its own length."""
    count = rows.stop - rows.start
    if valid is None:
        said = unsigned(count << 1) + b"\1"  # one run of ones
    else:
        groups = (count + GROUP - 1) // GROUP
        said = unsigned(groups << 1 | 1) + np.packbits(valid[rows], bitorder="little").tobytes()  # one packed run
    return len(said).to_bytes(4, "little") + said


def packed(numbers: npt.NDArray[np.uint32], which: slice, width: int) -> bytes:
    """Some of the numbers, of so many bits each."""
    room = np.empty(packed_room(which.stop - which.start, width), dtype=np.uint8)
    start = room.ctypes.data
    return room[: pack_codes(numbers, which.start, which.stop, width, start) - start].tobytes()


def bounds_of_numbers(values: Array, nulls: int) -> bytes:
    """How many nulls there are, and the least and the greatest value; the sign of a zero bound is the outer one."""
    if values.dtype.kind == "f":
        values = values[~np.isnan(values)]
    if not len(values):
        return structure((_null_count(nulls),))
    least, greatest = values.min(), values.max()
    if values.dtype.kind == "f":
        least = -abs(least) if least == 0 else least
        greatest = abs(greatest) if greatest == 0 else greatest
    low, high = least.tobytes(), greatest.tobytes()
    # The older two compare bytes with a sign.
    signed = () if values.dtype.kind == "u" else ((1, BINARY, binary(high)), (2, BINARY, binary(low)))
    return structure((*signed, *_bounds(low, high, nulls)))


def bounds_of_texts(least: bytes | None, greatest: bytes | None, nulls: int) -> bytes:
    """How many nulls there are, and the least and the greatest text; None: there is none."""
    return structure(_bounds(least, greatest, nulls))


Field = tuple[int, int, bytes]


def _bounds(least: bytes | None, greatest: bytes | None, nulls: int) -> tuple[Field, ...]:
    high, low = (bound if bound is not None and len(bound) <= _LONGEST_BOUND else None for bound in (greatest, least))
    return (
        _null_count(nulls),
        *(((5, BINARY, binary(high)),) if high is not None else ()),
        *(((6, BINARY, binary(low)),) if low is not None else ()),
        *(((7, TRUE, b""),) if high is not None else ()),
        *(((8, TRUE, b""),) if low is not None else ()),
    )


def _null_count(nulls: int) -> Field:
    return (3, I64, zigzag(nulls))
