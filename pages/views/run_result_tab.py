"""What a run wrote, as a tab of its page: the rows of each output, and what became of the files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.output_states import OutputState, RunOutput
from etl_batch.jobs.saved_questions import SavedQuestions
from etl_batch.permissions import Permission
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.row_look import RowLook
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.foreign_text import in_table
from etl_batch.ui.job_tables import output_name, show_job_tables
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.run_outputs import Written, outputs_now, show_outputs_table
from pages.services.looked_rows import LookedRows
from pages.shared_results import questions_of, results_of
from pages.views.run_ask import AskActions, show_ask
from pages.views.run_plot import show_plot
from pages.views.run_rows import forget_look, show_rows
from pages.views.saved_questions_view import SavedActions

_OUTPUT = "output"  #: of the widget, and of the address
_MOST_CHOICES = 200  #: outputs to choose from: a folder may have many parts


def has_result(job: JobView) -> bool:
    """Whether it wrote something."""
    return bool((job.metadata or {}).get("outputs"))


def show_result(context: PageContext, job: JobView) -> None:
    """Show rows of an output, and the table of all."""
    show_job_tables(job)
    outputs = outputs_now(context, job)
    if context.may(Permission.SEE_RESULTS):
        with errors_shown():
            _show_output(context, job, outputs)
    st.subheader("Files", anchor=False)
    show_outputs_table(context, job, outputs)


def _show_output(context: PageContext, job: JobView, outputs: Sequence[tuple[Written, RunOutput | None]]) -> None:
    states = {str(written["path"]): now for written, now in outputs}
    there = [written for written, now in outputs if now is not None and _is_there(now)][:_MOST_CHOICES]
    if not there:
        st.info(
            "What this run wrote is not there any more, or was changed since: it is not shown as this run's.",
            icon=":material/history:",
        )
        return
    names = [in_table(output_name(job, str(written["path"])), 80) for written in there]
    at = 0
    if len(names) > 1:
        at = st.selectbox(
            "Output", range(len(names)), format_func=lambda place: names[place], key=_OUTPUT, bind="query-params",
            on_change=forget_look,
        )  # fmt: skip
    written, results = there[at], results_of(context.home)

    def ask(look: RowLook) -> LookedRows:
        with st.spinner("Reading the rows..."):
            return results.look(context.who(), job, written, look)

    who = context.who if context.later is None else context.later()

    def take(look: RowLook, form: AnswerForm) -> bytes:
        return results.take(who(), job, written, look, form)

    name = PurePath(str(written["path"])).name.partition(".")[0]
    may_take = context.may(Permission.DOWNLOAD_OUTPUTS)
    found = show_rows(ask, take if may_take else None, name)
    show_plot(lambda look, plot: results.draw(context.who(), job, written, look, plot), found.columns)
    now = states[str(written["path"])]
    if context.may(Permission.ASK_OUTPUTS) and now is not None and now.state is OutputState.INTACT:
        _show_ask(context, job, written, found.sql)


def _show_ask(context: PageContext, job: JobView, written: Written, sql: str) -> None:
    questions = questions_of(context.home)
    who = context.who if context.later is None else context.later()
    take = lambda form: questions.take(who(), job, written, form)  # noqa: E731
    kept = SavedQuestions(context.home)
    saved = SavedActions(
        all=lambda: kept.all(context.who()),
        save=lambda name, statement: kept.save(context.who(), name, statement),
        delete=lambda name: kept.delete(context.who(), name),
        may_delete=lambda one: one.actor == context.who().name or context.may(Permission.LAUNCH_JOBS),
    )
    show_ask(
        AskActions(
            ask=lambda statement: questions.ask(context.who(), job, written, statement),
            look=lambda: questions.look(context.who(), job, written),
            cancel=lambda: questions.cancel(context.who()),
            take=take if context.may(Permission.DOWNLOAD_OUTPUTS) else None,
            name=PurePath(str(written["path"])).name.partition(".")[0],
            saved=saved,
        ),
        sql,
    )


def _is_there(now: RunOutput) -> bool:
    return now.state is OutputState.INTACT or now.kept is not None
