"""Files of any name from the list of inputs: found by any part of their names, shown as what they are, uploaded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, ServeHome, settled, violations
from tests.browser.steps import pick
from tests.conftest import Home
from tests.helpers.streamlit_page import sign_in

_LONG = f"{'monthly statement of the branch in the north ' * 3}2024.export"


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_any_file_is_found_shown_as_what_it_is_and_uploaded(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    home = Home(tmp_path)
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    home.put("day.dat", b"id,name\n1,ann\n2,bob\n")
    home.put(_LONG, b"id\tname\n1\tann\n")
    home.put("book.xlsx", b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml")
    served = serve_home(home.path)
    page = settled(open_page(served, "/launch", sign_in(home.path), theme=theme))
    pick(page, "data/day.dat", "day.d")
    expect(page.get_by_text("Read as CSV: its content is text", exact=False)).to_be_visible()
    pick(page, "2024.export", "north 2024.exp")
    page.reload()
    settled(page)
    pick(page, "data/book.xlsx", "book")
    expect(page.get_by_text("an Excel workbook", exact=False)).to_be_visible()
    page.get_by_text("Upload a file").click()
    page.locator('input[type="file"]:not([accept])').set_input_files(
        {"name": "noext", "mimeType": "application/octet-stream", "buffer": b"a;b\n1;2\n"}
    )
    page.get_by_role("button", name="Put into data/").click()
    expect(page.get_by_text("noext is in data/ now.", exact=False)).to_be_visible()
    assert violations(page) == []
