"""The first records of a file: decoded, and one of them beside its bytes."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.launch.first_rows import ShownCell, hex_lines
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.occurrences import flattened
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.toml_text import type_in_words
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.lines_of_text import show_lines
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table

_MOST_HEX_BYTES = 1024  #: of one record
_NULL = "(null)"


def show_records(records: RawRecords, cells: Sequence[Sequence[ShownCell]], layout: Layout, key: str) -> None:
    """Show some records as a table, and the bytes of one of them.

    Args:
        records: as they stand in the file.
        cells: of each, field by field.
        layout: by which they are read.
        key: of the widgets: which file it is, and which type of records.
    """
    bad = sum(cell.problem is not None for row in cells for cell in row)
    if bad:
        st.warning(f"{bad} of the cells beneath hold no good value: see `!!`.", icon=":material/warning:")
    show_table(_decoded_table(cells, layout), key=f"rows_{key}", alt="The first records, decoded")
    _show_bytes(records, cells, key)


def _decoded_table(cells: Sequence[Sequence[ShownCell]], layout: Layout) -> Table:
    columns = tuple(
        Column(name=str(number), title=field.name, help=f"{plain(type_in_words(field))}, bytes {field.offset} to "
               f"{field.offset + field.length - 1} of the record")
        for number, field in enumerate(flattened(layout).fields)
    )  # fmt: skip
    rows = [{str(number): _in_words(cell) for number, cell in enumerate(row)} for row in cells]
    return Table(columns, rows)


def _in_words(cell: ShownCell) -> str:
    if cell.problem is not None:
        return f"!! {cell.problem}"
    return _NULL if cell.text is None else cell.text


def _show_bytes(records: RawRecords, cells: Sequence[Sequence[ShownCell]], key: str) -> None:
    """One record: each field's bytes beside its value, and the whole of it in hexadecimal."""
    chosen = st.number_input(
        f"Bytes of record (1 to {records.count})", 1, records.count, key=f"record_{key}_{records.count}"
    )
    number = int(chosen) - 1
    rows = [
        {
            "place": f"{cell.field.offset}+{cell.field.length}",
            "name": cell.field.name,
            "type": type_in_words(cell.field),
            "bytes": _in_hex(records.field(number, cell.field)),
            "value": _in_words(cell),
        }
        for cell in cells[number]
    ]
    titles = {"place": "Bytes from + length", "name": "Field", "type": "Type", "bytes": "Bytes", "value": "Value"}
    columns = tuple(Column(name=name, title=title) for name, title in titles.items())
    show_table(Table(columns, rows), key=f"bytes_{key}", alt="The fields of one record and their bytes")
    raw = records.record(number)[:_MOST_HEX_BYTES]
    show_lines(hex_lines(raw, records.position(number)), "The record in hexadecimal and as ASCII")


def _in_hex(raw: bytes) -> str:
    return raw[:32].hex(" ") + (" ..." if len(raw) > 32 else "")
