"""Equal keys of rows, found by the compiled hash table."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.units.unit import Integers
from etl_batch.kernels import unit_reads


def code_keys(keys: int, rows: int, *, stride: int, length: int) -> tuple[Integers, Integers]:
    """Number the different keys in the order in which they are met.

    Args:
        keys: address of the first; with length 0, of a table of address and length (uint64) for each row.
        rows: how many.
        stride: bytes from one to the next.
        length: of every key, in bytes.

    Returns:
        Shape (rows,): the number of each row's key. Shape (keys,): the first row of each.
    """
    codes, firsts = np.empty(rows, np.uint32), np.empty(rows, np.uint32)
    slots = np.zeros(1 << (2 * rows).bit_length(), np.uint32)
    found = unit_reads.code_keys(
        keys, stride, length, rows, slots.ctypes.data, len(slots) - 1, codes.ctypes.data, firsts.ctypes.data
    )
    return codes.astype(np.int64), firsts[:found].astype(np.int64)
