"""Lines of text laid out as records of one length: blanks behind those that end early, characters in their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.formats.binary.records import Records
from etl_batch.kernels.record_chains import arrange_records
from etl_batch.kernels.text_lines import CUT, arrange_characters, flag_long_lines
from etl_batch.layouts.line_parts import line_layouts, reaches
from etl_batch.layouts.line_reasons import problem_of_line
from etl_batch.layouts.occurrences import every_field

if TYPE_CHECKING:
    from etl_batch.formats.framed.frames import Frames
    from etl_batch.layouts.layout import Layout
    from etl_batch.layouts.lines import Lines

_ODD = "the line is not as the others are"
EMPTY = 4  #: what is wrong with a line, beside what the kernels say


def arranged_lines(
    frames: Frames, layout: Layout, lines: Lines
) -> tuple[Records, npt.NDArray[np.int64] | None, dict[int, str]]:
    """Lay lines out.

    Returns:
        The records of those that could be; which they are among all, None: all; what is wrong with the others.
    """
    out, flags = laid_out(frames, layout, lines)
    flags[np.logical_and.reduce([one.lengths == 0 for one in frames.lines or (frames,)])] = EMPTY
    flags[list(frames.reasons)] = EMPTY
    if not flags.any():
        return Records(out), None, {}
    bad = np.flatnonzero(flags)
    reasons = {int(number): problem_of_line(frames.raw(int(number)), layout, lines) or _ODD for number in bad}
    kept = np.flatnonzero(flags == 0)
    return Records(out[kept]), kept, reasons


def laid_out(frames: Frames, layout: Layout, lines: Lines) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """All lines laid out, shape (lines, record_size), and of each what is wrong with it, shape (lines,); 0: nothing."""
    if lines.parts:
        return _several(frames, layout, lines)
    return (_characters if lines.characters else _bytes)(frames, layout, lines)


def blank_of(layout: Layout) -> int:
    """The byte of a blank."""
    return " ".encode(layout.fields[0].encoding)[0]


def _several(frames: Frames, layout: Layout, lines: Lines) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Of records of several lines, these side by side; what is wrong with the first that is bad."""
    out = np.full((frames.count, layout.record_size), blank_of(layout), np.uint8)
    flags = np.zeros(frames.count, np.uint8)
    reach = zip(frames.lines, line_layouts(layout, lines), reaches(lines), strict=True)
    for its, own, (start, end) in reach:
        if own is not None and own.lines is not None:
            out[:, start:end], wrong = _bytes(its, own, own.lines)
            flags = np.where(flags, flags, wrong)
    return out, flags


def _bytes(frames: Frames, layout: Layout, lines: Lines) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Where a byte is a column."""
    count, size, blank = frames.count, layout.record_size, blank_of(layout)
    lengths, flags = frames.lengths, np.zeros(count, np.uint8)
    if count and lengths.max() > size:
        if not lines.is_open:
            flag_long_lines(
                frames.content.ctypes.data, frames.offsets.ctypes.data, lengths.ctypes.data, count, size, blank, flags
            )
        lengths = np.minimum(lengths, np.uint32(size))
    if count and lengths.min() < size:
        for field in every_field(layout.fields):
            if field.name in lines.whole:
                flags[(lengths > field.offset) & (lengths < field.offset + field.length)] = CUT
    out = np.empty((count, size), np.uint8)
    padding = np.full(size, blank, np.uint8)
    arrange_records(
        frames.content.ctypes.data, frames.offsets.ctypes.data, lengths.ctypes.data, count, size,
        padding.ctypes.data, 0, out.ctypes.data,
    )  # fmt: skip
    return out, flags


def _characters(frames: Frames, layout: Layout, lines: Lines) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Where a character of several bytes is a column."""
    fields = sorted(zip(lines.characters, every_field(layout.fields), strict=True), key=lambda both: both[0].first)
    words = np.array(
        [
            (columns.first, columns.count, field.offset, field.length, field.name in lines.whole)
            for columns, field in fields
        ],
        np.uint64,
    )
    count, flags = frames.count, np.zeros(frames.count, np.uint8)
    out = np.empty((count, layout.record_size), np.uint8)
    arrange_characters(
        frames.content.ctypes.data, frames.offsets.ctypes.data, frames.lengths.ctypes.data, count, words.ctypes.data,
        len(fields), _END_OF_TIME if lines.is_open else lines.width, layout.record_size, blank_of(layout),
        out.ctypes.data, flags,
    )  # fmt: skip
    return out, flags


_END_OF_TIME = 1 << 40  #: columns that no line has
