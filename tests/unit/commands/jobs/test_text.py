"""Jobs as text and as JSON: what each state says, what comes next, and nothing that moves the terminal."""

from __future__ import annotations

import json
from typing import Any

import pytest

from etl_batch.commands.jobs.text import job_as_json, job_as_text, list_as_text, progress_line, rows_of, state_line
from etl_batch.jobs.job_query import JobPage
from etl_batch.jobs.job_view import JobEvent, JobProgress, JobView
from etl_batch.jobs.states import State
from etl_batch.report.verdict import Verdict

RUNNING = JobProgress(phase="convert", done_bytes=25, total_bytes=100, rows=1234, mb_s=5.0, eta_seconds=15.0)


def job(state: State = State.DONE, **more: Any) -> JobView:  # noqa: ANN401 - any field
    usual: dict[str, Any] = {
        "job_id": "20251101T101530Z-abcdef", "actor": "ana", "role": None, "created_at": "2025-11-01T10:15:30.5Z",
        "config": {"home": "/h", "inputs": ["data/a.csv"], "output_csv": "/h/output/a.csv", "output_parquet": None},
    }  # fmt: skip
    return JobView(state=state, **usual | more)


def facts(one: JobView, *events: JobEvent) -> dict[str, str]:
    lines = job_as_text(one, events).partition("events\n")[0].splitlines()
    return {line[:10].strip(): line[10:] for line in lines}


@pytest.mark.parametrize(
    ("state", "command"),
    [
        (State.QUEUED, "jobs watch"),
        (State.RUNNING, "jobs cancel"),
        (State.INTERRUPTED, "jobs resume"),
        (State.FAILED, "jobs again"),
        (State.CANCELLED, "jobs again"),
        (State.DONE, None),
        (State.CANCELLING, None),
    ],
)
def test_what_comes_next(state: State, command: str | None) -> None:
    found = facts(job(state)).get("next")
    assert (found is None) == (command is None)
    assert command is None or (found is not None and f"{command} 20251101T101530Z-abcdef" in found)


@pytest.mark.parametrize(
    ("verdict", "word"), [(Verdict.GOOD, "done"), (Verdict.LOOK, "done (look)"), (Verdict.DOUBTFUL, "done (doubtful)")]
)
def test_a_done_job_says_what_is_in_doubt(verdict: Verdict, word: str) -> None:
    assert facts(job(verdict=verdict))["state"].endswith(f" {word}")
    assert state_line(job(verdict=verdict)).endswith(f" job 20251101T101530Z-abcdef is {word}\n")


def test_each_state_and_doubt_has_a_mark_of_its_own() -> None:
    done = [job(verdict=verdict) for verdict in Verdict]
    others = [job(state) for state in State if state != State.DONE]
    marks = {state_line(one).split(" job ")[0] for one in (*done, *others)}
    assert len(marks) == len(Verdict) + len(State) - 1


def test_why_it_failed() -> None:
    failed = job(State.FAILED, error_code="E_ROW", error_message="row 7\x1b[2J is broken; mend it")
    assert facts(failed)["why"].startswith("[E_ROW] row 7")
    assert "\x1b" not in job_as_text(failed, [JobEvent(at="2025", kind="note", text="\x1b[2J", actor="\x1b")])
    assert "\x1b" not in state_line(failed)


def test_outputs_are_named_as_beneath_the_home() -> None:
    assert facts(job())["outputs"] == "output/a.csv"
    assert facts(job(report="x.html"))["report"] == "report/x.html"


def test_rows_of_the_whole_job_or_so_far() -> None:
    assert rows_of(job(State.RUNNING, progress=RUNNING)) == 1234
    assert rows_of(job(rows_in=5000, progress=RUNNING)) == 5000
    assert facts(job(rows_in=5000, rows_quarantined=12))["rows"] == "5,000, 12 set aside"


def test_progress_on_one_line() -> None:
    assert progress_line(job(State.QUEUED)) == "waits for its turn"
    assert progress_line(job(State.RUNNING, progress=RUNNING)) == "convert  25%, 1,234 rows, 5 MB/s, about 15 s left"
    assert progress_line(job(State.RUNNING)) == "start   0%, 0 rows"
    assert "progress" not in facts(job(progress=RUNNING))


def test_a_list() -> None:
    assert "jobs start" in list_as_text(JobPage(jobs=(), total=0))
    text = list_as_text(JobPage(jobs=(job(State.RUNNING, progress=RUNNING), job(rows_in=10)), total=5))
    head, running, done, more = text.splitlines()
    assert head.split() == ["job", "state", "by", "created", "rows", "seconds", "output"]
    assert running.split()[1:4] == ["running", "25%", "ana"]
    assert done.split()[1:] == ["done", "ana", "2025-11-01T10:15:30Z", "10", "output/a.csv"]
    assert more == "... and 3 more (--limit, --offset, --state, --text)"
    assert running.index("output/a.csv") == done.index("output/a.csv")


def test_as_json() -> None:
    failed = job_as_json(job(State.FAILED, error_code="E_ROW", error_message="row 7", progress=RUNNING))
    assert json.loads(json.dumps(failed))["error"] == {"code": "E_ROW", "message": "row 7"}
    assert (failed["state"], failed["rows"], failed["progress"]["share"]) == ("failed", 1234, 0.25)
    assert job_as_json(job())["error"] is None
