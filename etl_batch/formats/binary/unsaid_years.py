"""Whether the years of a file's dates are known, before its records are read."""

from __future__ import annotations

from etl_batch.formats.binary.first_records import first_bytes
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.unsaid_years import LOOKED_AT, refuse_unsaid_year, unsaid_year


def refuse_unsaid_years(descriptor: int, layout: Layout, called: str) -> None:
    """Refuse years of two digits of which nobody said in which century they are.

    Args:
        descriptor: of the file.
        layout: of its records.
        called: the file, for messages.

    Raises:
        Ambiguous: there are some.
    """
    if (unsaid := unsaid_year(layout)) is not None:
        field, is_of_a_type = unsaid
        refuse_unsaid_year(field, None if is_of_a_type else first_bytes(descriptor, layout, LOOKED_AT), called)
