"""The page of a run: its head, and a tab for each thing that there is to see of it, for those who may."""

from __future__ import annotations

import dataclasses

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Node

from etl_batch.config import OnBadRow, ProfileDepth
from etl_batch.errors import Forbidden, NotFound
from etl_batch.jobs.run_description import RunDescription
from etl_batch.jobs.service import JobService
from etl_batch.jobs.store import JobStore
from etl_batch.machine.question import Answering
from etl_batch.permissions import ANALYST, AUDITOR
from etl_batch.queries.row_look import RowLook
from etl_batch.values import JobResult
from pages.services.run_results import RunResults
from pages.views.run_tabs import RUN_TABS
from tests.conftest import Home
from tests.helpers.run_history import LAYOUT, Runs
from tests.helpers.streamlit_page import SignedIn, page, sign_in

SOME_BAD = b"product,quantity\nmilk,1\n=soup,x\neggs,3\nbread,y\nham\n"


@pytest.fixture
def runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Nobody works off the queue."""
    monkeypatch.setattr("etl_batch.jobs.service.launch_supervisor", lambda _: None)
    monkeypatch.setenv("ETL_HOME", str(home.path))
    return Runs(home, JobStore(home.path))


@pytest.fixture
def user(home: Home) -> SignedIn:
    return sign_in(home.path)


def _with_bad_rows(runs: Runs) -> JobResult:
    runs.home.put("some.csv", SOME_BAD)
    return runs.run("some.csv", types="quantity=i32", on_bad_row=OnBadRow.QUARANTINE)


def _seen(user: SignedIn, run: JobResult, tab: str = "", **link: str) -> AppTest:
    test = page("pages/run.py", user, id=run.job_id, **({"tab": tab} if tab else {}), **link).run()
    assert not test.exception
    return test


def _tabs(test: AppTest) -> list[str]:
    return [tab.label for tab in test.tabs]


def _open(test: AppTest) -> str:
    (found,) = (tab.label for tab in test.tabs if tab.children)
    return str(found)


def _depth(block: Node) -> int:
    """How deep in it the list of tabs lies; 0: nowhere."""
    if block.type == "tab_container":
        return 1
    found = max((_depth(child) for child in getattr(block, "children", {}).values()), default=0)
    return found + bool(found)


def _cells(test: AppTest, column: str) -> list[object]:
    return list(next(element.value[column] for element in test.dataframe if column in element.value))


def test_the_head_says_what_became_of_which_rows(runs: Runs, user: SignedIn) -> None:
    test = _seen(user, _with_bad_rows(runs))
    assert test.title[0].value.replace("\\", "") == "some.csv → out.csv"
    (verdict,) = test.error
    assert "The result is in doubt: 3 of 5 rows (60 %) were bad and are not in it" in verdict.value.replace("\\", "")
    assert [one.value for one in test.metric][:3] == ["5", "2", "3"]
    first = test.get("link_button")[0].proto
    assert (first.type, first.url.partition("?")[0]) == ("primary", "/downloads/output/out.csv")


def test_a_run_without_bad_rows_and_totals_has_no_tab_for_them(runs: Runs, user: SignedIn) -> None:
    test = _seen(user, runs.run("few.bin"))
    assert _tabs(test) == ["Result", "Machine", "Log", "History", "Compare"]
    assert test.success


def test_what_columns_hold_is_seen_by_whoever_sees_reports(runs: Runs, user: SignedIn, home: Home) -> None:
    run = runs.run("more.bin", profile=ProfileDepth.FULL)
    test = _seen(user, run, "Profile")
    assert _tabs(test) == ["Result", "Profile", "Machine", "Log", "History", "Compare"]
    (table,) = (body for body in (str(one.proto.body) for one in test.get("html")) if 'class="etl-columns"' in body)
    assert 'aria-label="histogram from 50 to 51"' in table
    assert '<td role="cell" data-title="Distinct"><bdi>2</bdi></td>' in table
    assert "Profile" in _tabs(_seen(sign_in(home.path, ANALYST), run))
    assert "Profile" not in _tabs(_seen(sign_in(home.path, AUDITOR), run))


def test_an_auditor_sees_no_row(runs: Runs, home: Home) -> None:
    run = _with_bad_rows(runs)
    auditor = sign_in(home.path, AUDITOR)
    test = _seen(auditor, run)
    assert _tabs(test) == ["Result", "Machine", "Log", "History", "Compare"]
    assert _cells(test, "now") == ["as written"]
    assert len(test.dataframe) == 1


def test_the_rows_are_the_runs_own_wherever_they_are(runs: Runs, user: SignedIn) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    assert _cells(_seen(user, first), "0") == ["49"]
    assert _cells(_seen(user, second), "0") == ["50", "51"]
    (runs.home.output / "out.csv").write_text("a\n66\n")
    assert not [element for element in _seen(user, second).dataframe if "0" in element.value]
    assert _cells(_seen(user, first), "0") == ["49"]


def test_what_is_replaced_while_it_is_read_is_not_shown(
    runs: Runs, user: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = runs.run("few.bin")
    job = JobService(runs.home.path).view(user.actor, run.job_id)
    results = RunResults(runs.home.path)
    asked = RunResults._ask

    def meanwhile(self: RunResults, *given: object) -> object:
        found = asked(self, *given)  # type: ignore[arg-type]
        runs.run("more.bin")
        return found

    monkeypatch.setattr(RunResults, "_ask", meanwhile)
    assert job.metadata is not None
    with pytest.raises(NotFound, match="was replaced at this moment"):
        results.look(user.actor, job, job.metadata["outputs"][0], RowLook())
    results.stop()


def test_rows_that_were_set_aside_are_counted_by_reason_and_shown_beside_their_bytes(
    runs: Runs, user: SignedIn
) -> None:
    run = _with_bad_rows(runs)
    test = _seen(user, run, "Rejected")
    assert _cells(test, "rows") == [2, 1]
    assert _cells(test, "raw") == ["=soup,x", "bread,y", "ham"]
    lines = "".join(str(element.proto.body) for element in test.get("html") if "<pre" in str(element.proto.body))
    assert b"=soup,x".hex(" ") in lines
    assert any("/downloads/output/out.csv.rejected.csv?run=" in one.proto.url for one in test.get("link_button"))
    test.number_input(key="run_bytes").set_value(3).run()
    lines = "".join(str(element.proto.body) for element in test.get("html") if "<pre" in str(element.proto.body))
    assert b"ham".hex(" ") in lines


def test_rows_set_aside_by_another_run_are_not_this_ones(runs: Runs, user: SignedIn) -> None:
    run = _with_bad_rows(runs)
    (runs.home.output / "out.csv.rejected.csv").write_text("input,row,byte,reason,raw\nx,1,1,why,mine\n")
    test = _seen(user, run, "Rejected")
    assert "E_NOT_FOUND" in test.error[-1].value
    assert not [element for element in test.dataframe if "raw" in element.value]


def test_each_tab_names_one_thing_once() -> None:
    names = [tab.name for tab in RUN_TABS]
    assert len(set(names)) == len(names)
    assert all(dataclasses.is_dataclass(tab) for tab in RUN_TABS)


def test_an_analyst_sees_what_came_of_a_run_and_not_how_it_was_made(runs: Runs, home: Home) -> None:
    run = _with_bad_rows(runs)
    analyst = sign_in(home.path, ANALYST)
    test = _seen(analyst, run)
    assert _tabs(test) == ["Result", "Rejected", "History", "Compare"]
    assert _cells(test, "1") == ["1", "3"]
    job = JobService(home.path).view(analyst.actor, run.job_id)
    assert job.config == {"inputs": ["some.csv"], "output_csv": "out.csv", "output_parquet": None, "escaping": "on"}
    assert not {"config", "reading", "inputs"} & set(job.metadata or {})
    for ask in (JobService.events, JobService.log_tail):
        with pytest.raises(Forbidden):
            ask(JobService(home.path), analyst.actor, run.job_id)


def test_an_analyst_compares_what_columns_hold_and_no_options(runs: Runs, home: Home) -> None:
    home.put("some.csv", SOME_BAD)
    run = runs.run("some.csv", types="quantity=i32", on_bad_row=OnBadRow.QUARANTINE, profile=ProfileDepth.LIGHT)
    home.put("some.csv", b"product,quantity\nmilk,10\nham,30\n")
    other = runs.run("some.csv", types="quantity=i32", profile=ProfileDepth.LIGHT)
    seen = {}
    for role in (ANALYST, AUDITOR):
        test = _seen(sign_in(home.path, role), other, tab="Compare", **{"with": run.job_id})
        seen[role] = [element.value for element in test.dataframe]
    options = [name for frame in seen[ANALYST] if "name" in frame for name in frame["name"]]
    assert "rows in" in options
    assert not {"types", "on_bad_row"} & set(options)
    assert {"types", "on_bad_row"} & {name for frame in seen[AUDITOR] if "name" in frame for name in frame["name"]}
    (drift,) = [frame for frame in seen[ANALYST] if "about" in frame]
    assert ("quantity", "mean") in set(zip(drift["column"], drift["about"], strict=True))
    assert not [frame for frame in seen[AUDITOR] if "about" in frame]


def test_reports_are_listed_by_input_output_and_rows_and_found_by_them(runs: Runs, home: Home) -> None:
    run, other = _with_bad_rows(runs), runs.run("few.bin", output_csv=str(home.output / "few.csv"))
    JobService(home.path).describe(sign_in(home.path).actor, other.job_id, RunDescription(name="June"))
    for one in (run, other):
        title = f"Passed \N{MIDDLE DOT} {one.job_id} \N{MIDDLE DOT} Quantum ETL report"
        (home.path / "report" / f"{one.job_id}.html").write_text(f"<title>{title}</title>")
    test = page("pages/reports.py", sign_in(home.path, ANALYST)).run()
    assert not test.exception
    assert set(zip(_cells(test, "input"), _cells(test, "output"), _cells(test, "rows"), strict=True)) == {
        ("few.bin", "few.csv", 1), ("some.csv", "out.csv", 2),
    }  # fmt: skip
    for text, found in (("SOME", ["some.csv"]), ("june", ["few.bin"]), (run.job_id, ["some.csv"])):
        test.text_input(key="reports_text").set_value(text).run()
        assert _cells(test, "input") == found
    test.text_input(key="reports_text").set_value("quarantine").run()
    assert not test.dataframe


def test_the_history_is_of_inputs_of_the_same_name(runs: Runs, user: SignedIn) -> None:
    first, other = runs.run("few.bin"), runs.run("more.bin")
    assert not _seen(user, other, "History").get("plotly_chart")
    again = runs.run("few.bin")
    test = _seen(user, first, "History")
    assert len(test.get("plotly_chart")) == 2
    assert _cells(test, "job_id") == [again.job_id, first.job_id]


@pytest.mark.usefixtures("runs")
def test_an_empty_home_offers_demo_data(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[object, ...]] = []

    def ask(*given: object) -> _Over:
        asked.append(given)
        return _Over()

    monkeypatch.setattr("pages.views.demo_button.ask_demo_data", ask)
    user = sign_in(home.path)
    (home.data / "transactions.bin").write_bytes(b"1")
    (home.data / "transactions.layout.toml").write_text(LAYOUT)
    test = page("pages/home.py", user).run()
    test.button(key="home_demo_button").click().run()
    assert not test.exception
    assert [given[0] for given in asked] == [home.path]
    (job,) = JobService(home.path).page(user.actor).jobs
    assert (job.name, job.actor) == ("Demo: grocery purchases", user.name)
    assert not page("pages/home.py", sign_in(home.path, AUDITOR)).run().button


class _Over:
    """The demo data are written."""

    def look(self) -> Answering:
        return Answering(None, (), {"rows": 1}, None)


def test_rows_that_are_mended_are_a_job_of_their_own(runs: Runs, home: Home, user: SignedIn) -> None:
    run = _with_bad_rows(runs)
    test = _seen(user, run, "Rejected")
    area = test.text_area(key="mend_rows")
    assert area.value == "=soup,x\nbread,y\nham"
    area.set_value("=soup,2\nbread,4\nham,5")
    next(button for button in test.button if button.label == "Mend and run these").click().run()
    assert not test.exception
    assert not [one for one in test.error if "E_" in one.value]
    assert (home.data / "some.mended.csv").read_text() == "product,quantity\n=soup,2\nbread,4\nham,5\n"
    launch = page("pages/launch.py", user, **{"from": run.job_id, "mended": "some.mended.csv"}).run()
    assert not launch.exception
    assert launch.multiselect(key="etl_inputs").value == [str(home.data / "some.mended.csv")]
    assert launch.text_input(key="etl_option_output_csv").value == "output/some.mended.csv"
    assert not page("pages/run.py", sign_in(home.path, ANALYST), id=run.job_id, tab="Rejected").run().text_area


def test_a_run_that_was_watched_opens_what_came_of_it_and_stays_there(runs: Runs, user: SignedIn) -> None:
    """However often the page is shown anew: a clock that ticks once more, a word that is typed."""
    job_id, end = runs.begin("more.bin")
    test = page("pages/run.py", user, id=job_id).run()
    assert _open(test) == "Machine"
    depth = _depth(test.main)
    end()
    for _ in range(3):
        assert _open(test.run()) == "Result"
    # In a browser that is slow, a list in the same place keeps the tab open that was.
    assert _depth(test.main) != depth


def test_a_link_leads_to_its_tab_while_the_run_is_at_work_and_later(runs: Runs, user: SignedIn) -> None:
    job_id, end = runs.begin("more.bin")
    test = page("pages/run.py", user, id=job_id, tab="Log").run()
    assert _open(test) == "Log"
    end()
    assert _open(test.run()) == "Log"
