"""The strata of a span's rows: their names, how many rows each has, and which row belongs to which."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Index
from etl_batch.estimate.stratum_names import NULL_KEY, NULL_STRATUM, OTHER_KEY, OTHER_STRATUM, Hashes
from etl_batch.kernels import stratum_codes
from etl_batch.kernels.columns import PADDED_TEXTS, Array, Column, Kind, describe
from etl_batch.kernels.format_rows import format_rows
from etl_batch.kernels.stratum_codes import HASH, LENGTH, START, STRATUM_FIELDS, code_strata, hash_texts
from etl_batch.light_dataclass import dataclass

_KEY_BYTES = {
    Kind.I8: 1, Kind.I16: 2, Kind.I32: 4, Kind.I64: 8, Kind.U8: 1, Kind.U16: 2, Kind.U32: 4, Kind.U64: 8,
    Kind.F32: 4, Kind.F64: 8, Kind.BOOL: 1, Kind.DATE: 4, Kind.TIMESTAMP: 8, Kind.LOCAL_TIMESTAMP: 8, Kind.TIME: 8,
    Kind.DECIMAL_64: 8, Kind.DECIMAL_128: 16,
}  # fmt: skip
_TEXTS = PADDED_TEXTS | {Kind.TEXT, Kind.PLACED_TEXT}
_FIRST_ROOM, _GROWTH = 512, 8
#: texts that are named like a stratum of ours are in it
_RESERVED = {NULL_STRATUM.encode(): NULL_KEY, OTHER_STRATUM.encode(): OTHER_KEY}
_SLACK_BYTES = 64  #: as `ColumnBatch.csv_room`


@dataclass(frozen=True, slots=True)
class SpanStrata:
    """The strata of some rows, in the order of the hashes of their names."""

    codes: npt.NDArray[np.uint32]  #: shape (rows,): a number for each row's key
    places: Index  #: shape (codes,): the stratum of each key: two keys may have one name, as NaN does
    keys: Hashes  #: shape (strata,): see `StrataTotals`
    names: npt.NDArray[np.object_]  #: shape (strata,)
    rows: npt.NDArray[np.int64]  #: shape (strata,): how many rows each has
    of_codes: Hashes  #: shape (codes,): the hash of the name of each key, also of one that no row of these has


def strata_of(column: Column, rows: int) -> SpanStrata:
    """The strata of the rows of a column of any kind."""
    codes, table = _coded(column, rows)
    counts = table[:, stratum_codes.COUNT].astype(np.int64)
    names, hashes = named(column, _keys(table))
    keys, first, places = np.unique(hashes, return_index=True, return_inverse=True)
    united = np.zeros(len(keys), dtype=np.int64)
    np.add.at(united, places, counts)
    return SpanStrata(codes, places.astype(np.int64), keys, names[first], united, hashes)


def named(column: Column, keys: Sequence[bytes | None]) -> tuple[npt.NDArray[np.object_], Hashes]:
    """The names of the strata of some keys of a column, None being that of no value; and their hashes.

    Names are CSV cells, without the quotes and the escapes that texts have there.
    """
    names = np.empty(len(keys), dtype=np.object_)
    names[:] = listed = _names(column, keys)
    hashes = _hashes(listed)
    if column.kind in _TEXTS:
        for text, key in _RESERVED.items():
            if text in listed:
                hashes[[name == text for name in listed]] = key
    else:
        hashes[[key is None for key in keys]] = NULL_KEY
    return names, hashes


def _coded(column: Column, rows: int) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]:
    """Each row's code, and the table of the codes."""
    codes: Array = np.empty(rows, dtype=np.uint32)
    how = described(column)
    table = np.empty((_FIRST_ROOM, STRATUM_FIELDS), dtype=np.uint64)
    found = np.zeros(1, dtype=np.uint64)
    row = 0
    while True:
        slots = np.zeros(4 * len(table), dtype=np.uint32)
        row = int(code_strata(how, row, rows, slots, table, found, codes))
        if row == rows:
            return codes, table[: int(found[0])]
        table = np.concatenate([table, np.empty(((_GROWTH - 1) * len(table), STRATUM_FIELDS), dtype=np.uint64)])


def described(column: Column) -> npt.NDArray[np.uint64]:
    """The column as the kernels that tell strata apart take it."""
    form, width, texts = stratum_codes.FIXED, _KEY_BYTES.get(column.kind, column.width), 0
    if column.kind in PADDED_TEXTS:
        form = stratum_codes.PADDED
    elif column.kind in {Kind.TEXT, Kind.BINARY}:
        form, texts = stratum_codes.OFFSETS, column.extra
    elif column.kind is Kind.PLACED_TEXT:
        form, texts = stratum_codes.PLACES, column.extra
    valid = 0 if column.valid is None else column.valid.ctypes.data
    return np.array([form, column.address, column.stride, width, texts, valid], dtype=np.uint64)


def _keys(table: npt.NDArray[np.uint64]) -> list[bytes | None]:
    return [
        None if code == NULL_KEY else ctypes.string_at(start, length)
        for code, start, length in table[:, [HASH, START, LENGTH]].tolist()
    ]


def _names(column: Column, keys: Sequence[bytes | None]) -> list[bytes]:
    null = NULL_STRATUM.encode()
    if column.kind in _TEXTS:
        return [null if key is None else key for key in keys]
    if column.kind in {Kind.BINARY, Kind.HEX}:
        return [null if key is None else key.hex().encode() for key in keys]
    texts = iter(_formatted(column, b"".join(key for key in keys if key is not None)))
    return [null if key is None else next(texts) for key in keys]


def _formatted(column: Column, values: bytes) -> list[bytes]:
    """Values of one kind, side by side, as the CSV has them."""
    width = _KEY_BYTES[column.kind]
    content = np.frombuffer(values + b"\0", dtype=np.uint8)
    dense = Column(column.kind, content.ctypes.data, width, width=column.width, extra=column.extra, owners=(content,))
    rows = len(values) // width
    out: Array = np.empty(dense.longest_cells(rows) + rows + _SLACK_BYTES, dtype=np.uint8)
    start = out.ctypes.data
    end = format_rows(describe([dense]), 0, rows, start, 0, 0)  # numbers and times: nothing to escape
    return out[: int(end) - start].tobytes().splitlines()


def _hashes(names: Sequence[bytes]) -> Hashes:
    content = np.frombuffer(b"".join(names) + b"\0" * 8, dtype=np.uint8)
    offsets = np.zeros(len(names) + 1, dtype=np.int64)
    np.cumsum([len(name) for name in names], out=offsets[1:])
    hashes: Hashes = np.empty(len(names), dtype=np.uint64)
    hash_texts(content.ctypes.data, offsets, hashes)
    return hashes
