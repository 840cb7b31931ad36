"""What goes into the job store and comes out of it, as values: a new job, an ending, times, processes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from etl_batch.jobs.states import State
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.process_identity import ProcessIdentity, boot_id
from etl_batch.text.moments import utc_text

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job as it enters the store."""

    job_id: str
    actor: str
    role: str | None
    source: str = "console"  #: console, command
    config: Mapping[str, Any]
    outputs: tuple[str, ...]  #: absolute; nobody else may take them while this job is not over
    again_of: str | None = None
    process: ProcessIdentity | None = None  #: which is at work on it already; None: it is queued

    @property
    def searched(self) -> str:
        """What a search looks at."""
        shown = {key: value for key, value in self.config.items() if value is not None and key != "actor"}
        return f"{self.job_id} {self.actor} {json.dumps(shown, ensure_ascii=False)}".lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a start of a job ended."""

    state: State
    code: str | None = None
    message: str | None = None
    metadata: Mapping[str, Any] | None = None  #: of a done job
    report: str | None = None
    files: Sequence[Mapping[str, Any]] = ()  #: its outputs, as `values.PublishedFile` has them
    warning: str | None = None  #: what is not as it should be, though the job is done


def utc_now() -> str:
    """Now, as the store writes times: UTC, ISO 8601."""
    return utc_text(datetime.now(UTC))


def process_columns(process: ProcessIdentity | None) -> dict[str, object]:
    """The process that looks after a job, as the store has it; of none, which start of the machine it is."""
    if process is None:
        return {"pid": None, "pid_started": None, "boot": boot_id()}
    return {"pid": process.pid, "pid_started": process.started, "boot": process.boot}


def process_of(row: Row) -> ProcessIdentity | None:
    """The process that looks after a job."""
    return None if row["pid"] is None else ProcessIdentity(row["pid"], row["pid_started"], row["boot"])
