"""What the pages show is written down: once for each question in a session, cached or not, and else not shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.audit.log import AuditLog
from etl_batch.errors import AuditUnavailable
from etl_batch.permissions import ANALYST, SUPER_ADMIN
from pages.services.report_list import list_reports, report_bytes
from tests.helpers.streamlit_page import SignedIn, page, sign_in

OUTPUT = "output/sales.csv"


@pytest.fixture
def home(results_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETL_HOME", str(results_home))
    return results_home


def read_by(user: SignedIn) -> list[tuple[str, str]]:
    log = user.home / ".secrets" / "etl_audit.log"
    entries: list[dict[str, Any]] = [json.loads(line) for line in log.read_text().splitlines()]
    return [(entry["action"], entry["target"]) for entry in entries if entry["user"] == user.name]


def full(*_: object) -> int:
    raise AuditUnavailable("the disk is full")


def estimated(user: SignedIn, condition: str) -> AppTest:
    test = page("pages/estimates.py", user, where=condition)
    test.query_params["file"] = OUTPUT
    return test.run()


def test_a_cached_estimate_is_written_down_once_in_each_session(home: Path) -> None:
    first = sign_in(home, ANALYST, "first to ask")
    test = estimated(first, "quantity > 3")
    test.run()
    assert read_by(first) == [("estimated", OUTPUT)]
    estimated(first, "quantity > 3")  # a second tab
    assert read_by(first) == [("estimated", OUTPUT)]
    estimated(first, "quantity > 4")
    assert len(read_by(first)) == 2
    again = sign_in(home, ANALYST, first.name)  # the same person, to whom the answer is cached, in another session
    estimated(again, "quantity > 3")
    assert len(read_by(again)) == 3


@pytest.mark.parametrize(("file", "code"), [(".secrets/pepper", "E_PATH_TRAVERSAL"), ("data/no.csv", "E_NOT_FOUND")])
def test_a_file_that_may_not_be_asked_is_written_down_once(home: Path, file: str, code: str) -> None:
    """F: the refusal of a link to the secrets was in no log."""
    user = sign_in(home, ANALYST, f"asks for {file}")
    test = page("pages/estimates.py", user)
    test.query_params["file"] = file
    test.run()
    test.run()
    assert code in "".join(element.value for element in test.error).replace("\\", "")
    assert read_by(user) == [("estimated", file)]


def test_a_cached_estimate_that_cannot_be_written_down_is_not_shown(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "asks again"
    estimated(sign_in(home, ANALYST, name), "quantity > 2")
    again = sign_in(home, ANALYST, name)
    monkeypatch.setattr(AuditLog, "record", full)
    test = estimated(again, "quantity > 2")
    assert "E_AUDIT_UNAVAILABLE" in test.error[0].value.replace("\\", "")
    assert not test.metric


def test_a_live_total_is_written_down_once_however_often_it_is_looked_at(home: Path) -> None:
    user = sign_in(home, ANALYST, "looks at rows")
    test = estimated(user, "")
    next(element for element in test.button if element.label == "Let the rows in").click().run()
    test.run()
    assert not test.exception
    assert read_by(user) == [("estimated", OUTPUT), ("live_total_seen", OUTPUT)]


def test_first_rows_and_checks_are_written_down_once(home: Path) -> None:
    user = sign_in(home, SUPER_ADMIN, "looks before")
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(home / "data" / "sales.csv")]).run()
    test.run()
    assert read_by(user) == [("first_rows_seen", "data/sales.csv")]
    for _ in range(2):
        test.button(key="etl_check_button").click().run()
    assert read_by(user) == [("first_rows_seen", "data/sales.csv"), ("job_checked", "data/sales.csv")]


def test_first_rows_and_checks_that_cannot_be_written_down_are_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = sign_in(home, SUPER_ADMIN, "looks in vain")
    monkeypatch.setattr(AuditLog, "record", full)
    test = page("pages/launch.py", user).run()
    test.multiselect(key="etl_inputs").set_value([str(home / "data" / "sales.csv")]).run()
    assert "E_AUDIT_UNAVAILABLE" in "".join(element.value for element in test.error).replace("\\", "")
    assert not test.get("arrow_data_frame")
    test.button(key="etl_check_button").click().run()
    assert sum("E_AUDIT_UNAVAILABLE" in element.value.replace("\\", "") for element in test.error) == 2
    assert "etl_check" not in test.session_state


def test_a_downloaded_report_is_written_down_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = sign_in(home, ANALYST, "keeps reports")
    name = list_reports(home, user.actor).entries[0].name
    for _ in range(2):
        report_bytes(home, user.actor, name)
    assert read_by(user) == [("report_downloaded", f"report/{name}")]
    monkeypatch.setattr(AuditLog, "record", full)
    with pytest.raises(AuditUnavailable):
        report_bytes(home, sign_in(home, ANALYST, "another").actor, name)
