"""Runs as bars: as high as they took long, coloured and named by how they ended."""

from __future__ import annotations

from collections.abc import Sequence

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.report_parts.figures import duration
from etl_batch.ui.charts import Palette, draw_chart, new_figure, palette
from etl_batch.ui.foreign_text import in_chart
from etl_batch.ui.job_words import STATE_MARKS, inputs_in_short

_HEIGHT_PX = 180
_LEAST_BARS = 20  #: room for as many, so that a few are no blocks
_LEAST_SHARE = 0.03  #: of the highest bar: a job of no time is seen, too
_LOOKS = {
    State.DONE: ("good", ""),
    State.FAILED: ("bad", "x"),
    State.INTERRUPTED: ("look", "/"),
    State.CANCELLED: ("soft", "\\"),
    State.QUEUED: ("soft", "."),
    State.RUNNING: ("second", ""),
    State.CANCELLING: ("look", "."),
}  #: colour of the palette, and pattern for those who do not see colours


def draw_run_bars(jobs: Sequence[JobView], *, key: str) -> None:
    """Draw jobs, which come newest first, from left to right as they happened."""
    if not jobs:
        return
    figure, colours = new_figure(_HEIGHT_PX), palette()
    in_time = list(reversed(jobs))
    least = max((job.seconds or 0.0) for job in in_time) * _LEAST_SHARE or 1.0
    for state in dict.fromkeys(job.state for job in in_time):
        places = [(at, job) for at, job in enumerate(in_time) if job.state is state]
        colour, pattern = _LOOKS[state]
        figure.add_bar(
            x=[at for at, _ in places],
            y=[max(job.seconds or 0.0, least) for _, job in places],
            name=STATE_MARKS[state][0],
            marker={"color": _colour(colours, colour), "pattern": {"shape": pattern, "size": 5}},
            hovertext=[_hover(job) for _, job in places],
            hoverinfo="text",
        )
    figure.update_layout(
        showlegend=True,
        bargap=0.25,
        xaxis={"visible": False, "range": [-0.5, max(len(in_time), _LEAST_BARS) - 0.5]},
        yaxis={"title": "seconds"},
    )
    draw_chart(figure, key=key, alt=_alt(in_time))


def _colour(colours: Palette, name: str) -> str:
    return str(getattr(colours, name))


def _hover(job: JobView) -> str:
    took = "" if job.seconds is None else f", {duration(job.seconds)}"
    return f"{in_chart(job.job_id, 40)}<br>{STATE_MARKS[job.state][0]}{took}<br>{in_chart(inputs_in_short(job.config))}"


def _alt(jobs: Sequence[JobView]) -> str:
    counted = {state: sum(job.state is state for job in jobs) for state in State}
    return "The last runs: " + ", ".join(f"{number} {state}" for state, number in counted.items() if number)
