"""The audit log: filtered, verified with one click, its head to keep elsewhere, taken away as files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from etl_batch.audit.chain import Entry
from etl_batch.audit.checkpoints import Checkpoint
from etl_batch.audit.events import Action, Outcome
from etl_batch.audit.findings import CheckedLog
from etl_batch.audit.reading import Filter, Head, Page, Progress
from etl_batch.audit.tail import Position
from etl_batch.text.number_text import count, counted
from etl_batch.ui.empty_states import show_empty
from etl_batch.ui.errors import errors_shown
from etl_batch.ui.table_export import Cell, Column, Table
from etl_batch.ui.tables import show_table
from pages.views.verdict_view import show_verdict

MOST_EXPORTED = 300_000  #: entries; a download is put together in the server's memory
_ANY = "any"
_TRAIL = "audit_trail"  #: where the pages began, of one filter
_VERDICT = "audit_verdict"
_HEAD = "audit_head"
_COLUMNS = (
    Column(name="seq", title="No.", kind="count"),
    Column(name="ts", title="Time (UTC)", kind="time"),
    Column(name="user", title="User"),
    Column(name="role", title="Role"),
    Column(name="action", title="Action"),
    Column(name="target", title="Target"),
    Column(name="outcome", title="Outcome"),
    Column(name="job", title="Job"),
    Column(name="ip", title="Address"),
    Column(name="detail", title="Detail"),
)


@dataclass(frozen=True, slots=True)
class AuditActions:
    """Where the log is read; each checks again who asks."""

    page: Callable[[Filter, Position | None], Page]
    latest: Callable[[], Checkpoint | None]
    head: Callable[[], Head | None]
    verify: Callable[[str | None, Progress], CheckedLog]
    csv: Callable[[Filter], Iterator[str]]
    json_lines: Callable[[Filter], Iterator[str]]


def audit_log_view(actions: AuditActions) -> None:
    """Show the page; the address keeps the filter."""
    st.title("Audit log")
    _proof(actions)
    st.header("Entries", anchor=False)
    wanted = _filter()
    with errors_shown():
        trail = _trail(wanted)
        found = actions.page(wanted, trail[-1])
        if not found.entries:
            _nothing(found.last_seq)
            return
        table = Table(_COLUMNS, [_row(entry) for entry in found.entries])
        alt = f"{len(found.entries)} entries of the audit log, the newest first"
        show_table(table, key=f"audit_{len(trail)}", alt=alt)
        _steps(found, trail)
        _exports(actions, wanted, found.last_seq)


def _proof(actions: AuditActions) -> None:
    """Verifying, and the head."""
    with st.container(border=True):
        st.markdown("**Is it as it was written?** Every line, every checkpoint and its signature are checked.")
        kept = st.text_area(
            "A head that you kept (optional)", key="audit_kept", height=68,
            placeholder="one or more checkpoint lines, as copied from here earlier",
            help="Without it a log that was cut at its very end, with its keys, may look sound.",
        )  # fmt: skip
        with st.container(horizontal=True):
            if st.button("Verify the log", type="primary", icon=":material/verified_user:", key="audit_verify"):
                st.session_state[_VERDICT] = None
                with errors_shown():
                    st.session_state[_VERDICT] = _verified(actions, kept.strip() or None)
            if st.button("Sign and show the head", icon=":material/signature:", key="audit_sign"):
                with errors_shown():
                    st.session_state[_HEAD] = actions.head()
        verdict = st.session_state.get(_VERDICT)
        if isinstance(verdict, CheckedLog):
            show_verdict(verdict)
        with errors_shown():
            _show_head(actions)


def _verified(actions: AuditActions, kept: str | None) -> CheckedLog:
    bar = st.progress(0.0, text="Checking...")

    def said(done: int, total: int) -> None:
        bar.progress(min(done / total, 1.0) if total else 1.0, text=f"Checked {count(done)} of {count(total)} bytes")

    verdict = actions.verify(kept, said)
    bar.empty()
    return verdict


def _show_head(actions: AuditActions) -> None:
    head = st.session_state.get(_HEAD)
    if isinstance(head, Head):
        st.caption(
            f"The head over {counted(head.checkpoint.size, 'entry')}, signed now. Keep it where the console cannot "
            "reach: whoever has it can prove later that nothing before it was changed."
        )
        st.code(head.line, language=None, wrap_lines=True)
        return
    latest = actions.latest()
    if latest is not None:
        entries = count(latest.size)
        st.caption(f"Last signed checkpoint: {entries} entries, {latest.ts}, root {latest.root.hex()[:16]}...")


def _filter() -> Filter:
    first, second, third = st.columns(3)
    with first:
        text = st.text_input("Contains", key="text", bind="query-params", placeholder="a file, a job, an address")
        user = st.text_input("User", key="user", bind="query-params", help="The whole name.")
    with second:
        action = st.selectbox("Action", [_ANY, *map(str, Action)], key="action", bind="query-params")
        outcome = st.selectbox("Outcome", [_ANY, *map(str, Outcome)], key="outcome", bind="query-params")
    with third:
        since = st.date_input("From (UTC)", None, key="since", bind="query-params", format="YYYY-MM-DD")
        until = st.date_input("Up to, that day too", None, key="until", bind="query-params", format="YYYY-MM-DD")
    return Filter(
        text=text.strip(),
        user=user.strip() or None,
        action=None if action in (None, _ANY) else action,
        outcome=None if outcome in (None, _ANY) else outcome,
        since=since.isoformat() if isinstance(since, date) else None,
        until=(until + timedelta(days=1)).isoformat() if isinstance(until, date) else None,
    )


def _trail(wanted: Filter) -> list[Position | None]:
    """Where each page so far began; another filter begins anew."""
    kept = st.session_state.get(_TRAIL)
    if not isinstance(kept, tuple) or kept[0] != wanted:
        kept = (wanted, [None])
        st.session_state[_TRAIL] = kept
    trail: list[Position | None] = kept[1]
    return trail


def _steps(found: Page, trail: list[Position | None]) -> None:
    def newer() -> None:
        trail.pop()

    def older() -> None:
        trail.append(found.older)

    with st.container(horizontal=True):
        st.button("Newer", icon=":material/chevron_left:", key="audit_newer", disabled=len(trail) == 1,
                  on_click=newer)  # fmt: skip
        st.button("Older", icon=":material/chevron_right:", key="audit_older", disabled=found.older is None,
                  on_click=older)  # fmt: skip
    st.caption(f"Page {len(trail)}; the newest entry of the log is number {count(found.last_seq)}.")


def _exports(actions: AuditActions, wanted: Filter, last_seq: int) -> None:
    if last_seq > MOST_EXPORTED:
        st.caption("The log is too long for a download here: `python -m etl_batch audit export` writes all of it.")
        return
    with st.container(horizontal=True):
        st.download_button(
            "Export CSV", lambda: _joined(actions.csv(wanted)), "audit.csv", "text/csv", key="audit_csv",
            on_click="ignore", icon=":material/download:",
            help="All entries that fulfil the filter; no text is run as a formula by a spreadsheet.",
        )  # fmt: skip
        st.download_button(
            "Export JSON lines", lambda: _joined(actions.json_lines(wanted)), "audit.jsonl", "application/jsonl",
            key="audit_jsonl", on_click="ignore", icon=":material/data_object:",
            help="The lines as they stand in the log.",
        )  # fmt: skip


def _joined(pieces: Iterator[str]) -> bytes:
    return "".join(pieces).encode()


def _nothing(last_seq: int) -> None:
    if last_seq:
        text = f"None of the {counted(last_seq, 'entry')} fulfils the filter. Take a part of it away."
        show_empty("Nothing found", text, icon=":material/search_off:")
    else:
        text = "Everything that is done here is written down: signing in, launching, looking at reports."
        show_empty("The log is empty", text, icon=":material/history:")


def _row(entry: Entry) -> dict[str, Cell]:
    row: dict[str, Cell] = {
        name: getattr(entry, name) for name in ("seq", "ts", "user", "role", "action", "target", "outcome", "job", "ip")
    }
    detail = {name: value for name, value in entry.detail.items() if value is not None}
    return {**row, "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True) if detail else None}
