"""Records of several types as rows: what a row has beside its own record, and reading single records."""

from __future__ import annotations

import os
from dataclasses import replace

from etl_batch.formats.binary.binary_input import BinaryInput
from etl_batch.formats.unchanged import open_again
from etl_batch.layouts.layout import Field, Layout, RecordType


def record_of(source: BinaryInput, number: int) -> bytes:
    """One record of a file, by its number from 0."""
    layout = source.layout
    descriptor = open_again(source.place)
    try:
        return os.pread(descriptor, layout.record_size, layout.header_bytes + number * layout.record_size)
    finally:
        os.close(descriptor)


def row_layout(kind: RecordType) -> Layout:
    """The layout of the rows of a type: its own fields, behind its record those that it carries."""
    size, carried = kind.layout.record_size, []
    for one in kind.carried:
        for name, field in one.fields:
            carried.append(_moved(field, name, size))
            size += field.length
    return replace(kind.layout, record_size=size, fields=(*kind.layout.fields, *carried))


def _moved(field: Field, name: str, offset: int) -> Field:
    return replace(field, name=name, offset=offset)
