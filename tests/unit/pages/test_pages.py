"""Each page for each role, opened cold: what it shows, and to whom it shows nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl_batch.audit.events import Action, Event, Outcome
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reading import Filter
from etl_batch.audit.reading import page as log_page
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN, Permission, may
from etl_batch.values import MIB
from pages.services.estimates import EstimateService
from tests.helpers.streamlit_page import SignedIn, end_session, page, sign_in
from tests.unit.pages.conftest import AUDITOR as AUDITOR_ACTOR
from tests.unit.pages.conftest import HOSTILE

ROLES = (SUPER_ADMIN, ANALYST, AUDITOR)
PAGES: dict[str, Permission | None] = {
    "reports": Permission.SEE_REPORTS,
    "estimates": Permission.ESTIMATE,
    "system": Permission.SEE_SYSTEM,
    "science": None,
    "audit_log": Permission.READ_AUDIT_LOG,
}
#: what Streamlit would show as something else than the text, had it come through unescaped
RAW = ("<script>", "**bold**", "$x^2$", ":material/delete:", "\u202e")


@pytest.fixture
def home(results_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETL_HOME", str(results_home))
    return results_home


@pytest.fixture
def empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    return tmp_path


def opened(name: str, user: SignedIn | None, **query: str) -> AppTest:
    test = page(f"pages/{name}.py", user)
    for key, value in query.items():
        test.query_params[key] = value
    return test.run()


def texts(test: AppTest) -> Iterator[str]:
    """What is shown as Markdown."""
    for kind in ("markdown", "caption", "error", "warning", "success", "info", "title", "header", "subheader"):
        for element in test.get(kind):
            yield str(getattr(element, "value", ""))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", PAGES)
def test_each_page_for_each_role(home: Path, name: str, role: str) -> None:
    test = opened(name, sign_in(home, role))
    permission = PAGES[name]
    assert not test.exception
    if permission is None or may(role, permission):
        assert test.title
        assert not test.error
    else:
        assert not test.title
        assert "may not" in test.error[0].value


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", PAGES)
def test_strangers_see_nothing(name: str) -> None:
    test = opened(name, None)
    assert not test.title
    assert not test.get("arrow_data_frame")
    assert "not signed in" in test.error[0].value


@pytest.mark.parametrize("name", PAGES)
def test_a_session_that_has_ended_shows_nothing_more(home: Path, name: str) -> None:
    user = sign_in(home, SUPER_ADMIN, f"leaver {name}")
    test = opened(name, user)
    assert test.title
    end_session(user)
    test.run()
    assert not test.title


@pytest.mark.parametrize("name", ["reports", "estimates", "system", "audit_log"])
def test_empty_states_say_what_to_do(empty_home: Path, name: str) -> None:
    test = opened(name, sign_in(empty_home))
    assert not test.exception
    assert not test.error
    assert any(text.startswith("#####") for text in texts(test)) or name == "audit_log"


def test_a_home_that_is_gone_is_an_error_with_its_mend(empty_home: Path) -> None:
    user = sign_in(empty_home)
    shutil.rmtree(empty_home)
    test = opened("reports", user)
    assert not test.exception
    assert test.error


def test_a_report_is_embedded_and_linked(home: Path) -> None:
    user = sign_in(home, ANALYST)
    name = next((home / "report").glob("2*.html")).name
    test = opened("reports", user, report=name)
    assert not test.error
    assert [str(frame.proto.src) for frame in test.get("iframe")] == [f"/reports/{name}"]
    lost = opened("reports", user, report="../x.html")
    assert "E_PATH_TRAVERSAL" in lost.error[0].value


def test_a_link_is_an_estimate(home: Path) -> None:
    test = opened("estimates", sign_in(home, ANALYST), file="output/sales.csv", measures="value")
    assert not test.error
    assert "value" in [element.label for element in test.metric]
    assert any("sample" in text for text in texts(test))
    assert "file=output" in test.code[0].value


def test_the_form_asks_and_the_address_becomes_the_question(home: Path) -> None:
    test = opened("estimates", sign_in(home, ANALYST))
    test.multiselect[0].select("value")
    test.text_input[0].input("quantity > 2")
    next(element for element in test.button if element.label == "Estimate").click()
    test.run()
    assert not test.error
    assert test.query_params["where"] in ("quantity > 2", ["quantity > 2"])
    assert "value" in [element.label for element in test.metric]


def test_a_question_that_dies_is_told_with_what_to_do_and_written_down_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = opened("estimates", sign_in(home, ANALYST))
    small = EstimateService(home, memory_bytes=40 * MIB)
    monkeypatch.setattr("pages.shared.estimate_service", lambda _home: small)
    test.text_input[0].input("quantity > 4")
    next(element for element in test.button if element.label == "Estimate").click()
    for _ in range(3):  # the address asks it again with every click
        test.run()
        assert not test.exception
        assert [element.value.split("  ")[0] for element in test.error] == ["**E_MEMORY**"]
        assert "What to do" in test.error[0].value
    entries = log_page(home, AUDITOR_ACTOR, Filter(action="estimated", outcome="failed")).entries
    assert [entry.detail["error"] for entry in entries if entry.detail.get("filtered")] == ["E_MEMORY"]


def test_what_is_typed_stays_while_the_page_is_shown_anew(home: Path) -> None:
    """A field whose value is set anew loses in the browser what is typed in it and not asked yet."""
    test = opened("estimates", sign_in(home, ANALYST), file="output/sales.csv", where="quantity > 2")
    assert test.text_input[0].proto.set_value
    assert not test.run().text_input[0].proto.set_value


def test_asked_twice_before_the_address_follows_it_is_the_same_question(home: Path) -> None:
    """Ctrl+Enter in a field asks by the field and by the button; the browser has the old address both times."""
    test = opened("estimates", sign_in(home, ANALYST))
    test.text_input[0].input("quantity > 2")
    for _ in range(2):
        test.query_params.clear()
        next(element for element in test.button if element.label == "Estimate").click().run()
        assert test.query_params["where"] in ("quantity > 2", ["quantity > 2"])
        assert test.text_input[0].value == "quantity > 2"


@pytest.mark.parametrize(("where", "code"), [("quantity >", "E_WHERE"), ("nothing = 1", "E_WHERE")])
def test_a_condition_that_is_wrong_is_said_at_once(home: Path, where: str, code: str) -> None:
    test = opened("estimates", sign_in(home, ANALYST))
    test.text_input[0].input(where)
    next(element for element in test.button if element.label == "Estimate").click()
    test.run()
    assert len(test.error) == 1
    assert code in test.error[0].value
    assert "What to do" in test.error[0].value


@pytest.mark.parametrize("file", ["output/gone.csv", "../../etc/passwd.csv", "data/sales.txt"])
def test_links_to_nothing_are_errors_in_words(home: Path, file: str) -> None:
    test = opened("estimates", sign_in(home, ANALYST), file=file)
    assert not test.exception
    assert test.error
    assert all("What to do" in element.value for element in test.error)


def test_rows_come_in_live(home: Path) -> None:
    test = opened("estimates", sign_in(home, ANALYST), file="output/sales.csv", measures="value")
    test.button(key="live_start").click()
    test.run()
    assert not test.exception
    assert any("Total so far" in element.label for element in test.metric)
    assert any("live" in str(element.proto) for element in test.get("markdown"))
    for _ in range(60):
        test.run()
    rows_in = next(element.value for element in test.metric if element.label == "Rows in")
    drawn, _, whole = rows_in.partition(" of ")
    assert drawn == whole


def test_the_log_is_filtered_verified_and_signed(home: Path) -> None:
    user = sign_in(home, AUDITOR)
    for name in HOSTILE:
        AuditLog(home).record(user.actor, Event(action=Action.JOB_LAUNCHED, target=name[:500], outcome=Outcome.OK))
    test = opened("audit_log", user, action="job_launched", outcome="ok")
    assert not test.exception
    frame = test.dataframe[0].value
    assert set(frame["action"]) == {"job_launched"}
    assert "[U+202E]gnp.exe" in set(frame["target"])
    test.button(key="audit_verify").click()
    test.run()
    assert "The log is sound" in test.success[0].value
    test.button(key="audit_sign").click()
    test.run()
    head = test.code[0].value
    test.text_area(key="audit_kept").input(head)
    test.button(key="audit_verify").click()
    test.run()
    assert "The log is sound" in test.success[0].value


def test_a_changed_log_is_told_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    user = sign_in(tmp_path, AUDITOR)
    for number in range(5):
        AuditLog(tmp_path).record(user.actor, Event(action=Action.JOB_LAUNCHED, target=f"file-{number}"))
    log = tmp_path / ".secrets" / "etl_audit.log"
    lines = log.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b"file-2", b"file-9")
    log.write_bytes(b"".join(lines))
    test = opened("audit_log", user)
    test.button(key="audit_verify").click()
    test.run()
    assert not test.exception
    said = next(element.value for element in test.error if "changed" in element.value)
    assert "line 3" in said
    assert f"byte {sum(map(len, lines[:2]))}" in said.replace(",", "")


@pytest.mark.parametrize("name", ["reports", "estimates", "system", "audit_log"])
def test_no_hostile_text_is_markup(home: Path, name: str) -> None:
    report = home / "report" / "hostile <b>**x**.html"
    report.write_text("<title>Passed · <\u202e**bold** $x^2$ · Quantum ETL report</title>".replace("<\u202e", "\u202e"))
    try:
        query = {"reports": {"report": report.name}, "estimates": {"file": "output/sales.csv"}}.get(name, {})
        test = opened(name, sign_in(home, SUPER_ADMIN, "**bold** <script> :material/delete:"), **query)
        assert not test.exception
        for text in texts(test):
            without_code = text if "`" not in text else "".join(text.split("`")[::2])
            assert not any(raw in without_code for raw in RAW), text
    finally:
        report.unlink()


def test_each_question_is_the_one_that_was_entered(home: Path) -> None:
    """After an answer, too: the form stays the one it was, and nothing that is entered meanwhile is lost."""
    test = opened("estimates", sign_in(home, ANALYST))
    for where in ("quantity > 2", "quantity > 3", ""):
        before = test.text_input[0].proto.id
        test.text_input[0].input(where)
        next(element for element in test.button if element.label == "Estimate").click()
        test.run()
        assert not test.error
        assert test.query_params.get("where", "") in (where, [where])
        assert test.run().text_input[0].proto.id == before
        assert test.text_input[0].value == where


def test_a_link_fills_the_form(home: Path) -> None:
    asked = {"measures": "value", "where": "quantity > 2", "within": "5%", "confidence": "0.9"}
    test = opened("estimates", sign_in(home, ANALYST), file="output/sales.csv", **asked)
    assert test.multiselect[0].value == ["value"]
    assert test.text_input[0].value == "quantity > 2"
    values = {element.label: element.value for element in test.selectbox}
    assert (values["Strata"], values["Error within"], values["Confidence"]) == ("", "5%", 0.9)


def test_a_csv_with_semicolons_is_read_by_them_and_by_what_is_chosen(home: Path) -> None:
    path = home / "data" / "semicolons.csv"
    path.write_text("product;value\na;4\nb;2\n")
    try:
        test = opened("estimates", sign_in(home, ANALYST), file="data/semicolons.csv")
        assert not test.error
        assert test.multiselect[0].options == ["product", "value"]
        next(element for element in test.selectbox if element.label == "Delimiter").select(";").run()
        assert test.multiselect[0].options == ["product", "value"]
        test.multiselect[0].select("value")
        next(element for element in test.button if element.label == "Estimate").click().run()
        assert not test.error
        assert next(element for element in test.metric if element.label == "value").value == "6"
        assert test.query_params["delimiter"] in (";", [";"])
        again = opened("estimates", sign_in(home, ANALYST), file="data/semicolons.csv", measures="value", delimiter=";")
        assert not again.error
        assert next(element for element in again.selectbox if element.label == "Delimiter").value == ";"
        assert next(element for element in again.metric if element.label == "value").value == "6"
    finally:
        path.unlink()
