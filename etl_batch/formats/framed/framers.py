"""Which framer finds the records of a file."""

from __future__ import annotations

from etl_batch.formats.framed.frames import Framer
from etl_batch.formats.framed.length_framer import LengthFramer
from etl_batch.layouts.framing import Framing


def framer_of(framing: Framing) -> Framer:
    """The one for records that follow each other in this way."""
    return LengthFramer(framing)
