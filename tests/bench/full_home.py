"""A home as it looks after years: many runs with their outputs, metadata and reports, and a long audit log."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.values import Actor
from tests.data_makers.records import LAYOUT, records

PROJECT = Path(__file__).resolve().parents[2]
RARE = "a needle in the log"  #: stands in one of the oldest entries
USERS = ("ada", "grace", "edsger", "barbara")
_ROWS = 6_000
_STRATA = ("BREAD", "CHEESE", "EGGS", "MILK", "SOUP", "TEA")
_EVENTS_AT_ONCE = 5_000
_COPY_BYTES = 4_096  #: of the report in the copies: lists read no more


def fill_home(home: Path, runs: int, log_lines: int) -> str:
    """Run one job, and let it look like many.

    Args:
        home: an empty folder.
        runs: in the job store; each has an output, metadata and a report.
        log_lines: of the audit log, at the least.

    Returns:
        The name of the newest run.
    """
    for name in ("data", "output", "report"):
        (home / name).mkdir(parents=True)
    _write_inputs(home / "data")
    _fill_log(home, log_lines)
    _run_one(home)
    template = next(iter(JobStore(home).rows("page", limit=1, offset=0, states=None, actor=None, text=None)))
    metadata = json.loads((home / "output" / "sales.csv.meta.json").read_text())
    _fill_store(home, runs - 1, json.loads(template["config"]), metadata)
    _fill_folders(home, runs - 1, template["job_id"], metadata)
    return str(template["job_id"])


def _write_inputs(data: Path) -> None:
    chance = random.Random(7)
    rows = [f"{chance.choice(_STRATA)},{1 + at % 5},{chance.lognormvariate(1, 0.7):.2f}\n" for at in range(_ROWS)]
    (data / "sales.csv").write_text("product,quantity,value\n" + "".join(rows))
    (data / "till.bin").write_bytes(records(_ROWS))
    (data / "till.layout.toml").write_text(LAYOUT)


def _run_one(home: Path) -> None:
    command = [sys.executable, "etl_batch/etl_core.py", "--home", str(home), "-i", str(home / "data" / "sales.csv")]
    options = ["-o", str(home / "output" / "sales.csv"), "--sample-frac", "0.2", "--quiet"]
    subprocess.run([*command, *options], cwd=PROJECT, check=True)


def _fill_log(home: Path, lines: int) -> None:
    log, chance = AuditLog(home), random.Random(3)
    actions = list(Action)
    for first in range(0, lines, _EVENTS_AT_ONCE):
        events = [
            Event(
                action=chance.choice(actions),
                target=RARE if first + at == 100 else f"output/run-{first + at:06}.csv",
                outcome=chance.choice(list(Outcome)),
                job=f"20260101T000000-{first + at:06}",
                detail={"rows": chance.randrange(10**7), "where": "from the browser"},
            )
            for at in range(min(_EVENTS_AT_ONCE, lines - first))
        ]
        user = chance.choice(USERS)
        log.record_all(Actor(name=user, os_user="etl", role="super_admin", ip="192.0.2.1"), events)


def _fill_store(home: Path, runs: int, config: dict[str, Any], metadata: dict[str, Any]) -> None:
    chance = random.Random(5)
    with JobStore(home).writing() as writing:
        for at in range(runs):
            job_id = _name(at)
            output = str(home / "output" / f"{job_id}.csv")
            new = NewJob(
                job_id=job_id, actor=chance.choice(USERS), role="super_admin", config={**config, "output_csv": output},
                outputs=(output,), process=ProcessIdentity.mine(),
            )  # fmt: skip
            writing.add(new)
            ending = Ending(state=State.DONE, metadata={**metadata, "job_id": job_id}, report=f"{job_id}.html")
            if at % 20 == 7:
                ending = Ending(state=State.FAILED, code="E_CSV_INVALID", message="row 17 has 4 cells; 3 are expected")
            writing.end(job_id, ending, seconds=chance.lognormvariate(1, 1))


def _fill_folders(home: Path, runs: int, job_id: str, metadata: dict[str, Any]) -> None:
    text = json.dumps(metadata)
    report = (home / "report" / f"{job_id}.html").read_text()[:_COPY_BYTES]
    for at in range(runs):
        name, when = _name(at), (_moment(at).timestamp(),) * 2
        for path, content in (
            (home / "output" / f"{name}.csv", "product,quantity,value\n"),
            (home / "output" / f"{name}.csv.meta.json", text.replace(job_id, name)),
            (home / "report" / f"{name}.html", report.replace(job_id, name)),
        ):
            path.write_text(content)
            os.utime(path, when)


def _name(at: int) -> str:
    return f"{_moment(at):%Y%m%dT%H%M%S}-{at:06x}"


def _moment(at: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=11 * at)
