"""Reads the first records of an open file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from etl_batch.layouts.chains import chain, laid_out
from etl_batch.layouts.counted_walk import ByCounts, CountWalk, walked
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.line_reasons import laid_out_line, problem_of_line
from etl_batch.layouts.lines import Lines, lines_of
from etl_batch.layouts.padding import padding_of
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.spread import MOST_BYTES_EACH, room_for
from etl_batch.storage.paths import FileIdentity
from etl_batch.values import MIB

_MOST_SEGMENTS = 1 << 16
_LEAST_HEAD_BYTES, _MOST_HEAD_BYTES = MIB, 16 * MIB


def first_bytes(descriptor: int, layout: Layout, rows: int) -> RawRecords:
    """The first whole records of an open file, where the layout says that they begin; none, where there are none."""
    size = FileIdentity.of(descriptor).size
    if layout.lines is not None:
        return _lines(descriptor, size, layout, layout.lines, rows)
    if layout.framing is not None:
        return _framed(descriptor, size, layout, rows)
    if (by := layout.by_counts) is not None:
        return _counted(descriptor, size, layout, by, rows)
    body = max(size - layout.header_bytes - layout.trailer_bytes, 0)
    wanted = min(rows, body // layout.record_size)
    raw = os.pread(descriptor, wanted * layout.record_size, layout.header_bytes)
    whole = len(raw) // layout.record_size * layout.record_size
    return RawRecords(size=size, start=layout.header_bytes, raw=raw[:whole], record_size=layout.record_size)


def _lines(descriptor: int, size: int, layout: Layout, lines: Lines, rows: int) -> RawRecords:
    """The first lines of text, each by its bytes in as many as a line has columns."""
    room = layout.header_bytes + rows * (MOST_BYTES_EACH * layout.record_size + len("\r\n"))
    head = os.pread(descriptor, min(max(room, _LEAST_HEAD_BYTES), _MOST_HEAD_BYTES), 0)
    found = lines_of(head, layout.header_bytes, size - layout.trailer_bytes, lines, rows)
    texts = tuple(head[one.start : one.start + one.length] for one in found)
    return shown_lines(texts, [one.start for one in found], layout, size)


def shown_lines(texts: Sequence[bytes], places: Sequence[int], layout: Layout, size: int) -> RawRecords:
    """Some lines of a file.

    Args:
        texts: as they stand there, without their ends.
        places: where each begins.
        layout: of lines.
        size: bytes of the whole file.
    """
    laid = room_for(layout, texts)
    if laid.lines is None:
        raise TypeError("records that are no lines are laid out as what they are")
    as_bytes = replace(laid.lines, characters=())
    return RawRecords(
        size=size, start=layout.header_bytes, record_size=layout.record_size, places=tuple(places), lines=tuple(texts),
        raw=b"".join(laid_out_line(text, layout, as_bytes) for text in texts),
        problems=tuple(problem_of_line(text, laid, laid.lines) for text in texts),
    )  # fmt: skip


def shown_records(records: Sequence[bytes], places: Sequence[int], layout: Layout, size: int) -> RawRecords:
    """Some records of unequal length, each padded to the longest; see `shown_lines`."""
    return RawRecords(
        size=size, start=layout.header_bytes, raw=laid_out(records, layout.record_size, padding_of(layout)),
        record_size=layout.record_size, places=tuple(places), lengths=tuple(map(len, records)),
    )  # fmt: skip


def _counted(descriptor: int, size: int, layout: Layout, by: ByCounts, rows: int) -> RawRecords:
    """The first records whose counts say how long they are."""
    start = layout.header_bytes
    head = os.pread(descriptor, min(start + rows * layout.record_size, _MOST_HEAD_BYTES), 0)
    found = walked(CountWalk(by), head, start, size - layout.trailer_bytes - start, rows)
    records = [head[at : at + length] for at, length in zip(found.places, found.lengths, strict=True)]
    return shown_records(records, found.places, layout, size)


def _framed(descriptor: int, size: int, layout: Layout, rows: int) -> RawRecords:
    """The first records of unequal length, each padded to the longest."""
    framing = layout.framing
    if framing is None:
        raise TypeError("records of one length lie side by side")
    room = layout.header_bytes + max(rows * (layout.record_size + framing.seen), _LEAST_HEAD_BYTES)
    head = os.pread(descriptor, min(room, _MOST_HEAD_BYTES), 0)
    most = _MOST_SEGMENTS if framing.is_spanned else rows
    found = chain(head, layout.header_bytes, size - layout.trailer_bytes, framing, most)
    whole = [(record.place, raw) for record in found.records if (raw := record.bytes_in(head)) is not None][:rows]
    return shown_records([raw for _, raw in whole], [place for place, _ in whole], layout, size)
