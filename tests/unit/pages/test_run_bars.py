"""Runs as bars: each is there, in its order, with what it is called; no name becomes HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.ui.charts import DARK
from pages.views.run_bars import run_bars


class _Read(HTMLParser):
    """What a browser would find."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    @property
    def bars(self) -> list[dict[str, str | None]]:
        return [values for tag, values in self.tags if tag == "a"]


def _height(bar: dict[str, str | None]) -> float:
    found = re.search(r"height: ([\d.]+)%", bar["style"] or "")
    assert found is not None
    return float(found[1])


def _job(job_id: str, state: State, seconds: float | None = None, name: str = "a.csv") -> JobView:
    created = "2026-01-01T00:00:00Z"
    config = {"inputs": [f"/home/data/{name}"], "home": "/home"}
    return JobView(
        job_id=job_id, state=state, actor="ada", role=None, created_at=created, seconds=seconds, config=config
    )


def test_the_newest_stands_at_the_right_and_the_longest_is_the_highest() -> None:
    bars = _Read(run_bars([_job("new", State.FAILED, 2.0), _job("old", State.DONE, 8.0)], DARK)).bars
    assert [bar["href"] for bar in bars] == ["/run?id=old", "/run?id=new"]
    assert [_height(bar) for bar in bars] == [100.0, 25.0]


def test_jobs_of_no_time_are_seen() -> None:
    bars = _Read(run_bars([_job("one", State.QUEUED), _job("two", State.DONE, 0.0)], DARK)).bars
    assert min(_height(bar) for bar in bars) > 0


def test_each_state_has_a_look_of_its_own() -> None:
    bars = _Read(run_bars([_job(state, state, 1.0) for state in State], DARK)).bars
    assert len({(bar["style"] or "").partition("background")[2] for bar in bars}) == len(State)


@given(st.text(), st.text(), st.sampled_from(State))
def test_no_name_becomes_html(job_id: str, name: str, state: State) -> None:
    read = _Read(run_bars([_job(job_id, state, 1.0, name)], DARK))
    assert {tag for tag, _ in read.tags} == {"div", "span", "a"}
    assert all(set(bar) == {"href", "target", "tabindex", "title", "style"} for bar in read.bars)
    assert all((bar["href"] or "").startswith("/run?id=") for bar in read.bars)
