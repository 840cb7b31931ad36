"""The rows that a run set aside, as a tab of its page: why, which, their bytes, and the way to mend them."""

from __future__ import annotations

from pathlib import PurePath

import streamlit as st

from etl_batch.errors import NoGoodRow, TooManyBadRows
from etl_batch.formats.registry import format_named
from etl_batch.jobs.job_view import JobView
from etl_batch.launch.first_rows import hex_lines
from etl_batch.permissions import Permission
from etl_batch.text.number_text import count, counted
from etl_batch.ui.foreign_text import plain
from etl_batch.ui.lines_of_text import show_lines
from etl_batch.ui.links import download_address
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.run_outputs import beneath_home
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.services.rejected_rows import RejectedRow, RejectedRows, raw_bytes
from pages.services.run_results import own_bytes
from pages.shared_results import results_of
from pages.views.mend_form import show_mend_form

_OVER_BAD_ROWS = {TooManyBadRows.code, NoGoodRow.code}
_MOST_HEX_BYTES = 1024
_REASONS = (Column(name="reason", title="Why"), Column(name="rows", title="Rows", kind="count"))
_ROWS = (
    Column(name="table", title="Table"),
    Column(name="input", title="Input"),
    Column(name="row", title="Row", kind="count"),
    Column(name="byte", title="At byte", kind="count"),
    Column(name="reason", title="Why"),
    Column(name="raw", title="As it was read"),
)


def has_rejected(job: JobView) -> bool:
    """Whether rows were set aside."""
    return bool(job.rows_quarantined) or job.error_code in _OVER_BAD_ROWS


def show_rejected(context: PageContext, job: JobView) -> None:
    """Show the reasons, counted; the rows; the bytes of one; and the download."""
    with st.spinner("Reading the rows that were set aside..."):
        found = results_of(context.home).rejected(context.who(), job)
    _show_download(context, job)
    reasons: list[dict[str, Cell]] = [{"reason": reason, "rows": rows} for reason, rows in found.reasons]
    show_table(Table(_REASONS, reasons), key="run_reasons", alt="Why rows were set aside", file_name="reasons")
    if found.is_cut:
        st.caption(f"The first {count(found.rows)} are counted; there are more, and the download has all of them.")
    st.subheader("The rows", anchor=False)
    _show_rows(found)
    if found.first:
        _show_bytes(job, found)
        show_mend_form(context, job, found)


def _show_download(context: PageContext, job: JobView) -> None:
    if not (context.in_console and context.may(Permission.LAUNCH_JOBS)):  # the file names whole paths
        return
    output = context.jobs.rejects(context.who(), job.job_id)
    own_bytes(output)
    if output is not None:
        address = download_address(beneath_home(context, str(output.path)), job.job_id)
        st.link_button("Download the rows set aside", address, icon=":material/download:")


def _show_rows(found: RejectedRows) -> None:
    rows: list[dict[str, Cell]] = [
        {
            "table": row.table,
            "input": PurePath(row.input).name,
            "row": row.row,
            "byte": row.byte,
            "reason": row.reason,
            "raw": row.raw,
        }
        for row in found.first
    ]
    columns = _ROWS if any(row.table for row in found.first) else _ROWS[1:]
    show_table(Table(columns, rows), key="run_rejected", alt="The rows that were set aside")
    if found.rows > len(found.first):
        st.caption(f"The first {counted(len(found.first), 'row')}; the download has all of them.")


def _show_bytes(job: JobView, found: RejectedRows) -> None:
    """One row: its bytes in hexadecimal, and as text."""
    at = 0
    if len(found.first) > 1:
        at = int(st.number_input(f"Bytes of row (1 to {len(found.first)})", 1, len(found.first), key="run_bytes")) - 1
    row = found.first[at]
    st.markdown(f"Row {count(row.row)} of {plain(PurePath(row.input).name, 80)}: {plain(row.reason, 300)}.")
    raw = raw_bytes(row, is_record=_is_record(job, row))[:_MOST_HEX_BYTES]
    show_lines(hex_lines(raw, row.byte) or " ", "The bytes of the row")


def _is_record(job: JobView, row: RejectedRow) -> bool:
    """Whether it is of a file of records, which stand in hexadecimal."""
    inputs = (job.metadata or {}).get("inputs", ())
    kinds = {str(one["path"]): str(one["format"]) for one in inputs}
    kind = format_named(kinds.get(row.input, str(job.config.get("format") or "")))
    return kind is not None and kind.by_layout
