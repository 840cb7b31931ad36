"""The text of one cell as one value of a fixed width."""

from __future__ import annotations

import numpy as np

from etl_batch.kernels.cell_readings import Reading
from etl_batch.kernels.compile import inlined
from etl_batch.kernels.machine import store
from etl_batch.kernels.numbers_text import U
from etl_batch.kernels.read_calendar import read_date, read_timestamp
from etl_batch.kernels.read_float import read_float32, read_float64
from etl_batch.kernels.read_numbers import read_bool, read_decimal, read_hex, read_signed, read_unsigned

_UNSIGNED, _FLOAT, _BOOL, _DATE = U(Reading.UNSIGNED), U(Reading.FLOAT), U(Reading.BOOL), U(Reading.DATE)
_TIMESTAMP, _LOCAL = U(Reading.TIMESTAMP), U(Reading.LOCAL_TIMESTAMP)
_DECIMAL, _BYTES = U(Reading.DECIMAL), U(Reading.BYTES)


@inlined
def _read_integer(reading: np.uint64, width: np.uint64, out: np.uint64, start: np.uint64, length: np.uint64) -> bool:
    if reading == _UNSIGNED:
        good, value = read_unsigned(start, length)
        good = good and (width == U(8) or value >> (U(8) * width) == U(0))
    else:
        good, signed = read_signed(start, length)
        value = U(signed)
        shift = U(64) - U(8) * width
        good = good and np.int64(value << shift) >> np.int64(shift) == signed
    if width == U(8):
        store(out, value)
    elif width == U(4):
        store(out, np.uint32(value))
    elif width == U(2):
        store(out, np.uint16(value))
    else:
        store(out, np.uint8(value))
    return good


@inlined
def read_value(
    reading: np.uint64, width: np.uint64, extra: np.uint64, out: np.uint64, start: np.uint64, length: np.uint64
) -> bool:
    """Read one value of a fixed width to `out`; returns whether the text is one."""
    if reading <= _UNSIGNED:
        return _read_integer(reading, width, out, start, length)
    if reading == _FLOAT:
        if width == U(8):
            good, value = read_float64(start, length)
            store(out, value)
            return good
        good, single = read_float32(start, length)
        store(out, single)
        return good
    if reading in (_TIMESTAMP, _LOCAL):
        good, ticks = read_timestamp(start, length, extra, reading == _TIMESTAMP)
        store(out, ticks)
        return good
    if reading == _DATE:
        good, days = read_date(start, length)
        store(out, days)
        return good
    if reading == _DECIMAL:
        good, low, high = read_decimal(start, length, width, extra)
        store(out, low)
        store(out + U(8), high)
        return good
    if reading == _BOOL:
        good, flag = read_bool(start, length)
        store(out, flag)
        return good
    return length == width * U(2) and read_hex(start, length, out)


@inlined
def value_stride(reading: np.uint64, width: np.uint64) -> np.uint64:
    """Bytes from one value to the next."""
    if reading in (_TIMESTAMP, _LOCAL):
        return U(8)
    if reading == _DATE or reading >= _BYTES:
        return U(4)
    if reading == _DECIMAL:
        return U(16)
    if reading == _BOOL:
        return U(1)
    return width
