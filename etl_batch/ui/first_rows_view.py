"""The first rows of an input: decoded beside their bytes where it is binary, as a table where it is not."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import fields, replace
from typing import TypeVar

import streamlit as st

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.launch.first_rows import ShownCell, hex_lines, state_of
from etl_batch.launch.input_list import Candidate
from etl_batch.launch.kept_answers import KeptAnswers
from etl_batch.launch.questions import Seen, first_records, first_rows, kept_lookers, sniffed
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.toml_text import type_in_words
from etl_batch.machine.kept_process import KeptProcesses
from etl_batch.options.input_reading import InputReading
from etl_batch.sniffing.finding import Sniffed
from etl_batch.text.first_rows import FirstRows
from etl_batch.text.shown_text import as_sentence
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.layout_editor import show_layout_editor, show_saved
from etl_batch.ui.lines_of_text import show_lines
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table

_ROWS = 20
_MOST_HEX_BYTES = 1024  #: of one record
_NULL = "(null)"
_Found = TypeVar("_Found")


def seen_of(context: PageContext, candidate: Candidate, config: JobConfig) -> Seen | None:
    """What a file is, and its first rows; None: a layout says that it is records, and they show by it.

    Args:
        context: of the page: who looks, at which home.
        candidate: the file.
        config: what it is to be read as, and how.

    Raises:
        EtlError: as a job on this file would.
    """
    if candidate.by_layout and not candidate.needs_layout:
        return None
    how = tuple(getattr(config, field.name) for field in fields(InputReading))
    actor = context.who()
    return _kept(context, candidate, how, lambda: first_rows(actor, candidate.place, config, _ROWS, lookers()))


def sniffed_of(context: PageContext, candidate: Candidate, config: JobConfig) -> Sniffed | None:
    """What the text of a file seems to be, whatever is said of it; None: it holds no text, or cannot be looked at."""
    actor, how = context.who(), ("sniffed", config.member)
    try:
        found = _kept(context, candidate, how, lambda: sniffed(actor, candidate.place, config, lookers()))
    except EtlError:
        return None  # the first rows say why
    return found if found.findings else None


def show_first_rows(context: PageContext, candidate: Candidate, config: JobConfig, seen: Seen | None) -> None:
    """Show the first rows of one file, and the editor of its layout where it has one.

    Args:
        context: of the page: who looks, at which home.
        candidate: the file.
        config: what it is to be read as, and how.
        seen: see `seen_of`.
    """
    if seen is None:
        _show_binary(context, candidate, config)
        return
    if seen.because:
        st.caption(plain(f"Read as {seen.format.upper()}: {seen.because}.", 400))
    if seen.rows is None:
        _show_binary(context, replace(candidate, format=seen.format), config)
    else:
        _show_text_rows(seen.rows, candidate)


def _show_binary(context: PageContext, candidate: Candidate, config: JobConfig) -> None:
    if candidate.needs_layout:
        st.info(
            "No layout was found beside this file. What each byte means has to be said here once: begin with the "
            "record's length, then name the fields. The rows beneath follow each edit.",
            icon=":material/edit_note:",
        )
    with st.expander("Record layout", icon=":material/view_column:", expanded=candidate.needs_layout):
        shown = show_layout_editor(context, candidate)
    show_saved(candidate)
    if not shown.is_current:
        st.info(
            "The edits do not fit yet: the rows and bytes beneath are read by the last layout that did.",
            icon=":material/history:",
        )
    layout = shown.layout
    records, cells = _kept(
        context,
        candidate,
        layout,
        lambda: first_records(context.who(), candidate.place, config, layout, lookers()),
    )
    bad = sum(cell.problem is not None for row in cells for cell in row)
    if bad:
        st.warning(f"{bad} of the cells beneath hold no good value: see `!!`.", icon=":material/warning:")
    show_table(_decoded_table(cells, layout), key=f"rows_{candidate.path}", alt="The first records, decoded")
    _show_bytes(records, cells, candidate)


def _decoded_table(cells: Sequence[Sequence[ShownCell]], layout: Layout) -> Table:
    columns = tuple(
        Column(name=str(number), title=field.name, help=f"{plain(type_in_words(field))}, bytes {field.offset} to "
               f"{field.offset + field.length - 1} of the record")
        for number, field in enumerate(layout.fields)
    )  # fmt: skip
    rows = [{str(number): _in_words(cell) for number, cell in enumerate(row)} for row in cells]
    return Table(columns, rows)


def _in_words(cell: ShownCell) -> str:
    if cell.problem is not None:
        return f"!! {cell.problem}"
    return _NULL if cell.text is None else cell.text


def _show_bytes(records: RawRecords, cells: Sequence[Sequence[ShownCell]], candidate: Candidate) -> None:
    """One record: each field's bytes beside its value, and the whole of it in hexadecimal."""
    chosen = st.number_input(
        f"Bytes of record (1 to {records.count})", 1, records.count, key=f"record_{candidate.path}_{records.count}"
    )
    number = int(chosen) - 1
    rows = [
        {
            "place": f"{cell.field.offset}+{cell.field.length}",
            "name": cell.field.name,
            "type": type_in_words(cell.field),
            "bytes": _in_hex(records.field(number, cell.field)),
            "value": _in_words(cell),
        }
        for cell in cells[number]
    ]
    titles = {"place": "Bytes from + length", "name": "Field", "type": "Type", "bytes": "Bytes", "value": "Value"}
    columns = tuple(Column(name=name, title=title) for name, title in titles.items())
    show_table(Table(columns, rows), key=f"bytes_{candidate.path}", alt="The fields of one record and their bytes")
    raw = records.record(number)[:_MOST_HEX_BYTES]
    show_lines(hex_lines(raw, records.position(number)), "The record in hexadecimal and as ASCII")


def _in_hex(raw: bytes) -> str:
    return raw[:32].hex(" ") + (" ..." if len(raw) > 32 else "")


@st.cache_resource(show_spinner=False)
def _answers() -> KeptAnswers:
    """What processes of ours read, for all sessions; nobody is shown what was kept for another."""
    return KeptAnswers()


@st.cache_resource(show_spinner=False, on_release=KeptProcesses.end)
def lookers() -> KeptProcesses:
    """The processes that look at files, of all sessions: one for each user."""
    return kept_lookers()


def _kept(context: PageContext, candidate: Candidate, how: Hashable, ask: Callable[[], _Found]) -> _Found:
    """What a process of its own reads of a file: once for each user, as long as the file stays what it is."""
    actor = context.who()
    key = (actor.name, actor.role, candidate.path, state_of(actor, candidate.place), how)
    with st.spinner("Reading the first rows..."):
        return _answers().get(key, ask)


def _show_text_rows(found: FirstRows, candidate: Candidate) -> None:
    if found.problem:
        st.warning(plain(f"{as_sentence(found.problem)}.", 400), icon=":material/warning:")
    columns = tuple(Column(name=str(number), title=name) for number, name in enumerate(found.names))
    rows = [{str(number): cell for number, cell in enumerate(row)} for row in found.rows]
    show_table(Table(columns, rows), key=f"rows_{candidate.path}", alt="The first rows of the file")
    if found.note:
        st.caption(plain(found.note, 400))
