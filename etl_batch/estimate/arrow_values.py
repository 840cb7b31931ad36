"""Arrow values to and from plain ones, by their buffers.

For `pa.scalar`, `pa.array` of a list, and `to_numpy` of an array with nulls load pandas, which takes 0.2 s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """All chunks of a column as one."""
    import pyarrow as pa

    if column.num_chunks == 0:
        return empty_array(column.type)
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)


def empty_array(kind: pa.DataType) -> pa.Array:
    """No values of a type."""
    import pyarrow as pa

    return pa.nulls(0, kind)


def is_there(array: pa.Array) -> Flags | None:
    """Which values are not null, shape (rows,); None: all."""
    validity = array.buffers()[0]
    return None if validity is None or not array.null_count else _bits(validity, array.offset, len(array))


def truths(array: pa.Array) -> Flags:
    """A boolean array as one of NumPy, null as False; shape (rows,)."""
    if not len(array):
        return np.zeros(0, dtype=np.bool_)
    values = _bits(array.buffers()[1], array.offset, len(array))
    there = is_there(array)
    return values if there is None else values & there


def numbers(array: pa.Array) -> Floats:
    """Numbers as floats, null as NaN; shape (rows,)."""
    import pyarrow as pa

    if pa.types.is_boolean(array.type):
        array = array.cast(pa.int8())
    floats = array if pa.types.is_float64(array.type) else array.cast(pa.float64(), safe=False)
    if not len(floats):
        return np.empty(0)
    values = np.frombuffer(floats.buffers()[1], np.float64, len(floats), 8 * floats.offset)
    there = is_there(floats)
    return values if there is None else np.where(there, values, np.nan)


def integers(array: pa.Array) -> npt.NDArray[Any]:
    """Integers as they are stored, those of nulls undefined; shape (rows,)."""
    kind = np.dtype(str(array.type))
    if not len(array):
        return np.empty(0, kind)
    return np.frombuffer(array.buffers()[1], kind, len(array), kind.itemsize * array.offset)


def booleans(values: Flags, there: Flags | None) -> pa.Array:
    """A boolean array."""
    import pyarrow as pa

    validity = None if there is None else pa.py_buffer(np.packbits(there, bitorder="little"))
    return pa.Array.from_buffers(
        pa.bool_(), len(values), [validity, pa.py_buffer(np.packbits(values, bitorder="little"))]
    )


def text_array(texts: Sequence[str | None]) -> pa.Array:
    """Texts as an array."""
    import pyarrow as pa

    raw = [b"" if text is None else text.encode() for text in texts]
    offsets = np.zeros(len(raw) + 1, dtype=np.int32)
    np.cumsum([len(text) for text in raw], out=offsets[1:])
    there = np.packbits(np.array([text is not None for text in texts], dtype=np.bool_), bitorder="little")
    buffers = [pa.py_buffer(there), pa.py_buffer(offsets), pa.py_buffer(b"".join(raw))]
    return pa.Array.from_buffers(pa.string(), len(raw), buffers)


def scalar(value: str | float, kind: pa.DataType) -> pa.Scalar:
    """One value of a type: a text, an integer, a float, or the scaled integer of a decimal."""
    import pyarrow as pa

    if isinstance(value, str):
        return text_array([value])[0]
    if pa.types.is_decimal(kind):
        raw = int(value).to_bytes(kind.bit_width // 8, "little", signed=True)
    else:
        raw = np.array([value], dtype=kind.to_pandas_dtype()).tobytes()
    return pa.Array.from_buffers(kind, 1, [None, pa.py_buffer(raw)])[0]


def _bits(buffer: pa.Buffer, offset: int, count: int) -> Flags:
    packed = np.frombuffer(buffer, np.uint8)
    first = offset // 8
    bits = np.unpackbits(packed[first : (offset + count + 7) // 8], bitorder="little")
    return bits[offset - 8 * first :][:count].view(np.bool_)
