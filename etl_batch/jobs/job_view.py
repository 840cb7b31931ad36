"""A job as those see it who ask: frozen values, read from the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from etl_batch.jobs.states import State
from etl_batch.light_dataclass import dataclass
from etl_batch.report.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """How far a job is."""

    phase: str = ""  #: start, check, convert, publish
    done_bytes: int = 0
    total_bytes: int = 0
    rows: int = 0
    mb_s: float | None = None  #: 10^6 bytes of input per second, over the last seconds
    eta_seconds: float | None = None  #: None: not known yet

    @property
    def share(self) -> float:
        """0 to 1, of the phase."""
        return min(self.done_bytes / self.total_bytes, 1.0) if self.total_bytes else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """Something that happened to a job."""

    at: str  #: UTC, ISO 8601
    kind: str  #: a state, or note, warning
    text: str
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobView:
    """One job."""

    job_id: str
    state: State
    actor: str
    role: str | None
    created_at: str  #: UTC, ISO 8601
    started_at: str | None = None
    finished_at: str | None = None
    heartbeat_at: str | None = None
    pid: int | None = None
    source: str = "console"  #: console, command: where it was started
    config: Mapping[str, Any] = field(default_factory=dict)
    progress: JobProgress = field(default_factory=JobProgress)
    rows_in: int | None = None
    rows_out: int | None = None
    rows_quarantined: int | None = None
    verdict: Verdict | None = None  #: of a done job
    seconds: float | None = None  #: it ran, or has run so far
    error_code: str | None = None
    error_message: str | None = None  #: what, where, and what to do
    again_of: str | None = None  #: the job it repeats
    metadata: Mapping[str, Any] | None = None  #: of a done job, schema_version 1
    report: str | None = None  #: path beneath HOME/report
    name: str | None = None  #: what a person calls it
    note: str | None = None  #: what they say of it
