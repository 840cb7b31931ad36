"""A home whose names nobody chose kindly, with a job in each state: for tests of what pages show.

Files, fields, cells, strata, users, messages and log lines hold HTML, Markdown, formulas, text that turns the writing
direction, emoji and 4 KB in one piece.
"""

from __future__ import annotations

import csv
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auth import session_store
from auth.store import store_of
from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.jobs.logs import opened_log
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.values import ProfilePoint
from tests.conftest import PROJECT
from tests.data_makers.records import LAYOUT, records
from tests.helpers.streamlit_page import SignedIn, sign_in

HTML = '<img src=x onerror="window.hurt=1"><b>b0ld</b>'
MARKDOWN = "**b0ld** `code` $x^2$ :material/skull: :red[red] [l](https:example.org) me@example.org"
FORMULA = "=cmd|' calc'!A1"
BIDI = "\u202egnp.\u2066exe"
EMOJI = "smile \N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{SKULL} e" + "\N{COMBINING ACUTE ACCENT}" * 40
ENDLESS = "endless" * 600
HOSTILE = (HTML, MARKDOWN, FORMULA, BIDI, EMOJI, ENDLESS)
NAME = f"{HTML[:40]} {MARKDOWN[:40]}"  #: of a user: no rule of today lets it in, but an older store could hold it

_ROWS = 3_000
_FAR_AHEAD_SECONDS = 1e6  #: a heartbeat that does not get stale while a test runs
_LONGEST_FILE_NAME = 60  #: characters


@dataclass(frozen=True, slots=True)
class HostileHome:
    """The home and what is in it."""

    home: Path
    admin: SignedIn
    jobs: dict[State, str]  #: the id of a job in each state
    inputs: tuple[Path, ...]

    @property
    def done(self) -> str:
        """The id of the job that is done."""
        return self.jobs[State.DONE]


@contextmanager
def hostile_home(home: Path) -> Iterator[HostileHome]:
    """Fill an empty folder; while the block lasts, two of its jobs have a process."""
    admin = sign_in(home, SUPER_ADMIN, NAME)
    _sign_in_once_more(admin)
    inputs = _write_inputs(home / "data")
    done = _run(home, inputs[0])
    _write_log_lines(admin)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"]) as sleeper:
        process = ProcessIdentity.of(sleeper.pid)
        assert process is not None
        jobs = {State.DONE: done} | {
            state: _add_job(admin, state, (done, inputs[-1]), process) for state in State if state is not State.DONE
        }
        try:
            yield HostileHome(home, admin, jobs, inputs)
        finally:
            sleeper.kill()


def _write_inputs(data: Path) -> tuple[Path, ...]:
    """CSV files, the first of which has all that is hostile in its cells; and a binary one."""
    chance = random.Random(7)
    strata = (*HOSTILE, "MILK", "SOUP", "EGGS")
    names = [f"{text[:_LONGEST_FILE_NAME].replace('/', '_').rstrip()}.csv" for text in HOSTILE]
    header = ["product", "quantity", "value", HTML, MARKDOWN, FORMULA]
    for name in names:
        with (data / name).open("w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            for number in range(_ROWS if name == names[0] else 5):
                stratum = strata[int(len(strata) * chance.random() ** 2)]
                figures = [1 + number % 5, round(chance.lognormvariate(1, 0.7), 2)]
                writer.writerow([stratum, *figures, *random.Random(number).choices(HOSTILE, k=3)])
    binary = data / f"{HTML[:40]}; b.bin"
    binary.write_bytes(records(50))
    layout = LAYOUT.replace('"product"', json.dumps(HTML)).replace('"price"', json.dumps(MARKDOWN))
    binary.with_suffix(".layout.toml").write_text(layout)
    return (*(data / name for name in names), binary)


def _run(home: Path, path: Path) -> str:
    """A job in a terminal, as it is."""
    command = [sys.executable, "etl_batch/etl_core.py", "--home", str(home), "-i", str(path), "--quiet"]
    options = ["-o", str(home / "output" / path.name), "--sample-frac", "0.2", "--workers", "1"]
    subprocess.run([*command, *options], cwd=PROJECT, check=True, capture_output=True)
    return str(JobStore(home).rows("page", limit=1, offset=0, states=None, actor=None, text=None)[0]["job_id"])


def _add_job(admin: SignedIn, state: State, like: tuple[str, Path], process: ProcessIdentity) -> str:
    """A job in a state, with the options of another, and an input and an output of its own."""
    store, job_id = JobStore(admin.home), f"20260101T000000-{list(State).index(state):06x}"
    output = str(admin.home / "output" / f"{state} {HTML[:40]}.csv")
    config: dict[str, Any] = json.loads(store.job(like[0])["config"])
    config |= {
        "inputs": [str(like[1])],
        "output_csv": output,
        "where": " or ".join(f'product = "{text}"' for text in (HTML, MARKDOWN)),
    }
    new = NewJob(
        job_id=job_id, actor=admin.name, role=admin.role, config=config, outputs=(output,),
        process=None if state is State.QUEUED else process,
    )  # fmt: skip
    with store.writing() as writing:
        writing.add(new)
        for text in HOSTILE:
            writing.event(job_id, "note", text, admin.name)
        for second in range(1, 5):
            writing.point(job_id, _reading(second))
        if state is State.CANCELLING:
            writing.move(job_id, state)
        elif state.is_over:
            message = f"{'; '.join(HOSTILE)}; mend it"
            code = "E_CSV_INVALID" if state is State.FAILED else None
            writing.end(job_id, Ending(state=state, code=code, message=message), 3.0)
    with opened_log(admin.home, job_id) as log:
        log.write("\n".join(HOSTILE).encode())
    if state.is_live:
        _keep_alive(store, job_id)
    return job_id


def _reading(second: int) -> ProfilePoint:
    return ProfilePoint(
        seconds=float(second), cpu_percent=(50.0, 70.0 + second), rss_bytes=10**8, read_mb_s=12.5, write_mb_s=3.5
    )


def _keep_alive(store: JobStore, job_id: str) -> None:
    """As if its process had told the store lately, and will for a long time."""
    with closing(sqlite3.connect(store.path)) as connection, connection:
        connection.execute(
            "UPDATE job SET turn = number, beat = ?, phase = 'convert', done_bytes = 4, total_bytes = 10, rows = 7,"
            " mb_s = 123.4, eta_seconds = 61 WHERE job_id = ?",
            (time.monotonic() + _FAR_AHEAD_SECONDS, job_id),
        )


def _write_log_lines(admin: SignedIn) -> None:
    events = [Event(action=Action.LAYOUT_SAVED, target=text, detail={"code": text}) for text in HOSTILE]
    AuditLog(admin.home).record_all(admin.actor, events)


def _sign_in_once_more(admin: SignedIn) -> None:
    """With a browser that says strange things of itself."""
    with store_of(admin.home).writing() as tx:
        session_store.start(tx, admin.user_id, time.time(), address="192.0.2.9", agent=HTML + MARKDOWN)
