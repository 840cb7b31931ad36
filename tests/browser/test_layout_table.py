"""The table of a layout's fields: edited as a user does, with the mouse and the keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import OpenPage, ServeHome, settled
from tests.data_makers.records import LAYOUT, records
from tests.helpers.streamlit_page import sign_in

_NAME_COLUMN_PX, _ROW_PX = 60, 35


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one binary file and its layout."""
    home = tmp_path_factory.mktemp("till")
    sign_in(home)
    (home / "data" / "till.bin").write_bytes(records(300))
    (home / "data" / "till.layout.toml").write_text(LAYOUT)
    return home


def test_a_field_is_renamed_in_the_table(till: Path, serve_home: ServeHome, open_page: OpenPage) -> None:
    page = settled(open_page(serve_home(till), "/launch", sign_in(till)))
    steps.choose_input(page, "till.bin")
    page.get_by_text("Record layout").click()
    table = page.locator('[data-testid="stDataFrame"]').first
    expect(table.locator("canvas").first).to_be_visible()
    settled(page)
    table.dblclick(position={"x": _NAME_COLUMN_PX, "y": 2.5 * _ROW_PX})  # the second field, product
    editor = page.locator("#portal textarea, .gdg-input").first
    expect(editor).to_have_value("product")
    editor.fill("article")
    page.keyboard.press("Enter")
    steps.expect_in_table(page, "columnheader", "article")
    steps.click_until(page, "Save as", "jobs read it from now on")
    assert 'name = "article"' in (till / "data" / "till.layout.toml").read_text()
