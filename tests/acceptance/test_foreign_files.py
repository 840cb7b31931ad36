"""Files that strangers wrote, through whole jobs that are told nothing: each result is what Python's csv module reads.

`ETL_FOREIGN_CSV=FOLDER` names the files; without it some of those that the tests write stand in for them.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.config import OnBadRow
from etl_batch.errors import EtlError
from etl_batch.etl_core import run
from tests.conftest import Home
from tests.data_makers.known_texts import known_texts
from tests.helpers.inline_runner import InlineRunner, without_processes

_FOREIGN = "ETL_FOREIGN_CSV"
_ENDS = {"lf": "\n", "crlf": "\n", "cr": "\r", "nel": "\x85"}
_STAND_IN = "\ue000"  #: for a delimiter of several signs, which Python's module does not read
_MANY = 12  #: of the files that the tests write

Row = tuple[str, ...]


def _files() -> Iterator[tuple[str, bytes]]:
    if _FOREIGN in os.environ:
        for path in sorted(path for path in Path(os.environ[_FOREIGN]).rglob("*") if path.is_file()):
            yield path.name, path.read_bytes()
    else:
        known = [known for known in known_texts() if not known.truth.asks and not known.truth.refused]
        yield from ((f"{one.name}.csv", one.content) for one in known[:: len(known) // _MANY])


def test_each_result_is_what_pythons_csv_module_reads(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    refused = []
    files = list(_files())
    for name, content in files:
        path = home.put(name, content)
        config = home.config(path, on_bad_row=OnBadRow.QUARANTINE, decimal=".", date_format=("none",))
        try:
            result = run(config, runner=InlineRunner())
        except EtlError as error:
            refused.append((name, error.code, error.message.rpartition(f"{name}: ")[2][:200]))
            continue
        read = json.loads((home.output / "out.csv.meta.json").read_text())["reading"]
        names, *rows = _written(home)
        every = list(_by_python(content, read))
        if read["header"] and not any("header" in note for note in result.notes):
            assert every[0] == names, name
        body = every[bool(read["header"]) :]
        assert rows == [row for row in body if len(row) == len(names)], name
        assert result.rows_quarantined == len(body) - len(rows), name
    print(*refused, sep="\n")  # noqa: T201 - what is asked is for a person to judge
    assert len(refused) < len(files)


def _written(home: Home) -> list[Row]:
    lines = csv.reader(io.StringIO((home.output / "out.csv").read_bytes().decode(), newline=""))
    return [tuple(map(unescape_csv_injection, line)) or ("",) for line in lines]


def _by_python(content: bytes, read: dict[str, Any]) -> Iterator[Row]:
    """The rows of a file by what the job says of how it read it."""
    text = content.decode(read["encoding"], "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    end = _ENDS[read["line_end"]]
    lines = [f"{line}\n" for line in text.removesuffix(end).split(end)][read["skip_lines"] :]
    if read["comment"]:
        lines = [line for line in lines if not line.startswith(read["comment"])]
    mark = read["delimiter"] or "\x1f"
    sign = mark if len(mark) == 1 else _STAND_IN
    rows = csv.reader(
        (line.replace(mark, sign) for line in lines),
        delimiter=sign,
        quotechar=read["quote"],
        quoting=csv.QUOTE_MINIMAL if read["quote"] else csv.QUOTE_NONE,
        escapechar=read["escape"],
    )
    for row in rows:
        yield tuple(cell.replace(sign, mark) for cell in row) or ("",)
