"""Arrow arrays of plain types as columns for the CSV kernel: in place wherever their buffers already suit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from etl_batch.errors import OutOfMemory
from etl_batch.kernels.columns import Array, Column, Kind
from etl_batch.values import TICKS_PER_SECOND

if TYPE_CHECKING:
    import pyarrow as pa

Flags = npt.NDArray[np.uint8]  # shape (rows,): 1 where true

MAX_TEXT_BYTES = 2**31 - 1  #: of one column in one batch: Arrow's offsets are of 32 bits
#: the bytes of a value, and how it is written
_NUMBERS = {
    "int8": (1, Kind.I8), "int16": (2, Kind.I16), "int32": (4, Kind.I32), "int64": (8, Kind.I64),
    "uint8": (1, Kind.U8), "uint16": (2, Kind.U16), "uint32": (4, Kind.U32), "uint64": (8, Kind.U64),
    "float": (4, Kind.F32), "double": (8, Kind.F64), "date32[day]": (4, Kind.DATE),
}  # fmt: skip
_WIDEST_SCALE = 38  #: digits behind the point that the kernel writes


def leaf_column(array: pa.Array) -> Column:
    """A column of an array of any normalised type (`parquet_schema.normalised`) that is not nested.

    Its dates, timestamps and times lie where `arrow_checks.bad_rows` finds nothing: the kernel does not look.
    """
    import pyarrow as pa

    kind, is_a = array.type, pa.types
    if str(kind) in _NUMBERS:
        return in_place(array, *_NUMBERS[str(kind)])
    if is_a.is_string(kind):
        return _offsets_column(array, Kind.TEXT)
    if is_a.is_binary(kind):
        return _offsets_column(array, Kind.BINARY)
    if is_a.is_timestamp(kind):
        form = Kind.LOCAL_TIMESTAMP if kind.tz is None else Kind.TIMESTAMP
        return in_place(array, 8, form, extra=TICKS_PER_SECOND[kind.unit])
    if is_a.is_decimal(kind):
        return _decimal(array)
    return next(make(array) for name, make in _OTHERS.items() if getattr(is_a, name)(kind))


def in_place(array: pa.Array, size: int, kind: Kind, *, extra: int = 0) -> Column:
    """Values of `size` bytes, side by side in the array's own buffer."""
    values = array.buffers()[1]
    address = 0 if values is None else values.address + array.offset * size
    return Column(kind, address, size, extra=extra, valid=validity(array), owners=(array,))


def stored(array: pa.Array, dtype: npt.DTypeLike, words: int = 1) -> Array:
    """The array's own values, shape (rows,) or (rows, words), those under a null included; a view."""
    shape = (len(array),) if words == 1 else (len(array), words)
    values = array.buffers()[1]
    if values is None or not len(array):
        return np.zeros(shape, dtype)
    step = np.dtype(dtype).itemsize * words
    flat: Array = np.frombuffer(values, dtype, len(array) * words, array.offset * step)
    return flat.reshape(shape)


def offsets_of(array: pa.Array) -> npt.NDArray[np.int32]:
    """Where each text, binary or list begins, and where the last one ends: shape (rows + 1,).

    A view, but of a file that is mapped: kernels take no array that nobody may write to.
    """
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array) + 1, np.int32)
    found = np.frombuffer(buffer, np.int32, len(array) + 1, array.offset * 4)
    return found if found.flags.writeable else found.copy()


def validity(array: pa.Array) -> Flags | None:
    """1 where there is a value, shape (rows,); None: everywhere."""
    bitmap = array.buffers()[0]
    if not array.null_count or bitmap is None:
        return None
    return _bits(bitmap, array.offset, len(array))


def text_column(texts: Sequence[bytes | None]) -> Column:
    """Texts in UTF-8, None for null, as a column.

    Raises:
        OutOfMemory: they are longer than Arrow's texts can be together.
    """
    offsets = np.zeros(len(texts) + 1, dtype=np.int64)
    np.cumsum([len(text or b"") for text in texts], out=offsets[1:])
    if offsets[-1] > MAX_TEXT_BYTES:
        raise too_much_text("as text, a column")
    content = np.frombuffer(b"".join(text or b"" for text in texts) + b"\0", dtype=np.uint8)
    valid = np.array([text is not None for text in texts], dtype=np.uint8)
    return _texts(offsets.astype(np.int32), content, None if valid.all() else valid)


def too_much_text(what: str) -> OutOfMemory:
    """The error for a column that Arrow's 32-bit offsets cannot hold."""
    return OutOfMemory(
        f"{what} has more than 2 GiB of text in one piece",
        mend="use smaller chunks (--chunk-bytes): long row groups are cut by them",
    )


def _texts(offsets: Array, content: Array, valid: Flags | None) -> Column:
    owners = (offsets, content)
    return Column(Kind.TEXT, offsets.ctypes.data, 4, extra=content.ctypes.data, valid=valid, owners=owners)


def _bits(bitmap: pa.Buffer, offset: int, count: int) -> Flags:
    """Bits of a bitmap as bytes."""
    first = offset // 8
    packed = np.frombuffer(bitmap, np.uint8)[first : (offset + count + 7) // 8]
    skipped = offset - 8 * first
    return np.unpackbits(packed, count=skipped + count, bitorder="little")[skipped:]


def _offsets_column(array: pa.Array, kind: Kind) -> Column:
    offsets, content = offsets_of(array), array.buffers()[2]
    return Column(
        kind, offsets.ctypes.data, 4, extra=0 if content is None else content.address, valid=validity(array),
        owners=(offsets, array),
    )  # fmt: skip


def _bool(array: pa.Array) -> Column:
    bitmap = array.buffers()[1]
    values = np.zeros(0, np.uint8) if bitmap is None else _bits(bitmap, array.offset, len(array))
    return _of(values, Kind.BOOL, array)


def _half(array: pa.Array) -> Column:
    return _of(stored(array, np.float16).astype(np.float32), Kind.F32, array)


def _time(array: pa.Array) -> Column:
    ticks = stored(array, np.int32 if array.type.bit_width == 32 else np.int64).astype(np.int64, copy=False)
    return _of(ticks, Kind.TIME, array, extra=TICKS_PER_SECOND[array.type.unit])


def _duration(array: pa.Array) -> Column:
    return in_place(array, 8, Kind.I64)


def _fixed_binary(array: pa.Array) -> Column:
    width = array.type.byte_width
    if not width:
        return leaf_column(array.cast("binary"))
    values = array.buffers()[1]
    address = 0 if values is None else values.address + array.offset * width
    return Column(Kind.HEX, address, width, width=width, valid=validity(array), owners=(array,))


def _decimal(array: pa.Array) -> Column:
    scale, words = array.type.scale, array.type.byte_width // 8
    if not 0 <= scale <= _WIDEST_SCALE:
        return _decimal_texts(array)
    if words == 2:
        return in_place(array, 16, Kind.DECIMAL_128, extra=scale)
    values = stored(array, np.int64, words)
    narrow = ((values[:, 2:] == values[:, 1:2] >> 63).all(axis=1)) | (_null(array) == 1)
    if not narrow.all():
        return _decimal_texts(array)
    return _of(np.ascontiguousarray(values[:, :2]), Kind.DECIMAL_128, array, extra=scale)


def _decimal_texts(array: pa.Array) -> Column:
    """Decimals of more digits than the kernel writes, one by one."""
    return text_column([None if value is None else format(value, "f").encode() for value in array.to_pylist()])


def _null(array: pa.Array) -> Flags:
    valid = validity(array)
    return np.zeros(len(array), np.uint8) if valid is None else (valid == 0).view(np.uint8)


def _of(values: Array, kind: Kind, array: pa.Array, **more: Any) -> Column:  # noqa: ANN401 - as Column has them
    return Column(kind, values.ctypes.data, values.strides[0], valid=validity(array), owners=(values,), **more)


_OTHERS = {
    "is_boolean": _bool,
    "is_float16": _half,
    "is_time": _time,
    "is_duration": _duration,
    "is_fixed_size_binary": _fixed_binary,
}
