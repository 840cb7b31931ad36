"""Reads the first records of an open file."""

from __future__ import annotations

import os

from etl_batch.layouts.layout import Layout
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.storage.paths import FileIdentity


def first_bytes(descriptor: int, layout: Layout, rows: int) -> RawRecords:
    """The first whole records of an open file, where the layout says that they begin; none, where there are none."""
    size = FileIdentity.of(descriptor).size
    body = max(size - layout.header_bytes - layout.trailer_bytes, 0)
    wanted = min(rows, body // layout.record_size)
    raw = os.pread(descriptor, wanted * layout.record_size, layout.header_bytes)
    whole = len(raw) // layout.record_size * layout.record_size
    return RawRecords(size=size, start=layout.header_bytes, raw=raw[:whole], record_size=layout.record_size)
