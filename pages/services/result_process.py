"""What reads the results of runs for their pages, in a process of its own: rows of an output, rows set aside.

An output holds what strangers wrote, and may be larger than the server's memory: see `etl_batch/launch/looking.py`.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from etl_batch.errors import BadRow
from etl_batch.launch.looking import first_rows
from etl_batch.machine.answering import answer_each
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.arrow_rows import ArrowRows, opened_rows
from etl_batch.queries.cell_types import types_by_cells
from etl_batch.queries.look_answer import looked, taken_away
from etl_batch.queries.row_look import look_of
from etl_batch.queries.row_plot import Plot, plotted
from etl_batch.queries.table_spec import TableSpec, cells_from_json
from etl_batch.storage.closed_folders import keep_closed
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import place
from pages.services.rejected_rows import read_rejected


def cell_types(asked: dict[str, Any]) -> dict[str, Any]:
    """The types of a CSV's columns, by all cells where its run tells none: `{"path", "roots", "homes", "cells"}`."""
    with _opened(asked) as spec:
        return {"types": types_by_cells(spec)}


def look(asked: dict[str, Any]) -> dict[str, Any]:
    """A page of rows: `{"path", "roots", "homes", "cells", "link", "total"}`; see `queries.look_answer`."""
    with _rows(asked) as rows:
        return looked(rows, look_of(asked["link"]), asked["total"])


def take(asked: dict[str, Any]) -> dict[str, Any]:
    """The rows of a look as a file: `{"path", "roots", "homes", "cells", "link", "form"}`."""
    with _rows(asked) as rows:
        return taken_away(rows, look_of(asked["link"]), AnswerForm(asked["form"]))


def plot(asked: dict[str, Any]) -> dict[str, Any]:
    """What is drawn of a look: `{"path", "roots", "homes", "cells", "link", "column", "beside"}`."""
    with _rows(asked) as rows:
        return plotted(rows, look_of(asked["link"]), Plot(asked["column"], asked["beside"]))


@contextmanager
def _rows(asked: dict[str, Any]) -> Iterator[ArrowRows]:
    with _opened(asked) as spec:
        yield opened_rows(spec)


@contextmanager
def _opened(asked: dict[str, Any]) -> Iterator[TableSpec]:
    for home in asked["homes"]:
        keep_closed(Path(home))
    descriptor = open_input(place(asked["path"], [Path(root) for root in asked["roots"]]))
    try:
        cells = asked["cells"]
        csv = None if cells is None else cells_from_json(cells)
        yield TableSpec(files=(descriptor,), csv=csv)
    finally:
        os.close(descriptor)


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
    sys.exit(
        answer_each(
            {
                "rows": first_rows,
                "rejected": rejected,
                "types": cell_types,
                "look": look,
                "take": take,
                "plot": plot,
            }
        )
    )
