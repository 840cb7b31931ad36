"""Records of unequal length laid out as equal ones, which all that decodes fields takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.arranged import Arranged
from etl_batch.formats.binary.moved_records import brought_to_places
from etl_batch.formats.binary.records import Records
from etl_batch.formats.binary.records_that import rows_with
from etl_batch.formats.framed.frames import Frames
from etl_batch.formats.framed.line_arranging import arranged_lines
from etl_batch.kernels.record_chains import arrange_records
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.occurrences import every_field, last_end
from etl_batch.layouts.padding import padding_of

if TYPE_CHECKING:
    from etl_batch.layouts.layout import Field


def arranged(frames: Frames, layout: Layout) -> Arranged:
    """Lay records out, each in `layout.stored_size` bytes."""
    if layout.lines is not None:
        return Arranged(*arranged_lines(frames, layout, layout.lines))
    lengths, offsets = frames.lengths, frames.offsets
    reasons: dict[int, str] = {}
    kept: npt.NDArray[np.int64] | None = None
    always = [field for field in layout.fields if field.when is None]
    bad = _of_bad_length(lengths, layout, always) if not layout.moves else _too_long(lengths, layout)
    if bad is not None or frames.reasons:
        bad = np.zeros(frames.count, np.bool_) if bad is None else bad
        reasons = {int(number): _reason(int(lengths[number]), layout, always) for number in np.flatnonzero(bad)}
        reasons |= frames.reasons
        bad[list(frames.reasons)] = True
        kept = np.flatnonzero(~bad)
        lengths, offsets = lengths[kept], offsets[kept]
    out = np.empty((len(offsets), layout.stored_size), np.uint8)
    padding = np.frombuffer(padding_of(layout), np.uint8)
    arrange_records(
        frames.content.ctypes.data, offsets.ctypes.data, lengths.ctypes.data, len(offsets), layout.record_size,
        padding.ctypes.data, layout.may_miss_fields, out.ctypes.data,
    )  # fmt: skip
    found = Arranged(Records(out), kept, reasons)
    return _moved(found, lengths, layout) if layout.moves else _without_cut(found, lengths, layout, lengths)


def _too_long(lengths: npt.NDArray[np.uint32], layout: Layout) -> npt.NDArray[np.bool_] | None:
    return lengths > layout.record_size if len(lengths) and lengths.max() > layout.record_size else None


def _moved(found: Arranged, lengths: npt.NDArray[np.uint32], layout: Layout) -> Arranged:
    """The same, what stands behind tables that are not full in its place, without records of another length."""
    out = found.records.bytes
    moved = brought_to_places(out, lengths, layout)
    reach, reasons = moved.lengths, dict(moved.reasons)
    bad = _of_bad_length(reach, layout, [field for field in layout.fields if field.when is None])
    for row in [] if bad is None else np.flatnonzero(bad).tolist():
        most = "at the most" if lengths[row] > moved.whole[row] else "where it is whole"
        reasons.setdefault(
            row, f"the record has {lengths[row]:,} bytes, {moved.whole[row]:,} {most} by the counts of its tables"
        )
    left = _without(found, reasons)
    kept = np.delete(np.arange(len(lengths)), list(reasons))
    return _without_cut(left, reach[kept], layout, lengths[kept])


def _without(found: Arranged, bad: Mapping[int, str]) -> Arranged:
    """The same without some rows, by their numbers with what is wrong with them."""
    if not bad:
        return found
    every = np.arange(found.records.rows) if found.kept is None else found.kept
    reasons = {int(every[row]): reason for row, reason in bad.items()}
    records = Records(np.delete(found.records.bytes, list(bad), axis=0))
    return Arranged(records, np.delete(every, list(bad)), found.reasons | reasons)


def _without_cut(
    found: Arranged, lengths: npt.NDArray[np.uint32], layout: Layout, stored: npt.NDArray[np.uint32]
) -> Arranged:
    """The same without the records that end before a field which is read in them, though not in all.

    Args:
        found: as they are laid out.
        lengths: how far each goes there.
        layout: of them.
        stored: how many bytes each has in the file.
    """
    cut: dict[int, Field] = {}
    for field in layout.fields:
        if field.when is None or not len(lengths) or lengths.min() >= field.offset + field.length:
            continue
        ends = lengths < field.offset + field.length
        ends = ends & (lengths > field.offset) if layout.may_miss_fields else ends
        for row in np.flatnonzero(ends & rows_with(field.when, found.records)).tolist():
            cut.setdefault(row, field)
    return _without(found, {row: _ends_early(int(stored[row]), field) for row, field in cut.items()})


def beginnings(frames: Frames, size: int, padding: int) -> npt.NDArray[np.uint8]:
    """The first bytes of all records, shape (records, size), and a byte instead where one has ended."""
    out, filled = np.empty((frames.count, size), np.uint8), np.full(size, padding, np.uint8)
    lengths = np.minimum(frames.lengths, np.uint32(size))
    arrange_records(
        frames.content.ctypes.data, frames.offsets.ctypes.data, lengths.ctypes.data, frames.count, size,
        filled.ctypes.data, 0, out.ctypes.data,
    )  # fmt: skip
    return out


def _of_bad_length(
    lengths: npt.NDArray[np.uint32], layout: Layout, fields: Sequence[Field]
) -> npt.NDArray[np.bool_] | None:
    """Records that are too long, or end where the layout has one of the fields that all have; None: there are none."""
    if not len(lengths):
        return None
    if not layout.may_miss_fields:
        needed = max(map(last_end, fields), default=0)
        if lengths.min() >= needed and lengths.max() <= layout.record_size:
            return None
        return (lengths < needed) | (lengths > layout.record_size)
    is_bad = np.zeros(layout.record_size + 2, np.bool_)
    is_bad[-1] = True
    for field in every_field(fields):
        is_bad[field.offset + 1 : field.offset + field.length] = True
    bad = is_bad[np.minimum(lengths, layout.record_size + 1)]
    return bad if bad.any() else None


def _reason(length: int, layout: Layout, fields: Sequence[Field]) -> str:
    if length > layout.record_size:
        return f"the record has {length:,} bytes, {layout.record_size:,} at the most by the layout"
    cut = [field for field in every_field(fields) if field.offset + field.length > length]
    within = next((field for field in cut if field.offset < length), cut[0])
    return _ends_early(length, within)


def _ends_early(length: int, field: Field) -> str:
    return f"the record ends after {length:,} bytes, before field {field.name!r} is whole"
