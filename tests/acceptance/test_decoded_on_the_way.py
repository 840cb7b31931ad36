"""CSVs of one byte a character whose cells mean something else: one copy instead of two, and nothing that tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from etl_batch.errors import EtlError
from etl_batch.etl_core import run
from etl_batch.formats import spool
from etl_batch.formats.csv import decoded_rows
from etl_batch.values import ProgressReport
from tests.conftest import Home
from tests.helpers.inline_runner import InlineRunner, without_processes

HEADER = "Größe;Wert;Tag;Text\n"
ROWS = "".join(
    f'{number};{number % 7},{number % 100:02};{number % 28 + 1:02}.01.2025;"Tür {number}{chr(10) * (number % 3)};ß"\n'
    for number in range(300)
)
CASES = {
    "sound": HEADER + ROWS,
    "other line ends": (HEADER + ROWS).replace("\n", "\r\n"),
    "no last line end": HEADER + ROWS[:-1],
    "no row": HEADER,
    "one row": HEADER + "1;1,5;31.12.2025;ä\n",
    "nothing but ASCII": "a;b\n" + "1,5;x\n" * 200,
    "a late refutation": HEADER + ROWS + "1;zwei;01.01.2025;ä\n" + ROWS,
    "nothing is left": "a;b\nä;1,5\n" + "ä;1,5\n" * 200 + "ä;zwei\n",
    "nothing is meant": "a;b\n" + "ä;15\n" * 200,
    "empty cells": HEADER + ";;;\n" * 20 + ROWS + ";;;\n",
    "digits": "a;b\n" + "ä;12345678901234,567890\n" * 50,
}
BROKEN = {
    "cells": HEADER + ROWS + "1;2\n" + ROWS,
    "a quote": HEADER + ROWS + '1;1,5;01.01.2025;a"ä\n' + ROWS,
    "an open quote": HEADER + ROWS + '1;1,5;01.01.2025;"ä\n' + ROWS,
    "no text": HEADER + ROWS + "1;1,5;01.01.2025;\0\n",
    "the width of the header": "a;b\n" + ROWS,
}


@pytest.fixture(autouse=True)
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)


def outcome(home: Home, path: Path, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of the config
    """All that a job leaves and says."""
    notes: list[str] = []

    def progress(report: ProgressReport) -> None:
        notes.extend([report.note] if report.note else [])

    config = home.config(path, encoding="cp1252", delimiter=";", chunk_bytes=4096, **more)
    try:
        result = run(config, progress, runner=InlineRunner())
    except EtlError as error:
        return {"error": (type(error), str(error), error.what_to_do), "notes": notes}
    found = {path.name: path.read_bytes() for path in home.output.glob("out.*") if path.suffix in {".csv", ".parquet"}}
    for name in found:
        (home.output / name).unlink()
    return {
        **found,
        "notes": notes,
        "reading": result.inputs,
        "totals": result.estimates,
        "columns": result.columns,
    }


def both(home: Home, monkeypatch: pytest.MonkeyPatch, content: bytes, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """What the job leaves; the same whether there is one copy or two."""
    path = home.put("a.csv", content)
    found = outcome(home, path, **more)
    with monkeypatch.context() as patch:
        patch.setattr(decoded_rows, "is_decoded_on_the_way", lambda *_: False)
        assert outcome(home, path, **more) == found
    return found


@pytest.mark.parametrize("step", [50, 4000, 10**6])
@pytest.mark.parametrize("case", CASES)
def test_one_copy_says_what_two_said(home: Home, monkeypatch: pytest.MonkeyPatch, case: str, step: int) -> None:
    monkeypatch.setattr(decoded_rows, "_STEP_BYTES", step)
    assert "error" not in both(home, monkeypatch, CASES[case].encode("cp1252"))


@pytest.mark.parametrize("step", [50, 10**6])
@pytest.mark.parametrize("case", BROKEN)
def test_what_is_broken_is_named_as_ever(home: Home, monkeypatch: pytest.MonkeyPatch, case: str, step: int) -> None:
    monkeypatch.setattr(decoded_rows, "_STEP_BYTES", step)
    assert "error" in both(home, monkeypatch, BROKEN[case].encode("cp1252"))


def test_a_byte_that_is_not_of_the_encoding_is_named(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    content = (HEADER + ROWS).encode("cp1252") + b"1;1,5;01.01.2025;\x81\n"
    assert f"not cp1252 at byte {content.index(0x81)}" in both(home, monkeypatch, content)["error"][1]


def test_a_cell_that_is_not_of_its_declared_type_is_shown_as_it_stands(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = (HEADER + ROWS + "1;zwei;01.01.2025;ä\n").encode("cp1252")
    error = both(home, monkeypatch, content, types="Wert=f64,*=str", decimal=",")["error"]
    assert "zwei" in error[1]


def test_types_of_a_parquet_are_those_of_every_row(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    found = both(
        home, monkeypatch, CASES["sound"].encode("cp1252"), output_parquet=f"{home.output}/out.parquet"
    )  # fmt: skip
    assert found["out.parquet"]


def test_a_row_that_is_longer_than_what_is_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoded_rows, "_STEP_BYTES", 50)
    monkeypatch.setattr(decoded_rows, "_LONGEST_BYTES", 200)
    long = '1;1,5;01.01.2025;"' + "ä\n" * 400 + '"\n'
    assert "error" not in both(home, monkeypatch, (HEADER + ROWS + long + ROWS).encode("cp1252"))


def test_there_is_one_copy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    really = spool.unnamed_file

    def counted(folder: Any) -> int:  # noqa: ANN401 - a place
        made.append(folder)
        return really(folder)

    for module in ("meant_copy", "transcoding"):
        monkeypatch.setattr(f"etl_batch.formats.csv.{module}.unnamed_file", counted)
    outcome(home, home.put("a.csv", CASES["sound"].encode("cp1252")))
    assert len(made) == 1
