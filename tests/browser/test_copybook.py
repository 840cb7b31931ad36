"""From a copybook to totals, in a browser: pasted, its records seen beside their bytes, a job launched."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.browser.conftest import OpenPage, ServeHome, settled, violations
from tests.browser.steps import click_until, expect_in_table, launch, pick, watch_faults
from tests.conftest import ACTOR, Home
from tests.helpers.job_helpers import until
from tests.helpers.streamlit_page import sign_in

_BOOK = """\
       01  SALES-RECORD.
           05  PRODUCT        PIC X(6).
           05  QUANTITY       PIC S9(4) COMP.
           05  VALUE-OF       PIC S9(5)V99 COMP-3.
"""
_ROWS = [(name, number) for number in range(1, 101) for name in ("MILK", "BREAD")]


def _home(path: Path) -> Home:
    home = Home(path)
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    record = (
        f"{name:6}".encode("cp037") + number.to_bytes(2) + bytes.fromhex(f"{100 * number + 50:07}c")
        for name, number in _ROWS
    )
    home.put("SALES.PS", b"".join(record))
    return home


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_from_a_pasted_copybook_to_totals(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    home = _home(tmp_path)
    served = serve_home(home.path)
    page = settled(open_page(served, "/launch", sign_in(home.path), theme=theme))
    faults = watch_faults(page)
    pick(page, "SALES.PS")
    page.get_by_text("Paste a copybook").click()
    page.get_by_role("textbox", name="The book").fill(_BOOK)
    page.get_by_role("textbox", name="The book").press("Control+Enter")
    click_until(page, "Keep it, and read by it", "SALES-RECORD.cpy is in data/ now.")
    expect_in_table(page, "columnheader", "VALUE_OF")
    expect_in_table(page, "gridcell", "1.50")
    expect(page.get_by_text("the characters are EBCDIC (cp037)", exact=False).first).to_be_visible()
    assert violations(page) == []
    page.get_by_text(re.compile(r"^Totals:")).click()
    for field, text in (("Measures", "QUANTITY,VALUE_OF"), ("Strata", "PRODUCT")):
        box = page.get_by_role("textbox", name=field, exact=True)
        box.fill(text)
        box.press("Tab")
        settled(page)
    job_id = launch(page, "output/sales.csv")
    service = JobService(served.home)
    job = until(lambda: (found := service.view(ACTOR, job_id)).state in {State.DONE, State.FAILED} and found)
    assert job.state is State.DONE, job
    estimates = json.loads((home.output / "sales.csv.meta.json").read_text())["estimates"]
    totals = {one["measure"]: one["exact_total"] for one in estimates}
    assert totals == {"QUANTITY": 10_100, "VALUE_OF": 10_200}
    assert faults == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_file_that_nobody_described_begins_with_the_length_that_its_bytes_tell(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    home = _home(tmp_path)
    page = settled(open_page(serve_home(home.path), "/launch", sign_in(home.path), theme=theme))
    pick(page, "SALES.PS")
    click_until(page, "Its records are of one length", "Length of its records")
    expect(page.get_by_text("no layout yet", exact=False).first).to_be_visible()  # in the list, which follows
    expect_in_table(page, "gridcell", "packed_8")
    click_until(page, "Save as", "jobs read it from now on")
    assert "record_size = 12\n" in (home.data / "SALES.layout.toml").read_text()
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_what_a_copybook_comes_to_is_edited_beside_its_records_and_saved(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    home = _home(tmp_path)
    page = settled(open_page(serve_home(home.path), "/launch", sign_in(home.path), theme=theme))
    faults = watch_faults(page)
    pick(page, "SALES.PS")
    page.get_by_text("Paste a copybook").click()
    page.get_by_role("textbox", name="The book").fill(_BOOK)
    page.get_by_role("textbox", name="The book").press("Control+Enter")
    click_until(page, "Keep it, and read by it", "SALES-RECORD.cpy is in data/ now.")
    expect_in_table(page, "gridcell", "1.50")
    page.get_by_text("Record layout: what SALES-RECORD.cpy says").click()
    page.get_by_text("TOML", exact=True).click()
    box = page.get_by_role("textbox", name="Layout as TOML")
    expect(box).to_have_value(re.compile('"VALUE_OF"'))  # it is shown empty, and filled a moment later
    box.fill(box.input_value().replace('"VALUE_OF"', '"PAID"').replace("scale = 2", "scale = 3"))
    box.press("Control+Enter")
    settled(page)
    expect_in_table(page, "columnheader", "PAID")
    expect_in_table(page, "gridcell", "0.150")
    expect(page.get_by_text("A job reads by these edits once they are saved", exact=False)).to_be_visible()
    assert violations(page) == []
    click_until(page, "Save as", "jobs read it from now on")
    assert 'name = "PAID"' in (home.data / "SALES.layout.toml").read_text()
    expect_in_table(page, "gridcell", "0.150")
    assert faults == []
