"""A file whose records cannot be told from each other to its end."""

from __future__ import annotations

from etl_batch.config import OnBadRow
from etl_batch.errors import EmptyInput, LostRecords
from etl_batch.formats.framed.framed_input import FramedInput, lost_in_words


def refuse_lost(source: FramedInput, on_bad_row: OnBadRow) -> None:
    """Refuse a file whose records cannot be told from each other to its end, or that has none.

    Raises:
        LostRecords: they cannot, and what is left is not to be set aside.
        EmptyInput: there are none.
    """
    layout, where = source.file.layout, source.place.path
    if source.broken is not None and on_bad_row == OnBadRow.STRICT:
        left = source.identity.size - layout.trailer_bytes - source.stop
        raise LostRecords(
            f"{where}, record {source.rows + 1:,} (at byte {source.stop}): {lost_in_words(source.broken, left)}"
        )
    if not source.rows and source.broken is None:
        raise EmptyInput(f"{where} holds no record between its header and its trailer")
