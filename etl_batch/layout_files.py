"""Which record layout a binary file has."""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import LayoutMissing, SizeLimit
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.paths import list_folder, open_input
from etl_batch.roots import Place, place
from etl_batch.values import MIB

_LAYOUT_LIMIT_BYTES = MIB
SHARED_LAYOUT = "layout.toml"  #: of every binary file in its folder that has none of its own


def find_layout(where: Place, config: JobConfig) -> Layout:
    """The layout of a binary file: the named one, `x.layout.toml` beside `x.bin`, or `layout.toml` in its folder.

    Raises:
        LayoutMissing: there is none.
        LayoutInvalid: it is wrong.
    """
    if config.layout is not None:
        return _read_layout(place(config.layout, config.input_roots))
    folder = Place(where.root, PurePosixPath(where.relative.parent))
    name = layout_name(where.path.name, list_folder(folder))
    if name is not None:
        return _read_layout(folder.child(name))
    own = own_layout_name(where.path.name)
    raise LayoutMissing(f"no layout for {where.path}: neither {own} nor layout.toml is in {where.path.parent}")


def layout_name(name: str, beside: Collection[str]) -> str | None:
    """Which of the files beside a binary file of this name is its layout."""
    return next((one for one in (own_layout_name(name), SHARED_LAYOUT) if one in beside), None)


def own_layout_name(name: str) -> str:
    """What the layout of this binary file alone is called."""
    return f"{PurePosixPath(name).stem}.layout.toml"


def _read_layout(where: Place) -> Layout:
    return parse_layout(layout_file_text(where), str(where.path))


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
