"""The first records of each type in a file of several, beside their bytes."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from etl_batch.errors import EmptyInput
from etl_batch.formats.binary.equal_records import EqualRecords
from etl_batch.formats.binary.first_records import shown_lines, shown_records
from etl_batch.formats.binary.kind_records import KindRecords
from etl_batch.formats.binary.preview import Cell, decode_cells
from etl_batch.formats.binary.record_kinds import UNKNOWN, kinds_of
from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.unsaid_years import refuse_unsaid_years
from etl_batch.formats.described.text_lines import Ends, completed
from etl_batch.formats.framed.framed_kinds import FramedRecords
from etl_batch.formats.framed.framers import framer_of
from etl_batch.formats.framed.frames import Stretch
from etl_batch.formats.framed.kinds_laid import told_types
from etl_batch.formats.unchanged import open_read
from etl_batch.layouts.laid_types import laid_types
from etl_batch.layouts.layout import Layout, RecordType
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.spread import needs_room, widest_character
from etl_batch.light_dataclass import dataclass
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.values import MIB

_HEAD_BYTES = 4 * MIB
_MOST_RECORD_BYTES = 1 * MIB  #: of all records shown of a type


@dataclass(frozen=True, slots=True)
class FirstOfType:
    """The first records of one type."""

    type: RecordType
    records: RawRecords
    cells: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class FirstOfTypes:
    """The first records of all types, as far as the beginning of a file has them."""

    size: int  #: bytes of the whole file
    types: tuple[FirstOfType, ...]
    seen: int  #: records that were looked at
    unknown: int  #: of these, how many are of no type
    first_unknown: int | None  #: where the first of them begins; bytes


def first_of_types(where: Place, layout: Layout, rows: int) -> FirstOfTypes:
    """The first records of each type.

    Args:
        where: a file of records.
        layout: of several types.
        rows: at most, of each type.

    Raises:
        EmptyInput: there is not one whole record.
        Refused: the file may not be read, or is not there.
    """
    if layout.lines is not None:
        layout, _ = completed(layout, layout.lines, Ends.of(where))
    descriptor = open_read(where)
    try:
        refuse_unsaid_years(descriptor, layout, str(where.path))
        size = FileIdentity.of(descriptor).size
        room = max(size - layout.header_bytes - layout.trailer_bytes, 0)
        head = os.pread(descriptor, min(room, _HEAD_BYTES), layout.header_bytes)
    finally:
        os.close(descriptor)
    every, layout, widest, is_all = _head(head, layout, size)
    if not every.count:
        raise EmptyInput(
            f"{where.path} has {size:,} bytes, and not one whole record",
            mend="make record_size, header_bytes or trailer_bytes smaller, or say how its records follow each other",
        )
    laid = laid_types(layout, widest)
    found = kinds_of(laid.records, every, 0, every.count if is_all else 0)
    shown = laid if layout.lines is None else layout  # lines show as they stand there
    unknown = np.flatnonzero(found.kinds == UNKNOWN)
    return FirstOfTypes(
        size=size,
        types=tuple(
            _of_type(kind, every, np.flatnonzero(found.kinds == number)[:rows].tolist(), size)
            for number, kind in enumerate(shown.records)
        ),
        seen=every.count,
        unknown=len(unknown),
        first_unknown=every.lying.byte(int(unknown[0])) if len(unknown) else None,
    )


def _head(head: bytes, layout: Layout, size: int) -> tuple[KindRecords, Layout, int, bool]:
    """The records at the beginning of a file.

    Returns:
        The records; the layout of the file, of lines with what they tell; bytes of their widest character; whether
        these are all.
    """
    start, end = layout.header_bytes, size - layout.trailer_bytes
    content = np.frombuffer(head, np.uint8)
    if layout.follows is None:
        whole = len(head) // layout.record_size * layout.record_size
        records = Records(content[:whole].reshape(-1, layout.record_size))
        return EqualRecords(records, start), layout, 1, start + whole == end
    found = framer_of(layout.follows).find(Stretch(content, start, end, first=start))
    is_all = found.next >= end
    widest = widest_character(max(head, default=0)) if needs_room(layout) else 1
    if layout.lines is not None:
        layout, _ = told_types(layout, layout.lines, found.frames, widest, found.frames.count if is_all else 0)
    return FramedRecords(found.frames, laid_types(layout, widest)), layout, widest, is_all


def _of_type(kind: RecordType, every: KindRecords, places: Sequence[int], size: int) -> FirstOfType:
    layout = kind.layout
    places = places[: max(_MOST_RECORD_BYTES // layout.record_size, 1)]
    raw, where = [every.lying.raw(place) for place in places], [every.lying.byte(place) for place in places]
    if layout.lines is not None:
        records = shown_lines(raw, where, layout, size)
    elif layout.framing is not None:
        records = shown_records(raw, where, layout, size)
    else:
        whole = b"".join(raw)
        records = RawRecords(size=size, start=0, raw=whole, record_size=layout.record_size, places=tuple(where))
    return FirstOfType(kind, records, decode_cells(layout, records) if raw else ())
