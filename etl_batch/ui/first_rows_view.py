"""The first rows of an input: decoded beside their bytes where it is binary, as a table where it is not."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import asdict, fields, replace
from typing import TypeVar

import streamlit as st

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.launch.first_rows import state_of
from etl_batch.launch.input_list import Candidate
from etl_batch.launch.kept_answers import KeptAnswers
from etl_batch.launch.questions import (
    GuessedLength,
    NamedLayout,
    Seen,
    first_kinds,
    first_records,
    first_rows,
    guessed_lengths,
    kept_lookers,
    named_layout,
    sniffed,
)
from etl_batch.machine.kept_process import KeptProcesses
from etl_batch.options.input_reading import InputReading
from etl_batch.sniffing.finding import Sniffed
from etl_batch.storage.roots import place
from etl_batch.text.first_rows import FirstRows
from etl_batch.text.number_text import counted
from etl_batch.text.shown_text import as_sentence
from etl_batch.ui.cards import MARKS
from etl_batch.ui.changed_cells import Compared, compared
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.layout_editor import ShownLayout, show_layout_editor, show_saved
from etl_batch.ui.named_layout_view import show_named_layout
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from etl_batch.ui.record_types_view import say_types, show_types
from etl_batch.ui.records_view import show_records
from etl_batch.ui.table_export import Cell, Column, Mark, Table
from etl_batch.ui.tables import show_table

_ROWS = 20
_PROBLEM = "problem"
_CHANGES = (
    Column(name="row", title="Row", kind="count"),
    Column(name="column", title="Column"),
    Column(name="before", title="In the file"),
    Column(name="after", title="As it is written"),
    Column(name="why", title="Why"),
)
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
    how = (*(getattr(config, field.name) for field in fields(InputReading)), config.escapes)
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
        say_types(None)
        _show_text_rows(seen, seen.rows, candidate, escapes=config.escapes)


def _show_binary(context: PageContext, candidate: Candidate, config: JobConfig) -> None:
    if config.layout is None:
        shown = _edited_layout(context, candidate, config)
    else:
        shown = show_named_layout(context, candidate, config, _named(context, candidate, config, config.layout))
    show_saved(candidate)
    if not shown.is_current:
        st.info(
            "The edits do not fit yet: the rows and bytes beneath are read by the last layout that did.",
            icon=":material/history:",
        )
    layout, actor = shown.layout, context.who()
    say_types(layout)
    if layout.records:
        found = _kept(
            context, candidate, layout, lambda: first_kinds(actor, candidate.place, config, layout, lookers())
        )
        show_types(found, candidate.path)
        return
    records, cells = _kept(
        context, candidate, layout, lambda: first_records(actor, candidate.place, config, layout, lookers())
    )
    show_records(records, cells, layout, candidate.path)


def _named(context: PageContext, candidate: Candidate, config: JobConfig, name: str) -> NamedLayout:
    """The layout that is named, made anew when its file changes."""
    actor = context.who()
    said = (
        config.encoding, config.member, config.variant, config.floats, config.record_format, config.rdw,
        config.short_records, config.depending_on, config.occurs, config.blank, config.comp_digits, config.century,
        config.record,
    )  # fmt: skip
    how = ("layout", name, state_of(actor, place(name, config.input_roots)), said)
    return _kept(context, candidate, how, lambda: named_layout(actor, candidate.place, config, lookers()))


def _edited_layout(context: PageContext, candidate: Candidate, config: JobConfig) -> ShownLayout:
    """What the editor of the file's own layout has come to."""
    lengths: tuple[GuessedLength, ...] = ()
    if candidate.needs_layout:
        actor, how = context.who(), ("lengths", config.member)
        lengths = _kept(context, candidate, how, lambda: guessed_lengths(actor, candidate.place, config, lookers()))
    if candidate.needs_layout:
        st.info(
            "No layout was found beside this file. A copybook of its records can be chosen or pasted above. Without "
            "one, what each byte means has to be said here once: begin with the record's length, then name the fields. "
            "The rows beneath follow each edit.",
            icon=":material/edit_note:",
        )
    with st.expander("Record layout", icon=":material/view_column:", expanded=candidate.needs_layout):
        return show_layout_editor(context, candidate, lengths)


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


def _show_text_rows(seen: Seen, found: FirstRows, candidate: Candidate, *, escapes: bool) -> None:
    if found.problem:
        st.warning(plain(f"{as_sentence(found.problem)}.", 400), icon=":material/warning:")
    elif seen.refused is not None:
        st.warning(f"A job would stop here: {plain(on_page(str(seen.refused)), 400)}", icon=":material/warning:")
    key = f"rows_{candidate.path}"
    rows = compared(found, seen.written, escapes=escapes)
    as_there = False
    if seen.written:
        as_there = st.toggle("As it stands in the file", key=f"etl_as_there_{candidate.path}",
                             help="Off: as a job writes it, what differs marked.")  # fmt: skip
    show_table(_text_table(rows, as_there=as_there), key=key, alt="The first rows of the file")
    if seen.written and not as_there:
        _show_legend(rows, key)
    if found.note:
        st.caption(plain(found.note, 400))


def _text_table(rows: Compared, *, as_there: bool) -> Table:
    columns = tuple(Column(name=str(number), title=name) for number, name in enumerate(rows.names))
    cells = rows.there if as_there else rows.written
    listed: list[dict[str, Cell]] = [{str(place): cell for place, cell in enumerate(row)} for row in cells]
    marks = {} if as_there else {(row, str(place)): mark for (row, place), mark in rows.marks.items()}
    if any(rows.problems):
        columns = (Column(name=_PROBLEM, title="Does not fit"), *columns)
        listed = [{_PROBLEM: why, **row} for why, row in zip(rows.problems, listed, strict=True)]
        marks |= {(row, _PROBLEM): Mark.BAD for row, why in enumerate(rows.problems) if why}
    return Table(columns, listed, marks)


def _show_legend(rows: Compared, key: str) -> None:
    """What the marks mean, in words; and of each changed cell what stands in the file."""
    missing = sum(mark is Mark.MISSING for mark in rows.marks.values())
    bad = sum(map(bool, rows.problems))
    said = {
        Mark.CHANGED: (len(rows.changes), f"{counted(len(rows.changes), 'cell')} written otherwise than in the file"),
        Mark.MISSING: (missing, f"{counted(missing, 'cell')} without a value"),
        Mark.BAD: (bad, "1 row does not fit" if bad == 1 else f"{bad} rows do not fit"),
    }
    grounds = [
        f'<span style="background-color: {MARKS[mark]}; padding: 0.1rem 0.5rem; border-radius: 0.3rem">{words}</span>'
        for mark, (count, words) in said.items()
        if count
    ]
    if grounds:
        st.html(f'<div style="font-size: 0.875rem; line-height: 2">{" ".join(grounds)}</div>')
    if rows.changes:
        with st.expander("What is written otherwise, cell by cell", icon=":material/difference:"):
            listed = [asdict(change) for change in rows.changes]
            show_table(Table(_CHANGES, listed), key=f"changes_{key}", alt="The cells that are written otherwise")
