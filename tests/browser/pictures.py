"""Pictures for the README, made on the walk: `ETL_PICTURES=1 pytest tests/browser/test_walk.py`."""

from __future__ import annotations

import os

from playwright.sync_api import Page

from tests.conftest import PROJECT

FOLDER = PROJECT / "docs" / "images"


def take(page: Page, name: str, at: str = "") -> None:
    """Keep what the page shows, if pictures are wanted.

    Args:
        page: at rest.
        name: of the picture.
        at: a text that is scrolled to the top first; empty: the page as it is.
    """
    if not os.environ.get("ETL_PICTURES"):
        return
    if at:
        page.get_by_text(at, exact=True).first.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.mouse.move(0, 0)  # no tooltip, no toolbar
    page.wait_for_timeout(1_000)  # a chart's last frame
    FOLDER.mkdir(exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}.png")
