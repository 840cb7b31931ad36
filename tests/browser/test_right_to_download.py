"""The right to take results away, taken from an analyst: they see all as before, and can take nothing."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from etl_batch.jobs.store import JobStore
from etl_batch.permissions import ANALYST
from tests.browser import steps
from tests.browser.conftest import OpenPage, ServeHome, at_rest
from tests.conftest import Home
from tests.helpers.run_history import Runs
from tests.helpers.streamlit_page import sign_in


def test_who_lost_the_right_sees_rows_and_takes_none(home: Home, serve_home: ServeHome, open_page: OpenPage) -> None:
    run = Runs(home, JobStore(home.path)).run("more.bin")
    served, ada, ana = serve_home(home.path), sign_in(home.path), sign_in(home.path, ANALYST, "ana")
    page = at_rest(open_page(served, f"/run?id={run.job_id}", ana))
    address = page.get_by_role("link", name=re.compile("Download out.csv")).get_attribute("href")
    assert page.request.get(f"{served.url}{address}").text().splitlines() == ["a", "50", "51"]

    users = at_rest(open_page(served, "/users", ada))
    steps.choose(users, "User", "ana")
    steps.click_until(users, "Take downloads away", "ana can take nothing away any more.")

    page.reload()
    expect(at_rest(page).get_by_text("Rows 1 to 2 of 2 rows.")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Download"))).to_have_count(0)
    expect(page.get_by_role("button", name=re.compile("These rows as"))).to_have_count(0)
    assert page.request.get(f"{served.url}{address}").status == 403
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    changed = [entry for entry in map(json.loads, lines) if entry["action"] == "user_changed"]
    assert [(entry["target"], entry["detail"]["may_download"]) for entry in changed] == [("ana", False)]
