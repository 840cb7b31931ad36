"""Which record layout a binary file has."""

from __future__ import annotations

from pathlib import PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import LayoutMissing
from etl_batch.formats.unpacked import names_of
from etl_batch.layouts.file_names import layout_name, own_layout_name
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.paths import list_folder
from etl_batch.storage.roots import Place, place


def find_layout(where: Place, config: JobConfig) -> Layout:
    """The layout of a binary file: the named one, `x.layout.toml` beside `x.bin`, or `layout.toml` in its folder.

    Raises:
        LayoutMissing: there is none.
        LayoutInvalid: it is wrong.
    """
    if config.layout is not None:
        return _read_layout(place(config.layout, config.input_roots))
    folder = Place(where.root, PurePosixPath(where.relative.parent))
    names, listed = names_of(where), list_folder(folder)
    name = next((own for own in map(own_layout_name, names) if own in listed), layout_name(names[0], listed))
    if name is not None:
        return _read_layout(folder.child(name))
    own = own_layout_name(names[0])
    raise LayoutMissing(f"no layout for {where.path}: neither {own} nor layout.toml is in {where.path.parent}")


def _read_layout(where: Place) -> Layout:
    return parse_layout(layout_file_text(where), str(where.path))
