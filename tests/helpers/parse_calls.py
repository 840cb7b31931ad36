"""Calls of what reads cells: one compiled function for all of them, cells in, flags and bits out."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Sequence
from enum import IntEnum

import numpy as np

from etl_batch.kernels.classify_cell import classify_cell
from etl_batch.kernels.columns import Array
from etl_batch.kernels.compile import kernel
from etl_batch.kernels.machine import float32_bits, float_bits
from etl_batch.kernels.read_calendar import read_date, read_timestamp
from etl_batch.kernels.read_float import read_float32, read_float64
from etl_batch.kernels.read_numbers import read_bool, read_decimal, read_hex, read_signed, read_unsigned

U = np.uint64
_ROOM = U(64)  #: bytes a cell that `read_hex` may write


class Rule(IntEnum):
    """Which helper reads the cells."""

    UNSIGNED = 0
    SIGNED = 1
    DECIMAL = 2
    BOOL = 3
    HEX = 4
    F64 = 5
    F32 = 6
    DATE = 7
    TIMESTAMP = 8
    CLASS = 9


@kernel("void(uint64, uint64[::1], uint64[::1], uint64[::1], uint64, uint64[:, ::1])")
def _read_all(  # noqa: C901, PLR0917 - one function, for compiling takes long
    rule: U, starts: Array, lengths: Array, options: Array, room: U, results: Array
) -> None:
    first, second = options[U(0)], options[U(1)]
    for cell in range(len(starts)):
        index = U(cell)
        start, length = starts[index], lengths[index]
        ok, low, high = True, U(0), U(0)
        if rule == U(0):
            ok, low = read_unsigned(start, length)
        elif rule == U(1):
            ok, signed = read_signed(start, length)
            low = U(signed)
        elif rule == U(2):
            ok, low, high = read_decimal(start, length, first, second)
        elif rule == U(3):
            ok, byte = read_bool(start, length)
            low = U(byte)
        elif rule == U(4):
            ok = read_hex(start, length, room + index * _ROOM)
        elif rule == U(5):
            ok, value = read_float64(start, length)
            low = float_bits(value)
        elif rule == U(6):
            ok, single = read_float32(start, length)
            low = U(float32_bits(single))
        elif rule == U(7):
            ok, days = read_date(start, length)
            low = U(np.int64(days))
        elif rule == U(8):
            ok, ticks = read_timestamp(start, length, first, second != U(0))
            low = U(ticks)
        else:
            low = U(classify_cell(start, length))
        results[index, U(0)] = U(ok)
        results[index, U(1)] = low
        results[index, U(2)] = high


def read_at(rule: Rule, starts: Array, lengths: Array, *options: int) -> tuple[Array, Array]:
    """Read the cells at these addresses: shape (cells, 3) of flag, low and high word; and what `read_hex` wrote."""
    results = np.zeros((len(starts), 3), dtype=np.uint64)
    room = np.zeros((len(starts), int(_ROOM)), dtype=np.uint8)
    given = np.array([*options, 0, 0][:2], dtype=np.uint64)
    _read_all(U(rule), starts, lengths, given, U(room.ctypes.data), results)
    return results, room


def read(rule: Rule, cells: Sequence[bytes], *options: int) -> tuple[Array, Array]:
    """As `read_at`, for cells side by side: whoever reads beyond one of them sees the next one."""
    content = np.frombuffer(b"".join(cells) + b"\0", dtype=np.uint8)
    lengths = np.array([len(cell) for cell in cells], dtype=np.uint64)
    starts = np.uint64(content.ctypes.data) + np.cumsum(lengths) - lengths
    return read_at(rule, starts, lengths, *options)


def words(rule: Rule, cells: Sequence[bytes], *options: int) -> list[int | None]:
    """The low words; None where the cell is refused."""
    results, _ = read(rule, cells, *options)
    return [low if ok else None for ok, low, _ in results.tolist()]


def signed_words(rule: Rule, cells: Sequence[bytes], *options: int) -> list[int | None]:
    """The low words as signed numbers."""
    return [None if word is None else word - (word >> 63 << 64) for word in words(rule, cells, *options)]


def wide_words(cells: Sequence[bytes], precision: int, scale: int) -> list[int | None]:
    """Decimals as their unscaled integers."""
    results, _ = read(Rule.DECIMAL, cells, precision, scale)
    unscaled = [(high << 64) + low for _, low, high in results.tolist()]
    return [
        value - (value >> 127 << 128) if ok else None
        for ok, value in zip(results[:, 0].tolist(), unscaled, strict=True)
    ]


def raw_bytes(cells: Sequence[bytes]) -> list[bytes | None]:
    """What `read_hex` makes of the cells, each of at most 128 bytes."""
    results, room = read(Rule.HEX, cells)
    return [room[index, : len(cell) // 2].tobytes() if results[index, 0] else None for index, cell in enumerate(cells)]


class GuardedPage:
    """A page between two that nobody may touch: who reads before its start, or behind its end, is killed."""

    def __init__(self) -> None:
        self._mapping = mmap.mmap(-1, 3 * mmap.PAGESIZE)
        address = ctypes.addressof(ctypes.c_char.from_buffer(self._mapping))
        protect = ctypes.CDLL(None, use_errno=True).mprotect
        protect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
        for page in (0, 2):
            if protect(address + page * mmap.PAGESIZE, mmap.PAGESIZE, 0) != 0:
                raise OSError(ctypes.get_errno(), "mprotect")
        self._address = address

    def put(self, cell: bytes, *, at_end: bool) -> int:
        """Put the cell to the end of the page, or to its start; returns its address."""
        offset = 2 * mmap.PAGESIZE - len(cell) if at_end else mmap.PAGESIZE
        self._mapping[offset : offset + len(cell)] = cell
        return self._address + offset
