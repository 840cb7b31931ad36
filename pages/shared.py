"""What all users of one server share, and what is kept for each of them: bounded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from etl_batch.values import Actor
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import EstimateDesk
from pages.services.live_total import LiveQuestion, LiveTotal, read_live
from pages.services.machine import MachineWatch


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where. What is kept is kept for one name in one role."""

    home: Path
    actor: Actor

    @property
    def cache_key(self) -> tuple[str, str, str]:
        """Two users never see what was kept for the other."""
        return str(self.home), self.actor.name, str(self.actor.role)


_BY_USER: Any = {Asker: lambda asker: asker.cache_key}
_BY_LINK: Any = {AskedEstimate: lambda asked: tuple(asked.as_link().items())}


@st.cache_resource(max_entries=4, show_spinner=False, on_release=MachineWatch.stop)
def machine_watch(home: Path) -> MachineWatch:
    """The one watch of the machine; it begins when somebody looks first."""
    watch = MachineWatch(home)
    watch.start()
    return watch


@st.cache_resource(max_entries=4, show_spinner=False)
def estimate_desk(home: Path) -> EstimateDesk:
    """Where all ask for totals."""
    return EstimateDesk(home)


@st.cache_data(max_entries=32, ttl=3600, show_spinner="Reading rows...", hash_funcs=_BY_USER | _BY_LINK)
def answer(asker: Asker, asked: AskedEstimate, state: tuple[int, ...]) -> dict[str, Any]:
    """An answer, kept as long as the file stays in this state (see `fingerprint`)."""
    return estimate_desk(asker.home).ask(asker.actor, asked, state)


@st.cache_resource(max_entries=8, ttl=3600, show_spinner="Reading the sample...", hash_funcs=_BY_USER)
def live(asker: Asker, asked: tuple[str, str, str, float], state: tuple[int, ...]) -> LiveTotal:
    """A sample in the order in which its rows enter; `asked` is file, measure, condition and confidence."""
    del state
    file, measure, condition, confidence = asked
    where = AskedEstimate(file=file, where=condition).condition
    return read_live(
        asker.home, asker.actor, LiveQuestion(file=file, measure=measure, where=where, confidence=confidence)
    )
