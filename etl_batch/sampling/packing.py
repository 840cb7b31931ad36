"""Arrays as bytes, and back: what travels between processes, and lies in a job's side file until it is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from etl_batch.kernels.columns import Array
from etl_batch.light_dataclass import dataclass
from etl_batch.text.bounded_documents import json_document

_LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """Some values by name."""

    values: dict[str, Any]  #: as JSON has them
    arrays: Mapping[str, Array]
    blob: bytes | memoryview = b""


def pack(packed: Packed, behind: int = 0) -> bytes:
    """One run of bytes: lengths, a header in JSON, the arrays, the blob.

    Args:
        packed: what it is made of.
        behind: so many bytes more will come behind it, as if the blob had them: a long one need not be copied.
    """
    shapes = {name: [array.dtype.str, array.shape] for name, array in packed.arrays.items()}
    header = json.dumps({"values": packed.values, "arrays": shapes}).encode()
    header += b" " * (-len(header) % _LENGTH_BYTES)  # so that the arrays lie where processors like them
    arrays = [np.ascontiguousarray(array) for array in packed.arrays.values()]
    whole = len(header) + sum(array.nbytes for array in arrays) + len(packed.blob) + behind
    lengths = (length.to_bytes(_LENGTH_BYTES, "little") for length in (whole, len(header)))
    return b"".join([*lengths, header, *(array.data for array in arrays), packed.blob])


def unpack(data: bytes | memoryview) -> Packed:
    """What `pack` was given; the arrays and the blob are parts of the data, and keep all of it alive."""
    return unpack_first(memoryview(data))[0]


def unpack_first(data: memoryview) -> tuple[Packed, memoryview]:
    """The first of several that lie side by side, as `unpack` has it, and what is behind it."""
    whole = int.from_bytes(data[:_LENGTH_BYTES], "little")
    header_bytes = int.from_bytes(data[_LENGTH_BYTES : 2 * _LENGTH_BYTES], "little")
    body = data[2 * _LENGTH_BYTES : 2 * _LENGTH_BYTES + whole]
    header = json_document(bytes(body[:header_bytes]))
    at = header_bytes
    arrays: dict[str, Array] = {}
    for name, (code, shape) in header["arrays"].items():
        kind = np.dtype(code)
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(body, kind, count, at).reshape(shape)
        at += count * kind.itemsize
    return Packed(header["values"], arrays, body[at:]), data[2 * _LENGTH_BYTES + whole :]
