"""The first rows of a binary file, through its layout, beside their bytes."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any

import numpy as np

from etl_batch.errors import EmptyInput
from etl_batch.formats.binary.first_records import first_bytes
from etl_batch.formats.binary.moved_records import brought_to_places
from etl_batch.formats.binary.record_fields import decode_field
from etl_batch.formats.binary.records import DecodedField, Flags, Records
from etl_batch.formats.binary.records_that import rows_with
from etl_batch.formats.binary.unsaid_years import refuse_unsaid_years
from etl_batch.formats.unchanged import open_read
from etl_batch.kernels.columns import describe
from etl_batch.kernels.format_rows import format_rows
from etl_batch.layouts.layout import LENGTH_BYTES, Field, Layout
from etl_batch.layouts.line_parts import in_words
from etl_batch.layouts.line_reasons import laid_out_line
from etl_batch.layouts.occurrences import flattened, rows_each, table_of_rows
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.spread import room_for
from etl_batch.layouts.toml_text import type_in_words
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.roots import Place

_SHOWN_BYTES = 16


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of one record."""

    field: Field
    raw: bytes
    text: str | None  #: as the CSV will show it; None: null
    problem: str | None  #: why the value is bad; None: it is good


@dataclass(frozen=True, slots=True)
class Preview:
    """The first records of a file."""

    path: str
    size: int  #: bytes of the whole file
    layout: Layout
    records: tuple[tuple[Cell, ...], ...]
    places: tuple[int, ...]  #: bytes: where each of them begins

    @property
    def rows_in_file(self) -> int | None:
        """Whole records in the file; None: only a walk through all of it tells."""
        if self.layout.follows is not None:
            return None
        return max(self.size - self.layout.header_bytes - self.layout.trailer_bytes, 0) // self.layout.record_size


def preview(where: Place, layout: Layout, rows: int) -> Preview:
    """Read and decode the first records of a file.

    Args:
        where: the file.
        layout: of its records, which are of one type.
        rows: at most.

    Raises:
        Refused: as a job on this input would, but not for a bad value, which is shown instead.
    """
    descriptor = open_read(where)
    try:
        refuse_unsaid_years(descriptor, layout, str(where.path))
        found = first_bytes(descriptor, layout, rows)
    finally:
        os.close(descriptor)
    if not found.count:
        raise EmptyInput(f"{where.path} has {found.size} bytes, not one whole record of {layout.record_size}")
    places = tuple(map(found.position, range(found.count)))
    return Preview(str(where.path), found.size, layout, decode_cells(layout, found), places)


def decode_cells(layout: Layout, found: RawRecords) -> tuple[tuple[Cell, ...], ...]:
    """The cells of whole records, record by record; bad values carry their problem."""
    if found.lines is not None:
        return _cells_of_lines(layout, found, found.lines)
    layout = flattened(layout)
    raw = np.frombuffer(found.raw, np.uint8).reshape(-1, layout.record_size)
    lengths = None if found.lengths is None else np.array(found.lengths, np.uint32)
    if lengths is not None and layout.may_miss_fields:
        raw = np.hstack([raw, lengths.view(np.uint8).reshape(-1, LENGTH_BYTES)])
    if lengths is not None and layout.moves:
        raw = raw.copy()
        lengths = brought_to_places(raw, lengths, layout).lengths
    records = Records(raw)
    decoded = [decode_field(field, records) for field in layout.fields]
    bad = [column.bad for column in decoded]
    every = np.ones(records.rows, np.bool_)
    read = [every if field.when is None else rows_with(field.when, records) for field in layout.fields]
    rows = tuple(
        tuple(
            _missing(column.field, records, row, int(lengths[row]))
            if lengths is not None and _is_cut(column.field, int(lengths[row])) and its_rows[row]
            else _cell(column, its, records, row)
            for column, its, its_rows in zip(decoded, bad, read, strict=True)
        )
        for row in range(records.rows)
    )
    return rows if found.lengths is None else tuple(map(_as_it_is, rows, found.lengths, repeat(layout.record_size)))


def _as_it_is(cells: tuple[Cell, ...], length: int, most: int) -> tuple[Cell, ...]:
    """The cells of a record of that length; that it is too long as a whole, its first one says."""
    if length <= most:
        return cells
    problem = f"the record has {length:,} bytes, {most:,} at the most by the layout"
    return (replace(cells[0], text=None, problem=problem), *cells[1:])


def _cells_of_lines(layout: Layout, found: RawRecords, texts: tuple[bytes, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Of lines of text, each laid out; what is wrong with one as a whole stands in its first cell."""
    layout, laid = flattened(layout), flattened(room_for(layout, texts))
    if laid.lines is None:
        raise TypeError("records that are no lines have no texts")
    raw = b"".join(laid_out_line(text, laid, laid.lines) for text in texts)
    same = RawRecords(size=found.size, start=0, raw=raw, record_size=laid.record_size)
    rows = []
    for cells, problem in zip(decode_cells(laid, same), found.problems, strict=True):
        first, *others = (replace(cell, field=field) for cell, field in zip(cells, layout.fields, strict=True))
        rows.append((replace(first, text=None, problem=problem) if problem else first, *others))
    return tuple(rows)


def _is_cut(field: Field, length: int) -> bool:
    """Whether a record of that length ends before the field is whole, and it is not null for that."""
    return field.offset + field.length > length and (field.length_at is None or field.offset < length)


def _missing(field: Field, records: Records, row: int, length: int) -> Cell:
    raw = records.raw(field)[row].tobytes()[: max(length - field.offset, 0)]
    return Cell(field, raw, None, f"the record ends after {length:,} bytes")


def _cell(decoded: DecodedField, bad: Flags | None, records: Records, row: int) -> Cell:
    field = decoded.field
    raw = records.raw(field)[row].tobytes()
    if bad is not None and bad[row]:
        return Cell(field, raw, None, decoded.why(row))
    # One record is decoded by itself, so that what is shown is what the CSV will hold.
    alone = decode_field(field, Records(records.bytes[row : row + 1].copy()))
    room = np.empty(alone.column.longest_cells(1) + 64, dtype=np.uint8)
    start = room.ctypes.data
    escaped = np.zeros(2, dtype=np.uint64)
    end = format_rows(describe([alone.column]), 0, 1, start, escaped.ctypes.data, 0)
    text = room[: int(end) - start - 1].tobytes().decode()
    is_null = alone.column.valid is not None and not alone.column.valid[0]
    return Cell(field, raw, None if is_null else text, None)


def render(shown: Preview) -> str:
    """The preview as text for a terminal."""
    head = f"{shown.path}: {shown.size:,} bytes, {_records_in_words(shown)}{_rows_in_words(shown.layout)}"
    return "\n".join([head, *record_lines(shown.layout, shown.records, shown.places)]) + "\n"


def record_lines(layout: Layout, records: Sequence[Sequence[Cell]], places: Sequence[int]) -> Iterator[str]:
    """Records for a terminal: a line for each field.

    Args:
        layout: of them.
        records: their cells.
        places: where each of them begins, in bytes.
    """
    layout = flattened(layout)
    names = max(len(field.name) for field in layout.fields)
    types = max(len(type_in_words(field)) for field in layout.fields)
    for number, (cells, at) in enumerate(zip(records, places, strict=True), start=1):
        yield from ("", f"record {number} (at byte {at})")
        for cell in cells:
            value = f"!! {cell.problem}" if cell.problem else "(null)" if cell.text is None else cell.text
            place_in_record = f"{cell.field.offset:>5}+{cell.field.length:<4}"
            named = f"{cell.field.name:<{names}}  {type_in_words(cell.field):<{types}}"
            yield f"  {place_in_record} {named}  {_hex(cell.raw)}  {value}"


def _records_in_words(shown: Preview) -> str:
    size, rows = shown.layout.record_size, shown.rows_in_file
    if (lines := shown.layout.lines) is not None and lines.parts:
        return f"records of {in_words(lines.parts)}"
    if shown.layout.lines is not None:
        return f"lines of {size} {shown.layout.lines.columns}"
    return f"records of up to {size} bytes" if rows is None else f"{rows:,} records of {size} bytes"


def _rows_in_words(layout: Layout) -> str:
    table = table_of_rows(layout)
    return "" if table is None else f", {rows_each(layout):,} rows each: one for each occurrence of {table.name}"


def as_json(shown: Preview) -> dict[str, Any]:
    """The preview as plain JSON values."""
    return {
        "path": shown.path,
        "bytes": shown.size,
        "rows": shown.rows_in_file,
        "record_size": shown.layout.record_size,
        "records": records_as_json(shown.records),
    }


def records_as_json(records: Sequence[Sequence[Cell]]) -> list[list[dict[str, Any]]]:
    """Records as plain JSON values: a list of fields each."""
    return [
        [
            {
                "field": cell.field.name,
                "type": cell.field.type,
                "offset": cell.field.offset,
                "hex": cell.raw.hex(),
                "cell": cell.text,
                "problem": cell.problem,
            }
            for cell in cells
        ]
        for cells in records
    ]


def _hex(raw: bytes) -> str:
    """The bytes in hexadecimal and as ASCII, cut after the first 16."""
    cut = raw[:_SHOWN_BYTES]
    more = "+" if len(raw) > _SHOWN_BYTES else " "
    ascii_text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in cut)
    return f"{cut.hex(' '):<{3 * _SHOWN_BYTES - 1}}{more} |{ascii_text:<{_SHOWN_BYTES}}|"
