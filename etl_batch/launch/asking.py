"""A process that does one thing for the console: the check of a job, or the first rows of a Parquet file.

It reads one line of JSON from its standard input, writes lines of JSON to its standard output, and ends. When whoever
asked is gone, its standard input ends, and it ends with it: nothing is left behind by a server that was killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from etl_batch.closed_folders import keep_closed
from etl_batch.command_line import parse_run
from etl_batch.errors import EtlError
from etl_batch.launch.first_rows import MOST_CELL_CHARACTERS, MOST_COLUMNS, cut
from etl_batch.paths import FileIdentity, open_input, place
from etl_batch.values import ProgressReport

_SAY_EVERY_SECONDS = 0.25


def check(asked: dict[str, Any]) -> dict[str, Any]:
    """Everything a job does but the writing: `{"arguments": [...]}`, the words of the command line."""
    from etl_batch.dry_run import dry_run

    return dry_run(parse_run(asked["arguments"]).config, _Telling().progress).as_json()


def parquet_rows(asked: dict[str, Any]) -> dict[str, Any]:
    """The first rows of a Parquet file: `{"path", "roots", "rows", "homes"}`."""
    from etl_batch.sources.parquet_footer import read_footer, refuse_wrong_magic
    from etl_batch.sources.parquet_pieces import first_rows

    for home in asked["homes"]:
        keep_closed(Path(home))
    where = place(asked["path"], [Path(root) for root in asked["roots"]])
    descriptor = open_input(where)
    try:
        refuse_wrong_magic(descriptor, FileIdentity.of(descriptor).size, where.path)
        footer = read_footer(descriptor, where.path)
        names = footer.schema.names[:MOST_COLUMNS]
        table = first_rows(descriptor, footer, where.path, names, asked["rows"])
    finally:
        os.close(descriptor)
    columns = [[_text(value) for value in table.column(name).to_pylist()] for name in names]
    note = f"{footer.rows:,} rows in {len(footer.groups):,} row groups"
    return {"names": names, "rows": [list(row) for row in zip(*columns, strict=True)], "note": note}


def _text(value: Any) -> str | None:  # noqa: ANN401 - any value of a Parquet column
    if value is None:
        return None
    if isinstance(value, bytes):
        return cut(value[:MOST_CELL_CHARACTERS].hex())
    return cut(str(value))


class _Telling:
    """Progress as lines, a few each second."""

    def __init__(self) -> None:
        self._said_at = 0.0

    def progress(self, report: ProgressReport) -> None:
        now = time.monotonic()
        if not report.note and now - self._said_at < _SAY_EVERY_SECONDS:
            return
        self._said_at = now
        _say({"done_bytes": report.done_bytes, "total_bytes": report.total_bytes, "rows": report.rows,
              "note": report.note, "phase": report.phase})  # fmt: skip


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _end_with_whoever_asked() -> None:
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)  # this process leads its group: its workers go, too


_TASKS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {"check": check, "parquet_rows": parquet_rows}


def main() -> int:
    """Answer one question; what goes wrong is an answer, too."""
    asked = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_whoever_asked, daemon=True).start()
    try:
        answer = {"answer": _TASKS[asked["task"]](asked)}
    except EtlError as error:
        answer = {"error": {"code": error.code, "message": error.message, "mend": error.what_to_do}}
    _say(answer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
