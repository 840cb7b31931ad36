"""The reports: a list, and one of them as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.text.number_text import UNKNOWN, data_size
from etl_batch.text.numbers import is_whole_number
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_words import inputs_in_short, outputs_in_short
from etl_batch.ui.links import link_to_page, page_address
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.report_list import ReportEntry, ReportPage, ReportVerdict

PER_PAGE = 20
_TEXT = "reports_text"  #: session key: what is searched for
_HEIGHT_PX = 900
_IN_WORDS = {
    ReportVerdict.PASSED: "✓ passed",
    ReportVerdict.LOOK: "! look at it",
    ReportVerdict.DOUBTFUL: "✗ doubtful",
    ReportVerdict.FAILED: "✗ failed",
    ReportVerdict.UNKNOWN: UNKNOWN,
}
_COLUMNS = (
    Column(name="input", title="Input"),
    Column(name="output", title="Output"),
    Column(name="name", title="Name"),
    Column(name="rows", title="Rows", kind="count"),
    Column(name="aside", title="Set aside", kind="count"),
    Column(name="verdict", title="Verdict"),
    Column(name="written_at", title="Written (UTC)", kind="time"),
    Column(name="report", title="File"),
)


@dataclass(frozen=True, slots=True)
class ReportActions:
    """Where reports come from."""

    page: Callable[[int, int, str], ReportPage]  #: (offset, limit, what is searched for)
    entry: Callable[[str], ReportEntry]  #: by its file's name
    content: Callable[[str], bytes]  #: by its file's name


def reports_view(actions: ReportActions) -> None:
    """Show the list, and beneath it the chosen report, or the newest; `?report=NAME` is its permalink."""
    st.title("Reports")
    text = str(st.session_state.get(_TEXT) or "").strip()
    number = _page_number()
    page = actions.page((number - 1) * PER_PAGE, PER_PAGE, text)
    if page.total or text:
        st.text_input(
            "Search", key=_TEXT, placeholder="An input, an output, a name of a run", on_change=_to_first_page,
        )  # fmt: skip
    if not page.total and text:
        st.caption("No report is of anything like this.")
        return
    if not page.total:
        show_empty(
            "No reports yet",
            "Every job that is done leaves one here: whether it passed, its totals with their intervals beside the "
            "exact ones, and what the machine did.",
            icon=":material/summarize:",
        )
        return
    chosen = _list(page, number)
    linked = st.query_params.get("report", "")
    try:
        entry = chosen or (actions.entry(linked) if linked else page.entries[0] if page.entries else None)
    except EtlError as error:
        show_error(error)
        return
    if entry is not None:
        if chosen is not None:
            st.query_params["report"] = chosen.name
        _one(entry, actions)


def _to_first_page() -> None:
    st.session_state.pop("reports_page", None)


def _page_number() -> int:
    """As the list was left; what it is shown with comes later in the script than what it holds."""
    found = st.session_state.get("reports_page", 1)
    return found if is_whole_number(found) and found > 0 else 1


def _list(page: ReportPage, number: int) -> ReportEntry | None:
    table = Table(_COLUMNS, [_row(entry) for entry in page.entries])
    alt = f"{len(page.entries)} of {page.total} reports, the newest first"
    at = show_table(
        table, key=f"reports_{number}", alt=alt, link=lambda row: page_address("reports", report=str(row["report"]))
    )
    pages = -(-page.total // PER_PAGE)
    if pages > 1:
        st.pagination(pages, key="reports_page")
    return page.entries[at] if at is not None and at < len(page.entries) else None


def _row(entry: ReportEntry) -> dict[str, Cell]:
    return {
        "input": UNKNOWN if entry.run is None else inputs_in_short(entry.run.config),
        "output": UNKNOWN if entry.run is None else outputs_in_short(entry.run.config),
        "name": None if entry.run is None else entry.run.name,
        "rows": None if entry.run is None else entry.run.rows_out,
        "aside": None if entry.run is None else entry.run.rows_quarantined,
        "verdict": _IN_WORDS[entry.verdict],
        "written_at": entry.written_at,
        "report": entry.name,
    }


def _one(entry: ReportEntry, actions: ReportActions) -> None:
    address = f"/reports/{quote(entry.name)}"
    st.subheader(f"{_IN_WORDS[entry.verdict]}: {plain(entry.job, 80)}", anchor=False)
    st.caption(f"{as_code(entry.name, 80)}, {data_size(entry.bytes)}, written {plain(entry.written_at)}")
    with st.container(horizontal=True):
        if entry.run is not None:
            link_to_page("run", "The run: its rows, totals and files", ":material/play_circle:", id=entry.run.job_id)
        st.link_button("Open by itself", address, icon=":material/open_in_new:")
        st.download_button(
            "Download", lambda: actions.content(entry.name), entry.name, "text/html", key="report_download",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip
    st.iframe(address, height=_HEIGHT_PX, alt=f"The report of job {entry.job}")
