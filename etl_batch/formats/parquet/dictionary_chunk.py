"""A column of a row group with a dictionary, as Parquet keeps it: a page of values, pages of codes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from etl_batch.formats.parquet import chunk
from etl_batch.formats.parquet.chunk import (
    BYTE_ARRAY,
    DATA_PAGE,
    DICTIONARY_PAGE,
    NO_STATISTICS,
    PHYSICAL,
    PLAIN,
    RLE,
    RLE_DICTIONARY,
    Chunk,
    Page,
    bounds_of_numbers,
    data_page,
    levels,
    packed,
    page,
    pages_of,
    sizes_of,
)
from etl_batch.formats.parquet.compact_protocol import FALSE, I32, STRUCT, list_of, structure, zigzag
from etl_batch.formats.parquet.dictionary import Dictionary
from etl_batch.kernels.columns import Array


def dictionary_chunk(found: Dictionary) -> Chunk:
    """A column as Parquet keeps it; the bounds of numbers are noted."""
    places = _places(found)
    cuts = [*range(0, found.rows, chunk.PAGE_ROWS), found.rows]
    pages = [_dictionary_page(found), *(_data_page(found, slice(*rows), places) for rows in pairwise(cuts))]
    counts = [
        pages_of(DICTIONARY_PAGE, PLAIN, 1),
        pages_of(DATA_PAGE, RLE_DICTIONARY, len(pages) - 1),
    ]
    return Chunk(
        pages=b"".join(page.content for page in pages),
        rows=found.rows,
        uncompressed_bytes=sum(page.uncompressed_bytes for page in pages),
        dictionary_bytes=len(pages[0].content),
        kind=BYTE_ARRAY if found.values is None else PHYSICAL[found.values.dtype.str[1:]],
        encodings=(PLAIN, RLE, RLE_DICTIONARY),
        statistics=b"" if found.values is None else bounds_of_numbers(found.values, found.nulls),
        page_counts=list_of(STRUCT, counts),
        sizes=sizes_of(found.rows, found.nulls, found.text_bytes),
    )


def _places(found: Dictionary) -> Array | None:
    """How many codes are of rows before each row, and of all, shape (rows + 1,); None: one for each."""
    if found.valid is None or found.rows <= chunk.PAGE_ROWS:
        return None
    return np.concatenate([[0], np.cumsum(found.valid, dtype=np.int64)])


def _dictionary_page(found: Dictionary) -> Page:
    about = structure(((1, I32, zigzag(found.count)), (2, I32, zigzag(PLAIN)), (3, FALSE, b"")))
    return page(DICTIONARY_PAGE, found.plain, (7, STRUCT, about))


def _data_page(found: Dictionary, rows: slice, places: Array | None) -> Page:
    """The page of some of the rows."""
    codes = slice(int(places[rows.start]), int(places[rows.stop])) if places is not None else rows
    if found.valid is not None and places is None:
        codes = slice(0, len(found.codes))
    width = _width(found)
    count = rows.stop - rows.start
    statistics = NO_STATISTICS
    if found.values is not None:
        values, nulls = found.values, count - (codes.stop - codes.start)
        if count < found.rows:
            values = values[np.bincount(found.codes[codes], minlength=found.count) > 0]
        statistics = bounds_of_numbers(values, nulls)
    content = b"".join((levels(found.valid, rows), bytes((width,)), packed(found.codes, codes, width)))
    return data_page(RLE_DICTIONARY, count, content, statistics)


def _width(found: Dictionary) -> int:
    """The bits of a code: as few as can be; whole bytes where most rows have the value of the row before.

    There, zstd finds them again, which in bits that lie across bytes it cannot: it makes them a third smaller.
    """
    bits = max((found.count - 1).bit_length(), 1)
    if 2 * np.count_nonzero(found.codes[1:] == found.codes[:-1]) > len(found.codes):
        return (bits + 7) // 8 * 8
    return bits
