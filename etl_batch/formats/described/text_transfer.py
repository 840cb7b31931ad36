"""Files of records that a copy in text mode destroyed are refused before their numbers are read wrongly."""

from __future__ import annotations

import os

from etl_batch.errors import TextTransfer
from etl_batch.layouts.layout import Layout, first_fields
from etl_batch.layouts.text_mode import text_mode
from etl_batch.storage.os_refusals import reading
from etl_batch.values import KIB

_HEAD_BYTES = 256 * KIB


def refuse_text_transfer(descriptor: int, size: int, layout: Layout, called: str) -> None:
    """Refuse such a file. Of whole records without packed numbers nothing is read: nothing would show it.

    Args:
        descriptor: of the file.
        size: of the file, in bytes.
        layout: of its records.
        called: the file, for messages.

    Raises:
        TextTransfer: its first bytes show it.
    """
    if layout.follows is not None:
        return
    is_multiple = (size - layout.header_bytes - layout.trailer_bytes) % layout.record_size == 0
    if is_multiple and all(field.stored_type != "packed" for field in first_fields(layout.fields)):
        return
    with reading(called):
        head = os.pread(descriptor, _HEAD_BYTES, 0)
    refuse_destroyed(head, size, layout, called)


def refuse_destroyed(head: bytes, size: int, layout: Layout, called: str) -> None:
    """The same of the first bytes of a file.

    Raises:
        TextTransfer: they show it.
    """
    if (shows := text_mode(layout, head, size)) is not None:
        raise TextTransfer(f"{called} was copied in text mode, which destroys numbers that are no text: {shows}")
