"""Launch: inputs that were asked for by name stay chosen, or are named as missing; never is other data read instead."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.jobs.service import JobService
from etl_batch.options.input_reading import InputFormat
from tests.conftest import Home
from tests.helpers.streamlit_page import SignedIn, page, sign_in

_ROWS = b"id,quantity\n1,5\n2,7\n"


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))
    monkeypatch.delenv("ETL_INPUT_ROOTS", raising=False)
    home.put("other.csv", _ROWS)


def _texts(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.error, test.warning, test.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def _again(home: Home, monkeypatch: pytest.MonkeyPatch, *inputs: Path, **options: object) -> tuple[AppTest, SignedIn]:
    """The form, filled from a job with these inputs: the job is one that the service tells of."""
    user = sign_in(home.path)
    config = {"inputs": [str(path) for path in inputs], **options}

    class Job:
        def __init__(self) -> None:
            self.config = config

    monkeypatch.setattr(JobService, "view", lambda *_: Job())
    test = page("pages/launch.py", user, **{"from": "before"}).run()
    assert not test.exception
    return test, user


def _chosen(test: AppTest) -> list[str]:
    return list(test.multiselect(key="etl_inputs").value)


@pytest.mark.parametrize("name", ["a.txt", "noext", "x.csv.rejected.csv", ".hidden.csv"])
def test_a_file_of_any_name_stays_chosen(home: Home, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    path = home.put(name, _ROWS)
    test, _ = _again(home, monkeypatch, path, home.data / "other.csv", format=InputFormat.CSV)
    assert _chosen(test) == [str(path), str(home.data / "other.csv")]
    assert not test.warning
    test.run()
    assert _chosen(test) == [str(path), str(home.data / "other.csv")]


def test_a_folder_without_inputs_and_one_that_lies_deep_stay_chosen(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty := home.data / "empty").mkdir()
    (deep := home.data.joinpath(*"abcdefgh")).mkdir(parents=True)
    (deep / "in.csv").write_bytes(_ROWS)
    test, _ = _again(home, monkeypatch, empty, deep)
    assert _chosen(test) == [str(empty), str(deep)]
    assert not test.warning


@pytest.mark.parametrize("button", ["etl_check_button", "etl_launch_button"])
def test_what_is_gone_or_not_allowed_is_named_and_nothing_starts(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, button: str
) -> None:
    (outside := tmp_path / "outside.csv").write_bytes(_ROWS)
    gone = home.data / "gone.csv"
    test, user = _again(home, monkeypatch, gone, outside)
    assert _chosen(test) == []
    assert all(path.stem in test.warning[0].value for path in (gone, outside)), test.warning[0].value
    test.button(key=button).click().run()
    assert "E_CONFIG" in _texts(test)
    assert "etl_check" not in test.session_state
    assert JobService(home.path).page(user.actor).total == 0
    assert test.button(key="etl_inputs_as_they_are").disabled, "nothing chosen would be all of data/"
    test.multiselect(key="etl_inputs").set_value([str(home.data / "other.csv")]).run()
    assert not test.warning
    test.button(key="etl_check_button").click().run()
    assert "E_CONFIG" not in _texts(test)
    assert test.session_state["etl_check"].values["input"] == (str(home.data / "other.csv"),)
    test.session_state["etl_check"].question.stop()


def test_an_input_that_was_deleted_meanwhile_is_named_and_the_rest_is_taken_on_demand(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, other = home.put("early.csv", _ROWS), home.data / "other.csv"
    test, user = _again(home, monkeypatch, path, other)
    path.unlink()
    test.button(key="etl_launch_button").click().run()
    assert "early" in test.warning[0].value
    assert "E_CONFIG" in _texts(test)
    assert _chosen(test) == [str(other)]
    assert JobService(home.path).page(user.actor).total == 0
    test.button(key="etl_inputs_as_they_are").click().run()
    assert not test.warning
    assert _chosen(test) == [str(other)]


def test_the_first_rows_follow_the_format_at_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(pa.table({"n": [1]}), home.data / "p.csv")
    test, _ = _again(home, monkeypatch, home.data / "p.csv", format=InputFormat.PARQUET)
    assert test.selectbox(key="etl_option_format").value == "parquet"
    assert not test.error
    assert test.multiselect(key="etl_inputs").options[1].startswith("data/p.csv · PARQUET")
    test.selectbox(key="etl_option_format").set_value("csv").run()
    assert "NUL byte" in test.error[0].value, "no button was pressed"
    assert "or choose its Format on the page Launch" in test.error[0].value.replace("\\", "")
    test.selectbox(key="etl_option_format").set_value("binary").run()
    assert not test.exception
    assert any("No layout was found" in info.value for info in test.info)
    assert _chosen(test) == [str(home.data / "p.csv")]


def test_what_a_file_is_that_its_name_does_not_tell_shows_when_it_is_chosen(home: Home) -> None:
    home.put("x.dat", _ROWS)
    home.put("report.xlsx", b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml")
    test = page("pages/launch.py", sign_in(home.path)).run()
    listed = test.multiselect(key="etl_inputs")
    assert [label.partition(" · ")[0] for label in listed.options] == [
        "data/",
        "data/other.csv",
        "data/report.xlsx",
        "data/x.dat",
    ]
    listed.set_value([str(home.data / "x.dat")]).run()
    assert "Read as CSV: its content is text, and one character divides" in _texts(test).replace("\\", "")
    test.multiselect(key="etl_inputs").set_value([str(home.data / "report.xlsx")]).run()
    assert "an Excel workbook" in test.error[0].value
    assert "save the sheet as CSV" in test.error[0].value
    assert not test.exception


def test_what_becomes_of_different_columns_is_in_sight_where_several_inputs_are_chosen(home: Home) -> None:
    home.put("more.csv", _ROWS)

    def put_away(test: AppTest) -> bool:
        return any(box.key == "etl_option_columns" for part in test.expander for box in part.selectbox)

    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "other.csv")]).run()
    assert put_away(test)
    test.multiselect(key="etl_inputs").set_value([str(home.data / name) for name in ("other.csv", "more.csv")]).run()
    assert not put_away(test)
    assert test.selectbox(key="etl_option_columns").options == ["same", "union", "intersect"]
    test.multiselect(key="etl_inputs").set_value([str(home.data)]).run()
    assert not put_away(test), "a folder holds several"
    assert not test.exception
