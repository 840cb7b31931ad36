"""Rows of a run's output on its page: filtered, in an order, counted, taken away; who asked what is in the log."""

from __future__ import annotations

import io
import json
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from auth.store import store_of
from etl_batch.errors import Forbidden, QueryInvalid
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.store import JobStore
from etl_batch.machine.kept_process import KeptProcesses
from etl_batch.permissions import ANALYST, AUDITOR, Permission
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.row_look import Condition, Kind, Operator, RowLook
from etl_batch.queries.row_plot import Plot
from pages.services.run_results import RunResults
from tests.conftest import Home
from tests.helpers.run_history import Runs
from tests.helpers.streamlit_page import SignedIn, page, sign_in

ROWS = b"product,quantity,price\nmilk,1,2.5\n=soup,3,1.25\neggs,2,\nmilk,4,0.99\n"
SOUP = Condition("product", Operator.EQUAL, "=soup")


@pytest.fixture
def job(home: Home, monkeypatch: pytest.MonkeyPatch) -> JobView:
    monkeypatch.setenv("ETL_HOME", str(home.path))
    runs = Runs(home, JobStore(home.path))
    home.put("some.csv", ROWS)
    run = runs.run("some.csv", output_csv=f"{home.output}/out.csv", output_parquet=f"{home.output}/out.parquet")
    return JobService(home.path).view(sign_in(home.path).actor, run.job_id)


@pytest.fixture
def analyst(home: Home) -> SignedIn:
    return sign_in(home.path, ANALYST)


@pytest.fixture
def results(home: Home) -> Iterator[RunResults]:
    found = RunResults(home.path)
    yield found
    found.stop()


def _asked(home: Home) -> list[dict[str, object]]:
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["action"] == "query_asked"]


def _seen(user: SignedIn, job: JobView, **link: str) -> AppTest:
    test = page("pages/run.py", user, id=job.job_id, **link).run()
    assert not test.exception
    return test


def _column(test: AppTest, name: str) -> list[object]:
    return list(next(element.value[name] for element in test.dataframe if name in element.value))


@pytest.mark.parametrize("place", [0, 1])
def test_rows_are_filtered_by_typed_values(
    results: RunResults, analyst: SignedIn, job: JobView, home: Home, place: int
) -> None:
    """Of the CSV and of the Parquet beside it."""
    assert job.metadata is not None
    written = job.metadata["outputs"][place]
    look = RowLook(conditions=(Condition("quantity", Operator.AT_LEAST, "2"),), sort="price", descending=True)
    found = results.look(analyst.actor, job, written, look)
    assert [row[:2] for row in found.rows] == [("=soup", "3"), ("milk", "4"), ("eggs", "2")]
    assert (found.matched, found.rows[2][2]) == (3, None)
    with pytest.raises(QueryInvalid, match="'two' is no value of the column quantity"):
        results.look(analyst.actor, job, written, RowLook(conditions=(Condition("quantity", Operator.EQUAL, "two"),)))
    (entry,) = _asked(home)
    assert entry["user"] == analyst.name
    detail = {"statement": found.sql, "rows": 3, "page": 1}
    assert entry["detail"].items() >= detail.items()  # type: ignore[attr-defined]
    assert '"quantity" >= 2' in found.sql


def test_types_that_a_run_does_not_tell_are_those_of_all_cells(
    results: RunResults, analyst: SignedIn, home: Home, job: JobView
) -> None:
    """Of a CSV that became nothing but a CSV."""
    del job
    home.put("more.csv", b"code,day\n007,2020-01-02\n12,2020-01-01\n")
    run = Runs(home, JobStore(home.path)).run("more.csv")
    alone = JobService(home.path).view(analyst.actor, run.job_id)
    assert alone.metadata is not None
    look = RowLook(conditions=(Condition("day", Operator.LESS, "2020-01-02"),))
    found = results.look(analyst.actor, alone, alone.metadata["outputs"][0], look)
    assert found.rows == (("12", "2020-01-01"),)
    assert found.columns == (("code", Kind.TEXT), ("day", Kind.DATE))


def test_a_look_is_one_entry_however_often_the_page_runs(
    results: RunResults, analyst: SignedIn, job: JobView, home: Home
) -> None:
    assert job.metadata is not None
    for look in (RowLook(counted="product"), RowLook(counted="product"), RowLook(conditions=(SOUP,)), RowLook()):
        results.look(analyst.actor, job, job.metadata["outputs"][0], look)
    assert [entry["detail"]["rows"] for entry in _asked(home)] == [4, 1]  # type: ignore[index]


def test_who_looks_at_the_same_rows_shares_the_answer_and_each_is_written_down(
    results: RunResults, analyst: SignedIn, job: JobView, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a process that reads an output has read no other: none has a say in what is shown of another."""
    assert job.metadata is not None
    asked: list[tuple[Hashable, object]] = []
    ask = KeptProcesses.ask

    def noted(its: KeptProcesses, of: Hashable, question: Mapping[str, object]) -> Mapping[str, object]:
        asked.append((of, question["task"]))
        return ask(its, of, question)

    monkeypatch.setattr(KeptProcesses, "ask", noted)
    csv_file, parquet_file = job.metadata["outputs"]
    for who in (analyst, sign_in(home.path, ANALYST, "ben")):
        results.look(who.actor, job, csv_file, RowLook(counted="product"))
    results.look(analyst.actor, job, parquet_file, RowLook(counted="product"))
    of_csv, of_parquet = Path(csv_file["path"]), Path(parquet_file["path"])
    assert asked == [(of_csv, "types"), (of_csv, "look"), (of_parquet, "look")]
    assert [entry["user"] for entry in _asked(home)] == [analyst.name, "ben", analyst.name]


def test_rows_are_taken_away_in_their_types_and_escaped(
    results: RunResults, analyst: SignedIn, job: JobView, home: Home
) -> None:
    assert job.metadata is not None
    written = job.metadata["outputs"][0]

    def taken(form: AnswerForm) -> bytes:
        return results.take(analyst.actor, job, written, RowLook(conditions=(SOUP,)), form)

    assert taken(AnswerForm.CSV) == b'product,quantity,price\n"\'=soup",3,1.25\n'
    assert taken(AnswerForm.JSON) == b'[{"product": "=soup", "quantity": 3, "price": 1.25}]\n'
    assert pq.read_table(io.BytesIO(taken(AnswerForm.PARQUET))).column("quantity").to_pylist() == [3]
    forms = [entry["detail"].get("form") for entry in _asked(home)]  # type: ignore[attr-defined]
    assert [form for form in forms if form] == ["csv", "json", "parquet"]
    auditor = sign_in(home.path, AUDITOR)
    with pytest.raises(Forbidden):
        results.take(auditor.actor, job, written, RowLook(), AnswerForm.CSV)
    with pytest.raises(Forbidden):
        results.look(auditor.actor, job, written, RowLook())


def test_the_address_says_which_rows_are_shown(analyst: SignedIn, job: JobView) -> None:
    test = _seen(analyst, job, where="has:product:mil", sort="desc:quantity", count="product")
    assert _column(test, "1") == ["4", "1"]
    assert _column(test, "rows") == [2]
    assert "product contains mil" in [button.label for button in test.button]
    caption = [one.value for one in test.caption]
    assert "Rows 1 to 2 of 2 rows that are like this." in caption
    test.button(key="rows_remove_0").click().run()
    assert not test.exception
    assert "where" not in test.query_params
    assert _column(test, "1") == ["4", "3", "2", "1"]


def test_the_page_is_that_of_the_address(home: Home, job: JobView, analyst: SignedIn) -> None:
    del job
    home.put("many.csv", b"n\n" + b"".join(b"%d\n" % number for number in range(120)))
    run = Runs(home, JobStore(home.path)).run("many.csv")
    many = JobService(home.path).view(analyst.actor, run.job_id)
    test = _seen(analyst, many, page="3")
    assert _column(test, "0") == [str(number) for number in range(100, 120)]
    assert "Rows 101 to 120 of 120 rows." in [one.value for one in test.caption]
    test.selectbox(key="rows_sort").set_value("n").run()
    assert "page" not in test.query_params
    assert _column(test, "0")[:3] == ["0", "1", "2"]


def test_a_condition_is_added_by_controls(analyst: SignedIn, job: JobView) -> None:
    test = _seen(analyst, job)
    test.selectbox(key="rows_column").set_value("quantity").run()
    test.selectbox(key="rows_operator_whole").set_value(Operator.MORE).run()
    test.text_input(key="rows_value_whole").set_value("2").run()
    test.button(key="rows_add").click().run()
    assert test.query_params["where"] in ("gt:quantity:2", ["gt:quantity:2"])
    assert _column(test, "1") == ["3", "4"]


def test_what_cannot_be_compared_is_said_and_can_be_taken_back(analyst: SignedIn, job: JobView) -> None:
    test = _seen(analyst, job, where="gt:quantity:many")
    assert any("is no value of the column" in error.value for error in test.error)
    test.button(key="rows_remove_0").click().run()
    assert _column(test, "1") == ["1", "3", "2", "4"]


def test_columns_are_drawn_of_the_rows_that_are_looked_at_and_the_log_has_it(
    results: RunResults, analyst: SignedIn, job: JobView, home: Home
) -> None:
    assert job.metadata is not None
    look = RowLook(conditions=(Condition("quantity", Operator.AT_LEAST, "2"),), sort="price")
    for written in job.metadata["outputs"]:
        drawn = results.draw(analyst.actor, job, written, look, Plot("product", "quantity"))
        assert (drawn.shape, drawn.at, drawn.heights) == ("bars", ("=soup", "eggs", "milk"), (3.0, 2.0, 4.0))
    assert [entry["detail"]["drawn"] for entry in _asked(home)] == ["product / quantity"] * 2  # type: ignore[index]
    with pytest.raises(Forbidden):
        results.draw(sign_in(home.path, AUDITOR).actor, job, job.metadata["outputs"][0], look, Plot("product"))


def test_the_address_says_what_is_drawn(analyst: SignedIn, job: JobView) -> None:
    test = _seen(analyst, job, plot="product", beside="quantity", where="gt:quantity:1")
    said = [one.value for one in test.caption]
    assert any("3 of 3 rows" in one for one in said), said
    test.selectbox(key="rows_beside").set_value("").run()
    assert "beside" not in test.query_params
    test.selectbox(key="rows_plot").set_value("price").run()
    assert not test.exception
    assert any("2 of 3 rows; 1 row left out" in one.replace("\\", "") for one in [one.value for one in test.caption])
    test.selectbox(key="rows_plot").set_value("").run()
    assert "plot" not in test.query_params


def test_who_may_take_nothing_away_sees_all_the_same(
    results: RunResults, analyst: SignedIn, job: JobView, home: Home
) -> None:
    assert job.metadata is not None
    written = job.metadata["outputs"][0]
    shut = replace(analyst.actor, withheld=(Permission.DOWNLOAD_OUTPUTS,))
    with pytest.raises(Forbidden, match="was taken from"):
        results.take(shut, job, written, RowLook(), AnswerForm.CSV)
    assert results.look(shut, job, written, RowLook(counted="product")).matched == 4
    with store_of(home.path).writing() as tx:
        tx.change("set_may_download", id=analyst.user_id, may_download=False)
    test = _seen(analyst, job, count="product")
    assert _column(test, "1") == ["1", "3", "2", "4"]
    assert not [one for one in test.get("download_button") if not (one.key or "").startswith("outputs_")]
    assert not [one for one in test.get("link_button") if "/downloads/" in one.proto.url]
