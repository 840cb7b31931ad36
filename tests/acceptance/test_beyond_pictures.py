"""Binary numbers of more digits than their pictures: kept and counted in a note, or bad rows."""

from __future__ import annotations

import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl_batch.errors import BadRow, Cancelled
from etl_batch.etl_core import run
from etl_batch.options.input_reading import CompDigits
from tests.conftest import Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner

BOOK = """\
       01  R.
           05  K        PIC X.
           05  SMALL    PIC S9(4) COMP.
           05  UNSIGNED PIC 9(9)  COMP.
           05  MONEY    PIC S9(3)V99 COMP.
           05  FULL     PIC S9(4) COMP-5.
           05  PACKED   PIC S9(3) COMP-3.
"""
SIZE = 17
NOTES = (
    "SMALL: 7 numbers have more digits than the picture, kept as they are",
    "UNSIGNED: 1 number has more digits than the picture, kept as it is",
    "MONEY: 4 numbers have more digits than the picture, kept as they are",
)


def records(count: int = 40) -> bytes:
    found = b""
    for number in range(count):
        small = 12_345 if number in {1, 2, 30} else -10_000 if number in {5, 6, 7, 8} else 9_999
        unsigned = 1_000_000_000 if number == 11 else 999_999_999
        money = 100_000 if number % 10 == 3 else -99_999
        found += "A".encode("cp037") + struct.pack(">hIih", small, unsigned, money, 32_767) + b"\x12\x3c" + b"\x40\x40"
    return found


def job(home: Home, **more: Any) -> Any:  # noqa: ANN401 - a JobConfig
    (home.data / "R.cpy").write_text(BOOK + "           05  FILLER   PIC X(2).\n")
    data: Path = home.put("x.bin", records())
    return home.config(data, layout=str(home.data / "R.cpy"), output_csv=f"{home.output}/out.csv", **more)


def beyond(notes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(note for note in notes if "more digits" in note)


@pytest.mark.parametrize(("workers", "chunk"), [(1, 1 << 20), (2, 7 * SIZE)])
def test_they_are_kept_and_counted(home: Home, workers: int, chunk: int) -> None:
    result = run(job(home, workers=workers, chunk_bytes=chunk))
    assert beyond(result.notes) == NOTES
    assert result.rows_out == 40
    rows = (home.output / "out.csv").read_text().splitlines()
    assert rows[2] == "A,12345,999999999,-999.99,32767,123"
    assert '"SMALL: 7 numbers' in (home.output / "out.csv.meta.json").read_text()


def test_those_that_are_not_written_are_not_counted(home: Home) -> None:
    result = run(job(home, select=("MONEY", "K"), rename=(("MONEY", "amount"),)), runner=InlineRunner())
    assert beyond(result.notes) == NOTES[2:]


def test_a_job_that_goes_on_counts_them_once(home: Home) -> None:
    asked = job(home, chunk_bytes=7 * SIZE)
    with suppress(Cancelled):
        run(asked, runner=CrashAfter(3, InlineRunner(), Cancelled("told to stop")))
    result = run(replace(asked, resume=True), runner=InlineRunner())
    assert beyond(result.notes) == NOTES


def test_where_digits_are_strict_there_are_none(home: Home) -> None:
    with pytest.raises(BadRow, match="the number has more than the 4 digits of its picture"):
        run(job(home, comp_digits=CompDigits.STRICT), runner=InlineRunner())
    result = run(job(home, comp_digits=CompDigits.STRICT, on_bad_row="quarantine"), runner=InlineRunner())
    assert (beyond(result.notes), result.rows_quarantined) == ((), 12)
