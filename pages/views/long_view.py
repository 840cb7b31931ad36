"""An exact total that is counted in the background: how far it is, and a way to end it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from etl_batch.errors import CheckStopped, EtlError, Refused
from etl_batch.machine.question import Answering
from etl_batch.text.number_text import counted, data_size
from etl_batch.ui.errors import errors_shown, show_error

_EVERY_SECONDS = 1


@dataclass(frozen=True, slots=True)
class LongActions:
    """One count."""

    look: Callable[[], Answering]  #: begins it, where it has not begun
    cancel: Callable[[], None]
    again: Callable[[], None]  #: so that the next look begins it anew


def long_answer(actions: LongActions) -> dict[str, Any] | None:
    """The answer; while there is none, what stands in its place is shown.

    Raises:
        Refused: the question or the file is not sound.
    """
    said = actions.look()
    if said.answer is not None:
        return dict(said.answer)
    if said.error is None:
        st.fragment(_show_running, run_every=_EVERY_SECONDS)(actions)
        return None
    if isinstance(said.error, Refused):
        raise said.error  # to count again would not help
    if isinstance(said.error, CheckStopped):
        st.info("The count was cancelled.", icon=":material/stop_circle:")
    else:
        show_error(said.error)
    st.button(
        "Count again", on_click=_quietly, args=(actions.again,), icon=":material/replay:", key="estimate_long_again"
    )
    return None


def _show_running(actions: LongActions) -> None:
    with errors_shown():
        _show_progress(actions)


def _show_progress(actions: LongActions) -> None:
    said = actions.look()
    if said.is_over:
        st.rerun(scope="app")
    now = said.progress or {}
    done, total = now.get("done_bytes", 0), now.get("total_bytes", 0)
    share = min(done / total, 1.0) if total else 0.0
    of = f" of {data_size(total)}" if total else ""
    st.progress(share, f"Counting every row: {share:.0%}{of}, {counted(now.get('rows', 0), 'row')}")
    st.caption("It goes on when this page is closed; opened again, the page finds it.")
    st.button(
        "Cancel", on_click=_quietly, args=(actions.cancel,), icon=":material/stop_circle:", key="estimate_long_cancel"
    )


def _quietly(step: Callable[[], None]) -> None:
    """Whoever may no longer do it learns that from the page that is shown next."""
    with contextlib.suppress(EtlError):
        step()
