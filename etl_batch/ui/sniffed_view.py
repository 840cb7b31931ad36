"""What a text file is taken for: each property with how sure that is and why, and what only a person can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from etl_batch.sniffing.finding import Choice, Finding, Question, Sniffed
from etl_batch.sniffing.typed_value import typed_value
from etl_batch.text.shown_text import shown
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.reading_controls import answer_of, is_open, take_answer
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table

_SHOWN_ROWS = 2  #: of each answer
_SHOWN_COLUMNS = 60  #: of one of these rows, and then it is cut
_MOST_COLUMNS = 200  #: whose types are listed
_IN_SIGHT = ("encoding", "delimiter", "skip lines", "header", "decimal")  #: while the rest is folded
_FINDINGS = (
    Column(name="about", title="Property"),
    Column(name="value", title="Taken for"),
    Column(name="sure", title="How sure"),
    Column(name="why", title="Why"),
)
_TYPES = (
    Column(name="name", title="Column"),
    Column(name="type", title="Type, as far as was looked"),
    Column(name="form", title="Written as"),
    Column(name="nulls", title="For no value"),
)


def show_questions(found: Sniffed, said: Mapping[str, Any]) -> None:
    """Show what has to be asked and was not answered: a button for each answer, with the rows that it gives.

    Args:
        found: what the file seems to be.
        said: what was said of how it is read, by the name of the option.
    """
    for number, question in enumerate(found.questions):
        if is_open(question, said):
            with st.container(border=True, key=f"etl_asked_{number}"):
                _show_question(question, number)


def _show_question(question: Question, number: int) -> None:
    about = question.about.replace("_", " ")
    what = f"{about} of {as_code(question.column)}" if question.column else about
    needs = "A job asks for the" if question.of_structure else "Nobody can tell the"
    st.markdown(f":material/help: **{needs} {what}**: {plain(question.why, 300)}.")
    for place, choice in enumerate(question.choices):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                plain(_typed(choice), 40), key=f"etl_answer_{number}_{place}", on_click=take_answer,
                args=(choice, question.column), help=plain(f"Set {choice.flag}", 200),
            )  # fmt: skip
            rows = [as_code(" | ".join(row), _SHOWN_COLUMNS) for row in choice.gives[:_SHOWN_ROWS]]
            st.markdown(", ".join(rows), width="stretch")


def _typed(choice: Choice) -> str:
    return " ".join(shown(value, 40) or "''" for _, value in answer_of(choice))


def show_findings(found: Sniffed, said: Mapping[str, Any], key: str) -> None:
    """Show what it is taken for, and why.

    Args:
        found: what the file seems to be.
        said: what was said of how it is read, by the name of the option.
        key: of the tables.
    """
    asked = {question.about for question in found.questions if question.of_structure}
    rows = [_row(name, one, asked, said) for name, one in found.findings.items()]
    shown_ones = [row for row in rows if row["about"] in _IN_SIGHT]
    words = ", ".join(f"{row['about']} {as_code(row['value'])} ({row['sure']})" for row in shown_ones)
    with st.expander(f"What it is taken for, and why: {words}", icon=":material/manage_search:"):
        show_table(Table(_FINDINGS, rows), key=f"found_{key}", alt="What the text is taken for, how sure, and why")
        types = [
            {
                "name": one.name,
                "type": one.type,
                "form": one.date_format or "",
                "nulls": ", ".join(word or "empty" for word in one.nulls),
            }
            for one in found.columns[:_MOST_COLUMNS]
        ]
        show_table(Table(_TYPES, types), key=f"types_{key}", alt="The columns and their types")
        for note in found.notes:
            st.caption(plain(f"Note: {note}", 400))


def _row(name: str, one: Finding, asked: set[str], said: Mapping[str, Any]) -> dict[str, str]:
    about = {"about": name.replace("_", " "), "why": one.evidence}
    if name in said:
        return {**about, "value": str(said[name]), "sure": "you said so", "why": f"sniffed: {one.evidence}"}
    if name in asked:
        return {**about, "value": "asked", "sure": f"{one.sure:.0%}"}
    return {**about, "value": typed_value(one.value), "sure": f"{one.sure:.0%}"}
