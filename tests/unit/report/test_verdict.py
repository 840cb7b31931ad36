"""Good, look at it, or doubtful: one rule, told alike by the metadata, the report, the terminal and the pages."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.commands.command_console import Console
from etl_batch.commands.jobs.text import state_line
from etl_batch.config import OnBadRow
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.jobs.view_of_row import view_of
from etl_batch.pipeline.dry_run import DryRun
from etl_batch.pipeline.outputs.metadata import metadata_of
from etl_batch.report.page import render_html
from etl_batch.report.verdict import Verdict, judgement_of, level_of_rows
from etl_batch.ui.charts import DARK
from etl_batch.ui.job_words import OUTCOMES, mark_of, outcome_of, state_sentence
from etl_batch.values import JobResult
from pages.views.run_bars import run_bars
from pages.views.runs_view import run_row
from tests.conftest import Home
from tests.data_makers.golden import results


def _result(rows: int, bad: int, **more: Any) -> JobResult:  # noqa: ANN401 - any field
    whole = results.result(estimates=())
    outputs = tuple(replace(output, rows=rows - bad) for output in whole.outputs)
    counts: dict[str, Any] = {"rows_in": rows, "rows_out": rows - bad, "rows_quarantined": bad, "outputs": outputs}
    return replace(whole, **{**counts, "rejects_path": Path("/o/a.rejected.csv") if bad else None, **more})


GOOD, LOOK, DOUBTFUL = _result(10, 0), _result(11, 1), _result(10, 1)
EACH = pytest.mark.parametrize(("result", "verdict"), [(GOOD, "good"), (LOOK, "look"), (DOUBTFUL, "doubtful")])


@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_from_a_tenth_of_bad_rows_on_a_result_is_in_doubt(first: int, second: int) -> None:
    bad, rows = sorted((first, second))
    share = Fraction(bad, rows) if rows else None
    expected = Verdict.LOOK if share is None or 0 < share < Fraction(1, 10) else Verdict.DOUBTFUL if share else "good"
    assert level_of_rows(rows, bad).verdict == expected


@EACH
def test_the_metadata_say_it(result: JobResult, verdict: str) -> None:
    assert metadata_of(result, results.config())["verdict"] == verdict == judgement_of(result).verdict


@EACH
def test_the_report_says_it_in_its_colour(result: JobResult, verdict: str) -> None:
    style, headline = {
        "good": ("passed", "Passed"),
        "look": ("look", "Done, with something to look at"),
        "doubtful": ("doubtful", "Doubtful"),
    }[verdict]
    page = render_html(result, results.config())
    assert f'<h1 class="{style}">' in page
    assert f"<title>{headline} · " in page
    assert ".doubtful, .failed { color: var(--bad); }" in page


def test_an_interval_that_misses_is_by_design_and_colours_nothing() -> None:
    estimate = results.estimate("quantity", 5, 1)
    missed = replace(estimate, exact_total=(estimate.ci_high or 0.0) + 1.0)
    judged = judgement_of(results.result(estimates=(estimate, missed)))
    assert judged.verdict == Verdict.GOOD
    assert "lies within" not in judged.sentence
    assert "1 of 2 totals within" in judged.checks[-1].detail
    assert judged.checks[-1].title == "Totals stand beside their intervals"


def test_no_row_is_something_to_look_at() -> None:
    judged = judgement_of(_result(0, 0))
    assert (judged.verdict, judged.sentence[:15]) == (Verdict.LOOK, "No row was read")


@EACH
@pytest.mark.parametrize("quiet", [False, True])
def test_the_terminal_says_it_and_doubt_also_where_it_is_to_be_quiet(
    capsys: pytest.CaptureFixture[str], result: JobResult, verdict: str, quiet: bool
) -> None:
    Console(quiet=quiet).finished(result)
    said = capsys.readouterr().err.splitlines()
    last = {
        "good": "✨ Pipeline Success! ✨",
        "look": "👀 Done, with something to look at: 1 bad row (9.1 %) set aside; 10 written.",
        "doubtful": "⚠️  Doubtful: 1 bad row (10 %) set aside; 9 written. /o/a.rejected.csv",
    }[verdict]
    assert said[-1:] == ([last] if verdict == "doubtful" or not quiet else [])
    assert not quiet or said in ([], [last])


def test_the_check_says_it_beforehand(capsys: pytest.CaptureFixture[str]) -> None:
    found = DryRun(
        inputs=(), rows=10, bad_rows=1, problems=(), outputs=(), replaces=(), free_bytes=None, seconds=1.0,
        on_bad_row=OnBadRow.QUARANTINE,
    )  # fmt: skip
    Console(quiet=True).dry_run(found)
    assert capsys.readouterr().err == "⚠️  The job would end, but in doubt: 1 of 10 rows are bad\n"
    assert [found.as_json()[key] for key in ("succeeds", "verdict")] == [True, "doubtful"]
    assert replace(found, rows=11).as_json()["verdict"] == "look"
    assert replace(found, free_bytes=-1).as_json()["verdict"] is None


def _stored(home: Home, metadata: dict[str, Any]) -> JobView:
    store = JobStore(home.path)
    new = NewJob(job_id="one", actor="ada", role=None, config=as_json(home.config(home.data)), outputs=())
    with store.writing() as writing:
        writing.add(new)
        writing.move("one", State.RUNNING)
        writing.end("one", Ending(state=State.DONE, metadata=metadata), 1.0)
    return view_of(store.job("one"))


@EACH
def test_a_list_of_runs_says_it(home: Home, result: JobResult, verdict: str) -> None:
    job = _stored(home, metadata_of(result, results.config()))
    word, _, colour = mark_of(outcome_of(job))
    assert job.verdict == verdict
    assert (colour, word) == {
        "good": ("green", "done"), "look": ("orange", "done, look at it"), "doubtful": ("red", "doubtful"),
    }[verdict]  # fmt: skip
    assert run_row(job)["state"] == word
    assert (f"is done ({verdict})" in state_line(job)) == (verdict != "good")
    assert ("doubt" in state_sentence(job)) == (verdict == "doubtful")
    colour = {"good": DARK.good, "look": DARK.look, "doubtful": DARK.bad}[verdict]
    assert f"background: {colour}" in run_bars([job], DARK)


def test_a_list_of_runs_has_the_verdict_of_the_job_not_of_its_rows_alone(home: Home) -> None:
    without_hash = replace(GOOD, outputs=tuple(replace(output, sha256=None) for output in GOOD.outputs))
    assert _stored(home, metadata_of(without_hash, results.config())).verdict == Verdict.LOOK


def test_each_outcome_has_a_look_of_its_own() -> None:
    job = JobView(job_id="j", state=State.DONE, actor="a", role=None, created_at="2026-01-01T00:00:00Z")
    jobs = [replace(job, verdict=each) if isinstance(each, Verdict) else replace(job, state=each) for each in OUTCOMES]
    bars = run_bars(jobs, DARK)
    looks = {bar.partition("background")[2].partition('"')[0] for bar in bars.split("<a ")[1:]}
    assert len(looks) == len(OUTCOMES) == len(State) + 2
    assert all(mark_of(each)[0] in bars for each in OUTCOMES)


def test_a_run_that_ended_before_there_was_a_verdict_is_judged_by_its_rows(home: Home) -> None:
    _stored(home, {"rows_in": 10, "rows_out": 9, "rows_quarantined": 1})
    store = JobStore(home.path)
    with sqlite3.connect(store.path) as connection:
        for column in ("verdict", "name", "note", "described"):
            connection.execute(f"ALTER TABLE job DROP COLUMN {column}")
        connection.execute("DROP TABLE saved_question")
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    assert view_of(store.job("one")).verdict == Verdict.DOUBTFUL
