"""Which record layout a binary file has."""

from __future__ import annotations

import os
from pathlib import PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import LayoutMissing, SizeLimit
from etl_batch.layouts import Layout, parse_layout
from etl_batch.paths import Place, list_folder, open_input, place
from etl_batch.values import MIB

_LAYOUT_LIMIT_BYTES = MIB


def find_layout(where: Place, config: JobConfig) -> Layout:
    """The layout of a binary file: the named one, `x.layout.toml` beside `x.bin`, or `layout.toml` in its folder.

    Raises:
        LayoutMissing: there is none.
        LayoutInvalid: it is wrong.
    """
    if config.layout is not None:
        return _read_layout(place(config.layout, config.input_roots))
    folder = Place(where.root, PurePosixPath(where.relative.parent))
    there = list_folder(folder)
    own = f"{where.path.stem}.layout.toml"
    for name in (own, "layout.toml"):
        if name in there:
            return _read_layout(folder.child(name))
    raise LayoutMissing(f"no layout for {where.path}: neither {own} nor layout.toml is in {where.path.parent}")


def _read_layout(where: Place) -> Layout:
    descriptor = open_input(where)
    with os.fdopen(descriptor, "rb") as file:
        text = file.read(_LAYOUT_LIMIT_BYTES + 1)
    if len(text) > _LAYOUT_LIMIT_BYTES:
        raise SizeLimit(f"{where.path} is larger than a layout can be (1 MiB)", mend="name the layout, not the data")
    return parse_layout(text.decode("utf-8-sig", "replace"), str(where.path))
