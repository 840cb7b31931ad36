"""Records whose numbers are characters, and whose numbers are blank: whole jobs."""

from __future__ import annotations

from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.options.input_reading import BlankNumbers
from tests.conftest import Home
from tests.helpers.copybooks import packed

LAYOUT = """\
record_size = 30
encoding = "{encoding}"
[[field]]
name = "age"
type = "i16"
text = true
length = 4
[[field]]
name = "paid"
type = "decimal"
text = true
length = 8
scale = 2
[[field]]
name = "rate"
type = "f64"
text = true
length = 9
[[field]]
name = "sort"
type = "str"
length = 5
[[field]]
name = "owed"
type = "packed"
length = 4
"""
BOOK = """\
       01  R.
           05  AGE     PIC 9(4).
           05  NAME    PIC X(4).
           05  OWED    PIC S9(3) COMP-3.
"""


def record(age: str, paid: str, rate: str, sort: str, encoding: str) -> bytes:
    text = f"{age:>4}{paid:>8}{rate:<9}{sort:<5}".encode(encoding)
    return text + packed(Decimal(12), 7, 0, signed=True)


@pytest.mark.parametrize("encoding", ["ascii", "cp037"])
def test_a_job_reads_them_and_names_what_is_none(home: Home, encoding: str) -> None:
    (home.data / "x.layout.toml").write_text(LAYOUT.format(encoding=encoding))
    rows = [
        record("12", "1234", "1.5", "a", encoding), record("-7", "12.34", "1e3", "b", encoding),
        record("0040", "5-", ".25", "a", encoding), record("1x", "1", "1", "b", encoding),
        record("40000"[:4], "1.234", "1", "b", encoding), record("", "1", "1", "b", encoding),
    ]  # fmt: skip
    source = home.put("x.bin", b"".join(rows))
    with pytest.raises(BadRow, match="field 'age'"):
        run(home.config(source))
    result = run(home.config(source, on_bad_row=OnBadRow.QUARANTINE))
    assert (result.rows_out, result.rows_quarantined) == (3, 3)
    assert (home.output / "out.csv").read_text() == (
        "age,paid,rate,sort,owed\n12,12.34,1.5,a,12\n-7,12.34,1000.0,b,12\n40,-0.05,0.25,a,12\n"
    )
    rejected = (home.output / "out.csv.rejected.csv").read_text()
    assert [name in rejected for name in ("'age'", "'paid'", "'rate'")] == [True, True, False]


def test_blanks_are_null_where_that_is_said(home: Home) -> None:
    (home.data / "x.layout.toml").write_text(LAYOUT.format(encoding="cp037"))
    rows = [record("", "", " ", "a", "cp037")[:26] + b"\x40" * 4, record("1", "2", "3", "b", "cp037")]
    source = home.put("x.bin", b"".join(rows * 3))
    with pytest.raises(BadRow, match="field 'age'"):
        run(home.config(source))
    run(home.config(source, blank=BlankNumbers.NULL, output_parquet=str(home.output / "x.parquet")))
    table = pq.read_table(home.output / "x.parquet")
    assert table.to_pylist()[0] == {"age": None, "paid": None, "rate": None, "sort": "a", "owed": None}
    assert table.to_pylist()[1]["paid"] == Decimal("0.02")
    assert table.column("age").null_count == 3


def test_blanks_of_a_copybook(home: Home) -> None:
    (home.data / "x.cpy").write_text(BOOK)
    source = home.put("x.dat", ("    ABCD".encode("cp037") + b"\x12\x3c" + "0012EFGH".encode("cp037") + b"\x40\x40"))
    config = home.config(source, layout=str(home.data / "x.cpy"), encoding="cp037")
    with pytest.raises(BadRow, match="field 'AGE'"):
        run(config)
    run(home.config(source, layout=str(home.data / "x.cpy"), encoding="cp037", blank=BlankNumbers.NULL))
    assert (home.output / "out.csv").read_text() == "AGE,NAME,OWED\n,ABCD,123\n12,EFGH,\n"


def test_an_estimate_reads_them_too(home: Home) -> None:
    layout = LAYOUT.format(encoding="ascii").replace("length = 4\n", "length = 4\nnulls = [-7]\n", 1)
    (home.data / "x.layout.toml").write_text(layout)
    rows = [record("12", "1234", "1.5", "a", "ascii"), record("-7", "12.34", "1e3", "b", "ascii")]
    source = home.put("x.bin", b"".join(rows * 5))
    question = Question(measures=("age", "paid"), strata="sort", exact=True)
    answer = estimate_file(home.config(source), question)
    assert [float(total.total) for total in answer.estimates] == [60.0, 123.4]
