"""The browser's console shows no error: each page from the menu, in both themes."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from pages.registry import ALL_PAGES
from tests.browser.conftest import OpenPage, ServeHome, settled
from tests.browser.steps import watch_faults
from tests.helpers.streamlit_page import sign_in
from tests.unit.pages.conftest import results_home  # noqa: F401 - a fixture


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_no_page_has_an_error_in_the_console(
    serve_home: ServeHome,
    open_page: OpenPage,
    results_home: Path,  # noqa: F811
    theme: Literal["dark", "light"],
) -> None:
    served, user = serve_home(results_home), sign_in(results_home)
    page = settled(open_page(served, "/", user, theme=theme))
    faults = watch_faults(page)
    for entry in ALL_PAGES:
        if entry.is_in_menu:
            page.locator('[data-testid="stSidebarNav"] a', has_text=entry.title).first.click()
            page.wait_for_url(f"{served.url}/{entry.url_path}")
            settled(page)
    assert faults == []
