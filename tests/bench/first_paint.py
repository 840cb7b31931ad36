"""How soon every page shows its data, in a real browser: 10,000 runs and 100,000 log lines in the stores.

`python -m tests.bench.first_paint [HOME]`: a home that is there is used as it is, another one is filled first. Each
page is opened three ways: by its address in a fresh browser (an empty cache), with F5, and by a click in the menu.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from etl_batch.jobs.store import JobStore
from tests.bench.full_home import fill_home
from tests.served import Served, serve
from tests.streamlit_door import SignedIn, sign_in

RUNS, LOG_LINES = 10_000, 100_000
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
_TABLE = '[data-testid="stDataFrame"] canvas'
_CHART = ".js-plotly-plot .main-svg"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, and what is there once its data is drawn."""

    path: str
    data: str  #: selector
    link: str | None = None  #: in the menu


def pages_of(home: Path) -> tuple[Shown, ...]:
    """All pages."""
    newest = JobStore(home).rows("page", limit=1, offset=0, states=None, actor=None, text=None)[0]["job_id"]
    return (
        Shown("/", _CHART, "Home"),
        Shown("/launch", 'input[aria-label^="Files and folders"]', "Launch"),
        Shown("/launch?from=" + newest, _TABLE),
        Shown("/runs", _TABLE, "Runs"),
        Shown(f"/run?id={newest}", _TABLE),
        Shown("/reports", _TABLE, "Reports"),
        Shown("/estimates", 'button:has-text("Estimate")', "Estimates"),
        Shown("/estimates?file=output/sales.csv", _CHART),
        Shown("/science", _CHART, "Science"),
        Shown("/system", _CHART, "System"),
        Shown("/audit-log", _TABLE, "Audit log"),
        Shown("/audit-log?text=needle", _TABLE),
        Shown("/users", _TABLE, "Users"),
        Shown("/account", "button:has-text('Change')", "Account"),
    )


def main(arguments: list[str]) -> None:
    """Measure and print."""
    made = None if arguments else tempfile.mkdtemp(prefix="etl-paint-")
    home = Path(arguments[0] if arguments else f"{made}/home")
    os.environ["ETL_HOME"] = str(home)
    try:
        if not home.exists():
            fill_home(home, RUNS, LOG_LINES)
        _measure(home)
    finally:
        if made is not None:
            shutil.rmtree(made)


def _measure(home: Path) -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    user = sign_in(home)
    with serve(home) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sys.stdout.write(f"seconds until data is shown, medians of {ROUNDS}\n")
        sys.stdout.write(f"{'page':40} {'first':>6} {'fresh':>6} {'F5':>6} {'click':>6}\n")
        only = os.environ.get("BENCH_PAGES", "").split()
        for shown in pages_of(home):
            if not only or any(shown.path.startswith(one) for one in only):
                _print(shown, _three_ways(browser, served, user, shown))
        browser.close()


def _print(shown: Shown, seconds: dict[str, list[float]]) -> None:
    fresh = seconds["fresh"]
    cells = [fresh[0], statistics.median(fresh), statistics.median(seconds["F5"])]
    click = f"{statistics.median(seconds['click']):6.2f}" if seconds["click"] else f"{'':>6}"
    sys.stdout.write(f"{shown.path[:40]:40} {' '.join(f'{cell:6.2f}' for cell in cells)} {click}\n")
    sys.stdout.flush()


def _three_ways(browser: Browser, served: Served, user: SignedIn, shown: Shown) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"fresh": [], "F5": [], "click": []}
    for _ in range(ROUNDS):
        context = _context(browser, served, user)
        page = context.new_page()
        address, goto, reload = served.url + shown.path, page.goto, page.reload
        found["fresh"].append(_seconds(page, shown, partial(goto, address, wait_until="commit")))
        found["F5"].append(_seconds(page, shown, partial(reload, wait_until="commit")))
        if shown.link is not None:
            page.goto(served.url + ("/account" if shown.path != "/account" else "/users"))
            _settled(page)
            link = page.locator('[data-testid="stSidebarNav"] a').get_by_text(shown.link, exact=True)
            found["click"].append(_seconds(page, shown, link.click))
        context.close()
    return found


def _context(browser: Browser, served: Served, user: SignedIn) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": "etl_session", "value": user.token, "url": served.url}])
    return context


def _seconds(page: Page, shown: Shown, act: Callable[[], object]) -> float:
    """From the act to the data, which lies within the page's main part."""
    began = time.perf_counter()
    act()
    page.wait_for_selector(f'[data-testid="stMain"] {shown.data}', state="visible")
    seconds = time.perf_counter() - began
    _settled(page)
    return seconds


def _settled(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


if __name__ == "__main__":
    main(sys.argv[1:])
