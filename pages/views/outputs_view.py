"""What lies beneath output/: how large, whose; old versions, and the way back; taking away."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from etl_batch.errors import EtlError
from etl_batch.jobs.limits import limits_of
from etl_batch.jobs.output_changes import OutputService
from etl_batch.jobs.output_list import ListedOutput, OutputKind
from etl_batch.permissions import Permission
from etl_batch.text.number_text import counted, data_size
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import show_error
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.links import download_address, link_to_page, page_address
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.views.flash import flash, show_flash

_REFUSED = "outputs_refused"
_COLUMNS = (
    Column(name="path", title="Output"),
    Column(name="bytes", title="Size", kind="bytes", help="With its metadata, sample and rows set aside."),
    Column(name="kind", title="What it is"),
    Column(name="changed_at", title="Written (UTC)", kind="time"),
    Column(name="name", title="Name of the run"),
    Column(name="job_id", title="Run"),
)


def outputs_view(context: PageContext) -> None:
    """Show the page."""
    st.title("Outputs", anchor=False)
    show_flash()
    if (refused := st.session_state.pop(_REFUSED, None)) is not None:
        show_error(refused)
    found = OutputService(context.home).list(context.who())
    if not found:
        show_empty(
            "No output yet", "What jobs write lies here, and what they replaced is kept beside it.",
            step=lambda: link_to_page("launch", "Launch a job", ":material/rocket_launch:"),
        )  # fmt: skip
        return
    text = st.text_input("Search", key="outputs_text", placeholder="A name, a run").strip().lower()
    shown = [entry for entry in found if text in _searched(entry)]
    total = sum(entry.bytes for entry in shown)
    st.caption(f"{counted(len(shown), 'entry')}, {data_size(total)}. {_retention(context)} Choose a row for more.")
    table = Table(_COLUMNS, [_row(entry) for entry in shown])
    at = show_table(
        table, key="outputs", alt="Outputs and their old versions", file_name="outputs",
        link=lambda row: page_address("outputs", path=str(row["path"])),
    )  # fmt: skip
    if at is not None and at < len(shown):
        st.query_params["path"] = shown[at].path
    chosen = next((entry for entry in found if entry.path == st.query_params.get("path")), None)
    if chosen is not None:
        _show_one(context, chosen, found)


def _searched(entry: ListedOutput) -> str:
    return f"{entry.path} {entry.run_name or ''} {entry.job_id or ''}".lower()


def _retention(context: PageContext) -> str:
    keep = limits_of(context.home).keep_backups
    return f"Of each output the newest {keep} old versions are kept." if keep else "All old versions are kept."


def _row(entry: ListedOutput) -> dict[str, Cell]:
    return {
        "path": entry.path,
        "bytes": entry.bytes,
        "kind": _kind(entry),
        "changed_at": entry.changed_at,
        "name": entry.run_name,
        "job_id": entry.job_id or ("changed since" if entry.is_changed else "not known"),
    }


def _kind(entry: ListedOutput) -> str:
    if entry.kind is OutputKind.OUTPUT:
        return "folder of parts" if entry.is_folder else "output"
    return f"old version, replaced {(entry.replaced_at or '')[:19].replace('T', ' ')} UTC"


def _show_one(context: PageContext, entry: ListedOutput, all_found: Sequence[ListedOutput]) -> None:
    st.subheader(plain(entry.path, 200), anchor=False)
    if entry.is_changed:
        st.warning("Somebody changed it since a run wrote it: it is shown as no run's.", icon=":material/history:")
    with st.container(horizontal=True):
        if entry.job_id is not None:
            if not entry.is_folder and context.may(Permission.DOWNLOAD_OUTPUTS):
                address = download_address(entry.was or entry.path, entry.job_id)
                st.link_button("Download", address, icon=":material/download:", type="primary")
            link_to_page("run", "The run that wrote it", ":material/play_circle:", id=entry.job_id)
        if entry.kind is OutputKind.KEPT:
            st.button(
                "Put it back", icon=":material/settings_backup_restore:", key="outputs_restore", on_click=_restore,
                args=(context, entry.path),
                help="It takes its place again; what is there now is kept as an old version.",
            )  # fmt: skip
    kept = [one for one in all_found if one.was == entry.path]
    if kept:
        st.caption(
            f"{counted(len(kept), 'old version')} of it: {', '.join(as_code(one.path, 120) for one in kept[:5])}"
        )
    with st.expander("Delete", icon=":material/delete:"):
        st.markdown("It is gone for good, with its metadata, sample and rows set aside. The audit log says who did it.")
        st.button("Delete it", key="outputs_delete", on_click=_delete, args=(context, entry.path))


def _restore(context: PageContext, path: str) -> None:
    try:
        done = OutputService(context.home).restore(context.who(), path)
    except EtlError as error:
        st.session_state[_REFUSED] = error
        return
    kept = "" if done.kept is None else f"; what was there is kept as {as_code(done.kept, 200)}"
    flash(f"{as_code(done.path, 200)} is in its place again{kept}.")


def _delete(context: PageContext, path: str) -> None:
    try:
        gone = OutputService(context.home).delete(context.who(), path)
    except EtlError as error:
        st.session_state[_REFUSED] = error
        return
    flash(f"{as_code(gone.path, 200)} is deleted.")
