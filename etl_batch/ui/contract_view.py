"""The rules that the rows of a job must keep: chosen, begun with what a file holds, edited as a table, kept."""

from __future__ import annotations

from pathlib import PurePosixPath

import streamlit as st

from etl_batch.contracts.draft import Document, keys_in_words, rows_allowed, rows_of, with_rows, with_rows_allowed
from etl_batch.errors import EtlError
from etl_batch.launch.contract_files import contract_document, contract_name, contract_names, save_contract
from etl_batch.launch.job_questions import ask_contract
from etl_batch.launch.options import Values
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.question import Question
from etl_batch.ui.contract_table import columns, frame_of, rows_of_frame
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.input_picker import Picked
from etl_batch.ui.option_fields import key_of
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.question_progress import show_progress

_OPTION = key_of("contract")
_CHOSEN, _DRAFT, _QUESTION, _SAID = "etl_contract", "etl_contract_draft", "etl_contract_question", "etl_contract_said"
_FOLDER = "data/"
_EVERY_SECONDS = 1
_MOST_SHOWN = 600  #: characters of all keys


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is edited."""

    name: str  #: of its file in data/
    start: Document
    version: int  #: makes the widgets new ones
    is_kept: bool  #: it is what its file says


@dataclass(frozen=True, slots=True)
class _Begun:
    """Rows are being read, for a contract to begin with."""

    name: str
    question: Question


def show_contract(context: PageContext, picked: Picked, values: Values) -> None:
    """Show the choice of a contract, and the table of its rules.

    Args:
        context: of the page: who looks, at which home.
        picked: the inputs.
        values: of all options: how the inputs are read.
    """
    with st.expander("Rules that the rows must keep", icon=":material/rule:"):
        try:
            _show_choice(contract_names(context.home, context.who()))
            begun: _Begun | None = st.session_state.get(_QUESTION)
            if begun is not None:
                _show_begun(begun)
            else:
                _show_draft(context, picked, values)
        except EtlError as error:
            show_error(error)
        _show_said()


def _show_choice(names: list[str]) -> None:
    chosen = str(st.session_state.get(_OPTION) or "").removeprefix(_FOLDER)
    st.session_state[_CHOSEN] = chosen if chosen in names else None
    st.selectbox(
        "Contract", names, None, key=_CHOSEN, format_func=lambda name: plain(name, 80), on_change=_take,
        placeholder="None: nothing is checked beyond types", filter_mode="contains",
        help="A contract says what the columns of a file must hold. It fills the field Contract of the options.",
    )  # fmt: skip


def _take() -> None:
    name = st.session_state[_CHOSEN]
    st.session_state[_OPTION] = f"{_FOLDER}{name}" if name else ""
    st.session_state.pop(_DRAFT, None)


def _show_draft(context: PageContext, picked: Picked, values: Values) -> None:
    draft: _Draft | None = st.session_state.get(_DRAFT)
    chosen = st.session_state[_CHOSEN]
    if chosen is not None and (draft is None or draft.name != chosen):
        draft = _Draft(chosen, contract_document(context.home, context.who(), chosen), _next_version(draft), True)
        st.session_state[_DRAFT] = draft
    if draft is not None:
        _edit(context, draft)
    elif picked.files:
        file = picked.files[0].place.path.name
        st.caption(
            "A contract begins with what a good file holds: the types of its columns, which are never empty, which "
            "have a few words only. Then you say what else must be so."
        )
        st.button(
            f"Begin with what {plain(file, 60)} holds", key="etl_contract_begin", icon=":material/auto_awesome:",
            on_click=_begin, args=(context, contract_name(file), values), help="All of its rows are read once.",
        )  # fmt: skip
    else:
        st.caption("Choose an input above: a contract begins with what a good file holds.")


def _next_version(draft: _Draft | None) -> int:
    return 0 if draft is None else draft.version + 1


def _begin(context: PageContext, name: str, values: Values) -> None:
    try:
        question = ask_contract(context.who(), {**values, "contract": ""}, context.home)
    except EtlError as error:
        st.session_state[_SAID] = error
        return
    st.session_state[_QUESTION] = _Begun(name, question)


def _show_begun(begun: _Begun) -> None:
    said = begun.question.look()
    if not said.is_over:
        st.fragment(_show_running, run_every=_EVERY_SECONDS)()
        return
    del st.session_state[_QUESTION]
    if said.error is not None:
        show_error(said.error)
        return
    st.session_state[_DRAFT] = _Draft(begun.name, dict(said.answer or {}), _next_version(None), is_kept=False)
    st.rerun(scope="app")


def _show_running() -> None:
    begun: _Begun | None = st.session_state.get(_QUESTION)
    said = None if begun is None else begun.question.look()
    if said is None or said.is_over:
        st.rerun(scope="app")
    show_progress(said, "Reading all rows")
    st.button("Stop", on_click=_stop, icon=":material/stop_circle:", key="etl_contract_stop")


def _stop() -> None:
    begun: _Begun | None = st.session_state.pop(_QUESTION, None)
    if begun is not None:
        begun.question.stop()


def _edit(context: PageContext, draft: _Draft) -> None:
    key = f"{_DRAFT}_{draft.name}_{draft.version}"
    before = rows_of(draft.start)
    frame = st.data_editor(
        frame_of(before), num_rows="dynamic", placeholder="", hide_index=True, key=f"{key}_rows",
        column_config=columns(), alt="The rules of the contract: one row for each column",
    )  # fmt: skip
    if keys := keys_in_words(draft.start):
        st.caption(f"Its keys stay as they are: {plain('; '.join(keys), _MOST_SHOWN)}")
    fewest, most = rows_allowed(draft.start)
    left, right, name_at = st.columns(3)
    fewest = left.number_input("Rows, at least", 0, value=fewest, key=f"{key}_fewest", placeholder="any number")
    most = right.number_input("Rows, at most", 0, value=most, key=f"{key}_most", placeholder="any number")
    name = name_at.text_input("Its name in data/", draft.name, key=f"{key}_name", autocomplete="off")
    rows = rows_of_frame(frame)
    edited = draft.start if rows == before else with_rows(draft.start, rows)
    document = with_rows_allowed(edited, fewest, most)
    if not draft.is_kept or document != draft.start:
        st.info("A job checks these rules once they are kept.", icon=":material/edit_note:")
    with st.container(horizontal=True):
        st.button(
            "Keep it, and check by it", key=f"{key}_keep", icon=":material/save:", on_click=_keep,
            args=(context, draft, name.strip(), document),
            help="Written into data/, whole or not at all; an older one stays as .bak.TIME.",
        )  # fmt: skip
        st.button("Start over", key=f"{key}_over", icon=":material/undo:", on_click=_forget,
                  help="Forget what was edited.")  # fmt: skip


def _forget() -> None:
    st.session_state.pop(_DRAFT, None)


def _keep(context: PageContext, draft: _Draft, name: str, document: Document) -> None:
    try:
        kept = save_contract(context.home, context.who(), name, document)
    except EtlError as error:
        st.session_state[_SAID] = error
        return
    st.session_state[_DRAFT] = _Draft(name, document, draft.version + 1, is_kept=True)
    st.session_state[_OPTION] = f"{_FOLDER}{PurePosixPath(kept.path).name}"
    st.session_state[_SAID] = f"{plain(name)} is in data/ now; the job checks by it."


def _show_said() -> None:
    said = st.session_state.pop(_SAID, None)
    if isinstance(said, EtlError):
        show_error(said)
    elif said is not None:
        st.success(said, icon=":material/check:")
