"""Several records (01) of a copybook as the types of records of one file, each told by a condition."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.formats.described.copybooks import ReadBook, read_copybook
from etl_batch.layouts.layout import Layout, with_framing
from etl_batch.layouts.record_types_toml import Said, with_types
from etl_batch.layouts.toml_text import layout_text
from etl_batch.options.input_reading import InputReading
from etl_batch.options.record_framing import RecordFormat
from etl_batch.storage.roots import Place

_ANY = "cp037"  #: to read how long records are, which does not depend on it


def read_types(
    text: str, description: Place, where: Place | None, config: InputReading
) -> tuple[Layout, tuple[str, ...], str]:
    """The layout of several records of a copybook.

    Args:
        text: of the book.
        description: the file it stands in.
        where: a file of its records, by which is told what the book does not say; None: there is none.
        config: what somebody said, such as which records there are.

    Returns:
        The layout, what a user should know of it, and its TOML.

    Raises:
        CopybookInvalid, LayoutInvalid: it is wrong, or a condition does not go with the records.
        Ambiguous: nothing tells how it is to be read.
    """
    called = str(description.path)

    def read(name: str, among: Place | None, said: InputReading) -> ReadBook:
        return read_copybook(text, called, among, replace(said, record=(name,)), description)

    names = [name for name, _ in config.record_types]
    sizes = {name: read(name, None, replace(config, encoding=_ANY)).book.record_size for name in names}
    longest = max(names, key=lambda name: sizes[name])
    told = read(longest, where, config)  # the file is made of records as long as these
    whole = told.found.layout
    form = RecordFormat.TEXT if whole.lines is not None else config.record_format
    same = replace(config, encoding=whole.fields[0].encoding, record_format=form)
    every = [told if name == longest else read(name, None, same) for name in names]
    said = [Said(name, when, one.found.layout) for (name, when), one in zip(config.record_types, every, strict=True)]
    layout = with_framing(
        replace(
            with_types(said, called), header_bytes=whole.header_bytes, trailer_bytes=whole.trailer_bytes,
            lines=None if whole.lines is None else replace(whole.lines, whole=(), is_open=False),
        ),
        whole.framing,
    )  # fmt: skip
    notes = tuple(dict.fromkeys([*told.notes, *(note for one in every for note in one.book.notes)]))
    remarks = {
        f"{kind}.{name}": its for kind, one in zip(names, every, strict=True) for name, its in one.found.remarks.items()
    }
    return layout, notes, layout_text(layout, [f"made of {called}", *notes], remarks)
