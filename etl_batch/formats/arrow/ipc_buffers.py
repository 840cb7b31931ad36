"""The buffers of a record batch: which of them are of which column, and whether its counts of nulls are true."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from etl_batch.errors import FormatCorrupt
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

_CODECS = ("lz4", "zstd")  #: of Arrow's CompressionType, by its numbers
_LENGTH_BYTES = 8  #: before a compressed buffer: how long it was; -1: it was left as it is
_AS_IT_IS = -1


@dataclass(frozen=True, slots=True)
class Body:
    """Where the buffers of a record batch lie."""

    start: int  #: bytes, within the file
    nodes: tuple[tuple[int, ...], ...]  #: of each array, nested ones behind what they are in: its length, its nulls
    buffers: tuple[tuple[int, ...], ...]  #: of each: where it begins behind `start`, its bytes
    variadic: tuple[int, ...]  #: of each array of views: its buffers beyond two
    codec: int | None  #: see `_CODECS`; None: nothing is compressed

    @property
    def is_compressed(self) -> bool:
        """Whether buffers may be compressed."""
        return self.codec is not None

    def uncompressed_bytes(self, descriptor: int) -> int:
        """Of all buffers, as whoever wrote the file has it.

        Raises:
            Broken: a buffer would have fewer than none.
        """
        total = 0
        for offset, length in self.buffers:
            said = self._uncompressed(descriptor, offset, length)
            total += length if said == _AS_IT_IS else said
        return total

    def read(self, descriptor: int, buffer: int) -> bytes:
        """The bytes of a buffer, uncompressed."""
        import pyarrow as pa

        offset, length = self.buffers[buffer]
        raw = os.pread(descriptor, length, self.start + offset)
        if self.codec is None or length < _LENGTH_BYTES:
            return raw
        said = int.from_bytes(raw[:_LENGTH_BYTES], "little", signed=True)
        if said == _AS_IT_IS:
            return raw[_LENGTH_BYTES:]
        return bytes(pa.Codec(_CODECS[self.codec]).decompress(raw[_LENGTH_BYTES:], said))

    def _uncompressed(self, descriptor: int, offset: int, length: int) -> int:
        if self.codec is None or length < _LENGTH_BYTES:
            return _AS_IT_IS
        head = os.pread(descriptor, _LENGTH_BYTES, self.start + offset)
        return max(int.from_bytes(head, "little", signed=True), _AS_IT_IS)


@dataclass(frozen=True, slots=True)
class _Node:
    """One array of a column: its place among the nodes, and its buffers."""

    number: int
    first_buffer: int
    stop_buffer: int
    has_nulls: bool  #: its first buffer is of flags, 1 where there is a value


def column_buffers(schema: pa.Schema, body: Body, where: str) -> dict[str, list[_Node]]:
    """Which arrays and buffers are of which column.

    Raises:
        FormatCorrupt: there are more or fewer than the types need.
    """
    found: dict[str, list[_Node]] = {}
    number = buffer = views = 0
    for field in schema:
        nodes = found.setdefault(field.name, [])
        for count, is_view in _arrays_of(field.type):
            more = 0
            if is_view:
                more = body.variadic[views] if views < len(body.variadic) else 0
                views += 1
            nodes.append(_Node(number, buffer, buffer + count + more, has_nulls=count > 0))
            number, buffer = number + 1, buffer + count + more
    if (number, buffer) != (len(body.nodes), len(body.buffers)):
        raise FormatCorrupt(
            f"{where}: {len(body.nodes)} arrays of {len(body.buffers)} buffers, {number} of {buffer} expected"
        )
    return found


def stored_bytes(body: Body, nodes: Sequence[_Node]) -> int:
    """Bytes in the file of some arrays."""
    return sum(length for one in nodes for _, length in body.buffers[one.first_buffer : one.stop_buffer])


def refuse_false_nulls(descriptor: int, body: Body, columns: dict[str, list[_Node]], where: str) -> None:
    """Refuse arrays whose number of nulls is not that of their flags: Arrow believes the number, and may not look.

    Raises:
        FormatCorrupt: there is such an array.
    """
    for name, nodes in columns.items():
        for node in nodes:
            length, nulls = body.nodes[node.number]
            if not node.has_nulls:
                continue
            if nulls != _nulls(descriptor, body, node.first_buffer, length):
                raise FormatCorrupt(f"{where}, column {name!r}: the number of nulls is not that of its values")


def _nulls(descriptor: int, body: Body, buffer: int, length: int) -> int:
    if not body.buffers[buffer][1]:
        return 0
    flags = np.frombuffer(body.read(descriptor, buffer), np.uint8)
    if len(flags) * 8 < length:
        return -1
    return length - int(np.count_nonzero(np.unpackbits(flags, count=length, bitorder="little")))


def _arrays_of(kind: pa.DataType) -> Iterator[tuple[int, bool]]:
    """Of a type and of those within it: how many buffers an array has, and whether more may follow them."""
    import pyarrow as pa

    is_a = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        yield from _arrays_of(kind.storage_type)
    elif is_a.is_null(kind):
        yield 0, False
    elif is_a.is_string_view(kind) or is_a.is_binary_view(kind):
        yield 2, True
    elif any(test(kind) for test in (is_a.is_string, is_a.is_binary, is_a.is_large_string, is_a.is_large_binary)):
        yield 3, False
    elif is_a.is_struct(kind) or is_a.is_fixed_size_list(kind):
        yield 1, False
        yield from _within(kind)
    elif is_a.is_map(kind):
        yield 2, False
        yield 1, False
        yield from _arrays_of(kind.key_type)
        yield from _arrays_of(kind.item_type)
    elif is_a.is_list(kind) or is_a.is_large_list(kind):
        yield 2, False
        yield from _within(kind)
    else:
        yield 2, False


def _within(kind: pa.DataType) -> Iterator[tuple[int, bool]]:
    for place in range(kind.num_fields):
        yield from _arrays_of(kind.field(place).type)
