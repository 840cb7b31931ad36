"""An input must stay what it was when the job was planned."""

from __future__ import annotations

import os

from etl_batch.errors import InputChanged
from etl_batch.paths import FileIdentity, open_input
from etl_batch.sources.contract import Source


def refuse_changed(source: Source, descriptor: int) -> None:
    """Refuse an open file whose size, time of change or inode is not what it was.

    Raises:
        InputChanged: it is not.
    """
    if FileIdentity.of(descriptor) != source.identity:
        raise InputChanged(f"{source.place.path} changed while the job was reading it")


def refuse_changed_since(source: Source) -> None:
    """Refuse an input that is no longer what it was when the job was planned.

    Raises:
        InputChanged: its size, time of change or inode differ.
    """
    descriptor = open_input(source.place)
    try:
        refuse_changed(source, descriptor)
    finally:
        os.close(descriptor)
