"""Several types of records on the pages: seen type by type beside their bytes, launched to a folder, table by table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import expect

from etl_batch.jobs.service import JobService
from etl_batch.jobs.states import State
from tests.browser.conftest import NARROW, PATIENCE_MS, OpenPage, ServeHome, settled, violations
from tests.browser.steps import choose, choose_input, expect_in_table, watch_faults
from tests.conftest import ACTOR, Home
from tests.data_makers.record_types import ENDS, LAYOUT, SIZE, some_orders, with_ends
from tests.helpers.job_helpers import until
from tests.helpers.record_files import in_v
from tests.helpers.streamlit_page import sign_in

_LENGTHS = {b"01": 14, b"02": 8, b"03": 8, b"00": 10, b"99": 16}
#: on the tabs of the run: rows and bad rows of each table, which table a bad row is of, a total by its table
_SEEN: tuple[tuple[str, Literal["columnheader", "gridcell"], str], ...] = (
    ("Result", "gridcell", "(of no type)"),
    ("Rejected", "columnheader", "Table"),
    ("Totals", "gridcell", "LINE.value"),
)


def _home(path: Path) -> Home:
    home = Home(path)
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    content = with_ends(some_orders(300, bad=("value", "unknown"))[0])
    records = [content[at : at + SIZE] for at in range(0, len(content), SIZE)]
    file = in_v([one[: _LENGTHS.get(one[:2], SIZE)] for one in records])
    layout = ('record_format = "V"\n' + LAYOUT + ENDS).replace("record_size = 24\n", "")
    home.put("orders.bin", bytes(file.content), layout)
    return home


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_each_type_is_shown_and_becomes_a_table(
    tmp_path: Path, serve_home: ServeHome, open_page: OpenPage, theme: Literal["dark", "light"]
) -> None:
    home = _home(tmp_path)
    served = serve_home(home.path)
    page = settled(open_page(served, "/launch", sign_in(home.path), theme=theme))
    faults = watch_faults(page)
    choose_input(page, "orders.bin")
    expect(page.get_by_text("3 tables, a folder each", exact=False).first).to_be_visible()
    expect(page.get_by_text("are of no type", exact=False).first).to_be_visible()
    expect_in_table(page, "columnheader", "ORDER_ID")
    field = page.get_by_role("textbox", name="Output CSV")
    expect(field).to_have_attribute("placeholder", "output/orders/")
    page.get_by_role("tab", name="LINE").click()
    settled(page)
    expect(page.get_by_text("a row each beneath ORDER", exact=False).first).to_be_visible()
    expect_in_table(page, "columnheader", "is_gift")
    page.get_by_role("tab", name="HEADER").click()
    settled(page)
    expect(page.get_by_text("which becomes no row", exact=False).first).to_be_visible()
    assert violations(page) == []
    page.get_by_text(re.compile(r"^Inputs: on bad row")).click()
    choose(page, "On bad row", "quarantine")
    page.get_by_text(re.compile(r"^Totals:")).click()
    for name, text in (("Measures", "quantity,value"), ("Strata", "TYPE")):
        box = page.get_by_role("textbox", name=name, exact=True)
        box.fill(text)
        box.press("Tab")
        settled(page)
    page.get_by_role("button", name="Launch ETL Pipeline").click()
    page.wait_for_url(re.compile(r"/run\?id="), timeout=PATIENCE_MS)
    job_id = page.url.split("id=")[1].split("&")[0]
    service = JobService(served.home)
    job = until(lambda: (found := service.view(ACTOR, job_id)).state in {State.DONE, State.FAILED} and found)
    assert job.state is State.DONE, job
    assert (home.output / "orders" / "LINE" / "part-0000000.csv").is_file()
    for tab, role, text in _SEEN:
        page = settled(open_page(served, f"/run?id={job_id}&tab={tab}", sign_in(home.path), theme=theme))
        expect_in_table(page, role, text)
        assert violations(page) == []
    small = settled(open_page(served, f"/launch?from={job_id}", sign_in(home.path), size=NARROW, theme=theme))
    small.get_by_role("tab", name="TRAILER").click()
    expect(small.get_by_text("what it says is compared with the others", exact=False).first).to_be_visible()
    assert violations(small) == []
    report = (home.path / "report" / "etl_quantum_report.html").read_text()
    assert re.search(r"\(of no type\)</bdi></th>.*>9</td>", report)
    assert faults == []
