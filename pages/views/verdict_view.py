"""What checking the log came to, in words."""

from __future__ import annotations

import streamlit as st

from etl_batch.audit.findings import CheckedLog, Finding
from etl_batch.text.number_text import count, counted, data_size, duration
from etl_batch.text.shown_text import as_sentence
from etl_batch.ui.foreign_text import as_code, plain

_HEADLINES = {
    Finding.SOUND: "The log is sound.",
    Finding.TAMPERED: "The log was changed.",
    Finding.CUT: "Entries are missing that a checkpoint has seen.",
    Finding.UNREADABLE: "The log cannot be read.",
    Finding.KEY_MISSING: "A key is missing, so that nothing can be said.",
}


def show_verdict(verdict: CheckedLog) -> None:
    """Show it: good or bad first, then where."""
    headline = _HEADLINES[verdict.finding]
    if verdict.is_sound:
        st.success(
            f"**{headline}** {counted(verdict.entries, 'entry')}, {data_size(verdict.bytes)}, "
            f"{counted(verdict.checkpoints, 'checkpoint')}, checked in {duration(verdict.seconds)}.",
            icon=":material/verified:",
        )
        st.caption(f"Root over all entries: {as_code(verdict.root, 80)}")
    else:
        st.error(in_words(verdict), icon=":material/gpp_bad:")
    for note in verdict.notes:
        st.warning(plain(note, 600), icon=":material/info:")


def in_words(verdict: CheckedLog) -> str:
    """What is wrong, where, and what to do, as Markdown; reasons may quote what somebody put into the log."""
    code = "" if verdict.code is None else f"{as_code(verdict.code, 80)} "
    parts = [f"**{_HEADLINES[verdict.finding]}** {code}{_sentence(verdict.reason) if verdict.reason else ''}"]
    if verdict.fault is not None:
        fault = verdict.fault
        seq = f", where entry {count(fault.seq)} belongs" if fault.seq is not None else ""
        parts.append(
            f"The first fault: {as_code(fault.file, 80)}, line {count(fault.line)}, byte {count(fault.byte)}{seq}: "
            f"{plain(fault.reason, 400)}."
        )
    parts.append(f"{counted(verdict.entries, 'entry')} before it are sound.")
    parts.append("**What to do:** change nothing, copy the folder `.secrets` as it is, and see SECURITY.md.")
    return "  \n".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return f"{as_sentence(plain(text, 400))}."
