"""Demo data, and a first job on them, for whoever opens an empty console."""

from __future__ import annotations

from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig, usable_cpus
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.run_description import RunDescription
from etl_batch.jobs.service import JobService
from etl_batch.machine.child_process import Limits
from etl_batch.machine.question import Asking, Question
from etl_batch.permissions import Permission, permit
from etl_batch.values import GIB, Actor

_SECONDS = 300.0
_NAME = "transactions.bin"
_ASKING = Asking(
    command=["etl_batch.launch.demo_asking"],
    limits=Limits(data_bytes=4 * GIB, cpu_seconds=int(_SECONDS) * usable_cpus()),
    seconds=_SECONDS,
    who="the process that writes the demo data",
)


def ask_demo_data(home: Path, actor: Actor) -> Question:
    """Begin to write the demo data, in a process of its own.

    Raises:
        Forbidden: the actor may not launch jobs.
        AuditUnavailable: it cannot be written down, so nothing is written.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    AuditLog(home).record(actor, Event(action=Action.FILE_UPLOADED, target=str(home / "data" / _NAME)))
    return Question(_ASKING, {"task": "demo", "home": str(home)})


def start_demo_job(home: Path, actor: Actor) -> JobView:
    """Start the job that `make demo` runs; raises as `JobService.start` does."""
    config = JobConfig(
        home=home,
        inputs=(str(home / "data" / _NAME),),
        actor=actor,
        output_csv=str(home / "output" / "data.csv"),
        output_parquet=str(home / "output" / "data.parquet"),
    )
    return JobService(home).start(config, described=RunDescription(name="Demo: grocery purchases"))
