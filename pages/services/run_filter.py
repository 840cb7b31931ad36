"""Which runs a list shows, as its address says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.states import State

PER_PAGE = 50
_LONGEST = 200  #: characters of what is searched for


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFilter:
    """A list of runs."""

    states: tuple[State, ...] = ()
    text: str = ""
    user: str = ""
    page: int = 1

    def query(self) -> JobQuery:
        """What the store is asked for."""
        return JobQuery(
            states=self.states,
            actor=self.user or None,
            text=self.text,
            limit=PER_PAGE,
            offset=(self.page - 1) * PER_PAGE,
        )

    def as_link(self) -> dict[str, str]:
        """The parameters of its address; what is the default is left out."""
        found = {
            "state": ",".join(self.states),
            "q": self.text,
            "by": self.user,
            "page": "" if self.page == 1 else str(self.page),
        }
        return {name: value for name, value in found.items() if value}


def filter_of(link: Mapping[str, str]) -> RunFilter:
    """What an address asks for; what makes no sense in it is left out."""
    known = {str(state) for state in State}
    page = link.get("page", "1")
    return RunFilter(
        states=tuple(State(name) for name in link.get("state", "").split(",") if name in known),
        text=link.get("q", "")[:_LONGEST],
        user=link.get("by", "")[:_LONGEST],
        page=max(int(page), 1) if page.isascii() and page.isdigit() and len(page) < 8 else 1,
    )
