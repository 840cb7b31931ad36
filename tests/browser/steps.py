"""What a user does in the console, step by step; each step waits for what the user would see next."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from typing import Literal

import psutil
import pyotp
from playwright.sync_api import ConsoleMessage, Page, Response, expect
from playwright.sync_api import TimeoutError as TimedOut

from auth.totp import STEP_SECONDS
from etl_batch.jobs.service import JobService
from tests.browser.conftest import PATIENCE_MS, WIDE, settled
from tests.conftest import ACTOR
from tests.helpers.gate import PASSWORD
from tests.helpers.job_helpers import engine_of, paused, until
from tests.helpers.served import Served

_CLICKS = 6
_LOOKS = 40


def watch_faults(page: Page) -> list[str]:
    """Fills while the page lives: errors in the console, uncaught exceptions, answers that refuse, tracebacks."""
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(f"{page.url}: {message.text} {message.location.get('url', '')}")

    def answered(response: Response) -> None:
        if response.status >= 400:
            faults.append(f"{page.url}: {response.status} for {response.url}")

    page.on("console", said)
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("response", answered)
    return faults


def fill_in(page: Page, **fields: str) -> None:
    """Fill in a form of the gate, and send it."""
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button").click()


def setup_link(served: Served) -> str:
    """The address that the first start prints, behind the host."""
    found = re.search(r"http://127\.0\.0\.1:\d+(/setup\?token=\S+)", served.log.read_text())
    assert found is not None
    return found[1]


def code_now(secret: str, steps: int = 0) -> str:
    """What an authenticator app shows, or will show so many steps later, which is taken as well."""
    return pyotp.TOTP(secret).at(time.time() + steps * STEP_SECONDS)


def turn_codes_on(page: Page) -> str:
    """Set up an authenticator app on the account page; returns its secret."""
    go(page, "Account")
    page.get_by_role("button", name="Set up an authenticator app").click()
    secret = page.locator('[data-testid="stCode"] code').inner_text().replace(" ", "").strip()
    page.get_by_label("Code that the app shows").fill(code_now(secret))
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Turn codes on").click()
    expect(page.get_by_text("every sign-in asks for a code", exact=False).first).to_be_visible()
    return secret


def sign_out(page: Page) -> None:
    """By the button of every page."""
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login?notice=signed-out")
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def go(page: Page, title: str) -> None:
    """To a page, by the menu."""
    page.locator('[data-testid="stSidebarNav"] a', has_text=title).first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)


def menu_of(page: Page) -> list[str]:
    """The titles of the menu."""
    return [text.split("\n")[-1] for text in page.locator('[data-testid="stSidebarNav"] a').all_inner_texts()]


def expect_in_table(page: Page, role: Literal["columnheader", "gridcell"], text: str) -> None:
    """Wait until a table shows a text.

    Tables are shown on a canvas. What lies in it, for screen readers, follows what is shown only when something moves:
    so the window is made a little larger and smaller, and the mouse goes there.
    """
    found = page.locator(f'canvas [role="{role}"]', has_text=text).first
    for nudge in range(_LOOKS):
        with contextlib.suppress(AssertionError):
            expect(found).to_be_attached(timeout=PATIENCE_MS / _LOOKS)
            return
        settled(page)
        page.set_viewport_size({"width": WIDE[0], "height": WIDE[1] + (nudge + 1) % 2})
        with contextlib.suppress(TimedOut):  # what moves is not hovered over
            page.locator('[data-testid="stDataFrame"]').first.hover(timeout=PATIENCE_MS / _LOOKS)
    raise AssertionError(f"no table shows {text!r}")


def click_until(page: Page, button: str, seen: str) -> None:
    """Click, until something is seen: a click that meets a page being shown anew is lost, and users click again."""
    for _ in range(_CLICKS):
        settled(page)
        page.get_by_role("button", name=button).click()
        with contextlib.suppress(AssertionError):
            expect(page.get_by_text(seen).first).to_be_visible(timeout=PATIENCE_MS / _CLICKS)
            return
    raise AssertionError(f"{button!r} was clicked, and {seen!r} was never seen")


def filter_rows(page: Page, column: str, value: str, comparison: str | None = None) -> None:
    """Rows of a run's output that are like this, by the form; its comparison is that they are equal."""
    page.get_by_text("Filter, sort, count").click()
    choose(page, "Column", column)
    settled(page)
    if comparison is not None:
        choose(page, "Comparison", comparison)
        settled(page)
    field = page.get_by_role("textbox", name="Value")
    field.fill(value)
    field.press("Tab")
    settled(page)
    page.get_by_role("button", name="Add", exact=True).click()


def choose(page: Page, field: str, option: str | re.Pattern[str]) -> None:
    """Choose an option of a list; one that a page being shown anew has closed is opened again."""
    for _ in range(_CLICKS):
        settled(page)
        page.get_by_role("combobox", name=field, exact=True).click()
        with contextlib.suppress(TimedOut):
            page.get_by_role("option").filter(has_text=option).first.click(timeout=PATIENCE_MS / _CLICKS)
            return
        page.keyboard.press("Escape")
    raise AssertionError(f"{field!r} never offered {option!r}")


def pick(page: Page, name: str, typed: str | None = None) -> None:
    """Choose a file of the list, on the launch page, by what is typed of its name."""
    field = page.get_by_role("combobox", name="Files and folders")
    for _ in range(_CLICKS):
        settled(page)
        field.fill(typed or name)
        with contextlib.suppress(TimedOut):  # a page being shown anew closes the list
            page.get_by_role("option", name=name).first.click(timeout=PATIENCE_MS / _CLICKS)
            field.press("Escape")
            settled(page)
            return
    raise AssertionError(f"{name!r} was never offered")


def choose_input(page: Page, name: str) -> None:
    """Choose a file of records of the list, on the launch page."""
    pick(page, name)
    expect(page.get_by_text("Record layout")).to_be_visible()
    settled(page)


def rename_field(page: Page, old: str, new: str) -> None:
    """Edit the layout as TOML, see the decoded rows follow, save it."""
    page.get_by_text("Record layout").click()
    page.get_by_text("TOML", exact=True).click()
    text = page.get_by_role("textbox", name="Layout as TOML")
    expect(text).to_have_value(re.compile(f'"{old}"'))  # it is shown empty, and filled a moment later
    text.fill(text.input_value().replace(f'"{old}"', f'"{new}"'))
    text.press("Control+Enter")
    settled(page)
    expect_in_table(page, "columnheader", new)
    click_until(page, "Save as", "jobs read it from now on")


def launch(page: Page, output: str) -> str:
    """Give the output, and launch: the page of the run opens; returns the job's id."""
    settled(page)  # a page that is still being shown would put the old text back
    field = page.get_by_role("textbox", name="Output CSV")
    field.fill(output)
    field.press("Tab")
    expect(field).to_have_value(output)
    settled(page)
    page.get_by_role("button", name="Launch ETL Pipeline").click()
    page.wait_for_url(re.compile(r"/run\?id="), timeout=PATIENCE_MS)
    return page.url.split("id=")[1].split("&")[0]


def pid_of_supervisor(served: Served, job_id: str) -> int:
    """Of the process that looks after a job, once there is one."""
    found: int = until(lambda: JobService(served.home).view(ACTOR, job_id).pid)
    return found


@contextlib.contextmanager
def held(served: Served, job_id: str) -> Iterator[None]:
    """Hold a job in its middle: it could be over before a slow browser has shown what there is to see."""
    supervisor = pid_of_supervisor(served, job_id)
    workers = paused(until(lambda: engine_of(supervisor)))
    try:
        yield
    finally:
        for worker in workers:
            with contextlib.suppress(psutil.NoSuchProcess):
                worker.resume()
