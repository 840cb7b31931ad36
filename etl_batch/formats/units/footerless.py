"""Readers of files that say nothing of their rows beforehand: they have no footer."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from etl_batch.errors import InputChanged
from etl_batch.formats.units.pages import Pages
from etl_batch.formats.units.unit import Integers, Wanted
from etl_batch.storage.paths import FileIdentity


class FooterlessReader:
    """What these have in common, see `unit.Reader`."""

    pages: Pages  #: that were touched

    def needed_bytes(self, wanted: Wanted) -> None:
        """See `Reader.needed_bytes`."""
        del wanted

    def outstanding(self, wanted: Wanted, most: int) -> Integers:
        """See `Reader.outstanding`."""
        del wanted, most
        return np.empty(0, np.int64)

    def bounds(self, name: str, *, filtered: bool) -> None:
        """See `Reader.bounds`."""
        del name, filtered

    @property
    def bytes_read(self) -> int:
        """See `Reader.bytes_read`."""
        return self.pages.bytes


def refuse_changed(descriptor: int, identity: FileIdentity, path: Path) -> None:
    """Refuse an open file that is not what it was when it was opened first.

    Raises:
        InputChanged: it is not.
    """
    if FileIdentity.of(descriptor) != identity:
        raise changed(path)


def changed(path: Path) -> InputChanged:
    """The error for a file that is not what it was."""
    return InputChanged(f"{path} changed while it was being read")
