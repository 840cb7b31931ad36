"""Strata of numbers are named as their cells are written."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.column_strata import _formatted
from etl_batch.kernels.columns import Column, Kind


def test_numbers_are_named_as_cells_are_written() -> None:
    values = np.array([7, -3, 0], dtype=np.int32)
    assert _formatted(Column(Kind.I32, values.ctypes.data, 4), values.tobytes()) == [b"7", b"-3", b"0"]
