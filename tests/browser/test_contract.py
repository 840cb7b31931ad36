"""A contract begun with a good file, tightened in its table, and broken by the next file: which rows, is to be seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import NARROW, WIDE, OpenPage, ServeHome, cut_numbers, settled, violations
from tests.conftest import Home
from tests.helpers.streamlit_page import sign_in

_GOOD = "".join(f"{n},{1 + n % 5},{('Bonn', 'Ulm')[n % 2]}\n" for n in range(100))
_BAD = "".join(f"{n},{n % 5},{('Bonn', 'Ulm', 'Atlantis')[n % 3]}\n" for n in range(10))
_ROW_PX, _NAME_COLUMN_PX = 35, 60
_RIGHT_TO_LEAST = 4  #: columns of the table


@pytest.mark.parametrize(("theme", "size"), [("dark", WIDE), ("light", NARROW)])
def test_a_contract_is_begun_tightened_and_broken(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"], size: tuple[int, int]
) -> None:
    home = Home(tmp_path)
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    home.put("good.csv", f"order,quantity,city\n{_GOOD}".encode())
    home.put("next.csv", f"order,quantity,city\n{_BAD}".encode())
    served, user = serve_home(home.path), sign_in(home.path)
    page = settled(open_page(served, "/launch", user, size=WIDE, theme=theme))
    faults = steps.watch_faults(page)
    steps.pick(page, "good.csv")
    page.get_by_text("Rules that the rows must keep").click()
    steps.click_until(page, "Begin with what good.csv holds", "Its name in data/")
    keep = page.get_by_role("button", name="Keep it, and check by it")
    expect(keep).to_be_visible()
    _edit_least_of_quantity(page, "1")
    if size == NARROW:
        page.set_viewport_size({"width": size[0], "height": size[1]})
    assert violations(settled(page)) == []
    assert cut_numbers(page) == []
    keep.click()
    expect(page.get_by_text("good.contract.json is in data/ now", exact=False)).to_be_visible()
    document = json.loads((home.data / "good.contract.json").read_text())
    constraints = {field["name"]: field["constraints"] for field in document["fields"]}
    assert constraints["quantity"] == {"required": True, "minimum": 1}
    assert constraints["city"] == {"required": True, "enum": ["Bonn", "Ulm"]}

    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    _pick_instead(page, "next.csv")
    steps.launch(page, "output/next.csv")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    expect(page.get_by_role("tab", name="Rules")).to_be_visible()
    page.get_by_role("tab", name="Rules").click()
    for said in (
        "2 rules of the contract broken, and nothing is published:",
        "column quantity: 2 rows of 10",
        "quantity minimum 1: 2 rows (next.csv row 1: 0; next.csv row 6: 0)",
        "city enum Bonn, Ulm: 3 rows (next.csv row 3: Atlantis; next.csv row 6: Atlantis; next.csv row 9: Atlantis)",
    ):
        expect(page.get_by_text(said, exact=False).last).to_be_visible()
    assert not (home.output / "next.csv").exists()
    assert violations(settled(page)) == []
    assert faults == []


def _pick_instead(page: Page, name: str) -> None:
    """In the place of the file that was chosen before."""
    page.get_by_role("combobox", name="Files and folders").press("Backspace")
    settled(page)
    steps.pick(page, name)


def _edit_least_of_quantity(page: Page, least: str) -> None:
    """In the second row of the last table of the page, with the keyboard."""
    table = page.locator('[data-testid="stDataFrame"]').last
    expect(table.locator("canvas").first).to_be_visible()
    settled(page)
    table.scroll_into_view_if_needed()
    table.click(position={"x": _NAME_COLUMN_PX, "y": 2.5 * _ROW_PX})
    for _ in range(_RIGHT_TO_LEAST):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    editor = page.locator("#portal textarea, .gdg-input").first
    expect(editor).to_have_value("0")
    editor.fill(least)
    page.keyboard.press("Enter")
    settled(page)
