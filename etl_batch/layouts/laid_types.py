"""Types of records as their records are laid out in memory. Pure."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.layouts.layout import Layout, with_framing
from etl_batch.layouts.record_types_toml import mapped
from etl_batch.layouts.spread import spread


def laid_types(layout: Layout, widest: int = 1) -> Layout:
    """A layout of several types of records, each as one of its records is laid out.

    Of records of one length each is as long as all are. Of others each type has a length of its own.

    Args:
        layout: with types as they are described.
        widest: bytes of the widest character, of lines that need room for such; else 1.
    """

    def laid(own: Layout) -> Layout:
        if layout.lines is not None:
            return spread(replace(own, lines=own.lines or layout.lines), widest)
        if layout.framing is not None:
            return with_framing(own, layout.framing)
        return replace(own, record_size=layout.record_size)

    return mapped(layout, laid)
