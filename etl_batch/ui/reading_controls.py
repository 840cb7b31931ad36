"""How the inputs are read, field by field: what is set here shows in the first rows at once, and is what a job does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import streamlit as st

from etl_batch.launch.options import Option, reading_options
from etl_batch.sniffing.finding import Choice, Question, Sniffed
from etl_batch.sniffing.typed_value import typed_value
from etl_batch.text.flag import Kind
from etl_batch.ui.option_fields import blank, key_of, show_group
from etl_batch.ui.options_form import FORMAT, names_of

_IN_SIGHT = ("delimiter", "encoding", "header", "skip_lines", "decimal", "date_format", "types", "null")
_NO_TEXT = (FORMAT, "member", "layout")  #: say which bytes are read, not how their text is
_COLUMNS = 4
_TYPED_FLAG = re.compile(r"(?:\A|\s)(--[a-z-]+)[ =]")


def show_reading_controls(found: Sniffed | None) -> None:
    """Show the fields.

    Args:
        found: what the file seems to be, which holds where nothing is said; None: nothing is known.
    """
    options = [option for option in reading_options() if option.name != FORMAT]
    told = {} if found is None else _told(found)
    first = [option for name in _IN_SIGHT for option in options if option.name == name]
    rest = [option for option in options if option.name not in _IN_SIGHT]
    show_group(first, told, _COLUMNS)
    with st.expander(f"More of how it is read: {names_of(rest)}", icon=":material/input:"):
        show_group(rest, told, _COLUMNS)
    st.button(
        "As it was sniffed", key="etl_as_sniffed", icon=":material/undo:", on_click=forget_said,
        disabled=not said_of_text(), help="Take back what is said above of the text: what its lines tell holds again.",
    )  # fmt: skip


def said_of_text() -> dict[str, Any]:
    """What is said of how text is read, by the name of the option."""
    return {
        option.name: value
        for option in _of_text()
        if (value := st.session_state.get(key_of(option.name), "")) and value != blank(option)
    }


def forget_said() -> None:
    """Take back all that is said of how text is read."""
    for option in _of_text():
        st.session_state[key_of(option.name)] = blank(option)


def is_open(question: Question, said: Mapping[str, Any]) -> bool:
    """Whether nothing was said of what a question is about, and its answers can be."""
    names = {name for choice in question.choices for name, _ in answer_of(choice)}
    known = {option.name for option in _of_text()}
    return names <= known and not any(_is_said(name, question, said) for name in names)


def answer_of(choice: Choice) -> list[tuple[str, str]]:
    """What an answer sets: names of options, and what is typed for each."""
    marks = list(_TYPED_FLAG.finditer(choice.flag))
    ends = [*(mark.start() for mark in marks[1:]), len(choice.flag)]
    return [
        (mark[1].removeprefix("--").replace("-", "_"), _unquoted(choice.flag[mark.end() : end]))
        for mark, end in zip(marks, ends, strict=True)
    ]


def take_answer(choice: Choice, column: str | None) -> None:
    """Set what an answer says.

    Args:
        choice: the answer.
        column: that it is about: what is said of others stays; None: it is about the whole file.
    """
    kinds = {option.name: option.kind for option in _of_text()}
    for name, value in answer_of(choice):
        key = key_of(name)
        before = st.session_state.get(key)
        is_of_column = column is not None and value.startswith(f"{column}=")
        if kinds.get(name) is Kind.LIST:
            others = [one for one in before or () if not (is_of_column and one.startswith(f"{column}="))]
            st.session_state[key] = [*others, value]
        elif is_of_column and before:
            others = [one for one in str(before).split(",") if not one.startswith(f"{column}=")]
            st.session_state[key] = ",".join([*others, value])
        else:
            st.session_state[key] = value


def _is_said(name: str, question: Question, said: Mapping[str, Any]) -> bool:
    value = said.get(name)
    if not value or question.column is None:
        return bool(value)
    given = value if isinstance(value, list | tuple) else str(value).split(",")
    return any("=" not in one or one.startswith(f"{question.column}=") for one in given)


def _unquoted(text: str) -> str:
    text = text.strip() or text
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _told(found: Sniffed) -> dict[str, str]:
    """What holds where a field is empty."""
    asked = {question.about for question in found.questions if question.of_structure}
    return {
        name: "asked, see beneath" if name in asked else typed_value(one.value)
        for name, one in found.findings.items()
        if name in asked or one.value is not None
    }


def _of_text() -> list[Option]:
    return [option for option in reading_options() if option.name not in _NO_TEXT]
