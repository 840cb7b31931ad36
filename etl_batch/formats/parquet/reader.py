"""Row groups through Arrow: every page's checksum is looked at, every failure is a clear error."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from etl_batch.errors import FormatCorrupt
from etl_batch.formats.arrow.schema import normalised
from etl_batch.formats.parquet.errors import explained
from etl_batch.formats.parquet.footer import Footer, parquet_file

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from etl_batch.formats.arrow.leaves import Flags

Losses = dict[str, "Flags"]  #: by the names of columns: 1 where a row would lose digits


def read_row_group(
    descriptor: int, footer: Footer, number: int, path: Path, columns: Sequence[str] | None = None
) -> pa.Table:
    """Decode a row group of an open file; see `read_row_groups`."""
    return read_row_groups(descriptor, footer, [number], path, columns)


def read_row_groups(
    descriptor: int,
    footer: Footer,
    numbers: Sequence[int],
    path: Path,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Decode some row groups of an open file, side by side.

    Args:
        descriptor: the file.
        footer: its footer.
        numbers: which row groups, from 0.
        path: for messages.
        columns: those to decode; None: all.

    Returns:
        All their rows, of the footer's schema or the columns of it, one chunk a column.

    Raises:
        FormatCorrupt: a page is not what was written, or the footer lied.
        FormatUnsupported: the file is sound as far as one can tell, but Arrow cannot read it.
        OutOfMemory: the rows do not fit.
    """
    where = place_of(path, numbers)
    with explained(where), parquet_file(descriptor, footer.metadata) as file:
        try:
            with explained(where):
                chosen = None if columns is None else list(columns)
                table = file.read_row_groups(list(numbers), chosen, use_threads=False)
                table.validate()
        except FormatCorrupt:
            _name_the_column(file, numbers, path)
            raise
    expected = sum(footer.groups[number].rows for number in numbers)
    if table.num_rows != expected:
        raise FormatCorrupt(f"{where}: {table.num_rows} rows, {expected} expected")
    for number in numbers:
        refuse_contradictions(footer.metadata, number, place_of(path, [number]), columns)
    return normalised_table(table, footer, where, columns)


def normalised_table(table: pa.Table, footer: Footer, where: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Rows as Arrow read them, in the types of the footer's schema, one chunk a column.

    Raises:
        FormatCorrupt, OutOfMemory: that cannot be.
    """
    import pyarrow as pa

    names = list(footer.schema.names if columns is None else columns)
    with explained(where):
        schema = pa.schema([footer.schema.field(name) for name in names])
        arrays = [one_chunk(table.column(field.name), field, where) for field in schema]
        return pa.Table.from_arrays(arrays, schema=schema)


def int96_losses(descriptor: int, footer: Footer, numbers: Sequence[int], path: Path, table: pa.Table) -> Losses:
    """Rows of row groups whose INT96 timestamps are finer than what they were read as.

    Args:
        descriptor: the file.
        footer: its footer.
        numbers: the row groups.
        path: for messages.
        table: what was read of them.
    """
    names = [name for name in table.column_names if name in footer.int96]
    if not names:
        return {}
    where = place_of(path, numbers)
    with explained(where), parquet_file(descriptor, footer.metadata, int96_unit="ns") as file:
        return losses(table, file.read_row_groups(list(numbers), names, use_threads=False), where)


def losses(table: pa.Table, finer: pa.Table, where: str) -> Losses:
    """Rows whose INT96 timestamps are finer than what they were read as.

    Args:
        table: as they are used, one chunk a column.
        finer: its columns with INT96 timestamps, as nanoseconds.
        where: for messages.
    """
    from etl_batch.formats.parquet.int96_digits import lost_digits

    found: Losses = {}
    for field in finer.schema if table.num_rows else ():
        nano = one_chunk(finer.column(field.name), field.with_type(normalised(field.type)), where)
        lost = lost_digits(table.column(field.name).chunk(0), nano)
        if lost is not None:
            found[field.name] = lost
    return found


def place_of(path: Path, numbers: Sequence[int]) -> str:
    """Some row groups, for messages."""
    if len(numbers) == 1:
        return f"{path}, row group {numbers[0]}"
    return f"{path}, row groups {numbers[0]} to {numbers[-1]}"


def _name_the_column(file: pq.ParquetFile, numbers: Sequence[int], path: Path) -> None:
    """Find which column of which row group cannot be read, one by one, and say so."""
    leaves = file.metadata.schema
    for number in numbers:
        for place in range(len(leaves)):
            leaf = leaves.column(place).path
            with explained(f"{place_of(path, [number])}, column {leaf!r}"):
                file.read_row_group(number, columns=[leaf], use_threads=False)


def refuse_contradictions(
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
    """Bytes in the file of some columns of a row group; they must have been read, or be known to be sound."""
    group = footer.metadata.row_group(number)
    places = [place for place in range(group.num_columns) if _is_of(footer.metadata.schema.column(place).path, columns)]
    return sum(max(group.column(place).total_compressed_size, 0) for place in places)


def _is_of(path: str, columns: Sequence[str]) -> bool:
    """Whether a leaf belongs to one of the columns; names may hold dots themselves."""
    return any(path == name or path.startswith(f"{name}.") for name in columns)


def one_chunk(column: pa.ChunkedArray, field: pa.Field, where: str) -> pa.Array:
    """The column as one array of the field's type."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.num_chunks == 0:
        return pa.array([], field.type)
    try:
        if column.type != field.type:
            # Exact: only texts may be no texts, which is looked at later, row by row.
            column = pc.cast(column, options=pc.CastOptions(field.type, allow_invalid_utf8=True))
        return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
    except pa.ArrowInvalid as error:  # the one thing that can go wrong: 32-bit offsets
        from etl_batch.formats.arrow.leaves import too_much_text

        raise too_much_text(f"{where}, column {field.name!r}") from error


def first_page(footer: Footer, number: int) -> int:
    """Where a row group that was read begins in the file; for one that was not, pyarrow may end the process."""
    column = footer.metadata.row_group(number).column(0)
    offsets = (column.dictionary_page_offset, column.data_page_offset)
    return min((offset for offset in offsets if offset and offset > 0), default=0)
