"""What the end of a Parquet file says about the rest: its schema, its row groups, and whether it can be read at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt, FormatMagic, FormatUnsupported
from etl_batch.formats.arrow.plan import groups_of
from etl_batch.formats.arrow.schema import normalised_schema, row_bytes
from etl_batch.formats.open_file import OpenFile
from etl_batch.formats.parquet.errors import encrypted, explained
from etl_batch.light_dataclass import dataclass

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_MAGIC = b"PAR1"
_ENCRYPTED_MAGIC = b"PARE"
_TAIL_BYTES = 8  #: the footer's length and the magic
#: behind the footer of a file of which only columns are encrypted (Parquet's Encryption.md): a nonce and a GCM tag
_SIGNATURE_BYTES = 28
_STREAMED_BYTES = 1 << 20  #: of a column that are read at once, where not all of it is wanted


@dataclass(frozen=True, slots=True)
class RowGroup:
    """One row group, as the footer has it."""

    number: int  #: within the file, from 0
    first_row: int  #: within the file, from 0
    rows: int
    uncompressed_bytes: int


@dataclass(frozen=True, slots=True)
class Footer:
    """What the end of a Parquet file says about the rest."""

    metadata: pq.FileMetaData
    schema: pa.Schema  #: normalised, see `parquet_schema`
    groups: tuple[RowGroup, ...]
    rows: int
    int96: frozenset[str]  #: columns that hold INT96 timestamps, nested or not

    @property
    def uncompressed_bytes(self) -> int:
        """Of all pages, as whoever wrote the file has it."""
        return sum(group.uncompressed_bytes for group in self.groups)

    @property
    def row_bytes(self) -> int:
        """About how much memory a row takes once it is decoded."""
        return row_bytes(self.schema)

    def groups_of(self, first_row: int, rows: int) -> list[RowGroup]:
        """The row groups that have some of these rows."""
        return groups_of(self.groups, first_row, rows)


def refuse_wrong_magic(descriptor: int, size: int, path: Path) -> None:
    """Refuse an open file that does not begin and end as a Parquet file does.

    Raises:
        FormatMagic: it is another format, cut off, or encrypted.
        FormatCorrupt: its footer would be longer than the file.
    """
    head = os.pread(descriptor, len(_MAGIC), 0)
    tail = os.pread(descriptor, _TAIL_BYTES, max(size - _TAIL_BYTES, 0))
    if _ENCRYPTED_MAGIC in {head, tail[-4:]}:
        raise encrypted(f"{path} is encrypted Parquet (PARE)")
    if head != _MAGIC:
        raise FormatMagic(f"{path} does not begin with PAR1, so it is not Parquet")
    if tail[-4:] != _MAGIC or size < len(_MAGIC) + _TAIL_BYTES:
        raise FormatMagic(f"{path} does not end with PAR1, so it was cut off or is not Parquet")
    if int.from_bytes(tail[:4], "little") > size - len(_MAGIC) - _TAIL_BYTES:
        raise FormatCorrupt(f"{path}: the footer would be longer than the file")


def read_footer(descriptor: int, path: Path) -> Footer:
    """Read what the end of an open file says.

    Raises:
        FormatMagic: columns of it are encrypted.
        FormatCorrupt, FormatUnsupported, OutOfMemory: it cannot be read.
        SchemaMismatch: there are no columns, or two of one name.
    """
    with explained(f"{path}, footer"), parquet_file(descriptor) as file:
        metadata, found = file.metadata, file.schema_arrow
        _refuse_encrypted_columns(descriptor, metadata, path)
        has_int96 = _physical_types(metadata, path)
        schema = normalised_schema(found, path)
        groups: list[RowGroup] = []
        rows = 0
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            if group.num_rows < 0 or group.total_byte_size < 0:
                raise FormatCorrupt(f"{path}, footer: row group {number} has less than nothing")
            groups.append(RowGroup(number, rows, group.num_rows, group.total_byte_size))
            rows += group.num_rows
        if rows != metadata.num_rows:
            raise FormatCorrupt(f"{path}, footer: {metadata.num_rows} rows, but {rows} in its row groups")
        int96 = _int96_columns(descriptor, metadata, found) if has_int96 else frozenset()
    return Footer(metadata, schema, tuple(groups), rows, int96)


@contextmanager
def parquet_file(
    descriptor: int, metadata: pq.FileMetaData | None = None, *, int96_unit: str = "us", streamed: bool = False
) -> Iterator[pq.ParquetFile]:
    """The open file as Arrow reads it; Arrow never sees the path, and opens nothing: a worker may not.

    Args:
        descriptor: of the file.
        metadata: its footer, if it was read.
        int96_unit: what INT96 timestamps become. They go far beyond the years that 64 bits of nanoseconds hold:
            those would turn over without a word.
        streamed: do not read all of a column at once.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.PythonFile(OpenFile(descriptor), mode="r") as file:
        yield pq.ParquetFile(
            file,
            metadata=metadata,
            pre_buffer=False,
            buffer_size=_STREAMED_BYTES if streamed else 0,
            page_checksum_verification=True,
            coerce_int96_timestamp_unit=int96_unit,
        )


def _refuse_encrypted_columns(descriptor: int, metadata: pq.FileMetaData, path: Path) -> None:
    """A footer in plain text is signed where columns are encrypted: it is longer than what it says."""
    size = os.fstat(descriptor).st_size
    length = int.from_bytes(os.pread(descriptor, _TAIL_BYTES, size - _TAIL_BYTES)[:4], "little")
    if length - metadata.serialized_size == _SIGNATURE_BYTES:
        raise encrypted(f"{path} is encrypted Parquet: its footer is plain and signed, columns of it are encrypted")


def _physical_types(metadata: pq.FileMetaData, path: Path) -> bool:
    """Refuse what Arrow reads as something else; returns whether there are INT96 timestamps.

    Raises:
        FormatUnsupported: there is an INTERVAL, which Arrow takes for twelve bytes.
    """
    has_int96 = False
    for place in range(len(metadata.schema)):
        leaf = metadata.schema.column(place)
        has_int96 = has_int96 or leaf.physical_type == "INT96"
        if leaf.converted_type == "INTERVAL":
            raise FormatUnsupported(
                f"{path}, column {leaf.path!r}: the type INTERVAL is not supported",
                mend="write it anew as a number of months, days or seconds, or as text",
            )
    return has_int96


def _int96_columns(descriptor: int, metadata: pq.FileMetaData, found: pa.Schema) -> frozenset[str]:
    """The columns whose type follows the unit that INT96 is given."""
    with parquet_file(descriptor, metadata, int96_unit="ns") as file:
        finer = file.schema_arrow
    return frozenset(coarse.name for coarse, fine in zip(found, finer, strict=True) if coarse.type != fine.type)
