"""What reads the results of runs for their pages, in a process of its own: rows of an output, rows set aside.

An output holds what strangers wrote, and may be larger than the server's memory: see `etl_batch/launch/looking.py`.
"""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import Any

from etl_batch.errors import BadRow
from etl_batch.launch.looking import first_rows
from etl_batch.machine.answering import answer_each
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import place
from pages.services.rejected_rows import read_rejected


def rejected(asked: dict[str, Any]) -> dict[str, Any]:
    """The rows that were set aside: `{"path", "roots", "homes", "is_escaped"}`."""
    for home in asked["homes"]:
        keep_closed(Path(home))
    where = place(asked["path"], [Path(root) for root in asked["roots"]])
    with os.fdopen(open_input(where), newline="", encoding="utf-8", errors="replace") as lines:
        try:
            return read_rejected(lines, is_escaped=asked["is_escaped"])
        except (csv.Error, ValueError, KeyError) as error:
            raise BadRow(f"{where.path} is not as a job writes it ({error})", mend="run the job again") from None


if __name__ == "__main__":
    sys.exit(answer_each({"rows": first_rows, "rejected": rejected}))
