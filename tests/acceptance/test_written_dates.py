"""Dates that records and lines have as characters or as digits: whole jobs."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.__main__ import main
from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import Ambiguous, BadRow
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.binary.preview import Preview, preview
from etl_batch.formats.described.layout_files import find_layout
from etl_batch.storage.roots import place
from tests.conftest import Home

LAYOUT = """\
record_size = 41
encoding = "cp037"
byte_order = "big"
[[field]]
name = "born"
type = "date"
format = "%y%m%d"
length = 6
nulls = ["zeros", "blank"]
[[field]]
name = "paid"
type = "date"
format = "%Y%m%d"
stored = "packed"
length = 5
null = 0
[[field]]
name = "seen"
type = "timestamp"
format = "%Y-%m-%d-%H.%M.%S.%f"
length = 26
[[field]]
name = "n"
type = "i32"
"""


def record(born: str, paid: str, seen: str, number: int) -> bytes:
    return f"{born:6}".encode("cp037") + bytes.fromhex(paid) + f"{seen:26}".encode("cp037") + number.to_bytes(4)


SEEN = "2024-01-31-11.53.26.123456"
GOOD = [record("491231", "020240131c", SEEN, 1), record("500101", "000000000c", "1999-12-31-23.59.59.9", 2),
        record("", "019000228f", SEEN, 3), record("000000", "020240229c", SEEN, 4)]  # fmt: skip
BAD = [record("490229", "020240131c", SEEN, 5), record("490228", "120240131c", SEEN, 6),
       record("490228", "020240131c", "2024-01-31", 7)]  # fmt: skip


def test_dates_become_dates(home: Home) -> None:
    (home.data / "x.layout.toml").write_text(LAYOUT)
    source = home.put("x.bin", b"".join(GOOD))
    parquet = home.output / "x.parquet"
    run(home.config(source, century=1950, output_parquet=str(parquet), output_csv=str(home.output / "out.csv")))
    assert (home.output / "out.csv").read_text() == (
        "born,paid,seen,n\n2049-12-31,2024-01-31,2024-01-31T11:53:26.123456,1\n"
        "1950-01-01,,1999-12-31T23:59:59.900000,2\n,1900-02-28,2024-01-31T11:53:26.123456,3\n"
        ",2024-02-29,2024-01-31T11:53:26.123456,4\n"
    )
    table = pq.read_table(parquet)
    assert table.schema.field("born").type == pa.date32()
    assert table.schema.field("seen").type == pa.timestamp("us")
    assert table.column("born").to_pylist() == [dt.date(2049, 12, 31), dt.date(1950, 1, 1), None, None]
    assert table.column("seen").to_pylist()[1] == dt.datetime(1999, 12, 31, 23, 59, 59, 900_000)  # noqa: DTZ001
    run(home.config(source, century=1900))
    assert (home.output / "out.csv").read_text().splitlines()[1].startswith("1949-12-31,")


def test_what_is_no_date_is_a_bad_row(home: Home) -> None:
    (home.data / "x.layout.toml").write_text("century = 1900\n" + LAYOUT)
    source = home.put("x.bin", b"".join([*GOOD, *BAD]))
    with pytest.raises(BadRow, match="row 5") as caught:
        run(home.config(source))
    assert "field 'born': a date is written as %y%m%d, and lies in the calendar: 0xf4f9f0f2f2f9" in str(caught.value)
    result = run(home.config(source, on_bad_row=OnBadRow.QUARANTINE, workers=2, chunk_bytes=100))
    assert (result.rows_out, result.rows_quarantined) == (4, 3)
    rejected = (home.output / "out.csv.rejected.csv").read_text()
    for reason in (
        "field 'born': a date is written as %y%m%d, and lies in the calendar: 0xf4f9f0f2f2f9",
        "a sign of A to F, and a date is written as %Y%m%d, and lies in the calendar: 0x120240131c",
        "field 'seen': a timestamp is written as %Y-%m-%d-%H.%M.%S.%f, and lies in the calendar: 0xf2f0",
    ):
        assert reason in rejected


def test_a_century_is_asked_before_a_job_and_a_look(home: Home) -> None:
    (home.data / "x.layout.toml").write_text(LAYOUT)
    source = home.put("x.bin", b"".join(GOOD))

    def look(config: JobConfig, rows: int) -> Preview:
        where = place(source, config.input_roots)
        return preview(where, find_layout(where, config).layout, rows)

    for read in (run, lambda config: look(config, 3)):
        with pytest.raises(Ambiguous, match="years of field 'born' have two digits") as caught:
            read(home.config(source))
        assert "1900: 1949-12-31, 1950-01-01; 1950: 2049-12-31, 1950-01-01; 2000: " in caught.value.message
        assert "--century 1950" in caught.value.what_to_do
    shown = look(home.config(source, century=1950), 1)
    assert [cell.text for cell in shown.records[0]][:2] == ["2049-12-31", "2024-01-31"]


def test_an_estimate_takes_them_as_strata(home: Home) -> None:
    (home.data / "x.layout.toml").write_text("century = 1950\n" + LAYOUT)
    source = home.put("x.bin", b"".join(GOOD * 5))
    answer = estimate_file(home.config(source), Question(measures=("n",), strata="born", exact=True))
    assert {one.stratum: float(one.total) for one in answer.estimates[0].strata} == {
        "2049-12-31": 5.0, "1950-01-01": 10.0, "(null)": 35.0,
    }  # fmt: skip


def test_lines_by_a_table_of_columns(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    table = home.data / "x.csv"
    table.write_text(
        'column,start,length,type\nname,1,6,\nborn,7,8,date(%d.%m.%y)\nat,15,16,"timestamp(%Y-%m-%d %H:%M)"\n'
    )
    source = home.put("x.txt", "Zoé   31.12.492024-01-31 11:53\nAbel   1. 1.50\n".encode())
    config = home.config(source, layout=str(table), century=1950, on_bad_row=OnBadRow.QUARANTINE)
    assert (run(config).rows_out, run(config).rows_quarantined) == (1, 1)
    assert (home.output / "out.csv").read_text() == "name,born,at\nZoé,2049-12-31,2024-01-31T11:53:00.000000\n"
    assert main(["layout", str(table), "--home", str(home.path)]) == 0
    assert 'type = "date"\noffset = 6\nlength = 8\nformat = "%d.%m.%y"\n' in capsys.readouterr().out


def test_a_century_of_a_csv(home: Home) -> None:
    source = home.put("x.csv", b"day,n\n31.12.49,1\n01.01.50,2\n")
    run(home.config(source, types="day=date(%d.%m.%y)", century=1900))
    assert (home.output / "out.csv").read_text() == "day,n\n1949-12-31,1\n1950-01-01,2\n"
    run(home.config(source, century=1950))
    assert (home.output / "out.csv").read_text() == "day,n\n2049-12-31,1\n1950-01-01,2\n"
