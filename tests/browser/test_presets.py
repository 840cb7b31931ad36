"""A reading saved for one month's file is offered for the next month's, and taken by one click."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from etl_batch.commands.preset.preset_files import preset_names
from tests.browser.conftest import NARROW, WIDE, OpenPage, ServeHome, cut_numbers, settled, violations
from tests.browser.steps import expect_in_table, launch, pick, watch_faults
from tests.browser.test_reading import _config, _home, _say
from tests.helpers.streamlit_page import sign_in


def _month(month: int) -> bytes:
    lines = [f"Öl {n};{n},50;{1 + n % 12:02d}/{month:02d}/2025\n" for n in range(40)]
    return f"Käse;Preis;Tag\n{''.join(lines)}".encode("cp1252")


@pytest.mark.parametrize(("theme", "size"), [("dark", WIDE), ("light", NARROW)])
def test_a_preset_reused(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"], size: tuple[int, int]
) -> None:
    home = _home(tmp_path)
    home.put("may.csv", _month(5))
    home.put("june.csv", _month(6))
    served = serve_home(home.path)
    user = sign_in(home.path)
    page = settled(open_page(served, "/launch", user, size=size, theme=theme))
    faults = watch_faults(page)
    pick(page, "may.csv")
    page.get_by_role("button", name="cp1252", exact=True).click()
    page.get_by_role("button", name="Tag=%d/%m/%Y", exact=True).click()
    settled(page)
    page.get_by_text("Saved readings", exact=True).click()
    _say(page, "Save how it is read now as", "shop")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved. It is offered for files like this one.", exact=False)).to_be_visible()
    assert violations(settled(page)) == []
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename == "shop.toml"
    exported = Path(download.value.path()).read_text()
    assert 'encoding = "cp1252"' in exported

    page = settled(open_page(served, "/launch", user, size=size, theme=theme))
    faults = watch_faults(page)
    pick(page, "june.csv")
    expect(page.get_by_text("This file looks like those that", exact=False)).to_be_visible()
    page.get_by_role("button", name="Read it as shop").click()
    expect(page.get_by_role("textbox", name="Encoding", exact=True)).to_have_value("cp1252")
    expect(page.get_by_text("in place of", exact=False).first).to_be_visible()
    if size == WIDE:
        expect_in_table(page, "gridcell", "2025-06-02")
    assert violations(settled(page)) == []
    assert cut_numbers(page) == []
    config = _config(served, launch(page, "output/june.csv"))
    assert (config["encoding"], config["delimiter"], config["date_format"]) == ("cp1252", ";", ["Tag=%d/%m/%Y"])
    assert (home.output / "june.csv").read_text().splitlines()[1] == "Öl 0,0.50,2025-06-01"
    page.goto(f"{served.url}/launch")
    pick(settled(page), "june.csv")
    page.get_by_text("Saved readings", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("is deleted.", exact=False)).to_be_visible()
    assert preset_names(home.path) == ()
    page.locator('[data-testid="stFileUploader"] input').last.set_input_files(
        files={"name": "shop.toml", "mimeType": "application/toml", "buffer": exported.encode()}
    )
    page.get_by_role("button", name="Put them with the others").click()
    expect(
        page.get_by_text("This file looks like those that", exact=False)
        .or_(page.get_by_text(": saved.", exact=False))
        .first
    ).to_be_visible()
    assert preset_names(home.path) == ("shop",)
    assert faults == []
