"""The first rows of a text on the console, as a job writes them: what changes beside what stands in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.jobs.config_json import as_json
from etl_batch.machine.child_process import Limits
from etl_batch.machine.question import Asking, ask
from etl_batch.storage.closed_folders import homes_kept_closed
from etl_batch.storage.roots import Place
from etl_batch.text.shown_text import shown
from etl_batch.values import GIB

_ROWS = 5
_SECONDS = 60.0
_CELL, _LINE = 32, 160  #: columns, and then it is cut
_MOST_COLUMNS = 40
_NULL = "(null)"
_HOW = Asking(
    command=["etl_batch.launch.looking"],
    limits=Limits(data_bytes=2 * GIB, cpu_seconds=2 * int(_SECONDS)),
    seconds=_SECONDS,
    who="the process that looked at the file",
)


def rows_as_written(where: Place, config: JobConfig) -> str:
    """A line for each of the first rows; or why a job would write none of them.

    Args:
        where: the file.
        config: how it is read.
    """
    asked = {
        "task": "rows",
        "path": str(where.path),
        "roots": [str(root) for root in config.input_roots],
        "homes": [str(home) for home in homes_kept_closed()],
        "rows": _ROWS,
        "config": as_json(config),
    }
    try:
        found = ask(_HOW, asked)
    except EtlError as error:
        return f"a job would refuse it: {error.code}: {shown(error.message, 3 * _LINE)}\n"
    if found["rows"] is None:
        return ""
    if found["refused"]:
        return f"a job would refuse it: {found['refused'][0]}: {shown(found['refused'][1], 3 * _LINE)}\n"
    lines = list(_lines(found["rows"]["rows"], found["written"]))
    names = shown(" | ".join(found["rows"]["names"][:_MOST_COLUMNS]), _LINE)
    about = "as a job writes them; in brackets what stands in the file, where that differs"
    return "\n".join([f"first rows, {about}:", f"      {names}", *lines]) + "\n" if lines else ""


def _lines(there: Sequence[Sequence[str | None]], written: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    is_aligned = True
    for number, (row, made) in enumerate(zip(there, written, strict=False), start=1):
        if made["problem"]:
            is_aligned = False  # where the next row begins for the eye, and for a job, may differ
            yield f"  {number:>3} !! {made['problem']}: {shown(made['raw'], _LINE)}"
            continue
        before = row if is_aligned else made["plain"]
        cells = [_cell(old, new) for old, new in zip(before, made["escaped"], strict=False)]
        yield f"  {number:>3} {shown(' | '.join(cells[:_MOST_COLUMNS]), _LINE)}"


def _cell(before: str | None, after: str | None) -> str:
    new = _NULL if after is None else shown(after, _CELL)
    return new if (before or "") == (after or "") else f"{new} [{shown(before or '', _CELL)}]"
