"""The pages that show results, in a real browser: names in charts stay texts, downloads come."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from urllib.parse import quote_plus

from playwright.sync_api import expect

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.cell_escape import is_formula
from etl_batch.permissions import ANALYST, AUDITOR
from tests.browser.conftest import NARROW, PATIENCE_MS, OpenPage, ServeHome, at_rest, cut_numbers
from tests.helpers.streamlit_page import sign_in
from tests.unit.pages.conftest import HOSTILE, results_home  # noqa: F401 - a fixture


def test_names_in_a_chart_are_texts(serve_home: ServeHome, open_page: OpenPage, results_home: Path) -> None:  # noqa: F811
    served = serve_home(results_home)
    page = at_rest(open_page(served, "/estimates?file=output/sales.csv", sign_in(results_home, ANALYST)))
    plot = page.locator('[role="img"][aria-label*="lines with their intervals"]').first
    plot.wait_for()
    assert "<script>" in plot.inner_text()


def test_the_second_question_is_what_was_typed(
    serve_home: ServeHome,
    open_page: OpenPage,
    results_home: Path,  # noqa: F811
) -> None:
    """By Ctrl+Enter, in the field itself."""
    page = at_rest(open_page(serve_home(results_home), "/estimates", sign_in(results_home, ANALYST)))
    for condition in ("quantity > 2", "quantity > 3"):
        field = page.get_by_role("textbox", name="Condition")
        field.fill(condition)
        field.press("Control+Enter")
        page.wait_for_url(f"**where={quote_plus(condition)}*")
        at_rest(page)
        expect(page.get_by_text(f"Only rows where {condition}")).to_be_visible()
        expect(field).to_have_value(condition)


def test_an_interval_is_whole_on_a_phone(serve_home: ServeHome, open_page: OpenPage, results_home: Path) -> None:  # noqa: F811
    """The grid is a picture with edges of its own: there its rows are cards."""
    address = "/estimates?file=output/sales.csv&measures=value"
    page = at_rest(open_page(serve_home(results_home), address, sign_in(results_home, ANALYST), size=NARROW))
    expect(page.locator(".etl-card").first).to_be_visible()
    expect(page.locator('[data-testid="stDataFrame"]')).to_be_hidden()
    assert cut_numbers(page) == []


def test_an_export_holds_no_formula(serve_home: ServeHome, open_page: OpenPage, results_home: Path) -> None:  # noqa: F811
    user = sign_in(results_home, AUDITOR)
    for name in HOSTILE:
        AuditLog(results_home).record(user.actor, Event(action=Action.LAYOUT_SAVED, target=name[:500]))
    page = at_rest(open_page(serve_home(results_home), "/audit-log?action=layout_saved", user))
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name="Export CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert len(rows) >= len(HOSTILE)
    assert {row["action"] for row in rows} == {"layout_saved"}
    other = open_page(serve_home(results_home), "/audit-log", sign_in(results_home, AUDITOR))
    address = download.value.url
    assert [one.request.get(address).status for one in (page, other)] == [200, 404]
    assert not any(is_formula(cell or "") for row in rows for cell in row.values())


def test_a_report_is_shown_in_its_frame_and_downloaded(
    serve_home: ServeHome,
    open_page: OpenPage,
    results_home: Path,  # noqa: F811
) -> None:
    user = sign_in(results_home, ANALYST, "reader of reports")
    page = at_rest(open_page(serve_home(results_home), "/reports", user))
    frame = page.frame_locator('[data-testid="stIFrame"]')
    frame.locator("h1").wait_for()
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name="Download", exact=True).click()
    name = download.value.suggested_filename
    assert Path(download.value.path()).read_bytes() == (results_home / "report" / name).read_bytes()
    page.reload()
    at_rest(page).frame_locator('[data-testid="stIFrame"]').locator("h1").wait_for()
    with page.expect_download(timeout=PATIENCE_MS):
        page.get_by_role("button", name="Download", exact=True).click()
    log = [json.loads(line) for line in (results_home / ".secrets" / "etl_audit.log").read_text().splitlines()]
    own = [(entry["action"], entry["target"]) for entry in log if entry["user"] == user.name]
    assert sorted(own) == [("report_downloaded", f"report/{name}"), ("report_viewed", f"report/{name}")]


def test_the_interval_narrows_live_until_all_rows_are_in(
    serve_home: ServeHome,
    open_page: OpenPage,
    results_home: Path,  # noqa: F811
) -> None:
    page = at_rest(
        open_page(serve_home(results_home), "/estimates?file=output/sales.csv", sign_in(results_home, ANALYST))
    )
    page.get_by_role("button", name="Let the rows in").click()
    page.get_by_text("live, all rows are in").wait_for(timeout=PATIENCE_MS)
    page.get_by_text("Rows in", exact=True).wait_for()


def test_the_log_is_verified_with_one_click(serve_home: ServeHome, open_page: OpenPage, results_home: Path) -> None:  # noqa: F811
    page = at_rest(open_page(serve_home(results_home), "/audit-log", sign_in(results_home, AUDITOR)))
    page.get_by_role("button", name="Verify the log").click()
    page.get_by_text("The log is sound.").wait_for()
