"""Rows of the store as the values that others see. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from etl_batch.jobs.job_view import JobProgress, JobView
from etl_batch.jobs.states import State
from etl_batch.report.verdict import Verdict, level_of_rows
from etl_batch.text.bounded_documents import json_document
from etl_batch.text.plain_values import plain

_AS_THEY_ARE = (
    "job_id", "actor", "role", "created_at", "started_at", "finished_at", "heartbeat_at", "pid", "source", "rows_in",
    "rows_out", "rows_quarantined", "error_code", "error_message", "again_of", "report",
    "name", "note",
)  # fmt: skip
_PROGRESS = ("phase", "done_bytes", "total_bytes", "rows", "mb_s", "eta_seconds")
_NOT_SHOWN = ("actor", "resume")  #: as in the metadata


def view_of(
    row: Mapping[str, Any], metadata: Mapping[str, Any] | None = None, *, now: datetime | None = None
) -> JobView:
    """A job, from its row.

    Args:
        row: of the table `job`.
        metadata: of a done job.
        now: for the seconds of a job that runs; None: now.
    """
    state = State(row["state"])
    return JobView(
        **{key: row[key] for key in _AS_THEY_ARE},
        state=state,
        config=_shown_options(row["config"]),
        progress=JobProgress(**{key: row[key] for key in _PROGRESS}),
        seconds=_seconds(row, state, now or datetime.now(UTC)),
        verdict=_verdict(row) if state is State.DONE else None,
        metadata=metadata,
    )


def _shown_options(text: str) -> dict[str, Any]:
    """Those that can be shown: a job whose options are damaged is in the list, too."""
    try:
        options = plain(json_document(text))
    except ValueError:
        return {}
    if not isinstance(options, dict):
        return {}
    if not isinstance(options.get("inputs"), list):
        options.pop("inputs", None)
    return {key: value for key, value in options.items() if key not in _NOT_SHOWN}


def _verdict(row: Mapping[str, Any]) -> Verdict:
    """What the job itself said; of a job that ended before there was a verdict, what the numbers of its rows say."""
    if row["verdict"] is not None:
        return Verdict(row["verdict"])
    return level_of_rows(row["rows_in"] or 0, row["rows_quarantined"] or 0).verdict


def _seconds(row: Mapping[str, Any], state: State, now: datetime) -> float | None:
    before = row["seconds"]
    if not state.is_live or row["started_at"] is None:
        return None if before is None else round(before, 3)
    running = (now - datetime.fromisoformat(row["started_at"])).total_seconds()
    return round((before or 0.0) + max(running, 0.0), 3)
