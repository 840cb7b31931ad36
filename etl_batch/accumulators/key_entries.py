"""The keys of a span's rows, as bytes: of each key the hash of its values under the job's secret, and the row's number.

A value is hashed as what it is, not as it is written: a whole number the same in any width, 1.0 as 1.00, both zeros
alike. Of a key of several columns the hashes of its values are hashed together, each of the same length, so that
("a", "bc") and ("ab", "c") differ. A row that has no value in one of the columns has no key.

A block is the keys of one span for one choice of columns: a head, then the upper halves of the hashes, their lower
halves and the places of the rows, each eight bytes, in the order of the upper byte of the hashes, and within it of the
rows. So the keys of one part of all hashes are read from each block at once (ADR 50).
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from etl_batch.errors import InputFailed
from etl_batch.kernels.keyed_hash import HASH_BYTES, hash_values
from etl_batch.light_dataclass import dataclass

Words = npt.NDArray[np.uint64]

BUCKETS = 256
PLACE_BITS = 40  #: of the place of a row: its number within its input; those above say which input
_HEAD_WORDS = 3 + BUCKETS + 1  #: a sign, which key, rows; where in the block each bucket begins, and the last ends
_HEAD_BYTES, _WORD_BYTES, _SIGN = 8 * _HEAD_WORDS, 8, 0x31_53_59_45_4B
_LAST_BUCKET_SHIFT = np.uint64(56)
_SHORT_BITS = 32
_NAN = np.uint64(0x7FF8000000000000)


@dataclass(frozen=True, slots=True)
class Block:
    """Where the keys of a span are, of one choice of columns."""

    key: int  #: which choice
    offset: int  #: of its first entry
    starts: npt.NDArray[np.int64]  #: shape (BUCKETS + 1,)

    @property
    def rows(self) -> int:
        """How many keys."""
        return int(self.starts[-1])

    def read(self, descriptor: int, first: int, stop: int) -> tuple[Words, Words, Words]:
        """The keys of some buckets: upper halves, lower halves, places.

        Args:
            descriptor: of the file.
            first: in the block, the first entry.
            stop: the one behind the last.
        """
        upper, lower, places = (
            _read(descriptor, self.offset + _WORD_BYTES * (part * self.rows + first), _WORD_BYTES * (stop - first))
            for part in range(3)
        )
        return upper, lower, places


def key_blocks(table: pa.Table, keys: Sequence[Sequence[str]], source: int, secret: bytes) -> bytes:
    """The blocks of a span.

    Args:
        table: of its good rows, the columns of all keys; the last is the number of each row within its input, from 1.
        keys: the columns of each.
        source: which input, from 0.
        secret: 16 bytes.
    """
    names = table.column_names
    return b"".join(
        _block(number, table.select([*(names.index(name) for name in columns), len(names) - 1]), source, secret)
        for number, columns in enumerate(keys)
    )


def blocks(descriptor: int, offset: int) -> Iterator[Block]:
    """All blocks of a file, in their order.

    Args:
        descriptor: of the file.
        offset: of the first.

    Raises:
        InputFailed: it is no such file.
    """
    size = os.fstat(descriptor).st_size
    while offset < size:
        head = _read(descriptor, offset, _HEAD_BYTES).view(np.int64)
        offset += _HEAD_BYTES
        if head[0] != _SIGN:
            raise InputFailed("the keys of the rows are not what was written")
        found = Block(int(head[1]), offset, head[3:])
        yield found
        offset += 3 * _WORD_BYTES * found.rows


def kind_of_values(kind: pa.DataType) -> str:
    """Values of columns whose types have one kind are the same where their hashes are."""
    if pa.types.is_dictionary(kind):
        return kind_of_values(kind.value_type)
    if pa.types.is_integer(kind):
        return "whole numbers"
    if pa.types.is_floating(kind):
        return "floats"
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return "texts"
    if pa.types.is_decimal128(kind):
        return "whole numbers" if kind.scale == 0 else f"decimals with {kind.scale} digits behind the point"
    return str(kind)


def _block(number: int, table: pa.Table, source: int, secret: bytes) -> bytes:
    table = table.drop_null()
    *columns, rows = (_whole(column) for column in table.columns)
    hashes = [_hashes(column, secret) for column in columns]
    found = hashes[0] if len(hashes) == 1 else _hashed(np.hstack(hashes).view(np.uint8), secret)
    places = rows.to_numpy().astype(np.uint64) | (np.uint64(source) << np.uint64(PLACE_BITS))
    upper, lower = found[:, 1], found[:, 0]
    buckets = (upper >> _LAST_BUCKET_SHIFT).astype(np.uint8)
    order = np.argsort(buckets, kind="stable")
    starts = np.zeros(BUCKETS + 1, dtype=np.uint64)
    np.cumsum(np.bincount(buckets, minlength=BUCKETS), out=starts[1:])
    head = np.array([_SIGN, number, len(order)], dtype=np.uint64)
    return b"".join(part.tobytes() for part in (head, starts, upper[order], lower[order], places[order]))


def _hashes(column: pa.Array, secret: bytes) -> Words:
    """Shape (rows, 2): of each value, none of which is null."""
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_temporal(kind):
        return _hashed(_wide(_whole_numbers(column)), secret)
    if pa.types.is_floating(kind):
        floats = column.to_numpy().astype(np.float64) + 0.0  # both zeros are the same
        bits = np.where(np.isnan(floats), _NAN, floats.view(np.uint64))
        return _hashed(bits.reshape(-1, 1).view(np.uint8), secret)
    if pa.types.is_decimal(kind):
        return _hashed(_fixed(column), secret)
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    texts = column.cast(pa.large_string() if is_text else pa.large_binary())
    offsets = np.frombuffer(texts.buffers()[1], dtype=np.int64)[texts.offset : texts.offset + len(texts) + 1]
    content = texts.buffers()[2]
    return _kernel(offsets, 0 if content is None else content.address, len(texts), secret)


def _whole_numbers(column: pa.Array) -> npt.NDArray[Any]:
    """Truth values as 0 and 1, times and dates as their ticks."""
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.int8())
    elif pa.types.is_temporal(column.type):
        column = column.view(pa.int32() if column.type.bit_width == _SHORT_BITS else pa.int64())
    found: npt.NDArray[Any] = column.to_numpy()
    return found


def _wide(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """The same as numbers of 16 bytes, as decimals without a fraction are."""
    low = numbers if numbers.dtype == np.uint64 else numbers.astype(np.int64).view(np.uint64)
    high = np.where(numbers < 0, np.uint64(2**64 - 1), np.uint64(0))
    return np.stack([low, high], axis=1).view(np.uint8)


def _hashed(content: npt.NDArray[np.uint8], secret: bytes) -> Words:
    """Of values of one width: shape (rows, width)."""
    rows, width = content.shape
    offsets = np.arange(rows + 1, dtype=np.int64) * width
    content = np.ascontiguousarray(content)
    return _kernel(offsets, content.ctypes.data, rows, secret)


def _kernel(offsets: npt.NDArray[np.int64], content: int, rows: int, secret: bytes) -> Words:
    out = np.empty((rows, HASH_BYTES // _WORD_BYTES), dtype=np.uint64)
    low, high = (int.from_bytes(secret[at : at + _WORD_BYTES], "little") for at in (0, _WORD_BYTES))
    if rows:
        hash_values(offsets.ctypes.data, content, rows, low, high, out.ctypes.data)
    return out


def _fixed(column: pa.Array) -> npt.NDArray[np.uint8]:
    width = column.type.byte_width
    content = np.frombuffer(column.buffers()[1], dtype=np.uint8)
    return content[width * column.offset : width * (column.offset + len(column))].reshape(-1, width)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    found = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return found.dictionary_decode() if pa.types.is_dictionary(found.type) else found


def _read(descriptor: int, offset: int, length: int) -> Words:
    content = bytearray(length)
    at = 0
    while at < length:
        count = os.preadv(descriptor, [memoryview(content)[at:]], offset + at)
        if not count:
            raise InputFailed("the keys of the rows are not all there")
        at += count
    return np.frombuffer(content, dtype=np.uint64)
