"""The list of runs: filter, search, bars, table; its address says all of it."""

from __future__ import annotations

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.permissions import Permission
from etl_batch.text.number_text import counted
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.job_words import inputs_in_short, mark_of, outcome_of
from etl_batch.ui.links import link_to_page, page_address
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table
from pages.services.run_filter import PER_PAGE, RunFilter, filter_of
from pages.views.run_bars import show_run_bars

_STATES, _TEXT, _USER, _PAGE = "runs_states", "runs_text", "runs_user", "runs_page"
_COLUMNS = (
    Column(name="inputs", title="Input"),
    Column(name="output", title="Output"),
    Column(name="name", title="Name"),
    Column(name="state", title="State"),
    Column(name="rows_out", title="Rows", kind="count"),
    Column(name="rows_quarantined", title="Set aside", kind="count"),
    Column(name="seconds", title="Took", kind="seconds"),
    Column(name="created_at", title="Created (UTC)", kind="time"),
    Column(name="actor", title="By"),
    Column(name="error_code", title="Error"),
    Column(name="source", title="From", help="console: started in the browser; command: on a terminal"),
    Column(name="job_id", title="Run"),
)


def runs_view(context: PageContext) -> None:
    """Show the page."""
    st.title("Runs", anchor=False)
    shown = _filter_widgets()
    found = context.jobs.page(context.who(), shown.query())
    if not found.total:
        _show_nothing(context, shown)
        return
    show_run_bars(found.jobs)
    alt = f"{counted(found.total, 'run')}, the newest first"
    table = Table(_COLUMNS, [run_row(job) for job in found.jobs])
    st.caption(f"{alt}. Choose a row to open the run.")
    chosen = show_table(
        table, key=f"runs_{shown.page}", alt=alt, file_name="runs",
        link=lambda row: page_address("run", id=str(row["job_id"])),
    )  # fmt: skip
    pages = -(-found.total // PER_PAGE)
    if pages > 1:
        st.pagination(pages, key=_PAGE, on_change=_to_address)
    if chosen is not None and chosen < len(found.jobs):
        _open(found.jobs[chosen].job_id)


def run_row(job: JobView) -> dict[str, str | int | float | None]:
    """A run as a row of the table."""
    return {
        "state": mark_of(outcome_of(job))[0],
        "job_id": job.job_id,
        "inputs": inputs_in_short(job.config),
        "name": job.name,
        "rows_quarantined": job.rows_quarantined,
        "output": _output(job),
        "actor": job.actor,
        "created_at": job.created_at,
        "seconds": job.seconds,
        "rows_out": job.rows_out,
        "error_code": job.error_code,
        "source": job.source,
    }


def _output(job: JobView) -> str:
    given = job.config.get("output_csv") or job.config.get("output_parquet") or ""
    return str(given).removeprefix(f"{job.config.get('home', '')}/")


def _filter_widgets() -> RunFilter:
    """The widgets, filled from the address; what they hold goes back into it."""
    asked = filter_of(st.query_params.to_dict())
    st.session_state.setdefault(_STATES, [str(state) for state in asked.states])
    st.session_state.setdefault(_TEXT, asked.text)
    st.session_state.setdefault(_USER, asked.user)
    with st.form("runs_filter", border=False):
        first, second, third = st.columns((4, 2, 2), vertical_alignment="bottom")
        first.text_input("Search", key=_TEXT, placeholder="A file, a name, an option, a run", help=_SEARCH_HELP)
        second.text_input("Started by", key=_USER, placeholder="Everybody")
        third.form_submit_button(
            "Search", icon=":material/search:", shortcut="Alt+S", on_click=_to_address, key="runs_search",
        )  # fmt: skip
        st.pills("States", [str(state) for state in State], selection_mode="multi", key=_STATES)
    return asked


_SEARCH_HELP = "Anywhere in the options of a run, its name, its note or its user: a file, an output, an option."


def _to_address() -> None:
    """From the widgets into the address; a new search begins at its first page."""
    before = filter_of(st.query_params.to_dict())
    entered = RunFilter(
        states=tuple(State(name) for name in st.session_state[_STATES]),
        text=st.session_state[_TEXT].strip(),
        user=st.session_state[_USER].strip(),
        page=before.page,
    )
    is_new = (entered.states, entered.text, entered.user) != (before.states, before.text, before.user)
    page = 1 if is_new else st.session_state.get(_PAGE, 1)
    if is_new:
        st.session_state.pop(_PAGE, None)
    st.query_params.from_dict(
        RunFilter(states=entered.states, text=entered.text, user=entered.user, page=page).as_link()
    )


def _show_nothing(context: PageContext, shown: RunFilter) -> None:
    if shown != RunFilter():
        show_empty("No run is like this", "Search for something else, or for less.", icon=":material/search_off:")
    elif context.may(Permission.LAUNCH_JOBS):
        show_empty(
            "No runs yet", "Every job is listed here, also those of the command line.",
            step=lambda: link_to_page("launch", "Launch the first", ":material/rocket_launch:"),
        )  # fmt: skip
    else:
        show_empty("No runs yet", "Every job is listed here once a super_admin has launched one.")


def _open(job_id: str) -> None:
    st.switch_page("run.py", query_params={"id": job_id})
