"""Records that are lines of text."""

from __future__ import annotations

import numpy as np

from etl_batch.formats.framed.frames import Found, Frames, Stretch
from etl_batch.formats.framed.record_lines import MOST_LINE_BYTES, records_of_lines
from etl_batch.kernels.columns import Array
from etl_batch.kernels.text_lines import count_line_ends, list_lines
from etl_batch.layouts.lines import Lines
from etl_batch.light_dataclass import dataclass

_NO_END = f"no line ends within {MOST_LINE_BYTES:,} bytes"


@dataclass(frozen=True, slots=True)
class LineFramer:
    """See `Framer`."""

    lines: Lines

    def find(self, stretch: Stretch) -> Found:
        """See `Framer.find`. The last line of a file may lack its end."""
        content, start, end = stretch.content, stretch.address, self.lines.end
        count = int(count_line_ends(start, start + len(content), end))
        offsets, lengths = np.empty(count + 1, np.uint64), np.empty(count + 1, np.uint32)
        stop = int(list_lines(start, start + len(content), end, offsets.ctypes.data, lengths.ctypes.data))
        if stop < len(content) and stretch.start + len(content) == stretch.end:
            offsets[count], lengths[count] = stop, len(content) - stop
            count, stop = count + 1, len(content)
        if count == 0 and len(content) >= MOST_LINE_BYTES:
            return Found(_frames(content, offsets[:0], lengths[:0], stretch), stretch.start, _NO_END)
        every = _frames(content, offsets[:count], lengths[:count], stretch)
        if self.lines.parts:
            return records_of_lines(every, self.lines.each, stretch, stretch.start + stop)
        return Found(every, stretch.start + stop)


def _frames(content: Array, offsets: Array, lengths: Array, stretch: Stretch) -> Frames:
    return Frames(content, offsets, lengths, offsets + np.uint64(stretch.start))
