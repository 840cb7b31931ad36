"""Three days: an operator's, an analyst's and an auditor's, each from what brings them to what they leave with."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from etl_batch.machine.sandbox import offered
from etl_batch.permissions import ANALYST, AUDITOR
from tests.browser import steps
from tests.browser.conftest import (
    NARROW,
    PATIENCE_MS,
    WIDE,
    OpenPage,
    ServeHome,
    at_rest,
    cut_numbers,
    settled,
    violations,
)
from tests.conftest import Command, Home
from tests.helpers.streamlit_page import SignedIn, sign_in

_GOOD = [f"{('tea', 'milk', 'soup')[n % 3]},{1 + n % 5},{n % 7}.25" for n in range(400)]
_BAD = {40: "tea,2", 80: "milk,5,1.25,9"}  #: rows with a cell too few, and with one too many
_QUESTION = "select product, sum(quantity) as pieces from data group by product order by product"
_PIECES = [{"product": "milk", "pieces": 400}, {"product": "soup", "pieces": 398}, {"product": "tea", "pieces": 402}]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    made = Home(tmp_path)
    rows = [_BAD.get(number, row) for number, row in enumerate(_GOOD)]
    made.put("sales-2025-05.csv", "\n".join(["product,quantity,value", *_GOOD, ""]).encode())
    made.put("sales-2025-06.csv", "\n".join(["product,quantity,value", *rows, ""]).encode())
    return made


def _is_fit(page: Page, *sizes: tuple[int, int]) -> None:
    """Nobody is hindered, and no number reads as another, on a desk and on a telephone."""
    for width, height in (*sizes, WIDE):
        page.set_viewport_size({"width": width, "height": height})
        assert violations(at_rest(page)) == []
        assert cut_numbers(page) == []


def _entries(home: Home) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()]


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_day_of_an_operator(
    home: Home, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    """Launch, see what came of it, mend what was set aside, run that, and run the whole once more."""
    served, user = serve_home(home.path), sign_in(home.path)
    page = settled(open_page(served, "/launch", user, theme=theme))
    faults = steps.watch_faults(page)
    steps.pick(page, "sales-2025-06.csv")
    page.get_by_text("on bad row", exact=False).first.click()
    steps.choose(page, "On bad row", "quarantine")
    first = steps.launch(page, "output/june.csv")
    expect(page.get_by_text("2 of 400 rows (0.5 %) were bad and are set aside", exact=False).first).to_be_visible()
    expect(page.get_by_role("tab", name="Result", selected=True)).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Download june.csv"))).to_be_visible()
    _is_fit(page, NARROW)

    page.get_by_role("tab", name="Rejected").click()
    rows = page.get_by_role("textbox", name="The rows, as they stand in the input")
    expect(rows).to_have_value("\n".join(_BAD.values()))
    _is_fit(page, NARROW)
    rows.fill("tea,2,1.25\nmilk,5,1.25")
    rows.press("Control+Enter")
    page.wait_for_url(re.compile(r"/launch\?"), timeout=PATIENCE_MS)
    settled(page)
    mended = steps.launch(page, "output/june.mended.csv")
    expect(page.get_by_text("All 2 rows are in the outputs", exact=False)).to_be_visible()
    assert (home.output / "june.mended.csv").read_text().splitlines()[1:] == ["tea,2,1.25", "milk,5,1.25"]

    page.goto(f"{served.url}/run?id={first}")
    at_rest(page).get_by_role("link", name="Run again").click()
    page.wait_for_url(re.compile("from="))
    settled(page)
    again = steps.launch(page, "output/june-again.csv")
    expect(page.get_by_text("2 of 400 rows (0.5 %) were bad and are set aside", exact=False).first).to_be_visible()
    assert (home.output / "june-again.csv").read_bytes() == (home.output / "june.csv").read_bytes()
    steps.go(page, "Runs")
    steps.expect_in_table(page, "gridcell", "june-again.csv")
    _is_fit(page)
    launched = [entry["job"] for entry in _entries(home) if entry["action"] == "job_launched"]
    assert launched == [first, mended, again]
    assert faults == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_days_of_an_analyst_and_of_an_auditor(
    home: Home, command: Command, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    """One finds a result by name, filters, draws, asks, keeps the question, takes the answer; one reads who did."""
    command("-m", "etl_batch", "run", "-i", home.data / "sales-2025-05.csv", "-o", home.output / "may.csv", "--quiet")
    run = json.loads((home.output / "may.csv.meta.json").read_text())["job_id"]
    served = serve_home(home.path)
    ana, otto = sign_in(home.path, ANALYST, "ana"), sign_in(home.path, AUDITOR, "otto")
    page = at_rest(open_page(served, "/reports", ana, theme=theme))
    faults = steps.watch_faults(page)
    _find(page)
    _filter_and_draw(page)
    _is_fit(page, NARROW)
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name="These rows as CSV").click()
    assert {line.split(",")[0] for line in Path(download.value.path()).read_text().splitlines()[1:]} == {"soup"}
    asked = offered().filesystem
    if asked:
        _ask_and_keep(page)
        _is_fit(page, NARROW)
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("link", name=re.compile("Download may.csv")).click()
    assert Path(download.value.path()).read_bytes() == (home.output / "may.csv").read_bytes()
    assert faults == []
    _as_auditor(open_page(served, "/audit-log?user=ana", otto, theme=theme), otto, asked=asked)
    taken = [entry["action"] for entry in _entries(home) if entry["user"] == "ana"]
    assert {"query_asked", "output_downloaded", *(("question_saved",) if asked else ())} <= set(taken)
    assert page.request.get(f"{served.url}/downloads/output/may.csv.meta.json").status == 403
    assert page.request.get(f"{served.url}/run?id={run}").ok


def _find(page: Page) -> None:
    search = page.get_by_role("textbox", name="Search")
    search.fill("may.csv")
    search.press("Enter")
    settled(page)
    page.get_by_role("link", name="The run: its rows, totals and files").click()
    expect(page.get_by_text("Rows 1 to 50 of 400 rows.")).to_be_visible()


def _filter_and_draw(page: Page) -> None:
    steps.filter_rows(at_rest(page), "product", "soup")
    page.wait_for_url("**where=eq%3Aproduct%3Asoup*")
    expect(page.get_by_text("Rows 1 to 50 of 133 rows that are like this.")).to_be_visible()
    at_rest(page).get_by_text("Draw", exact=True).click()
    steps.choose(page, "Draw the values of", "quantity")
    expect(page.get_by_text("133 of 133 rows", exact=False)).to_be_visible()
    page.wait_for_url("**plot=quantity*")
    expect(page.locator(".stPlotlyChart .bars path").first).to_be_visible()


def _ask_and_keep(page: Page) -> None:
    page.get_by_text("Ask in SQL").click()
    sql = page.get_by_role("textbox", name="SQL of these rows")
    sql.fill(_QUESTION)
    sql.press("Control+Enter")
    steps.click_until(page, "Ask", "The answer to")
    steps.expect_in_table(page, "columnheader", "pieces")
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name="Answer as JSON").click()
    assert json.loads(Path(download.value.path()).read_text()) == _PIECES
    steps.click_until(page, "Save the question", "Under the name")
    name = page.get_by_role("textbox", name="Under the name")
    name.fill("Pieces by product")
    name.press("Enter")
    settled(page)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**question=Pieces*")
    page.reload()
    at_rest(page)
    expect(page.get_by_role("textbox", name="SQL", exact=True)).to_have_value(_QUESTION)


def _as_auditor(page: Page, user: SignedIn, *, asked: bool) -> None:
    """Who asked what is to be seen; what was answered is not."""
    faults = steps.watch_faults(page)
    steps.expect_in_table(at_rest(page), "gridcell", "query_asked")
    steps.expect_in_table(page, "gridcell", "output_downloaded")
    if asked:
        steps.expect_in_table(page, "gridcell", "question_saved")
    _is_fit(page, NARROW)
    steps.click_until(page, "Verify the log", "The log is sound.")
    assert "Reports" not in steps.menu_of(page)
    assert user.role == AUDITOR
    assert faults == []
