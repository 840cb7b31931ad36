"""The outputs of a run that is done: what it wrote, what became of each, and a download of the very bytes."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.output_states import OutputState, RunOutput
from etl_batch.permissions import Permission
from etl_batch.pipeline.outputs.replaced_outputs import in_words
from etl_batch.text.number_text import counted
from etl_batch.ui.foreign_text import as_code, plain
from etl_batch.ui.job_tables import output_name
from etl_batch.ui.job_words import bytes_in_words, replaced_of
from etl_batch.ui.links import download_address, link_to_page
from etl_batch.ui.page_context import PageContext
from etl_batch.ui.table_export import Column, Table
from etl_batch.ui.tables import show_table

_COLUMNS = (
    Column(name="path", title="Output"),
    Column(name="now", title="Now"),
    Column(name="format", title="Format"),
    Column(name="rows", title="Rows", kind="count"),
    Column(name="bytes", title="Bytes", kind="bytes"),
    Column(name="sha256", title="SHA-256"),
)
_NOW: Mapping[OutputState, str] = {
    OutputState.INTACT: "as written",
    OutputState.REPLACED: "replaced",
    OutputState.EDITED: "changed",
    OutputState.DELETED: "gone",
    OutputState.UNKNOWN: "not known",
}
_BECAME: Mapping[OutputState, str] = {
    OutputState.EDITED: "changed by somebody since: what is there now is not what this run wrote, and is not handed "
    "out here",
    OutputState.DELETED: "gone: it was removed or moved by somebody, not by a job",
    OutputState.UNKNOWN: "not known any more: an older version wrote it, or it was touched and is too large to be read "
    "for a page. Compare its SHA-256 with that of the table",
}
_NAMED = 3  #: names of outputs that share a fate


Written = Mapping[str, Any]  #: an output as metadata tell of it


def outputs_now(context: PageContext, job: JobView) -> list[tuple[Written, RunOutput | None]]:
    """The outputs of a run, each with what became of it; None: nobody knows of it any more."""
    written = [output for output in (job.metadata or {}).get("outputs", ()) if isinstance(output, dict)]
    if not written:
        return []
    now = {str(output.path): output for output in context.jobs.outputs(context.who(), job.job_id)}
    return [(output, now.get(output["path"])) for output in written]


def show_run_outputs(context: PageContext, job: JobView) -> None:
    """Show the table of the outputs, what became of them, what they replaced, and the downloads."""
    outputs = outputs_now(context, job)
    show_outputs_table(context, job, outputs)
    show_fates(context, outputs)
    with st.container(horizontal=True):
        show_output_downloads(context, job, outputs)


def show_outputs_table(context: PageContext, job: JobView, outputs: Sequence[tuple[Written, RunOutput | None]]) -> None:
    """Show what a run wrote, and what it took the place of."""
    if not outputs:
        return
    rows = [
        {
            **output,
            "path": beneath_home(context, str(output["path"])),
            "now": None if now is None else _NOW[now.state],
        }
        for output, now in outputs
    ]
    show_table(Table(_COLUMNS, rows), key=f"outputs_{job.job_id}", alt="The outputs of the job", file_name="outputs")
    for old in (job.metadata or {}).get("replaced", ()):
        _show_replaced(context, old)


def show_fates(context: PageContext, outputs: Sequence[tuple[Written, RunOutput | None]]) -> None:
    """Say what became of those outputs that are not as the run left them."""
    for group in _by_fate([now for _, now in outputs if now is not None]):
        _show_fate(context, group)


def show_output_downloads(
    context: PageContext, job: JobView, outputs: Sequence[tuple[Written, RunOutput | None]]
) -> None:
    """Show a button for each output that can be handed out; the first of them is the one that is seen first."""
    if not context.in_console or not context.may(Permission.DOWNLOAD_OUTPUTS):
        return
    is_first = True
    for output, now in outputs:
        if now is not None:
            is_first = not _show_download(context, job, output, now, is_first=is_first) and is_first


def _by_fate(outputs: Sequence[RunOutput]) -> list[list[RunOutput]]:
    """Those that are not as they were written: the parts of a folder share what became of them."""
    groups: dict[tuple[object, ...], list[RunOutput]] = {}
    for output in outputs:
        if output.state is not OutputState.INTACT:
            groups.setdefault((output.state, output.by, output.at, _kept(output)), []).append(output)
    return list(groups.values())


def _show_fate(context: PageContext, group: Sequence[RunOutput]) -> None:
    first, names = group[0], _names(group)
    if first.state is not OutputState.REPLACED:
        st.warning(f"{names}: {_BECAME[first.state]}.", icon=":material/history:")
        return
    kept = (
        f"kept as {as_code(beneath_home(context, str(_kept(first))), 200)}"
        if first.kept
        else "kept nowhere that is known"
    )
    at = (first.at or "")[:19].replace("T", " ")
    st.warning(
        f"{names}: replaced by job {as_code(str(first.by))} at {plain(at)} UTC, {kept}.", icon=":material/history:"
    )
    if context.in_console and first.by is not None:
        link_to_page("run", "The run that replaced it", ":material/play_circle:", id=first.by)


def _kept(output: RunOutput) -> Path | None:
    """Where it is kept: of parts, their folder."""
    is_part = output.kept is not None and output.kept.name == output.path.name
    return output.kept.parent if output.kept is not None and is_part else output.kept


def _names(group: Sequence[RunOutput]) -> str:
    shown = ", ".join(as_code(output.path.name, 60) for output in group[:_NAMED])
    return shown + (f" and {counted(len(group) - _NAMED, 'output')} more" if len(group) > _NAMED else "")


def _show_replaced(context: PageContext, old: Mapping[str, Any]) -> None:
    """What stood there before this run: whose, how many rows, where it is."""
    st.caption(
        f"{as_code(Path(str(old['path'])).name, 60)} took the place of {plain(in_words(replaced_of(old)), 200)}, "
        f"kept as {as_code(beneath_home(context, str(old['kept'])), 200)}."
    )
    if context.in_console and old.get("job_id"):
        link_to_page("run", "The run whose output it was", ":material/history:", id=str(old["job_id"]))


def _show_download(context: PageContext, job: JobView, written: Written, now: RunOutput, *, is_first: bool) -> bool:
    """By the gate, which streams it, and looks once more whether it is the run's; a folder has no one file to send."""
    there = now.path if now.state is OutputState.INTACT else now.kept
    beneath = beneath_home(context, str(now.path))
    if there is None or written.get("sha256") is None or beneath == str(now.path):
        return False
    name, size = plain(output_name(job, str(now.path)), 60), bytes_in_words(written.get("bytes"))
    kept = "" if there == now.path else ", as it was kept"
    st.link_button(
        f"Download {name} ({size}{kept})", download_address(beneath, job.job_id), icon=":material/download:",
        type="primary" if is_first else "secondary",
    )  # fmt: skip
    return True


def beneath_home(context: PageContext, path: str) -> str:
    """A path as it is named from the home on."""
    return path.removeprefix(f"{os.path.realpath(context.home)}/")
