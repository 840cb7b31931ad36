"""Runs as bars: as high as they took long, coloured and patterned by how they ended; a click opens the run.

HTML of ours, not a chart of Plotly: two pages begin with it, and its 4.7 MB of script took a fresh browser a second.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.report.verdict import Verdict
from etl_batch.text.number_text import counted, duration
from etl_batch.text.shown_text import shown
from etl_batch.ui.charts import Palette, palette
from etl_batch.ui.job_words import OUTCOMES, Outcome, inputs_in_short, mark_of, outcome_of
from etl_batch.ui.links import page_address

_HEIGHT_PX = 132
_LEAST_BARS = 20  #: room for as many, so that a few are no blocks
_LEAST_PERCENT = 3.0  #: of the highest bar: a job of no time is seen, too
_PLAIN = "{0}"
_STRIPES = "repeating-linear-gradient(45deg, {0} 0 3px, transparent 3px 6px)"
_BACK_STRIPES = "repeating-linear-gradient(-45deg, {0} 0 3px, transparent 3px 6px)"
_CROSSES = f"{_STRIPES.replace('3px', '2px')}, {_BACK_STRIPES.replace('3px', '2px')}"
_DOTS = "radial-gradient({0} 40%, transparent 45%) 0 0 / 5px 5px"
_LOOKS: Mapping[Outcome, tuple[str, str]] = {
    State.DONE: ("good", _PLAIN),
    State.FAILED: ("bad", _CROSSES),
    State.INTERRUPTED: ("look", _STRIPES),
    State.CANCELLED: ("soft", _BACK_STRIPES),
    State.QUEUED: ("soft", _DOTS),
    State.RUNNING: ("second", _PLAIN),
    State.CANCELLING: ("look", _DOTS),
    Verdict.LOOK: ("look", _PLAIN),
    Verdict.DOUBTFUL: ("bad", _PLAIN),
}  #: colour of the palette, and pattern for those who do not see colours


def show_run_bars(jobs: Sequence[JobView]) -> None:
    """Show jobs, which come newest first, from left to right as they happened."""
    if jobs:
        st.html(run_bars(jobs, palette()))


def run_bars(jobs: Sequence[JobView], colours: Palette) -> str:
    """The bars as HTML. Pure.

    Args:
        jobs: one or more, newest first.
        colours: of the theme.
    """
    longest = max(job.seconds or 0.0 for job in jobs)
    outcomes = {outcome_of(job) for job in jobs}
    legend = "".join(_named(outcome, colours) for outcome in OUTCOMES if outcome in outcomes)
    bars = "".join(_bar(job, longest, colours) for job in reversed(jobs))
    highest = f"The highest took {escape(duration(longest))}"
    return (
        f'<div role="group" aria-label="{escape(_in_words(jobs))}" style="font-size: 0.8125rem; color: {colours.text}">'
        f'<div style="display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding-bottom: 0.5rem">{legend}'
        f'<span style="margin-left: auto; color: {colours.soft}">{highest}</span></div>'
        f'<div style="display: flex; align-items: flex-end; gap: 2px; height: {_HEIGHT_PX}px;'
        f' border-bottom: 1px solid {colours.line}">{bars}</div></div>'
    )


def _bar(job: JobView, longest: float, colours: Palette) -> str:
    height = max(100 * (job.seconds or 0.0) / longest if longest else 0.0, _LEAST_PERCENT)
    style = f"flex: 1 1 0; max-width: {100 / _LEAST_BARS:g}%; height: {height:.1f}%; {_look(outcome_of(job), colours)}"
    address = escape(page_address("run", id=job.job_id))
    # Not in the order of the Tab key: the table beneath, and the link, open the same runs.
    return f'<a href="{address}" target="_self" tabindex="-1" title="{escape(_title(job))}" style="{style}"></a>'


def _named(outcome: Outcome, colours: Palette) -> str:
    swatch = f'<span style="display: inline-block; width: 0.8em; height: 0.8em; {_look(outcome, colours)}"></span>'
    return f"<span>{swatch} {mark_of(outcome)[0]}</span>"


def _look(outcome: Outcome, colours: Palette) -> str:
    colour, pattern = _LOOKS[outcome]
    return f"background: {pattern.format(getattr(colours, colour))}"


def _title(job: JobView) -> str:
    took = "" if job.seconds is None else f", {duration(job.seconds)}"
    return f"{shown(inputs_in_short(job.config))}: {mark_of(outcome_of(job))[0]}{took}\n{shown(job.job_id, 40)}"


def _in_words(jobs: Sequence[JobView]) -> str:
    numbers = Counter(outcome_of(job) for job in jobs)
    ended = ", ".join(f"{numbers[outcome]} {mark_of(outcome)[0]}" for outcome in OUTCOMES if numbers[outcome])
    return f"The last {counted(len(jobs), 'run')}: {ended}"
