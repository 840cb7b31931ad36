"""The check before a launch: its progress while it runs, and what it found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from etl_batch.config import OnBadRow
from etl_batch.errors import ContractBroken, rebuilt_error
from etl_batch.launch.job_questions import ask_check
from etl_batch.launch.options import Values
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.question import Answering, Question
from etl_batch.report.verdict import Verdict
from etl_batch.text.number_text import UNKNOWN, about, count, counted, data_size
from etl_batch.ui.contract_table import rules_table
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.job_words import replaced_of
from etl_batch.ui.metrics import Metric, show_metrics
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.page_words import on_page
from etl_batch.ui.question_progress import show_progress
from etl_batch.ui.replaced import show_replaced
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table

_KEY = "etl_check"
_SHOWN = "etl_check_shown"  #: session key: the options that the check shown now is held against
_EVERY_SECONDS = 1
_PROBLEM_COLUMNS = (
    Column(name="path", title="File"),
    Column(name="row", title="Row", kind="count"),
    Column(name="byte", title="At byte", kind="count"),
    Column(name="reason", title="What is wrong"),
)


@dataclass(frozen=True, slots=True)
class _Check:
    """A check and what it is of."""

    values: Values
    question: Question


def start_check(context: PageContext, values: Values) -> None:
    """Begin a check in a process of its own; one that still runs ends."""
    stop_check()
    st.session_state[_KEY] = _Check(values, ask_check(context.who(), values, context.home))


def stop_check() -> None:
    """Forget the check; where it still runs, it ends."""
    before: _Check | None = st.session_state.pop(_KEY, None)
    if before is not None:
        before.question.stop()


def is_outdated(values: Values) -> bool:
    """Whether the check on the page was last held against other options than these."""
    return bool(st.session_state.get(_SHOWN, values) != values)


def begin_page() -> None:
    """The page is being shown anew, and with it the check."""
    st.session_state.pop(_SHOWN, None)


def show_check(context: PageContext, values: Values) -> None:
    """Show the check, if there is one.

    Args:
        context: of the page: who looks, at which home.
        values: what the form holds now, to say where the check was of something else.
    """
    check: _Check | None = st.session_state.get(_KEY)
    if check is None:
        return
    st.session_state[_SHOWN] = values
    said = check.question.look()
    if said.is_over:
        _show_found(context, said, is_of_these=dict(check.values) == dict(values))
    else:
        st.fragment(_show_running, run_every=_EVERY_SECONDS)()


def _show_running() -> None:
    check: _Check | None = st.session_state.get(_KEY)
    said = None if check is None else check.question.look()
    if said is None or said.is_over:
        st.rerun(scope="app")
    show_progress(said, "Checking")
    st.button("Stop the check", on_click=stop_check, icon=":material/stop_circle:", key="etl_check_stop")


def _show_found(context: PageContext, said: Answering, *, is_of_these: bool) -> None:
    if not is_of_these:
        st.info("The options were changed since this check.", icon=":material/history:")
    if said.error is not None:
        show_error(said.error)
        return
    found = said.answer or {}
    _show_verdict(found)
    show_metrics(
        (
            Metric("Rows", count(found["rows"])),
            Metric("Bad rows", count(found["bad_rows"])),
            Metric("Output", data_size(sum(output["bytes"] for output in found["outputs"]))),
            Metric("Available there", UNKNOWN if found["free_bytes"] is None else data_size(found["free_bytes"])),
            Metric("Time", about(found["seconds"]), help="What the check took: it does all but writing."),
        )
    )
    show_replaced(context, [replaced_of(kept) for kept in found.get("replaces", ())])
    for note in said.notes:
        st.caption(f"Note: {plain(on_page(note), 400)}")
    if found["contract"]:
        show_table(rules_table(found["contract"]), key="etl_check_rules", alt="The rules of the contract")
    if found["problems"]:
        show_table(
            Table(_PROBLEM_COLUMNS, found["problems"]), key="etl_check_problems", alt="The first bad rows",
            file_name="problems",
        )  # fmt: skip
        if found["bad_rows"] > len(found["problems"]):
            st.caption(f"The first {len(found['problems'])} of {count(found['bad_rows'])}.")


def _show_verdict(found: Mapping[str, Any]) -> None:
    needed = sum(output["bytes"] for output in found["outputs"])
    fits = found["free_bytes"] is None or needed < found["free_bytes"]
    if found["verdict"] == Verdict.DOUBTFUL:
        share = f"{count(found['bad_rows'])} of {counted(found['rows'], 'row')}"
        st.error(f"The job would end, but in doubt: {share} would be set aside as bad.", icon=":material/report:")
    elif found["verdict"] == Verdict.LOOK:
        about = "some rows would be set aside as bad" if found["bad_rows"] else "there is no row to write"
        st.warning(f"The job would succeed, but {about}. Nothing was written.", icon=":material/visibility:")
    elif found["succeeds"]:
        st.success("The job would succeed. Nothing was written.", icon=":material/check_circle:")
    elif not fits:
        st.error("The job would end with a full disk.", icon=":material/disc_full:")
    elif found["on_bad_row"] == OnBadRow.STRICT and found["error"]["code"] != ContractBroken.code:
        way = (
            "To set bad rows aside, choose *quarantine* under Inputs." if found["quarantine_would_do"]
            else "No row is good."
        )  # fmt: skip
        st.error(f"The job would stop at the first bad row ({found['error']['code']}). {way}", icon=":material/block:")
    else:
        show_error(rebuilt_error(found["error"]["code"], found["error"]["message"]))
