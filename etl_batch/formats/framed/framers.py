"""Which framer finds the records of a file."""

from __future__ import annotations

from etl_batch.formats.framed.counted_framer import CountedFramer
from etl_batch.formats.framed.frames import Framer
from etl_batch.formats.framed.length_framer import BlockFramer, LengthFramer
from etl_batch.formats.framed.line_framer import LineFramer
from etl_batch.formats.framed.spanned_framer import SpannedFramer
from etl_batch.layouts.counted_walk import ByCounts
from etl_batch.layouts.framing import Framing
from etl_batch.layouts.lines import Lines


def framer_of(framing: Framing | Lines | ByCounts) -> Framer:
    """The one for records that follow each other in this way."""
    if isinstance(framing, Lines):
        return LineFramer(framing)
    if isinstance(framing, ByCounts):
        return CountedFramer(framing)
    inner = BlockFramer(framing) if framing.is_blocked else LengthFramer(framing)
    return SpannedFramer(inner) if framing.is_spanned else inner
