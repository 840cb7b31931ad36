"""Home, Launch, Runs, Run: each for each role, opened cold; what each may see and do."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN
from tests.conftest import Command, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.streamlit_page import SignedIn, end_session, page, sign_in

ROLES = (SUPER_ADMIN, ANALYST, AUDITOR)
HOSTILE = "<img src=x onerror=alert(1)> **b** [x](http:y).csv"
PATIENCE_SECONDS = 240  #: on a busy machine


@pytest.fixture(autouse=True)
def _home(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(home.path))
    home.put("a.bin", records(300), LAYOUT)


def _texts(test: AppTest) -> str:
    kinds = (test.markdown, test.caption, test.error, test.success, test.info, test.title, test.warning)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def _over(home: Home, user: SignedIn, job_id: str) -> JobView:
    service, until = JobService(home.path), time.monotonic() + PATIENCE_SECONDS
    while not (job := service.view(user.actor, job_id)).state.is_over:
        assert time.monotonic() < until, job
        time.sleep(0.1)
    return job


def _launched(home: Home, user: SignedIn, output: str = "output/x.csv") -> tuple[AppTest, str]:
    """Through the page, as a user would."""
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "a.bin")]).run()
    test.text_input(key="etl_option_output_csv").set_value(output)
    test.button(key="etl_launch_button").click().run()
    assert not test.exception
    assert not test.error, _texts(test)
    return test, _job_of(test)


def _job_of(test: AppTest) -> str:
    found = test.query_params["etl_job"]
    return found if isinstance(found, str) else str(found[0])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("file", "allowed"),
    [
        ("home", set(ROLES)),
        ("launch", {SUPER_ADMIN}),
        ("runs", {SUPER_ADMIN, AUDITOR}),
        ("run", set(ROLES)),
    ],
)
def test_each_page_for_each_role(home: Home, file: str, allowed: set[str], role: str) -> None:
    test = page(f"pages/{file}.py", sign_in(home.path, role)).run()
    assert not test.exception
    assert bool(test.title) == (role in allowed)
    assert ("may not" in _texts(test)) == (role not in allowed)


@pytest.mark.parametrize("file", ["home", "launch", "runs", "run"])
def test_strangers_see_nothing(file: str) -> None:
    test = page(f"pages/{file}.py").run()
    assert "not signed in" in _texts(test)
    assert not test.title


def test_a_job_launched_by_the_page_has_the_bytes_of_the_command_line(home: Home, command: Command) -> None:
    user = sign_in(home.path)
    test, job_id = _launched(home, user)
    job = _over(home, user, job_id)
    assert job.state is State.DONE, job
    assert job.actor == user.name
    done = command("-m", "etl_batch", "run", "-i", home.data / "a.bin", "-o", home.output / "y.csv", "--quiet")
    assert done.code == 0, done.err
    assert _hash(home.output / "x.csv") == _hash(home.output / "y.csv")
    test.run()
    assert "published" in _texts(test)
    assert {metric.label: metric.value for metric in test.metric}["Rows"] == "300"


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_the_page_of_a_run_by_role_and_run_again(home: Home) -> None:
    admin = sign_in(home.path)
    _, job_id = _launched(home, admin)
    _over(home, admin, job_id)
    seen = page("pages/run.py", admin, id=job_id).run()
    assert not seen.exception
    assert not seen.error
    links = [json.loads(json.dumps(str(element.proto))) for element in seen.get("link_button")]
    assert any(f"/downloads/output/x.csv?run={job_id}" in link for link in links)
    assert any("/reports/" in link for link in links)
    assert any(f"/launch?from={job_id}" in link for link in links)
    by_auditor = page("pages/run.py", sign_in(home.path, AUDITOR), id=job_id).run()
    assert not by_auditor.exception
    assert "published" in _texts(by_auditor)
    assert not [element for element in by_auditor.get("link_button") if "/downloads" in str(element.proto)]
    again = page("pages/launch.py", admin, **{"from": job_id}).run()
    assert again.multiselect(key="etl_inputs").value == [str(home.data / "a.bin")]
    assert again.text_input(key="etl_option_output_csv").value == "output/x.csv"
    listed = page("pages/runs.py", admin, q="x.csv").run()
    assert "1 run," in _texts(listed)
    assert "No run is like this" in _texts(page("pages/runs.py", admin, q="elsewhere").run())
    assert "The latest" in _texts(page("pages/home.py", admin).run())


def test_an_unknown_run_is_an_error_with_its_code(home: Home) -> None:
    test = page("pages/run.py", sign_in(home.path), id="<b>nobody</b>").run()
    assert "E_JOB_UNKNOWN" in _texts(test)
    assert "<b>" not in _texts(test)


def test_wrong_options_are_said_and_nothing_starts(home: Home) -> None:
    user = sign_in(home.path)
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "a.bin")]).run()
    test.text_input(key="etl_option_workers").set_value("many")
    test.button(key="etl_launch_button").click().run()
    assert "E_CONFIG" in _texts(test)
    assert JobService(home.path).page(user.actor).total == 0


def test_a_check_tells_rows_problems_and_room(home: Home) -> None:
    home.put("bad.bin", records(3) + records(1)[:-1] + b"\x07", LAYOUT)
    user = sign_in(home.path)
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "bad.bin")]).run()
    test.button(key="etl_check_button").click().run()
    until = time.monotonic() + PATIENCE_SECONDS
    while "would" not in _texts(test):
        assert time.monotonic() < until, _texts(test)
        time.sleep(0.3)
        test.run()
    assert "first bad row" in _texts(test)
    metrics = {metric.label: metric.value for metric in test.metric}
    assert (metrics["Rows"], metrics["Bad rows"]) == ("4", "1")
    assert not list(home.output.iterdir())


def _toml_editor(home: Home) -> tuple[AppTest, str]:
    """The editor of a.bin's layout, as TOML; the key of its widgets."""
    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "a.bin")]).run()
    key = f"etl_layout_{home.data / 'a.bin'}"
    state = test.session_state[key]
    test.session_state[key] = replace(state, version=1, mode="TOML")
    return test.run(), key


def test_a_layout_edited_as_toml_changes_the_rows_at_once_and_is_saved(home: Home) -> None:
    test, key = _toml_editor(home)
    area = test.text_area(key=f"{key}_toml_1")
    before = [
        str(table.proto.arrow_data if hasattr(table.proto, "arrow_data") else table.proto) for table in test.dataframe
    ]
    area.set_value((area.value or "").replace('"product"', '"thing"')).run()
    assert not test.error
    assert not test.exception
    after = [
        str(table.proto.arrow_data if hasattr(table.proto, "arrow_data") else table.proto) for table in test.dataframe
    ]
    assert before != after
    test.button(key=f"{key}_save").click().run()
    assert '"thing"' in (home.data / "a.layout.toml").read_text()


def test_a_layout_edited_by_its_widgets_changes_the_rows_at_once_and_is_saved(home: Home) -> None:
    """The table of fields itself is shown by the browser: tests/browser/test_layout_table.py."""
    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "a.bin")]).run()
    key = f"etl_layout_{home.data / 'a.bin'}"

    def first_ids() -> list[str]:
        return list(next(table.value for table in test.dataframe if "0" in table.value.columns)["0"][:2])

    assert first_ids() == ["0", "1"]
    test.number_input(key=f"{key}_0_head").set_value(40).run()
    assert first_ids() == ["1", "2"], "the first record is taken for a header"
    test.number_input(key=f"{key}_0_size").set_value(39).run()
    assert "E_LAYOUT" in _texts(test)
    assert test.button(key=f"{key}_save").disabled
    test.number_input(key=f"{key}_0_size").set_value(40).run()
    test.button(key=f"{key}_save").click().run()
    assert "header_bytes = 40" in (home.data / "a.layout.toml").read_text()


def test_an_unsound_layout_names_the_field_and_cannot_be_saved(home: Home) -> None:
    test, key = _toml_editor(home)
    area = test.text_area(key=f"{key}_toml_1")
    area.set_value((area.value or "").replace("length = 12", "length = 999")).run()
    assert "'product'" in _texts(test).replace("\\", "")
    assert test.button(key=f"{key}_save").disabled


def _lines(test: AppTest) -> str:
    """The bytes of a record."""
    return "".join(str(element.proto.body) for element in test.get("html") if "<pre" in str(element.proto.body))


def test_rows_and_bytes_stay_while_a_field_does_not_fit(home: Home) -> None:
    """Just then they are needed: by the last layout that did fit."""
    test, key = _toml_editor(home)
    rows, lines = [table.value.to_csv() for table in test.dataframe], _lines(test)
    assert lines
    area = test.text_area(key=f"{key}_toml_1")
    area.set_value((area.value or "").replace("length = 12", "length = 999")).run()
    assert "E_LAYOUT" in _texts(test)
    assert "the last layout that did" in _texts(test)
    assert ([table.value.to_csv() for table in test.dataframe], _lines(test)) == (rows, lines)


def test_bytes_are_shown_of_a_layout_that_never_was_sound(home: Home) -> None:
    (home.data / "a.layout.toml").write_text(LAYOUT.replace("length = 12", "length = 999"))
    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "a.bin")]).run()
    assert "E_LAYOUT" in _texts(test)
    assert _lines(test)


def test_the_first_save_of_a_layout_is_confirmed_where_it_is_seen(home: Home) -> None:
    """The editor closes with it: beneath, not within."""
    (home.data / "a.layout.toml").unlink()
    test = page("pages/launch.py", sign_in(home.path)).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / "a.bin")]).run()
    test.button(key=f"etl_layout_{home.data / 'a.bin'}_save").click().run()
    assert any("jobs read it from now on" in element.value for element in test.success)
    (editor,) = [element for element in test.expander if element.label == "Record layout"]
    assert not editor.proto.expanded
    assert not editor.success


def test_a_session_that_ends_ends_what_its_page_can_do(home: Home) -> None:
    user = sign_in(home.path)
    test = page("pages/launch.py", user).run()
    end_session(user)
    test.button(key="etl_launch_button").click().run()
    assert "not signed in" in _texts(test)


def test_hostile_names_are_text(home: Home) -> None:
    home.put(HOSTILE, b"<b>a</b>,=cmd\n<script>alert(1)</script>,**x**\n")
    user = sign_in(home.path)
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(home.data / HOSTILE)]).run()
    assert not test.exception
    assert not test.error
    assert "<img" not in _texts(test)
    test.text_input(key="etl_option_output_csv").set_value("output/<script>x.csv")
    test.button(key="etl_launch_button").click().run()
    _over(home, user, _job_of(test))
    for file in ("home", "runs"):
        shown = page(f"pages/{file}.py", user).run()
        assert not shown.exception
        beside_code = re.sub(r"(`+) ?.*? ?\1", "", _texts(shown))  # within, Markdown shows letters as they are
        assert "<script" not in beside_code
        assert "<img" not in beside_code


def test_empty_states_say_what_to_do(home: Home) -> None:
    (home.data / "a.bin").unlink()
    user = sign_in(home.path)
    assert "demo-data" in _texts(page("pages/launch.py", user).run())
    assert "No runs yet" in _texts(page("pages/runs.py", user).run())
    assert "No job has run yet" in _texts(page("pages/home.py", user).run())
    assert "Which run?" in _texts(page("pages/run.py", user).run())
