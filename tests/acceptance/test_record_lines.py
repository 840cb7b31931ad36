"""Records of several lines of text: the jobs of one line each, divided; what is wrong with them, and gone on with."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

from etl_batch.errors import BadRow, Cancelled, LayoutInvalid
from etl_batch.etl_core import run
from tests.acceptance.test_text_lines import TOML, many, put, written
from tests.conftest import Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner

TWO_LINES = TOML.replace("lines = true", 'lines = [11, 21]\ncolumns = "bytes"')


def two_lines(count: int) -> str:
    return "".join(
        f"{line[:11].rstrip()}\n{line[11:].rstrip()}\n" for line in many(count).replace("é", "e").splitlines()
    )


@pytest.mark.parametrize("workers", [1, 3])
def test_records_of_several_lines_are_those_of_one(home: Home, workers: int) -> None:
    more = {"measures": ("paid",), "strata": "note", "workers": workers, "chunk_bytes": 5_000}
    expected = written(home, put(home, many(2_000).replace("é", "e").encode()), **more)
    sample = pq.read_table(home.output / "out.csv.sample.parquet")
    for end in ("\n", "\r\n"):
        data = put(home, two_lines(2_000).replace("\n", end).encode(), TWO_LINES)
        assert written(home, data, **more) == expected
        assert pq.read_table(home.output / "out.csv.sample.parquet") == sample


def test_bad_records_of_several_lines_are_named_and_an_interrupted_job_goes_on(home: Home) -> None:
    made = two_lines(600).splitlines()
    made[2:4] = ["", ""]
    made[4] = made[4][:9] + "x"
    made[7] += "x" * 20
    made[10] = "longer than eleven"
    made[13] = made[13][:5]
    data = put(home, "\n".join([*made, "half"]).encode(), TWO_LINES)
    more = {"chunk_bytes": 3_000, "on_bad_row": "quarantine", "measures": ("paid",), "strata": "note"}
    with pytest.raises(BadRow, match=r"survey\.dat, row 2 \(at byte \d+\): all lines of the record are empty"):
        run(home.config(data))
    result = run(home.config(data, **more))
    assert (result.rows_in, result.rows_quarantined) == (601, 6)
    kept = [(home.output / name).read_bytes() for name in ("out.csv", "out.csv.rejected.csv", "out.csv.sample.parquet")]
    reasons = [line.split(",", 3) for line in kept[1].decode().splitlines()[1:]]
    assert [int(one[1]) for one in reasons] == [2, 3, 4, 6, 7, 601]
    for reason, said in zip(
        (one[3] for one in reasons),
        (
            "all lines of the record are empty,0a", "field 'age'", "line 2 of the record: the line has ",
            "line 1 of the record: the line has 18 bytes, 11 expected; behind them: 0x",
            "line 2 of the record: the line ends after 5 columns, within field 'paid' (1 to 7)",
            "the file ends behind line 1 of the 2 of a record,68616c66",
        ),
        strict=True,
    ):  # fmt: skip
        assert said in reason
    for path in home.output.iterdir():
        path.unlink()
    with pytest.raises(Cancelled):
        run(home.config(data, **more), runner=CrashAfter(2, InlineRunner(), Cancelled("told to stop")))
    run(home.config(data, **more, resume=True))
    again = [
        (home.output / name).read_bytes() for name in ("out.csv", "out.csv.rejected.csv", "out.csv.sample.parquet")
    ]
    assert again == kept


def test_a_field_is_in_one_line(home: Home) -> None:
    data = put(home, b"a\nb\n", TWO_LINES.replace("lines = [11, 21]", "lines = [10, 22]"))
    with pytest.raises(LayoutInvalid, match=r"field 'age' is at 8 to 11 of the record, of which line 1 has 0 to 10"):
        run(home.config(data))
