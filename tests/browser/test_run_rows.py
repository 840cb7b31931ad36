"""An analyst finds rows of a result in a real browser: filtered, in an order, by a link; asked in SQL, taken away."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from etl_batch.cell_escape import is_formula
from etl_batch.machine.sandbox import offered
from etl_batch.permissions import ANALYST
from tests.browser import steps
from tests.browser.conftest import NARROW, PATIENCE_MS, OpenPage, ServeHome, at_rest, cut_numbers, settled, violations
from tests.helpers.streamlit_page import sign_in
from tests.unit.pages.conftest import results_home  # noqa: F401 - a fixture


def _run_of(home: Path) -> str:
    return str(json.loads((home / "output" / "sales.csv.meta.json").read_text())["job_id"])


def test_rows_are_found_asked_and_taken_away(serve_home: ServeHome, open_page: OpenPage, results_home: Path) -> None:  # noqa: F811
    user = sign_in(results_home, ANALYST)
    page = at_rest(open_page(serve_home(results_home), f"/run?id={_run_of(results_home)}", user))
    steps.filter_rows(page, "quantity", "4", "is more than")
    page.wait_for_url("**where=gt%3Aquantity%3A4*")
    expect(page.get_by_text("Rows 1 to 50 of 1,200 rows that are like this.")).to_be_visible()
    assert violations(page) == []
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name="These rows as CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert (len(rows), {row["quantity"] for row in rows}) == (1200, {"5"})
    assert not any(is_formula(cell) for row in rows for cell in row.values())
    if not offered().filesystem:
        pytest.skip("this kernel has no Landlock here")
    page.get_by_text("Ask in SQL").click()
    sql = page.get_by_role("textbox", name="SQL of these rows")
    expect(sql).to_have_value('SELECT *\nFROM data\nWHERE "quantity" > 4')
    sql.fill("select count(*) as fives from data where quantity = 5")
    sql.press("Control+Enter")
    settled(page)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("The answer to")).to_be_visible()
    steps.expect_in_table(page, "columnheader", "fives")


def test_a_link_shows_the_same_rows_on_a_phone(
    serve_home: ServeHome,
    open_page: OpenPage,
    results_home: Path,  # noqa: F811
) -> None:
    address = f"/run?id={_run_of(results_home)}&where=eq:product:MILK&sort=desc:value&count=quantity"
    user = sign_in(results_home, ANALYST)
    page = at_rest(open_page(serve_home(results_home), address, user, size=NARROW, theme="light"))
    expect(page.get_by_role("button", name="product is MILK")).to_be_visible()
    expect(page.get_by_text("Values of quantity")).to_be_visible()
    assert (cut_numbers(page), violations(page)) == ([], [])


@pytest.mark.parametrize("width", [1280, 1000, 800, 390])
def test_the_table_of_columns_has_room_at_any_width(
    serve_home: ServeHome,
    open_page: OpenPage,
    results_home: Path,  # noqa: F811
    width: int,
) -> None:
    address = f"/run?id={_run_of(results_home)}&tab=Profile"
    page = at_rest(open_page(serve_home(results_home), address, sign_in(results_home, ANALYST), size=(width, 900)))
    table = page.locator(".etl-columns")
    table.wait_for()
    assert table.evaluate("its => its.scrollWidth - its.parentElement.clientWidth") <= 0
