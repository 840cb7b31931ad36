"""Jobs as text and as JSON, for the command line. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from etl_batch.jobs.job_query import JobPage
from etl_batch.jobs.job_view import JobEvent, JobView
from etl_batch.jobs.states import State
from etl_batch.report.verdict import Verdict
from etl_batch.text.number_text import about, rate
from etl_batch.text.shown_text import shown

_MARKS = {
    State.QUEUED: "⏳",
    State.RUNNING: "▶️ ",
    State.CANCELLING: "🛑",
    State.DONE: "✅",
    State.FAILED: "❌",
    State.CANCELLED: "🚫",
    State.INTERRUPTED: "⚠️ ",
}
_LOOK, _DOUBT = "👀", "❗"
_TEXT_COLUMNS = 200
_NO_JOBS = "No jobs yet. Start one: python -m etl_batch jobs start -i data/transactions.bin -o output/data.csv\n"


def started_as_text(job: JobView) -> str:
    """A job that was begun, and how to follow it."""
    return f"{state_line(job)}   python -m etl_batch jobs watch {job.job_id}\n"


def started_as_json(job: JobView) -> str:
    """The same as a line of JSON."""
    return json.dumps({"job_id": job.job_id, "state": str(job.state)}) + "\n"


def as_json_line(job: JobView) -> str:
    """A job as a line of JSON."""
    return json.dumps(job_as_json(job), allow_nan=False) + "\n"


def job_as_json(job: JobView) -> dict[str, Any]:
    """A job as `jobs show --json` prints it."""
    values = asdict(job)
    code, message = values.pop("error_code"), values.pop("error_message")
    values["error"] = None if code is None and message is None else {"code": code, "message": message}
    values["progress"]["share"] = round(job.progress.share, 6)
    return values | {"rows": rows_of(job), "state": str(job.state)}


def _state(job: JobView) -> str:
    """The state; of a done job that is not simply good, its verdict, too."""
    in_doubt = job.verdict not in (None, Verdict.GOOD)
    return f"{job.state} ({job.verdict})" if in_doubt else str(job.state)


def _mark(job: JobView) -> str:
    return _DOUBT if job.verdict == Verdict.DOUBTFUL else _LOOK if job.verdict == Verdict.LOOK else _MARKS[job.state]


def rows_of(job: JobView) -> int:
    """Rows read: of the whole job, or so far."""
    return job.progress.rows if job.rows_in is None else job.rows_in


def list_as_text(page: JobPage) -> str:
    """A list of jobs, newest first."""
    if not page.total:
        return _NO_JOBS
    head = ("job", "state", "by", "created", "rows", "seconds", "output")
    rows = [head, *(_cells(job) for job in page.jobs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    left = page.total - len(page.jobs)
    more = f"... and {left:,} more (--limit, --offset, --state, --text)\n" if left else ""
    return "".join(f"{line}\n" for line in lines) + more


def job_as_text(job: JobView, events: Sequence[JobEvent]) -> str:
    """All about one job."""
    facts = {
        "job": job.job_id,
        "state": f"{_mark(job)} {_state(job)}",
        "why": job.error_message and (f"[{job.error_code}] " if job.error_code else "") + job.error_message,
        "by": f"{job.actor} ({job.role or 'command line'})",
        "progress": None if job.state.is_over else progress_line(job),
        "rows": f"{rows_of(job):,}" + (f", {job.rows_quarantined:,} set aside" if job.rows_quarantined else ""),
        "seconds": job.seconds and f"{job.seconds:,.1f}",
        "inputs": ", ".join(map(str, job.config.get("inputs", ()))),
        "outputs": _outputs(job),
        "report": job.report and f"report/{job.report}",
        "repeats": job.again_of,
        "name": job.name,
        "note": job.note,
        "next": _what_next(job),
    }
    lines = [f"{name:10}{shown(text, _TEXT_COLUMNS * 3)}\n" for name, text in facts.items() if text]
    happened = [f"  {event.at[:19]}Z  {shown(event.text, _TEXT_COLUMNS)}{_by(event)}\n" for event in events]
    return "".join([*lines, "events\n", *happened])


def progress_line(job: JobView) -> str:
    """How far a job is, on one line."""
    if job.state == State.QUEUED:
        return "waits for its turn"
    progress = job.progress
    parts = [f"{progress.phase or 'start'} {progress.share:4.0%}", f"{progress.rows:,} rows"]
    parts += [] if progress.mb_s is None else [rate(progress.mb_s)]
    parts += [] if progress.eta_seconds is None else [f"{about(max(progress.eta_seconds, 0.0))} left"]
    return ", ".join(parts)


def state_line(job: JobView) -> str:
    """Which state a job is in, and why, on one line."""
    why = f": {shown(job.error_message, _TEXT_COLUMNS * 3)}" if job.error_message else ""
    return f"{_mark(job)} job {job.job_id} is {_state(job)}{why}\n"


def _cells(job: JobView) -> tuple[str, ...]:
    seconds = "" if job.seconds is None else f"{job.seconds:,.1f}"
    state = f"{job.state} {job.progress.share:.0%}" if job.state == State.RUNNING else _state(job)
    created = f"{job.created_at[:19]}Z"
    return job.job_id, state, shown(job.actor, 24), created, f"{rows_of(job):,}", seconds, shown(_outputs(job), 80)


def _outputs(job: JobView) -> str:
    named = (job.config.get("output_csv"), job.config.get("output_parquet"))
    return ", ".join(str(file).removeprefix(f"{job.config.get('home')}/") for file in named if file)


def _what_next(job: JobView) -> str | None:
    command = f"python -m etl_batch jobs {{}} {job.job_id}"
    match job.state:
        case State.QUEUED | State.RUNNING:
            return f"{command.format('watch')}, or {command.format('cancel')}"
        case State.INTERRUPTED:
            return command.format("resume")
        case State.FAILED | State.CANCELLED:
            return command.format("again")
    return None


def _by(event: JobEvent) -> str:
    return "" if event.actor is None else f" ({shown(event.actor, 40)})"
