"""NumPy arrays as Arrow arrays, by their buffers: `pa.array` would load pandas first, which takes a while.

So does `pyarrow.compute`, which makes a Python function of each of Arrow's, and which methods such as `take` load.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from etl_batch.kernels.columns import Array

if TYPE_CHECKING:
    import pyarrow as pa

Flags = npt.NDArray[np.bool_]


def numbers(values: Array, null: Flags | None = None) -> pa.Array:
    """Numbers of any type; null where a flag says so.

    Args:
        values: shape (n,): of a plain integer or float type.
        null: shape (n,); None: nowhere.
    """
    import pyarrow as pa

    dense = np.ascontiguousarray(values)
    kind = pa.type_for_alias(dense.dtype.name)
    return pa.Array.from_buffers(kind, len(dense), [_validity(null), pa.py_buffer(dense)])


def flags(values: Flags) -> pa.Array:
    """True and false."""
    import pyarrow as pa

    bits = np.packbits(values, bitorder="little")
    return pa.Array.from_buffers(pa.bool_(), len(values), [None, pa.py_buffer(bits)])


def texts(values: Sequence[str]) -> pa.Array:
    """Texts, none of them null."""
    import pyarrow as pa

    pieces = [value.encode() for value in values]
    offsets = np.zeros(len(pieces) + 1, dtype=np.int32)
    np.cumsum([len(piece) for piece in pieces], out=offsets[1:])
    return pa.Array.from_buffers(pa.utf8(), len(pieces), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(pieces))])


def repeated_texts(values: Sequence[str], places: npt.NDArray[np.int64]) -> pa.Array:
    """Texts out of a list, by their places in it."""
    return taken(texts(values), places)


_Some = TypeVar("_Some", "pa.Array", "pa.Table")


def taken(values: _Some, places: npt.NDArray[np.int64]) -> _Some:
    """The rows at some places, in their order."""
    from pyarrow._compute import call_function

    found: _Some = call_function("take", [values, numbers(places)])
    return found


def different_values(column: pa.ChunkedArray) -> int:
    """How many different values a column has; of a type that cannot be compared so: as many as rows."""
    import pyarrow as pa
    from pyarrow._compute import call_function

    try:
        return int(call_function("count_distinct", [column]).as_py())
    except pa.ArrowNotImplementedError:
        return len(column)


def _validity(null: Flags | None) -> pa.Buffer | None:
    import pyarrow as pa

    return None if null is None or not null.any() else pa.py_buffer(np.packbits(~null, bitorder="little"))
