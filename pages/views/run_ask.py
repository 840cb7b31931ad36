"""SQL over an output of a run: the SQL of the rows that are shown, to be edited and asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from etl_batch.errors import Cancelled
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.ask_sql import SqlAnswer, sql_problem
from etl_batch.queries.sql_limits import MOST_ROWS, SECONDS
from etl_batch.text.number_text import counted
from etl_batch.ui.errors import errors_shown, show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.run_questions import AskedSql
from pages.views.answer_downloads import show_answer_downloads
from pages.views.saved_questions_view import SavedActions, show_choice, show_saving

_EVERY_SECONDS = 1
_LINE_PX = 26
_HELP = (
    f"One SELECT over the table `data`, as DuckDB has it. It is answered within {SECONDS:g} s by a process that "
    f"reaches nothing but this output; of more than {MOST_ROWS:,} rows it gives the first. The question "
    "is written into the audit log."
)


@dataclass(frozen=True, slots=True)
class AskActions:
    """What a view can do with a question."""

    ask: Callable[[str], None]
    look: Callable[[], AskedSql | None]
    cancel: Callable[[], None]
    take: Callable[[AnswerForm], bytes] | None  #: the answer as a file; None: whoever looks may not take it away
    name: str  #: of a file that is taken away
    saved: SavedActions


def show_ask(actions: AskActions, sql: str) -> None:
    """Show the SQL of a look, the way to ask it, and what came of the last question."""
    asked = actions.look()
    with st.expander("Ask in SQL", icon=":material/terminal:", expanded=asked is not None):
        if (problem := sql_problem()) is not None:
            st.info(f"SQL cannot be asked here: {plain(problem.message, 300)}. The filters work all the same.")
            st.code(sql, language="sql", wrap_lines=True)
            return
        chosen = show_choice(actions.saved)
        statement = _typed("SQL of these rows", sql) if chosen is None else _typed("SQL", chosen.statement)
        is_running = asked is not None and not asked.is_over
        with st.container(horizontal=True):
            is_asked = st.button("Ask", key="ask_sql", icon=":material/play_arrow:", disabled=is_running)
            show_saving(actions.saved, chosen, statement)
        if is_asked:
            _ask(actions, statement)
            return
        if asked is None:
            return
        if is_running:
            st.fragment(_show_running, run_every=_EVERY_SECONDS)(actions)
        elif asked.error is not None:
            _show_error(asked)
        elif asked.answer is not None:
            _show_answer(actions, asked.statement, asked.answer)


def _typed(label: str, sql: str) -> str:
    # A new look, or another saved question, takes the place of what was typed.
    key = f"ask_{hashlib.sha256(sql.encode()).hexdigest()[:16]}"
    height = _LINE_PX * (max(sql.count("\n") + 1, 3) + 1)
    return str(st.text_area(label, sql, key=key, help=_HELP, height=height))


def _ask(actions: AskActions, statement: str) -> None:
    with errors_shown():
        actions.ask(statement)
        st.rerun()


def _show_running(actions: AskActions) -> None:
    with errors_shown():
        asked = actions.look()
        if asked is None or asked.is_over:
            st.rerun()
        st.caption("The question is being answered. It goes on when this page is closed.")
        st.button("Cancel", on_click=actions.cancel, key="ask_cancel", icon=":material/stop_circle:")


def _show_error(asked: AskedSql) -> None:
    if isinstance(asked.error, Cancelled):
        st.info("The question was cancelled.", icon=":material/stop_circle:")
    elif asked.error is not None:
        show_error(asked.error)


def _show_answer(actions: AskActions, statement: str, answer: SqlAnswer) -> None:
    st.caption("The answer to")
    st.code(statement, language="sql", wrap_lines=True)
    columns = tuple(Column(name=str(place), title=title) for place, (title, _) in enumerate(answer.columns))
    rows: list[dict[str, Cell]] = [{str(place): cell for place, cell in enumerate(row)} for row in answer.cells]
    table = Table(columns, rows)
    for note in answer.notes:
        st.caption(plain(note, 400))
    show_table(table, key="ask_answer", alt="The answer to the question in SQL")
    more = ". Truncated: there are more" if answer.truncated else ""
    st.caption(f"{counted(answer.rows, 'row')}{more}.")
    if actions.take is not None:
        show_answer_downloads("Answer", actions.take, name=f"{actions.name}-answer", key="ask_take")
