"""The golden report. `python -m tests.golden.report` writes it anew; look at it in a browser before committing it."""

from __future__ import annotations

from pathlib import Path

from etl_batch.report.page import render_html
from tests.golden import results

GOLDEN = Path(__file__).with_name("report.html")

if __name__ == "__main__":
    GOLDEN.write_text(render_html(results.result(), results.config()), encoding="utf-8")
