"""How a file is read, set on the launch page: the rows follow each change, an answer is one click, a job agrees."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.browser.conftest import OpenPage, ServeHome, cut_numbers, settled, violations
from tests.browser.steps import expect_in_table, launch, pick, watch_faults
from tests.conftest import ACTOR, Home
from tests.helpers.job_helpers import until
from tests.helpers.served import Served
from tests.helpers.streamlit_page import sign_in

_SHOP = "Käse;Preis;Tag\n" + "".join(f"Öl {n};{n},50;{13 + n % 9}.01.2025\n" for n in range(40))


def _home(path: Path) -> Home:
    home = Home(path)
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    home.put("shop.csv", _SHOP.encode("cp1252"))
    return home


def _say(page: Page, field: str, text: str) -> None:
    box = page.get_by_role("textbox", name=field, exact=True)
    box.fill(text)
    box.press("Enter")
    settled(page)


def _config(served: Served, job_id: str) -> dict[str, object]:
    service = JobService(served.home)
    job = until(lambda: (found := service.view(ACTOR, job_id)).state in {State.DONE, State.FAILED} and found)
    assert job.state is State.DONE, job
    return dict(job.config)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_the_rows_follow_what_is_said_and_a_job_reads_as_they_show(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    home = _home(tmp_path)
    served = serve_home(home.path)
    page = settled(open_page(served, "/launch", sign_in(home.path), theme=theme))
    faults = watch_faults(page)
    pick(page, "shop.csv")
    expect(page.get_by_text("A job asks for the encoding", exact=False)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="cp1252", exact=True).click()
    expect(page.get_by_role("textbox", name="Encoding", exact=True)).to_have_value("cp1252")
    expect_in_table(page, "columnheader", "Käse")
    expect_in_table(page, "gridcell", "Öl 0")
    _say(page, "Delimiter", "none")
    expect_in_table(page, "gridcell", "Öl 0;0,50;13.01.2025")
    _say(page, "Delimiter", "")
    expect_in_table(page, "columnheader", "Preis")
    _say(page, "Skip lines", "1")
    expect_in_table(page, "gridcell", "Öl 3")
    page.get_by_role("button", name="As it was sniffed").click()
    expect(page.get_by_text("A job asks for the encoding", exact=False)).to_be_visible()
    page.get_by_role("button", name="cp1252", exact=True).click()
    expect_in_table(page, "columnheader", "Käse")
    page.get_by_text("What it is taken for, and why", exact=False).click()
    expect_in_table(page, "gridcell", "delimiter")
    assert violations(page) == []
    assert cut_numbers(page) == []
    config = _config(served, launch(page, "output/shop.csv"))
    assert (config["encoding"], config["delimiter"]) == ("cp1252", None)
    assert (home.output / "shop.csv").read_text().startswith("Käse,Preis,Tag\nÖl 0,")
    assert faults == []


def test_what_a_job_makes_of_the_rows_is_seen_and_the_next_bad_row_is_searched(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage
) -> None:
    home = _home(tmp_path)
    home.put("odd.csv", b"a,b\n=1+1,2\n,3\nx\n" + b"".join(b"%d,y\n" % n for n in range(3000)) + b"z\n")
    served = serve_home(home.path)
    page = settled(open_page(served, "/launch", sign_in(home.path), theme="light"))
    faults = watch_faults(page)
    pick(page, "odd.csv")
    expect_in_table(page, "gridcell", "'=1+1")
    expect_in_table(page, "gridcell", "1 cell, 2 expected")
    for words in ("1 cell written otherwise than in the file", "1 cell without a value", "1 row does not fit"):
        expect(page.get_by_text(words)).to_be_visible()
    page.get_by_text("As it stands in the file").click()
    expect(page.get_by_text("1 row does not fit")).to_be_hidden()
    expect_in_table(page, "gridcell", "=1+1")
    for row in ("Row 3 of odd.csv", "Row 3,004 of odd.csv"):
        page.get_by_role("button", name="Next bad row").click()
        expect(page.get_by_text(row, exact=False)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Next bad row").click()
    expect(page.get_by_text("no further row is bad", exact=False)).to_be_visible()
    assert faults == []


def test_a_german_file_is_read_from_picking_to_totals_with_one_field_touched(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage
) -> None:
    home = _home(tmp_path)
    lines = [f"Öl {n % 4};{n};{n}.{n:03d},50;{1 + n % 28:02d}.01.2025" for n in range(1, 500)]
    home.put("umsatz.csv", ("product;quantity;value;Tag\n" + "\n".join(lines) + "\n").encode("cp1252"))
    served = serve_home(home.path)
    page = settled(open_page(served, "/launch", sign_in(home.path)))
    faults = watch_faults(page)
    pick(page, "umsatz.csv")
    page.get_by_role("button", name="cp1252", exact=True).click()
    expect_in_table(page, "gridcell", "1001.50")
    expect_in_table(page, "gridcell", "2025-01-02")
    config = _config(served, launch(page, "output/umsatz.csv"))
    assert (config["encoding"], config["delimiter"], config["types"]) == ("cp1252", None, None)
    out = (home.output / "umsatz.csv").read_text().splitlines()
    assert out[1] == "Öl 1,1,1001.50,2025-01-02"
    totals = {one["measure"]: one["exact_total"] for one in _metadata(home)["estimates"]}
    assert totals["quantity"] == sum(range(1, 500))
    assert totals["value"] == sum(1001 * n + 0.5 for n in range(1, 500))
    assert faults == []


def _metadata(home: Home) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads((home.output / "umsatz.csv.meta.json").read_text())
    return found
