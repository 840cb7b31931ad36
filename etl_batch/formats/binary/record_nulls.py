"""Fields that hold, in the place of a value, one character all over or some characters that stand for null."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.null_fills import flag_characters, flag_filled
from etl_batch.layouts.layout import BLANK, FILLS

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field

_BYTES = 256


def without_nulls(field: Field, records: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """1 where a field with `nulls` holds none that its bytes alone tell; shape (rows,), anew.

    Args:
        field: whose other nulls, stored numbers and texts of a `str`, are not looked for here.
        records: shape (rows, record_size), C order.
    """
    rows, stride = records.shape
    flags = np.ones(rows, dtype=np.uint8)
    start = records.ctypes.data + field.offset
    fills = np.zeros(_BYTES, dtype=np.uint8)
    for null in (null for null in field.nulls if isinstance(null, str) and null in FILLS):
        filled = FILLS[null]
        unit = filled if isinstance(filled, bytes) else filled.encode(field.encoding)
        if len(unit) == 1:
            fills[unit[0]] = 1
        elif field.length % len(unit) == 0:
            whole = np.frombuffer(unit * (field.length // len(unit)), np.uint8)
            flags &= (records[:, field.offset : field.offset + field.length] != whole).any(axis=1)
    if fills.any():
        flag_filled(start, stride, field.length, rows, fills, flags)
    for characters in _characters(field):
        blank = np.uint8(" ".encode(field.encoding)[0])
        flag_characters(start, stride, field.length, rows, blank, np.frombuffer(characters, np.uint8).copy(), flags)
    return flags


def is_blank(field: Field, records: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """1 where a field is all blanks of its encoding; shape (rows,)."""
    return 1 - without_nulls(replace(field, null=None, nulls=(BLANK,)), records)


def _characters(field: Field) -> list[bytes]:
    """The nulls of a number that are characters; those of a `str` are texts of its own."""
    nulls = [null for null in field.nulls if isinstance(null, str) and null not in FILLS]
    if isinstance(field.null, str):
        nulls.append(field.null)
    return [] if field.type == "str" else [null.encode(field.encoding) for null in nulls]
