"""The next bad rows: all of them, one search after the other, in the order and with the reasons of a job."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.etl_core import run
from etl_batch.pipeline.bad_row_search import BadRowFound, next_bad_rows
from etl_batch.values import ProgressReport
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, record

_LINES = "".join(f"{n},x\n" if n % 700 else f"{n}\n" for n in range(1, 3000))


def _all(config: JobConfig) -> Iterator[BadRowFound]:
    behind = (0, 0)
    while found := next_bad_rows(config, behind):
        yield from found
        behind = found[-1].source, found[-1].row


def test_every_bad_row_of_all_inputs_is_found_in_order(home: Home) -> None:
    first = home.put("a.csv", b"a,b\n" + _LINES.encode())
    second = home.put("b.csv", b'a,b\n1,2\n"x"y,3\n')
    config = home.config(first, second, chunk_bytes=4096, workers=2)
    found = list(_all(config))
    assert [(one.source, one.row) for one in found] == [(0, 700), (0, 1400), (0, 2100), (0, 2800), (1, 2)]
    assert [one.path for one in found] == [first] * 4 + [second]
    assert (found[0].reason, found[0].raw) == ("1 cell, 2 expected", b"700\n")
    assert first.read_bytes()[found[0].byte :].startswith(b"700\n")
    assert "text after a closing quote" in found[-1].reason
    assert not list(home.output.iterdir())


def test_they_are_those_that_a_job_sets_aside(home: Home) -> None:
    path = home.put("a.csv", b"a,b\n" + _LINES.encode())
    result = run(home.config(path, on_bad_row="quarantine", types="a=i64"))
    found = list(_all(home.config(path, types="a=i64")))
    assert len(found) == result.rows_quarantined > 0


def test_records_and_what_is_left_over_behind_them(home: Home) -> None:
    path = home.put("a.bin", record(1) + record(2)[:-1] + b"\x07" + record(3) + b"rest", LAYOUT)
    found = list(_all(home.config(path)))
    assert [one.row for one in found] == [2, 4]
    assert "bytes" in found[1].reason


def test_it_tells_how_far_it_is(home: Home) -> None:
    path = home.put("a.csv", b"a,b\n" + b"1,2\n" * 5000)
    told: list[ProgressReport] = []
    assert next_bad_rows(home.config(path, chunk_bytes=4096), progress=told.append) == ()
    assert told[-1].done_bytes == told[-1].total_bytes > 0


def test_what_stops_a_job_before_its_first_row_is_an_error(home: Home) -> None:
    with pytest.raises(EtlError) as refused:
        next_bad_rows(home.config(home.put("a.csv", b"")))
    assert refused.value.code == "E_EMPTY"
