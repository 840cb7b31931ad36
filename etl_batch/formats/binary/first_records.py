"""Reads the first records of an open file."""

from __future__ import annotations

import os

from etl_batch.layouts.chains import chain, laid_out
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.padding import padding_of
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.storage.paths import FileIdentity
from etl_batch.values import MIB

_MOST_HEAD_BYTES = 16 * MIB


def first_bytes(descriptor: int, layout: Layout, rows: int) -> RawRecords:
    """The first whole records of an open file, where the layout says that they begin; none, where there are none."""
    size = FileIdentity.of(descriptor).size
    if layout.framing is not None:
        return _framed(descriptor, size, layout, rows)
    body = max(size - layout.header_bytes - layout.trailer_bytes, 0)
    wanted = min(rows, body // layout.record_size)
    raw = os.pread(descriptor, wanted * layout.record_size, layout.header_bytes)
    whole = len(raw) // layout.record_size * layout.record_size
    return RawRecords(size=size, start=layout.header_bytes, raw=raw[:whole], record_size=layout.record_size)


def _framed(descriptor: int, size: int, layout: Layout, rows: int) -> RawRecords:
    """The first records of unequal length, each padded to the longest."""
    framing = layout.framing
    if framing is None:
        raise TypeError("records of one length lie side by side")
    room = layout.header_bytes + rows * (layout.record_size + framing.least)
    head = os.pread(descriptor, min(room, _MOST_HEAD_BYTES), 0)
    found = chain(head, layout.header_bytes, size - layout.trailer_bytes, framing, rows)
    whole = [record for record in found.records if record.stop <= len(head)]
    raw = laid_out((head[one.offset : one.stop] for one in whole), layout.record_size, padding_of(layout))
    places = tuple(one.place for one in whole)
    return RawRecords(
        size=size, start=layout.header_bytes, raw=raw, record_size=layout.record_size, places=places,
        lengths=tuple(one.length for one in whole),
    )  # fmt: skip
