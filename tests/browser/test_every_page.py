"""Every page, with data whose names nobody chose kindly: nobody is hindered, nothing sticks out, names stay names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page

from etl_batch.jobs.states import State
from pages.registry import ALL_PAGES
from pages.views.run_tabs import RUN_TABS
from tests.browser import steps
from tests.browser.conftest import NARROW, WIDE, OpenPage, ServeHome, at_rest, cut_numbers, violations
from tests.data_makers.hostile_home import HostileHome, hostile_home

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")
#: what the page would hold, had a name come through as something else than itself
_MARKUP_OF_NAMES = ('img[src="x"]', ".katex", 'a[href*="example.org"]')


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileHome]:
    with hostile_home(tmp_path_factory.mktemp("hostile")) as made:
        yield made


def _addresses(there: HostileHome) -> dict[str, str]:
    """Every page, and every state of those that have several."""
    written = f"output/{there.inputs[0].name}"
    found = {entry.title: f"/{entry.url_path}" for entry in ALL_PAGES}
    found |= {f"Run, {state}": f"/run?id={job_id}" for state, job_id in there.jobs.items()}
    found |= {
        "Launch, prefilled": f"/launch?from={there.done}",
        "Launch, of the one that failed": f"/launch?from={there.jobs[State.FAILED]}",
        "Launch, a job": f"/launch?etl_job={there.jobs[State.RUNNING]}",
        "Run, compared": f"/run?id={there.done}&tab=Compare&with={there.jobs[State.FAILED]}",
        **{f"Run, {tab.name}": f"/run?id={there.done}&tab={tab.name}" for tab in RUN_TABS},
        "Run, unknown": "/run?id=%3Cb%3Enobody",
        "Runs, none like this": "/runs?q=nowhere",
        "Estimates, an output": f"/estimates?{urlencode({'file': written})}",
    }
    return found


def _sticks_out(page: Page) -> bool:
    """Whether one would have to move the page sideways to see all of it."""
    width = page.evaluate(
        "Math.max(...[...document.querySelectorAll('html, [data-testid=stMain]')].map(one => one.scrollWidth))"
    )
    return bool(width > page.evaluate("window.innerWidth"))


def _came_through(page: Page) -> list[str]:
    """What a name has become on the page besides a text."""
    found = [selector for selector in _MARKUP_OF_NAMES if page.locator(selector).count()]
    if page.evaluate("window.hurt"):
        found.append("a script")
    if page.locator("b, strong, em", has_text=re.compile("^b0ld$")).count():
        found.append("bold letters")
    if page.locator(".stMarkdownColoredText", has_text=re.compile("^red$")).count():
        found.append("coloured letters")
    if page.locator('[data-testid="stIconMaterial"]', has_text=re.compile("^skull$")).count():
        found.append("an icon")
    if re.search("[\u202e\u2066]", page.locator("body").inner_text()):
        found.append("writing from right to left")
    return found


def _look(page: Page, name: str) -> list[str]:
    """What is wrong with a page as it stands."""
    found = [*violations(page), *(f"{one} came through" for one in _came_through(page))]
    if _sticks_out(page):
        found.append("it sticks out")
    found += [f"{text!r} is cut" for text in cut_numbers(page)]
    return [f"{name}: {one}" for one in found]


def _resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})


@pytest.mark.parametrize("theme", THEMES)
def test_nobody_is_hindered_and_names_stay_names(
    there: HostileHome, serve_home: ServeHome, open_page: OpenPage, theme: Theme
) -> None:
    served = serve_home(there.home)
    page = open_page(served, "/", there.admin, theme=theme)
    faults = steps.watch_faults(page)
    found: list[str] = []
    for name, address in _addresses(there).items():
        _resize(page, WIDE)
        page.goto(f"{served.url}{address}")
        found += _look(at_rest(page), name)
        _resize(page, NARROW)
        found += _look(at_rest(page), f"{name}, narrow")
    assert not found, "\n".join(found)
    assert not faults, faults


def test_a_layout_is_edited_by_anybody(there: HostileHome, serve_home: ServeHome, open_page: OpenPage) -> None:
    page = open_page(serve_home(there.home), f"/launch?from={there.jobs[State.FAILED]}", there.admin)
    at_rest(page).get_by_text("Record layout").click()
    for way in ("TOML", "Table"):
        page.get_by_text(way, exact=True).click()
        for size in (WIDE, NARROW):
            _resize(page, size)
            assert not (found := _look(at_rest(page), f"{way}, {size}")), "\n".join(found)


@pytest.mark.parametrize("theme", THEMES)
def test_the_report_as_a_file(there: HostileHome, open_page: OpenPage, serve_home: ServeHome, theme: Theme) -> None:
    """Not from the server: what it sends with a report forbids any script, that of the test as well."""
    page = open_page(serve_home(there.home), "/login", theme=theme)
    for size in (WIDE, NARROW):
        _resize(page, size)
        page.goto((there.home / "report" / f"{there.done}.html").as_uri())
        assert _look(page, f"{size}") == []
