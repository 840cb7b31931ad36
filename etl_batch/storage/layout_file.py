"""A layout file as it stands: read whole, and not larger than a layout can be."""

from __future__ import annotations

import os

from etl_batch.errors import SizeLimit
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place
from etl_batch.values import MIB

_LAYOUT_LIMIT_BYTES = MIB


def layout_file_text(where: Place) -> str:
    """A layout file as it stands, comments and mistakes included.

    Raises:
        SizeLimit: it is larger than a layout can be.
    """
    descriptor = open_input(where)
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LAYOUT_LIMIT_BYTES + 1)
    if len(text) > _LAYOUT_LIMIT_BYTES:
        raise SizeLimit(f"{where.path} is larger than a layout can be (1 MiB)", mend="name the layout, not the data")
    return text.decode("utf-8-sig", "replace")
