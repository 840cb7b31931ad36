"""Which record layout a binary file has: one of ours in TOML, or a copybook that somebody named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import LayoutMissing
from etl_batch.formats.described.counted_tables import refuse_lines
from etl_batch.formats.described.framing import completed, said_framing, told_in_words, told_of_odd_size
from etl_batch.formats.unpacked import names_of
from etl_batch.layouts.file_names import layout_name, own_layout_name
from etl_batch.layouts.layout import Layout, with_framing
from etl_batch.layouts.lines import Lines
from etl_batch.layouts.lines_toml import said_lines
from etl_batch.layouts.nulls import with_blank_nulls
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.written_dates import with_century
from etl_batch.light_dataclass import dataclass
from etl_batch.options.input_reading import BlankNumbers, InputReading
from etl_batch.options.occurring import SaidOccurs
from etl_batch.options.record_framing import FIXED, DependingOn
from etl_batch.storage.layout_file import layout_file_text
from etl_batch.storage.paths import list_folder
from etl_batch.storage.roots import Place, place
from etl_batch.storage.stored_object import StoredObject


@dataclass(frozen=True, slots=True)
class FoundLayout:
    """A layout, and what a user should know of how it was read."""

    layout: Layout
    notes: tuple[str, ...] = ()
    toml: str = ""  #: as it stands in its file, or as a copybook comes to it


def find_layout(where: Place, config: JobConfig) -> FoundLayout:
    """The layout of a binary file: the named one, `x.layout.toml` beside `x.bin`, or `layout.toml` in its folder.

    Raises:
        LayoutMissing: there is none.
        LayoutInvalid: it is wrong.
        Ambiguous: it is a copybook, and nothing tells how what it does not say is to be read.
    """
    if config.layout is not None:
        return described(place(config.layout, config.input_roots), where, config)
    if isinstance(where, StoredObject):
        raise LayoutMissing(
            f"no layout for {where.path}: beside an object in a store none is looked for", mend="name it with --layout"
        )
    folder = Place(where.root, PurePosixPath(where.relative.parent))
    names, listed = names_of(where), list_folder(folder)
    name = next((own for own in map(own_layout_name, names) if own in listed), layout_name(names[0], listed))
    if name is not None:
        own_file, said = folder.child(name), SaidOccurs.parse(config.occurs)
        layout = _as_said(parse_layout(layout_file_text(own_file), str(own_file.path), said), config)
        return _framed(FoundLayout(layout), where, config)
    own = own_layout_name(names[0])
    raise LayoutMissing(f"no layout for {where.path}: neither {own} nor layout.toml is in {where.path.parent}")


def described(description: Place, where: Place | None, config: InputReading) -> FoundLayout:
    """The layout that a file describes: one of ours, or a copybook.

    Args:
        description: the file.
        where: a file of records, which tells what a copybook does not say; None: there is none.
        config: what somebody said of how records are read.

    Raises:
        LayoutInvalid: it is wrong.
        Ambiguous: it is a copybook, and nothing tells how what it does not say is to be read.
    """
    from etl_batch.layouts.copybook.source import is_copybook, is_toml

    text, called = layout_file_text(description), str(description.path)
    if is_toml(text):
        layout = _as_said(parse_layout(text, called, SaidOccurs.parse(config.occurs)), config)
        return _framed(FoundLayout(layout, toml=text), where, config)
    from etl_batch.formats.described.text_lines import read_description, reader_of

    if (read_columns := reader_of(text, description.path.name)) is not None:
        lines = read_description(read_columns, text, called, where, config)
        layout = said_lines(_as_said(lines.layout, config), config.record_format)
        return FoundLayout(layout, lines.notes, lines.toml)
    if not is_copybook(text, description.path.name):
        return FoundLayout(parse_layout(text, called), toml=text)  # which says what is wrong with it
    if config.record_types:
        from etl_batch.formats.described.copybook_types import read_types

        return FoundLayout(*read_types(text, description, where, config))
    from etl_batch.formats.described.copybooks import read_copybook

    read = read_copybook(text, str(description.path), where, config, description)
    return FoundLayout(read.found.layout, read.notes, read.toml)


def _as_said(layout: Layout, config: InputReading) -> Layout:
    """The layout with what somebody said of how records are read."""
    if layout.counted and config.depending_on is not DependingOn.AUTO:
        layout = replace(layout, moves=config.depending_on is DependingOn.MOVING)
    layout = _of_each(layout, lambda one: with_century(one, config.century))
    return _of_each(layout, with_blank_nulls) if config.blank is BlankNumbers.NULL else layout


def _of_each(layout: Layout, change: Callable[[Layout], Layout]) -> Layout:
    """The layout changed, and that of each type of its records."""
    if not layout.records:
        return change(layout)
    from etl_batch.layouts.record_types_toml import mapped

    return mapped(layout, change)


def _framed(found: FoundLayout, where: Place | None, config: InputReading) -> FoundLayout:
    """With how the records follow each other, as somebody said; or as the bytes say of a file that is no multiple."""
    layout, is_told = said_lines(found.layout, config.record_format), False
    if layout.lines is not None:
        refuse_lines(layout, "lines of text" if where is None else str(where.path))
        return _completed(replace(found, layout=layout), layout.lines, where)
    framing = said_framing(layout.framing, config)
    if framing is None and where is not None:
        framing = told_of_odd_size(where, layout)
        is_told = framing is not None
    if framing is not None and framing.format in FIXED:
        framing = None
    if framing is not None and where is not None:
        framing = completed(framing, where)
    if framing == layout.framing:
        return found
    layout = with_framing(layout, framing)
    if is_told and where is not None and framing is not None:
        return FoundLayout(layout, (*found.notes, f"{where.path}: {told_in_words(framing)}"), found.toml)
    return FoundLayout(layout, found.notes, found.toml)


def _completed(found: FoundLayout, lines: Lines, where: Place | None) -> FoundLayout:
    """A layout of lines as a file has them."""
    if where is None:
        return found
    from etl_batch.formats.described.text_lines import Ends, completed

    layout, notes = completed(found.layout, lines, Ends.of(where))
    return FoundLayout(layout, (*found.notes, *notes), found.toml)
