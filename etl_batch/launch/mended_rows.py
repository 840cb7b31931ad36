"""Rows that were set aside and mended by a person: a file of their own, and the job that reads it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from etl_batch.launch.kept_files import keep_upload
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor

_ENDING = ".mended.csv"


def mended_name(path: str) -> str:
    """What the file of the mended rows of an input is called. Pure."""
    stem = PurePath(path).name
    return f"{stem.removesuffix('.csv').removesuffix('.mended')}{_ENDING}"


def mended_text(names: Sequence[str] | None, rows: str, delimiter: str) -> bytes:
    """The file: a header where the input has one, and the rows as they were mended, in UTF-8. Pure.

    Args:
        names: of the columns of the input; None: it has no header.
        rows: as they stand in the input, a line for each.
        delimiter: of the input.
    """
    head = io.StringIO()
    if names is not None:
        csv.writer(head, delimiter=delimiter, lineterminator="\n").writerow(names)
    lines = rows.replace("\r\n", "\n").strip("\n")
    return f"{head.getvalue()}{lines}\n".encode()


def mended_config(config: Mapping[str, Any], reading: Mapping[str, Any], name: str, home: Path) -> dict[str, Any]:
    """The options of the job that reads them: those of the run, but for what is of the file alone. Pure.

    Args:
        config: of the run that set them aside.
        reading: how it read the input, as its metadata have it.
        name: of the file, in data/.
        home: the home folder.
    """
    return {
        **config,
        "inputs": [str(home / "data" / name)],
        "format": "csv",
        "encoding": "utf-8",
        "delimiter": reading["delimiter"],
        "header": "yes" if reading["header"] else "no",
        "skip_lines": 0,
        "skip_footer": 0,
        "output_csv": str(home / "output" / name),
        "output_parquet": None,
        "report": None,
        "metadata": None,
    }


def keep_mended(home: Path, actor: Actor, name: str, content: bytes) -> None:
    """Put them into data/, on the record; what was there of an earlier try is kept.

    Raises:
        Forbidden: the actor may not launch jobs.
        Refused: there is nothing, or too much of it.
    """
    permit(actor, Permission.LAUNCH_JOBS)
    keep_upload(home, actor, name, content, replace=True)
