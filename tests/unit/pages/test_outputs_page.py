"""The page of outputs: an old version is found, put back, taken away; a run is named on its page and found by it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.jobs.output_states import OutputState
from etl_batch.jobs.store import JobStore
from etl_batch.permissions import ANALYST, AUDITOR
from tests.conftest import Home
from tests.helpers.run_history import Runs
from tests.helpers.streamlit_page import page, sign_in


@pytest.fixture
def runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Nobody works off the queue."""
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _: None)
    monkeypatch.setenv("ETL_HOME", str(home.path))
    return Runs(home, JobStore(home.path))


def _paths(test: AppTest) -> list[str]:
    return list(next(element.value["path"] for element in test.dataframe if "path" in element.value))


def test_an_old_version_is_put_back_and_the_other_is_deleted(runs: Runs, home: Home) -> None:
    user = sign_in(home.path)
    first, second = runs.run("few.bin"), runs.run("more.bin")
    kept = f"output/{second.replaced[0].kept.name}"
    test = page("pages/outputs.py", user, path=kept).run()
    assert not test.exception
    assert _paths(test) == ["output/out.csv", kept]
    test.button(key="outputs_restore").click().run()
    assert "is in its place again" in test.success[0].value
    assert runs.found(first) == [("out.csv", OutputState.INTACT, None, None)]
    (other,) = (path for path in _paths(test) if path != "output/out.csv")
    test = page("pages/outputs.py", user, path=other).run()
    test.button(key="outputs_delete").click().run()
    assert "is deleted" in test.success[0].value
    assert _paths(test) == ["output/out.csv"]
    test.text_input(key="outputs_text").set_value("nowhere").run()
    assert _paths(test) == []


@pytest.mark.parametrize("role", [ANALYST, AUDITOR])
def test_it_is_for_those_who_launch_jobs(home: Home, runs: Runs, role: str) -> None:
    runs.run("few.bin")
    assert not page("pages/outputs.py", sign_in(home.path, role)).run().dataframe


def test_a_run_is_named_on_its_page_and_found_by_it(runs: Runs, home: Home) -> None:
    user, run = sign_in(home.path), runs.run("few.bin")
    test = page("pages/run.py", user, id=run.job_id).run()
    test.text_input(key="run_name").set_value("June *sales*")
    test.text_area(key="run_note").set_value("for Eve")
    next(button for button in test.button if button.label == "Save").click().run()
    assert test.title[0].value == "June \\*sales\\*"
    assert any(element.value == "for Eve" for element in test.markdown)
    listed = page("pages/runs.py", user, q="june").run()
    (table,) = (element.value for element in listed.dataframe if "name" in element.value)
    assert (list(table.columns[:3]), table.columns[-1]) == (["inputs", "output", "name"], "job_id")
    assert list(table["name"]) == ["June *sales*"]
    by_auditor = page("pages/run.py", sign_in(home.path, AUDITOR), id=run.job_id).run()
    assert by_auditor.title[0].value == test.title[0].value
    assert not by_auditor.text_input
