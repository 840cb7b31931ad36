"""What the end of an Arrow file says about the rest: its schema, its record batches, and whether it can be read at all.

Where things lie we read ourselves, from the flatbuffers that Arrow's Columnar Format describes (File.fbs, Message.fbs),
and compare it with the file before Arrow is let loose on it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt, FormatMagic, FormatUnsupported
from etl_batch.formats.arrow.errors import explained
from etl_batch.formats.arrow.flatbuffer import Broken, Table
from etl_batch.formats.arrow.ipc_buffers import Body
from etl_batch.formats.arrow.plan import groups_of
from etl_batch.formats.arrow.schema import normalised_schema, row_bytes
from etl_batch.formats.open_file import OpenFile
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa

MAGIC = b"ARROW1"
_HEAD_BYTES = 8  #: the magic, padded
_TAIL_BYTES = 4 + len(MAGIC)  #: the footer's length and the magic
_FEATHER_1 = b"FEA1"
_CONTINUED = b"\xff\xff\xff\xff"
_BLOCK = "qi4xq"  #: where a message begins, the bytes of its metadata, those of its body
_DICTIONARY_BATCH, _RECORD_BATCH = 2, 3  #: of the union MessageHeader
_SCHEMA, _DICTIONARIES, _RECORD_BATCHES = 1, 2, 3  #: fields of the footer
_ANEW = "write it anew as an Arrow file, with pyarrow.ipc.new_file or pyarrow.feather.write_feather"


@dataclass(frozen=True, slots=True)
class RecordBatchPlace:
    """One record batch, as the footer has it."""

    number: int  #: within the file, from 0
    first_row: int  #: within the file, from 0
    rows: int
    uncompressed_bytes: int
    offset: int  #: of its message in the file
    metadata_bytes: int  #: of that message, before its body
    body_bytes: int


@dataclass(frozen=True)
class IpcFooter:
    """What the end of an Arrow file says about the rest."""

    found: pa.Schema  #: as the file has it
    schema: pa.Schema  #: normalised, see `normalised_schema`
    groups: tuple[RecordBatchPlace, ...]

    @cached_property
    def rows(self) -> int:
        """Of all record batches."""
        return sum(one.rows for one in self.groups)

    @property
    def uncompressed_bytes(self) -> int:
        """Of all record batches, as whoever wrote the file has it."""
        return sum(one.uncompressed_bytes for one in self.groups)

    @property
    def row_bytes(self) -> int:
        """About how much memory a row takes once it is decoded."""
        return row_bytes(self.schema)

    def groups_of(self, first_row: int, rows: int) -> list[RecordBatchPlace]:
        """The record batches that have some of these rows."""
        return groups_of(self.groups, first_row, rows)


def refuse_wrong_magic(descriptor: int, size: int, path: Path) -> None:
    """Refuse an open file that does not begin and end as an Arrow file does.

    Raises:
        FormatMagic: it is another format, a stream, Feather of version 1, or cut off.
    """
    head = os.pread(descriptor, _HEAD_BYTES, 0)
    tail = os.pread(descriptor, len(MAGIC), max(size - len(MAGIC), 0))
    if head.startswith(_FEATHER_1):
        raise FormatMagic(f"{path} is Feather of version 1, which is no Arrow file", mend=_ANEW)
    if head.startswith(_CONTINUED):
        raise FormatMagic(f"{path} is an Arrow stream, which has no footer to plan by", mend=_ANEW)
    if not head.startswith(MAGIC):
        raise FormatMagic(f"{path} does not begin with ARROW1, so it is no Arrow file")
    if tail != MAGIC or size < _HEAD_BYTES + _TAIL_BYTES:
        raise FormatMagic(f"{path} does not end with ARROW1, so it was cut off or is no Arrow file")


def read_ipc_footer(descriptor: int, path: Path) -> IpcFooter:
    """Read what the end of an open file says, and compare it with the file.

    Raises:
        FormatCorrupt, FormatUnsupported, OutOfMemory: it cannot be read.
        SchemaMismatch: there are no columns, or two of one name.
    """
    import pyarrow as pa

    what = f"{path}, footer"
    size = os.fstat(descriptor).st_size
    try:
        batches = tuple(_batches(descriptor, size, path))
    except Broken as error:
        raise FormatCorrupt(f"{what}: {error}") from None
    with explained(what), pa.PythonFile(OpenFile(descriptor), mode="r") as file, pa.ipc.open_file(file) as opened:
        found = opened.schema
        if opened.num_record_batches != len(batches):
            raise FormatCorrupt(f"{what}: {opened.num_record_batches} record batches, {len(batches)} expected")
        schema = normalised_schema(found, path)
    return IpcFooter(found, schema, batches)


def body_of(descriptor: int, batch: RecordBatchPlace, where: str) -> Body:
    """Where the buffers of a record batch lie.

    Raises:
        FormatCorrupt: that is not what it was when the footer was read.
    """
    block = (batch.offset, batch.metadata_bytes, batch.body_bytes)
    try:
        header, start = _message(descriptor, block, os.fstat(descriptor).st_size, _RECORD_BATCH)
        return _body(header, start, batch.body_bytes)
    except Broken as error:
        raise FormatCorrupt(f"{where}: {error}") from None


def _batches(descriptor: int, size: int, path: Path) -> Iterator[RecordBatchPlace]:
    tail = os.pread(descriptor, _TAIL_BYTES, size - _TAIL_BYTES)
    length = int.from_bytes(tail[:4], "little", signed=True)
    end = size - _TAIL_BYTES
    if not 0 < length <= end - _HEAD_BYTES:
        raise Broken("it would be longer than the file")
    footer = Table.root(os.pread(descriptor, length, end - length))
    schema = footer.table(_SCHEMA)
    if schema is not None and schema.number(0, "h"):
        raise FormatUnsupported(f"{path} has the highest byte of a number first", mend=_ANEW)
    for block in footer.structs(_DICTIONARIES, _BLOCK):
        header, start = _message(descriptor, block, end - length, _DICTIONARY_BATCH)
        data = header.table(1)
        if data is None:
            raise Broken("a dictionary without values")
        _body(data, start, block[2])
    first_row = 0
    for number, block in enumerate(footer.structs(_RECORD_BATCHES, _BLOCK)):
        header, start = _message(descriptor, block, end - length, _RECORD_BATCH)
        body = _body(header, start, block[2])
        rows = header.number(0, "q")
        if rows < 0:
            raise Broken(f"record batch {number} has less than nothing")
        yield RecordBatchPlace(number, first_row, rows, body.uncompressed_bytes(descriptor), *block)
        first_row += rows


def _message(descriptor: int, block: tuple[int, ...], stop: int, kind: int) -> tuple[Table, int]:
    """What a block of the footer points to: its header, and where its body begins."""
    offset, metadata_bytes, body_bytes = block
    if not (offset >= _HEAD_BYTES and metadata_bytes >= 8 and body_bytes >= 0):
        raise Broken("a block lies nowhere")
    if offset + metadata_bytes + body_bytes > stop:
        raise Broken("a block would end behind the file")
    raw = os.pread(descriptor, metadata_bytes, offset)
    start = 8 if raw.startswith(_CONTINUED) else 4
    length = int.from_bytes(raw[start - 4 : start], "little", signed=True)
    if not 0 < length <= metadata_bytes - start:
        raise Broken("a message is longer than its block")
    message = Table.root(raw[start : start + length])
    header = message.table(2)
    if header is None or message.number(1, "B") != kind:
        raise Broken("a block holds something else")
    if message.number(3, "q") != body_bytes:
        raise Broken("the body of a message is not as long as its block")
    return header, offset + metadata_bytes


def _body(batch: Table, start: int, body_bytes: int) -> Body:
    buffers = tuple(batch.structs(2, "qq"))
    for offset, length in buffers:
        if offset < 0 or length < 0 or offset + length > body_bytes:
            raise Broken("a buffer lies outside of its record batch")
    nodes = tuple(batch.structs(1, "qq"))
    for length, nulls in nodes:
        if not 0 <= nulls <= length:
            raise Broken(f"an array of {length} values has {nulls} nulls")
    variadic = tuple(count for (count,) in batch.structs(4, "q"))
    if any(count < 0 for count in variadic):
        raise Broken("an array has fewer buffers than none")
    compression = batch.table(3)
    codec = None if compression is None else compression.number(0, "b")
    if codec not in {None, 0, 1}:
        raise Broken(f"compression {codec} is not known")
    return Body(start, nodes, buffers, variadic, codec)
