"""Parquet files through Arrow: every page's checksum is looked at, every failure is a clear error."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt, FormatMagic, FormatUnsupported, OutOfMemory
from etl_batch.sources.parquet_schema import normalised_schema

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

_MAGIC = b"PAR1"
_ENCRYPTED_MAGIC = b"PARE"
_TAIL_BYTES = 8  #: the footer's length and the magic
_SHOWN_CHARACTERS = 300  #: of what Arrow says
_SMALLER_ROW_GROUPS = "raise --memory-limit, use fewer workers (-w), or write the file anew in smaller row groups"


@dataclass(frozen=True, slots=True)
class RowGroup:
    """One row group, as the footer has it."""

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

    @property
    def uncompressed_bytes(self) -> int:
        """Of all pages, as whoever wrote the file has it."""
        return sum(group.uncompressed_bytes for group in self.groups)


def refuse_wrong_magic(descriptor: int, size: int, path: Path) -> None:
    """Refuse an open file that does not begin and end as a Parquet file does.

    Raises:
        FormatMagic: it is another format, cut off, or encrypted.
        FormatCorrupt: its footer would be longer than the file.
    """
    head = os.pread(descriptor, len(_MAGIC), 0)
    tail = os.pread(descriptor, _TAIL_BYTES, max(size - _TAIL_BYTES, 0))
    if _ENCRYPTED_MAGIC in {head, tail[-4:]}:
        raise FormatMagic(f"{path} is encrypted Parquet (PARE)", mend="decrypt it first: write it anew without a key")
    if head != _MAGIC:
        raise FormatMagic(f"{path} does not begin with PAR1, so it is not Parquet")
    if tail[-4:] != _MAGIC or size < len(_MAGIC) + _TAIL_BYTES:
        raise FormatMagic(f"{path} does not end with PAR1, so it was cut off or is not Parquet")
    if int.from_bytes(tail[:4], "little") > size - len(_MAGIC) - _TAIL_BYTES:
        raise FormatCorrupt(f"{path}: the footer would be longer than the file")


def read_footer(descriptor: int, path: Path) -> Footer:
    """Read what the end of an open file says.

    Raises:
        FormatCorrupt, FormatUnsupported, OutOfMemory: it cannot be read.
        SchemaMismatch: there are no columns, or two of one name.
    """
    with _explained(f"{path}, footer"), _parquet_file(descriptor) as file:
        metadata, schema = file.metadata, normalised_schema(file.schema_arrow, path)
        groups: list[RowGroup] = []
        rows = 0
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            if group.num_rows < 0 or group.total_byte_size < 0:
                raise FormatCorrupt(f"{path}, footer: row group {number} has less than nothing")
            groups.append(RowGroup(rows, group.num_rows, group.total_byte_size))
            rows += group.num_rows
        if rows != metadata.num_rows:
            raise FormatCorrupt(f"{path}, footer: {metadata.num_rows} rows, but {rows} in its row groups")
    return Footer(metadata, schema, tuple(groups), rows)


def read_row_group(
    descriptor: int, footer: Footer, number: int, path: Path, columns: Sequence[str] | None = None
) -> pa.Table:
    """Decode a row group of an open file.

    Args:
        descriptor: the file.
        footer: its footer.
        number: which row group, from 0.
        path: for messages.
        columns: those to decode; None: all.

    Returns:
        All its rows, of the footer's schema or the columns of it, one chunk a column.

    Raises:
        FormatCorrupt: a page is not what was written, or the footer lied.
        FormatUnsupported: the file is sound as far as one can tell, but Arrow cannot read it.
        OutOfMemory: the row group does not fit.
    """
    import pyarrow as pa

    where = f"{path}, row group {number}"
    names = list(footer.schema.names if columns is None else columns)
    with _explained(where), _parquet_file(descriptor, footer.metadata) as file:
        try:
            with _explained(where):
                table = file.read_row_group(number, None if columns is None else names, use_threads=False)
                table.validate()
        except FormatCorrupt:
            _name_the_column(file, number, where)
            raise
    if table.num_rows != footer.groups[number].rows:
        raise FormatCorrupt(f"{where}: {table.num_rows} rows, {footer.groups[number].rows} expected")
    _refuse_contradictions(footer.metadata, number, where, columns)
    with _explained(where):
        schema = pa.schema([footer.schema.field(name) for name in names])
        arrays = [one_chunk(table.column(field.name), field, where) for field in schema]
        return pa.Table.from_arrays(arrays, schema=schema)


@contextmanager
def _parquet_file(descriptor: int, metadata: pq.FileMetaData | None = None) -> Iterator[pq.ParquetFile]:
    """The open file as Arrow reads it; Arrow never sees the path."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pa.OSFile(f"/proc/self/fd/{descriptor}") as file:
        yield pq.ParquetFile(
            file,
            metadata=metadata,
            pre_buffer=False,
            page_checksum_verification=True,
            # INT96 goes far beyond the years that 64 bits of nanoseconds hold: they would turn over without a word.
            coerce_int96_timestamp_unit="us",
        )


@contextmanager
def _explained(where: str) -> Iterator[None]:
    """What Arrow raises comes out as an error for the user."""
    import pyarrow as pa

    try:
        yield
    except MemoryError as error:
        raise OutOfMemory(f"{where} does not fit into the memory", mend=_SMALLER_ROW_GROUPS) from error
    except NotImplementedError as error:
        raise FormatUnsupported(f"{where}: {_shown(error)}") from error
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FormatCorrupt(f"{where}: {_shown(error)}") from error


def _shown(error: Exception) -> str:
    """What Arrow says, on one line, without what could upset a terminal."""
    said = " ".join(str(error).split())[:_SHOWN_CHARACTERS] or type(error).__name__
    return said if said.isprintable() else repr(said)


def _name_the_column(file: pq.ParquetFile, number: int, where: str) -> None:
    """Find which column cannot be read, one by one, and say so."""
    leaves = file.metadata.schema
    for place in range(len(leaves)):
        path = leaves.column(place).path
        with _explained(f"{where}, column {path!r}"):
            file.read_row_group(number, columns=[path], use_threads=False)


def _refuse_contradictions(
    metadata: pq.FileMetaData, number: int, where: str, columns: Sequence[str] | None = None
) -> None:
    """Refuse what a footer, which has no checksum, cannot say of sound columns.

    A column that is not nested has as many values as its row group has rows, or the rest would not be read; one that
    is not compressed is not shorter than it would be, or its bytes would be taken for what they are not.

    Only of columns that were read: asked for a broken one, pyarrow ends the whole process.
    """
    group = metadata.row_group(number)
    for place in range(group.num_columns):
        leaf = metadata.schema.column(place)
        if columns is not None and not _is_of(leaf.path, columns):
            continue
        chunk = group.column(place)
        what = f"{where}, column {leaf.path!r}"
        if leaf.max_repetition_level == 0 and chunk.num_values != group.num_rows:
            raise FormatCorrupt(f"{what}: {chunk.num_values} values, {group.num_rows} expected")
        if chunk.compression == "UNCOMPRESSED" and chunk.total_compressed_size < chunk.total_uncompressed_size:
            raise FormatCorrupt(f"{what}: the footer says that it is not compressed, and yet it is shorter")


def compressed_bytes(footer: Footer, number: int, columns: Sequence[str]) -> int:
    """Bytes in the file of some columns of a row group; they must have been read, see `_refuse_contradictions`."""
    group = footer.metadata.row_group(number)
    places = [place for place in range(group.num_columns) if _is_of(footer.metadata.schema.column(place).path, columns)]
    return sum(max(group.column(place).total_compressed_size, 0) for place in places)


def _is_of(path: str, columns: Sequence[str]) -> bool:
    """Whether a leaf belongs to one of the columns; names may hold dots themselves."""
    return any(path == name or path.startswith(f"{name}.") for name in columns)


def one_chunk(column: pa.ChunkedArray, field: pa.Field, where: str) -> pa.Array:
    """The column as one array of the field's type."""
    import pyarrow as pa

    if column.num_chunks == 0:
        return pa.array([], field.type)
    try:
        if column.type != field.type:
            column = column.cast(field.type, safe=False)
        return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    except pa.ArrowInvalid as error:  # the one thing that can go wrong: 32-bit offsets
        from etl_batch.sources.arrow_leaves import too_much_text

        raise too_much_text(f"{where}, column {field.name!r}") from error


def first_page(footer: Footer, number: int) -> int:
    """Where a row group that was read begins in the file; for one that was not, pyarrow may end the process."""
    column = footer.metadata.row_group(number).column(0)
    offsets = (column.dictionary_page_offset, column.data_page_offset)
    return min((offset for offset in offsets if offset and offset > 0), default=0)
