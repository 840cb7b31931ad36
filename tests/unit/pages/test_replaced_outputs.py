"""The page of a run whose outputs are not what they were: it says so, and links to the run's own bytes only."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.jobs.job_query import JobQuery
from etl_batch.jobs.service import JobService
from etl_batch.jobs.store import JobStore
from etl_batch.permissions import AUDITOR
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.helpers.run_history import Runs
from tests.helpers.streamlit_page import SignedIn, page, sign_in


@pytest.fixture
def runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Nobody works off the queue."""
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _: None)
    monkeypatch.setenv("ETL_HOME", str(home.path))
    return Runs(home, JobStore(home.path))


@pytest.fixture
def user(home: Home) -> SignedIn:
    return sign_in(home.path)


def _seen(user: SignedIn, run: JobResult) -> AppTest:
    test = page("pages/run.py", user, id=run.job_id).run()
    assert not test.exception
    assert not test.error
    return test


def _said(test: AppTest) -> str:
    return "\n".join(element.value for kind in (test.warning, test.caption) for element in kind).replace("\\", "")


def _links(test: AppTest) -> list[str]:
    return [str(element.proto.url) for element in test.get("link_button")]


def _now(test: AppTest) -> list[str]:
    return list(next(element.value["now"] for element in test.dataframe if "now" in element.value))


def test_a_replaced_output_names_the_run_and_where_it_is_kept(runs: Runs, user: SignedIn) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    kept: Path = second.replaced[0].kept
    test = _seen(user, first)
    assert _now(test) == ["replaced"]
    assert f"replaced by job `{second.job_id}`" in _said(test)
    assert f"kept as `output/{kept.name}`" in _said(test)
    assert f"/run?id={second.job_id}" in _links(test)
    assert f"/downloads/output/out.csv?run={first.job_id}" in _links(test)
    after = _seen(user, second)
    assert _now(after) == ["as written"]
    assert f"took the place of 1 row of job {first.job_id}" in _said(after)
    assert f"/run?id={first.job_id}" in _links(after)
    assert not after.warning


def test_a_report_that_another_run_replaced_is_not_shown_as_its_own(runs: Runs, user: SignedIn) -> None:
    report = {"report": str(runs.home.path / "report" / "mine.html")}
    first, second = runs.run("few.bin", **report), runs.run("more.bin", **report)
    test = _seen(user, first)
    assert f"what is there now is that of job `{second.job_id}`" in _said(test)
    assert f"/run?id={second.job_id}" in _links(test)
    assert not [link for link in _links(test) if link.startswith("/reports/")]
    after = _seen(user, second)
    assert f"`mine.html` took the place of the report of job {first.job_id}" in _said(after)
    assert "/reports/mine.html" in _links(after)


@pytest.mark.parametrize(
    ("change", "now"),
    [
        (lambda path: path.write_bytes(b"mine"), "changed"),
        (lambda path: path.unlink(), "gone"),
    ],
)
def test_what_is_not_the_runs_has_no_download(runs: Runs, user: SignedIn, change, now: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    run = runs.run("few.bin")
    change(runs.home.output / "out.csv")
    test = _seen(user, run)
    assert _now(test) == [now]
    assert now in _said(test)
    assert not [link for link in _links(test) if "/downloads" in link]


def test_the_parts_of_a_folder_share_a_sentence(runs: Runs, user: SignedIn) -> None:
    folder = {"output_parquet": f"{runs.home.output}/parts/"}
    first, second = runs.run("few.bin", **folder), runs.run("more.bin", **folder)
    test = _seen(user, first)
    assert len(test.warning) == 1
    assert f"kept as `output/{second.replaced[0].kept.name}`" in _said(test)


def test_an_auditor_reads_it_and_downloads_nothing(runs: Runs, home: Home) -> None:
    first, _ = runs.run("few.bin"), runs.run("more.bin")
    test = _seen(sign_in(home.path, AUDITOR), first)
    assert _now(test) == ["replaced"]
    assert not [link for link in _links(test) if "/downloads" in link]


def test_the_form_names_the_output_and_says_what_is_there(runs: Runs, user: SignedIn) -> None:
    """Before anything is pressed; and again once it was."""
    run = runs.run("few.bin", output_csv=str(runs.home.output / "more.csv"))
    test = page("pages/launch.py", user).run()
    assert test.text_input(key="etl_option_output_csv").placeholder == "output/data.csv"
    test.multiselect(key="etl_inputs").set_value([str(runs.home.data / "more.bin")]).run()
    assert test.text_input(key="etl_option_output_csv").placeholder == "output/more.csv"
    note = f"`output/more.csv` is there already: 1 row of job {run.job_id} by ada"
    assert note in _said(test)
    assert "the old one stays as `more.csv.bak.TIME`" in _said(test)
    assert f"/run?id={run.job_id}" in _links(test)
    test.button(key="etl_launch_button").click().run()
    assert "It is replaced when the job is done" in _said(test)
    (job,) = JobService(runs.home.path).page(user.actor, JobQuery(limit=1)).jobs
    assert job.config["output_csv"] == str(runs.home.output / "more.csv")


def test_several_inputs_are_merged_and_named_so(runs: Runs, user: SignedIn) -> None:
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(runs.home.data / name) for name in ("few.bin", "more.bin")]).run()
    assert test.text_input(key="etl_option_output_csv").placeholder == "output/merged.csv"
    assert not test.warning
