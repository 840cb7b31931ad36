"""A real browser before a served dashboard.

`serve_home` serves a home; `browser` is Debian's Chromium; `open_page` opens an address in a fresh context, as a user
of `tests.helpers.streamlit_page.sign_in` or as a stranger. Without Chromium the tests are skipped; where
ETL_REQUIRE_BROWSER is set they fail.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.helpers.served import Served, serve
from tests.helpers.streamlit_page import SignedIn

WIDE, NARROW = (1280, 800), (390, 844)
PATIENCE_MS = 120_000  #: on a busy machine
#: as root, without a GPU, and in a container whose /dev/shm is small
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],  # all else would travel, too
}

#: whether Streamlit has had nothing to do for a moment, or, of a page that is shown anew twice a second, for a blink
_QUIET = """() => {
  const now = performance.now(), seen = window.etlQuiet ??= {since: null, first: null};
  if (!document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]')) {
    seen.since = null;
    return false;
  }
  seen.since ??= now;
  seen.first ??= now;
  if (now - seen.since < 250 && now - seen.first < 5000) return false;
  window.etlQuiet = undefined;
  return true;
}"""
_OPENED = pytest.StashKey[list[Page]]()  #: the pages of a test
_MOST_SHOWN = 3_000  #: characters

expect.set_options(timeout=PATIENCE_MS)  # its own five seconds are for an idle machine

ServeHome = Callable[[Path], Served]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once for all tests of a process."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        assert not os.environ.get("ETL_REQUIRE_BROWSER"), "Chromium is required here: apt-get install chromium"
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def serve_home() -> Iterator[ServeHome]:
    """Serve a home until the tests of the module are over; the same home is served once."""
    with ExitStack() as stack:
        running: dict[Path, Served] = {}

        def start(home: Path) -> Served:
            if home not in running:
                running[home] = stack.enter_context(serve(home))
            return running[home]

        yield start


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say with a failure what the pages showed: a busy machine seldom fails the same way twice."""
    report = yield
    if report.when == "call" and report.failed:
        for page in item.stash.get(_OPENED, []):
            with contextlib.suppress(PlaywrightError):
                shown = page.locator("body").inner_text(timeout=5_000)
                report.sections.append((f"what {page.url} showed", shown[:_MOST_SHOWN]))
    return report


@pytest.fixture
def open_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[OpenPage]:
    """Open an address of a served dashboard in a context of its own.

    Args of the function: served, path, user (None: a stranger), size (width and height), theme (dark or light).
    """
    opened = request.node.stash.setdefault(_OPENED, [])
    with ExitStack() as stack:

        def start(
            served: Served,
            path: str = "/",
            user: SignedIn | None = None,
            size: tuple[int, int] = WIDE,
            theme: Literal["dark", "light"] = "dark",
        ) -> Page:
            width, height = size
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
            )
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            if user is not None:
                context.add_cookies([{"name": "etl_session", "value": user.token, "url": served.url}])
            page = context.new_page()
            opened.append(page)
            page.goto(f"{served.url}{path}")
            return page

        yield start


def settled(page: Page) -> Page:
    """Wait until Streamlit has shown the page and nothing runs: what was just done may take a moment to be heard of."""
    page.wait_for_function(_QUIET)
    page.wait_for_selector('[data-testid="stSidebar"], [data-testid="stAlert"]', state="attached")
    return page


def at_rest(page: Page) -> Page:
    """Wait until a page has its heading, and nothing on it is still being looked for."""
    page.wait_for_selector('[data-testid="stMain"] h1')
    settled(page)
    page.wait_for_function("document.querySelectorAll('[data-testid=stSpinner]').length === 0")
    return page


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 A and AA, a line for each."""
    found = Axe().run(page, options=_RULES).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {one['help']}; {node['target']} {node['html'][:200]}"
        for one in found
        for node in one["nodes"]
    ]


#: texts with a digit that an edge cuts, but for those that say so themselves (an ellipsis) and regions to be scrolled
_CUT = """() => {
  const cut = new Set();
  const whole = document.querySelector('[data-testid=stMain]') ?? document.body;
  const walker = document.createTreeWalker(whole, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode()); ) {
    const parent = node.parentElement;
    if (!/\\d/.test(node.data) || !parent.checkVisibility()) continue;
    if (parent.closest('canvas, style, pre[role=region]')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter(box => box.width);
    for (let edge = parent; edge; edge = edge.parentElement) {
      const style = getComputedStyle(edge), rect = edge.getBoundingClientRect();
      if (style.textOverflow === 'ellipsis' && style.overflowX === 'hidden') break;
      if (style.overflowX === 'visible' || style.display === 'inline' || rect.width <= 1) continue;
      if (boxes.some(box => box.right > rect.right + 1 || box.left < rect.left - 1)) cut.add(node.data.slice(0, 80));
    }
  }
  return [...cut];
}"""


def cut_numbers(page: Page) -> list[str]:
    """Texts whose numbers read as other numbers, since an edge cuts them. What a canvas shows is not seen here."""
    found: list[str] = page.evaluate(_CUT)
    return found
