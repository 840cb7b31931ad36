"""The golden report.

`python -m tests.data_makers.golden.report` writes it anew; look at it in a browser before committing it.
"""

from __future__ import annotations

from pathlib import Path

from etl_batch.report.page import render_html
from tests.data_makers.golden import results

GOLDEN = Path(__file__).with_name("report.html")

if __name__ == "__main__":
    GOLDEN.write_text(render_html(results.result(), results.config()), encoding="utf-8")
