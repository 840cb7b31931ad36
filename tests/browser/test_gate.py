"""The gate as a user sees it: setting up, signing in, staying in, signing out."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from auth.recovery import CODES
from tests.browser import steps
from tests.browser.conftest import NARROW, WIDE, OpenPage, ServeHome, settled, violations
from tests.helpers.gate import PASSWORD
from tests.helpers.served import Served
from tests.helpers.streamlit_page import sign_in


@pytest.fixture(scope="module")
def served(serve_home: ServeHome, tmp_path_factory: pytest.TempPathFactory) -> Served:
    return serve_home(tmp_path_factory.mktemp("gate"))


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button").click()


def test_from_the_printed_link_to_signed_out(serve_home: ServeHome, tmp_path: Path, open_page: OpenPage) -> None:
    """One user's first hour: setup, F5, a second tab, sign-out, sign-in with a mistake."""
    served = serve_home(tmp_path)  # its own: another test of this file may have made the first user of theirs
    page = open_page(served, steps.setup_link(served))
    fill(page, username="ada", password=PASSWORD, again=PASSWORD)
    settled(page)
    assert page.url == f"{served.url}/"
    page.goto(f"{served.url}/account")
    settled(page)
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    page.reload()
    settled(page)
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    second = page.context.new_page()
    second.goto(f"{served.url}/account")
    settled(second)
    second.get_by_role("button", name="Sign out").click()
    second.wait_for_url("**/login?notice=signed-out")
    expect(second.get_by_text("You are signed out.")).to_be_visible()
    page.get_by_role("button", name="Set up an authenticator app").click()
    expect(page.get_by_text("your session has ended")).to_be_visible()
    page.goto(f"{served.url}/account")
    assert page.url.endswith("/login?next=%2Faccount")
    fill(page, username="ada", password="not this one")
    expect(page.get_by_role("alert")).to_contain_text("Not signed in")
    fill(page, password=PASSWORD)
    settled(page)
    assert page.url == f"{served.url}/account"


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("path", ["/login", "/setup?token=none", "/account", "/users"])
def test_everybody_can_use_it(
    served: Served, open_page: OpenPage, path: str, size: tuple[int, int], theme: Literal["dark", "light"]
) -> None:
    is_inside = path in {"/account", "/users"}
    page = open_page(served, path, sign_in(served.home) if is_inside else None, size, theme)
    if is_inside:
        settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_recovery_code_in_place_of_the_app(
    serve_home: ServeHome, tmp_path: Path, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    """Codes are shown once, and one of them signs the user in; the page says how many are left."""
    served = serve_home(tmp_path)
    page = open_page(served, steps.setup_link(served), None, WIDE, theme)
    fill(page, username="ada", password=PASSWORD, again=PASSWORD)
    settled(page)
    steps.turn_codes_on(page)
    settled(page)
    codes = page.locator('[data-testid="stCode"] code').inner_text().split()
    assert len(codes) == CODES
    assert violations(page) == []
    steps.click_until(page, "I have kept them", f"{CODES} recovery codes are left")
    assert violations(page) == []
    steps.sign_out(page)
    fill(page, username="ada", password=PASSWORD, code=codes[0].lower())
    expect(page.get_by_text(f"{CODES - 1} codes are left")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Go on").click()
    settled(page)
    assert page.url == f"{served.url}/"
