"""Bytes behind which there is no memory: whoever reads one byte too many dies of it."""

from __future__ import annotations

import ctypes
import mmap

import numpy as np

from etl_batch.kernels.columns import Array


def guarded(content: bytes) -> Array:
    """The bytes at the end of a page; the page behind it cannot be read."""
    pages = -(-len(content) // mmap.PAGESIZE)
    mapping = mmap.mmap(-1, (pages + 1) * mmap.PAGESIZE)
    whole = np.frombuffer(mapping, np.uint8)
    start = pages * mmap.PAGESIZE - len(content)
    whole[start : start + len(content)] = np.frombuffer(content, np.uint8)
    behind = ctypes.c_void_p(whole.ctypes.data + pages * mmap.PAGESIZE)
    if ctypes.CDLL(None, use_errno=True).mprotect(behind, mmap.PAGESIZE, 0):
        raise OSError(ctypes.get_errno(), "mprotect")
    return whole[start : start + len(content)]
