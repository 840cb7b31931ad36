"""Questions in SQL on the page of a run: asked, answered, cancelled, written down; nobody else sees the answer."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.errors import Cancelled, Forbidden, NotFound, QueryInvalid, QueueFull
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.saved_questions import SavedQuestions
from etl_batch.jobs.service import JobService
from etl_batch.jobs.store import JobStore
from etl_batch.machine.sandbox import offered
from etl_batch.permissions import ANALYST, AUDITOR, Permission
from etl_batch.queries.answer_form import AnswerForm
from pages.services.run_questions import AskedSql, RunQuestions
from pages.views import run_ask
from tests.conftest import Home
from tests.helpers.job_helpers import until
from tests.helpers.run_history import Runs
from tests.helpers.streamlit_page import SignedIn, page, sign_in

_ROWS = b"product,quantity\nmilk,1\n=soup,3\neggs,2\n"
_ENDLESS = "select pg_sleep(25)"
needs_landlock = pytest.mark.skipif(not offered().filesystem, reason="this kernel has no Landlock here")


@pytest.fixture
def runs(home: Home, monkeypatch: pytest.MonkeyPatch) -> Runs:
    monkeypatch.setenv("ETL_HOME", str(home.path))
    home.put("some.csv", _ROWS)
    home.put("other.csv", b"product,quantity\ntea,9\n")
    return Runs(home, JobStore(home.path))


@pytest.fixture
def job(home: Home, runs: Runs) -> JobView:
    return JobService(home.path).view(sign_in(home.path).actor, runs.run("some.csv").job_id)


@pytest.fixture
def analyst(home: Home) -> SignedIn:
    return sign_in(home.path, ANALYST)


@pytest.fixture
def questions(home: Home) -> Iterator[RunQuestions]:
    found = RunQuestions(home.path)
    yield found
    found.stop()


def _ask(questions: RunQuestions, user: SignedIn, job: JobView, statement: str) -> None:
    assert job.metadata is not None
    questions.ask(user.actor, job, job.metadata["outputs"][0], statement)


def _look(questions: RunQuestions, user: SignedIn, job: JobView) -> AskedSql | None:
    assert job.metadata is not None
    return questions.look(user.actor, job, job.metadata["outputs"][0])


def _over(questions: RunQuestions, user: SignedIn, job: JobView) -> AskedSql:
    def over() -> AskedSql | None:
        asked = _look(questions, user, job)
        return asked if asked is not None and asked.is_over else None

    found: AskedSql = until(over)
    return found


def _entries(home: Home) -> list[dict[str, object]]:
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["action"] == "query_asked"]


@needs_landlock
def test_the_answer_is_for_who_asked_and_in_the_log(
    questions: RunQuestions, analyst: SignedIn, job: JobView, home: Home
) -> None:
    _ask(questions, analyst, job, "select product from data where quantity > 1 order by quantity desc")
    answer = _over(questions, analyst, job).answer
    assert answer is not None
    assert (answer.columns, answer.cells) == ((("product", "string"),), (("=soup",), ("eggs",)))
    assert _look(questions, sign_in(home.path, ANALYST, "another"), job) is None
    (entry,) = _entries(home)
    assert (entry["user"], entry["outcome"]) == (analyst.name, "ok")
    assert entry["detail"].items() >= {"rows": 2, "truncated": False}.items()  # type: ignore[attr-defined]


def test_who_may_not_ask_is_refused(questions: RunQuestions, job: JobView, home: Home) -> None:
    auditor = sign_in(home.path, AUDITOR)
    with pytest.raises(Forbidden):
        _ask(questions, auditor, job, "select 1")
    with pytest.raises(Forbidden):
        _look(questions, auditor, job)


@needs_landlock
def test_one_question_at_a_time_that_can_be_cancelled(
    questions: RunQuestions, analyst: SignedIn, job: JobView, home: Home
) -> None:
    _ask(questions, analyst, job, _ENDLESS)
    with pytest.raises(QueueFull, match="your last question"):
        _ask(questions, analyst, job, "select 1")
    other = sign_in(home.path)
    _ask(questions, other, job, _ENDLESS)
    with pytest.raises(QueueFull, match="of others"):
        _ask(questions, sign_in(home.path, ANALYST, "third"), job, "select 1")
    for user in (analyst, other):
        questions.cancel(user.actor)
        assert isinstance(_over(questions, user, job).error, Cancelled)
    states = [entry["detail"].get("state") for entry in _entries(home)]  # type: ignore[attr-defined]
    assert states == ["cancelled", "cancelled"]


@needs_landlock
def test_what_was_replaced_meanwhile_is_not_shown(
    questions: RunQuestions, analyst: SignedIn, job: JobView, runs: Runs
) -> None:
    _ask(questions, analyst, job, "select pg_sleep(5), product from data limit 1")
    runs.run("other.csv")
    assert isinstance(_over(questions, analyst, job).error, NotFound)
    with pytest.raises(NotFound, match="not as the run left it"):
        _ask(questions, analyst, job, "select 1")


@needs_landlock
def test_the_page_asks_the_sql_of_its_rows(analyst: SignedIn, job: JobView) -> None:
    test = page("pages/run.py", analyst, id=job.job_id, where="gt:quantity:1").run()
    assert test.text_area[0].value == 'SELECT *\nFROM data\nWHERE "quantity" > 1'
    test.text_area[0].set_value("select max(quantity) as most from data").run()
    test.button(key="ask_sql").click().run()

    def answered() -> AppTest | None:
        test.run()
        return test if any(list(element.value.iloc[0]) == ["3"] for element in test.dataframe) else None

    until(answered)
    assert not test.exception
    test.text_area[0].set_value("drop view data").run()
    test.button(key="ask_sql").click().run()
    until(lambda: any("where a SELECT is meant" in error.value for error in test.run().error))


def test_without_its_means_the_filters_stay(analyst: SignedIn, job: JobView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_ask, "sql_problem", lambda: QueryInvalid("there is no Landlock"))
    test = page("pages/run.py", analyst, id=job.job_id, where="gt:quantity:1").run()
    assert any("SQL cannot be asked here: there is no Landlock" in one.value for one in test.info)
    assert not test.text_area
    assert any("1" in element.value and list(element.value["1"]) == ["3", "2"] for element in test.dataframe)


@needs_landlock
def test_an_answer_is_taken_away_in_its_types_and_escaped(
    questions: RunQuestions, analyst: SignedIn, job: JobView, home: Home
) -> None:
    assert job.metadata is not None
    written = job.metadata["outputs"][0]
    with pytest.raises(NotFound, match="no answer"):
        questions.take(analyst.actor, job, written, AnswerForm.JSON)
    _ask(questions, analyst, job, "select product, sum(quantity) as pieces from data where quantity = 3 group by 1")
    _over(questions, analyst, job)
    taken = {form: questions.take(analyst.actor, job, written, form) for form in list(AnswerForm)[:3]}
    assert taken[AnswerForm.JSON] == b'[{"product": "=soup", "pieces": 3}]\n'
    assert taken[AnswerForm.CSV] == b'product,pieces\n"\'=soup",3\n'
    assert pq.read_table(io.BytesIO(taken[AnswerForm.PARQUET])).column("pieces").to_pylist() == [3]
    forms = [entry["detail"].get("form") for entry in _entries(home)]  # type: ignore[attr-defined]
    assert forms == [None, "json", "csv", "parquet"]
    shut = replace(analyst.actor, withheld=(Permission.DOWNLOAD_OUTPUTS,))
    with pytest.raises(Forbidden, match="was taken from"):
        questions.take(shut, job, written, AnswerForm.JSON)


@needs_landlock
def test_a_question_is_kept_under_a_name_and_found_by_others(analyst: SignedIn, job: JobView, home: Home) -> None:
    test = page("pages/run.py", analyst, id=job.job_id).run()
    test.text_area[0].set_value("select max(quantity) from data").run()
    test.text_input(key="ask_name_").set_value("The most").run()
    test.button(key="ask_save").click().run()
    assert not test.exception
    assert (test.query_params["question"], test.text_area[0].value) == ("The most", "select max(quantity) from data")
    other = sign_in(home.path, ANALYST, "another")
    seen = page("pages/run.py", other, id=job.job_id, question="The most").run()
    assert seen.text_area[0].value == "select max(quantity) from data"
    assert not [one for one in seen.button if one.key == "ask_delete"]
    seen.text_input(key="ask_name_The most").set_value("The most").run()
    seen.button(key="ask_save").click().run()
    assert any("saved by test analyst" in error.value.replace("\\\\", "") for error in seen.error)
    seen.selectbox(key="ask_saved").set_value("").run()
    assert seen.text_area[0].value == "SELECT *\nFROM data"
    test.button(key="ask_delete").click().run()
    assert "question" not in test.query_params
    assert SavedQuestions(home.path).all(other.actor) == ()
