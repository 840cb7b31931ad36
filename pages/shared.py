"""What all users of one server share, and what is kept for each of them: bounded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st

from etl_batch.launch.kept_answers import KeptAnswers
from etl_batch.machine.question import Answering
from etl_batch.values import Actor
from pages.services.estimable_files import file_bytes, fingerprint
from pages.services.estimate_question import AskedEstimate
from pages.services.estimates import EstimateService, FileColumns, LiveQuestion
from pages.services.live_total import LiveTotal
from pages.services.long_estimates import LongEstimates, is_long
from pages.services.machine import MachineWatch
from pages.views.long_view import LongActions


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and where. What is kept is kept for one name in one role."""

    home: Path
    actor: Actor

    @property
    def cache_key(self) -> tuple[str, str, str]:
        """Two users never see what was kept for the other."""
        return str(self.home), self.actor.name, str(self.actor.role)


@st.cache_resource(max_entries=4, show_spinner=False, on_release=MachineWatch.stop)
def machine_watch(home: Path) -> MachineWatch:
    """The one watch of the machine; it begins when somebody looks first."""
    watch = MachineWatch(home)
    watch.start()
    return watch


@st.cache_resource(max_entries=4, show_spinner=False)
def estimate_service(home: Path) -> EstimateService:
    """Where all ask for totals."""
    return EstimateService(home)


@st.cache_resource(max_entries=4, show_spinner=False)
def long_estimates(home: Path) -> LongEstimates:
    """What is counted in the background."""
    return LongEstimates(home)


@dataclass(frozen=True, slots=True)
class Kept:
    """What processes of ours answered, as long as the files stay what they were (see `fingerprint`)."""

    columns: KeptAnswers = field(default_factory=KeptAnswers)
    answers: KeptAnswers = field(default_factory=lambda: KeptAnswers(32))
    samples: KeptAnswers = field(default_factory=lambda: KeptAnswers(8))


@st.cache_resource(max_entries=4, show_spinner=False)
def kept(home: Path) -> Kept:
    """What is kept for a home."""
    del home  # only what it is kept under
    return Kept()


def columns(viewer: Viewer, asked: tuple[str, str], state: tuple[int, ...]) -> FileColumns:
    """The columns of a file in this state, by its delimiter where one is given; `asked` is both."""
    with st.spinner("Reading the columns..."):
        ask = lambda: estimate_service(viewer.home).columns(viewer.actor, *asked, state=state)  # noqa: E731
        return kept(viewer.home).columns.get((viewer.cache_key, asked, state), ask)


def answer(viewer: Viewer, asked: AskedEstimate, state: tuple[int, ...]) -> dict[str, Any]:
    """An answer about a file in this state."""
    with st.spinner("Reading rows..."):
        ask = lambda: estimate_service(viewer.home).ask(viewer.actor, asked, state)  # noqa: E731
        return kept(viewer.home).answers.get((viewer.cache_key, asked, state), ask)


def live(viewer: Viewer, asked: LiveQuestion, state: tuple[int, ...]) -> LiveTotal:
    """A sample in the order in which its rows enter."""
    with st.spinner("Reading the sample..."):
        ask = lambda: estimate_service(viewer.home).live(viewer.actor, asked, state)  # noqa: E731
        return kept(viewer.home).samples.get((viewer.cache_key, asked, state), ask)


def long_count(viewer: Viewer, who: Callable[[], Actor], asked: AskedEstimate) -> LongActions | None:
    """What is counted in the background, for whoever is there at each look; None: it is answered at once."""
    if not is_long(asked, file_bytes(viewer.home, viewer.actor, asked.file)):
        return None
    counts, state = long_estimates(viewer.home), fingerprint(viewer.home, viewer.actor, asked.file)

    def look() -> Answering:
        said = counts.look(who(), asked, state)
        if said.answer is not None:
            estimate_service(viewer.home).note(viewer.actor, asked, state, said.answer)
        return said

    return LongActions(
        look=look,
        cancel=lambda: counts.cancel(who(), asked, state),
        again=lambda: counts.forget(who(), asked, state),
    )
