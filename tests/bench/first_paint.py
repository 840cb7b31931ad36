"""How soon every page shows its data, in a real browser: 10,000 runs and 100,000 log lines in the stores.

`python -m tests.bench.first_paint [HOME]`: a home that is there is used as it is, another one is filled first. Each
page is opened three ways: by a click in the menu, with F5, and by its address in a fresh browser (an empty cache).
What counts is the first moment in which the page's own data is seen: its metrics, or rows of its table (letters on the
canvas, not just the canvas). `chart` is when the chart of pages that have one stands there as well, in
a fresh browser. `bare` is the floor: a page of one line, behind the same server.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from etl_batch.jobs.store import JobStore
from tests.bench.full_home import fill_home
from tests.helpers.served import free_port, serve
from tests.helpers.streamlit_page import SignedIn, sign_in

RUNS, LOG_LINES = 10_000, 100_000
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
_TABLE = '[data-testid="stDataFrame"] canvas'
#: Notes when the data was painted, in milliseconds since 1970. The page itself has to: while a chart's script is
#: compiled, half a second long, it answers nobody who asks. Of a table, the rows beneath the head must hold letters,
#: that is many shades; its canvas begins empty.
_RECORDER = """selector => {
  const hasRows = canvas => {
    if (canvas.width < 50 || canvas.height < 50) return false;
    const shades = new Set();
    const rows = canvas.getContext('2d').getImageData(0, 40, Math.min(canvas.width, 400), 60).data;
    for (let at = 0; at < rows.length; at += 4) shades.add(rows[at] << 16 | rows[at + 1] << 8 | rows[at + 2]);
    return shades.size > 12;
  };
  window.seenAt = null;
  const look = () => {
    const found = document.querySelector(`[data-testid="stMain"] ${selector}`);
    if (found && (found.tagName !== 'CANVAS' || hasRows(found))) {
      // behind the frame that shows it: this function runs just before one is drawn
      setTimeout(() => { window.seenAt = performance.timeOrigin + performance.now(); });
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}"""
_REST_MS = 1_000
_METRICS = '[data-testid="stMetricValue"]'
_CHART = ".js-plotly-plot .main-svg"
_BARE_SCRIPT = "import streamlit as st\nst.title('Bare')\nst.metric('One', 1)\nst.sidebar.write('a')\n"


@dataclass(frozen=True, slots=True)
class Shown:
    """A page, and what is there once its data is shown."""

    path: str
    data: str  #: selector
    link: str | None = None  #: in the menu
    has_chart: bool = False


def pages_of(home: Path) -> tuple[Shown, ...]:
    """All pages."""
    newest = JobStore(home).rows("page", limit=1, offset=0, states=None, actor=None, text=None)[0]["job_id"]
    return (
        Shown("/", _METRICS, "Home"),
        Shown("/launch", 'input[aria-label^="Files and folders"]', "Launch"),
        Shown("/launch?from=" + newest, _TABLE),
        Shown("/runs", _TABLE, "Runs"),
        Shown(f"/run?id={newest}", _METRICS),
        Shown("/reports", _TABLE, "Reports"),
        Shown("/estimates", '[data-testid="stForm"] button', "Estimates"),
        Shown("/estimates?file=output/sales.csv", _METRICS),
        Shown("/science", '[data-testid="stMarkdownContainer"] li', "Science", has_chart=True),
        Shown("/system", _METRICS, "System", has_chart=True),
        Shown("/audit-log", _TABLE, "Audit log"),
        Shown("/audit-log?text=needle", _TABLE),
        Shown("/users", _TABLE, "Users"),
        Shown("/account", '[data-testid="stForm"] button', "Account"),
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
    with serve(home) as served, _bare_server() as bare, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sys.stdout.write(f"seconds until data is seen, median and longest of {ROUNDS}\n")
        sys.stdout.write(f"{'page':40}{'click':>13}{'F5':>13}{'fresh':>13}{'chart':>13}\n")
        _print("(bare)", _ways(browser, bare, user, Shown("/", _METRICS)))
        only = os.environ.get("BENCH_PAGES", "").split()
        for shown in pages_of(home):
            if not only or any(shown.path.startswith(start) for start in only):
                _print(shown.path, _ways(browser, served.url, user, shown))
        browser.close()


@contextmanager
def _bare_server() -> Iterator[str]:
    """Streamlit with a page of a title and one metric, and nothing of ours; gives its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "bare.py")
        script.write_text(_BARE_SCRIPT)
        options = [f"--server.port={port}", "--server.address=127.0.0.1", "--server.headless=true"]
        command = [sys.executable, "-m", "streamlit", "run", str(script), *options]
        process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()


def _print(name: str, seconds: dict[str, list[float]]) -> None:
    cells = [f"{statistics.median(found):7.2f}{max(found):6.2f}" if found else " " * 13 for found in seconds.values()]
    sys.stdout.write(f"{name[:40]:40}{''.join(cells)}\n")
    sys.stdout.flush()


def _ways(browser: Browser, url: str, user: SignedIn, shown: Shown) -> dict[str, list[float]]:
    """Seconds of each way, for each round."""
    found: dict[str, list[float]] = {"click": [], "F5": [], "fresh": [], "chart": []}
    for _ in range(ROUNDS):
        context = _context(browser, url, user)
        page = context.new_page()
        page.add_init_script(f"({_RECORDER})({json.dumps(shown.data)})")
        began = time.perf_counter()
        found["fresh"].append(_seconds(page, partial(page.goto, url + shown.path, wait_until="commit")))
        if shown.has_chart:
            page.wait_for_selector(f'[data-testid="stMain"] {_CHART}')
            found["chart"].append(time.perf_counter() - began)
        _settled(page)
        found["F5"].append(_seconds(page, partial(page.reload, wait_until="commit")))
        _settled(page)
        if shown.link is not None:
            # From a page that has nothing which could be taken for what is waited for, and that has come to rest.
            page.goto(f"{url}/run" if shown.path != "/account" else f"{url}/")
            _settled(page)
            page.wait_for_timeout(_REST_MS)
            link = page.locator('[data-testid="stSidebarNav"] a').get_by_text(shown.link, exact=True)
            page.evaluate(_RECORDER, shown.data)
            found["click"].append(_seconds(page, link.click))
        context.close()
    return found


def _context(browser: Browser, url: str, user: SignedIn) -> BrowserContext:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": "etl_session", "value": user.token, "url": url}])
    return context


def _seconds(page: Page, act: Callable[[], object]) -> float:
    """From the act to the data, which the page itself has noted."""
    began = time.time()
    act()
    page.wait_for_function("window.seenAt")
    return float(page.evaluate("window.seenAt")) / 1000 - began


def _settled(page: Page) -> None:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')


if __name__ == "__main__":
    main(sys.argv[1:])
