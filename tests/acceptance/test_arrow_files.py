"""Arrow files through whole jobs, in real workers: what comes out is what their Parquet twin gives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import BadRow, FormatCorrupt
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import columns_of, estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.launch.questions import first_rows
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.storage.roots import place
from etl_batch.values import Actor
from tests.conftest import Home
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
ROWS = 5_000


def sales(rows: int = ROWS) -> pa.Table:
    return pa.table(
        {
            "product": pa.array(["MILK", "SOUP", None, "=1+1"] * (rows // 4)),
            "quantity": pa.array(range(rows), pa.int64()),
            "value": pa.array([number / 4 for number in range(rows)]),
        }
    )


def put(home: Home, name: str, table: pa.Table, rows: int = 700, codec: str | None = None) -> Path:
    path = home.data / name
    options = pa.ipc.IpcWriteOptions(compression=codec)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=rows)
    return path


def test_a_job_gives_what_its_parquet_twin_gives(home: Home) -> None:
    """The same CSV, the same sample of the same rows, the same totals."""
    arrow = put(home, "x.arrow", sales(), codec="zstd")
    pq.write_table(sales(), home.data / "x.parquet", row_group_size=700)
    both = {}
    for given in (arrow, home.data / "x.parquet"):
        out = home.output / f"{given.suffix[1:]}.csv"
        config = home.config(
            given,
            output_csv=str(out),
            output_parquet=str(out) + ".parquet",
            sample_frac=0.1,
            chunk_bytes=20_000,
            workers=2,
        )
        result = run(config)
        sample = pq.read_table(f"{out}.sample.parquet")
        both[given.suffix] = (
            out.read_bytes(),
            pq.read_table(f"{out}.parquet"),
            sample,
            result.estimates,
            result.rows_out,
        )
        assert [one.format for one in result.inputs] == [given.suffix[1:]]
        assert {phase.name for phase in result.phases} == {"plan", "convert", "publish"}
    arrows, twins = both.values()
    assert arrows[0] == twins[0]
    assert arrows[1].equals(twins[1])
    assert arrows[2].sort_by("_row").equals(twins[2].sort_by("_row"))
    assert arrows[3:] == twins[3:]


def test_all_formats_in_one_job(home: Home) -> None:
    put(home, "a.arrow", sales(8), 3)
    pq.write_table(sales(8), home.data / "b.parquet")
    home.put("c.csv", b"product,quantity,value\nTEA,1,2.5\n")
    put(home, "d.feather", sales(8), 8, "lz4")
    result = run(home.config(output_csv=str(home.output / "out.csv"), measures=()))
    assert [(one.format, one.rows) for one in result.inputs] == [("arrow", 8), ("parquet", 8), ("csv", 1), ("arrow", 8)]
    lines = (home.output / "out.csv").read_text().splitlines()
    assert lines[1:9] == lines[9:17] == lines[18:]
    checked = dry_run(home.config(output_csv=str(home.output / "other.csv"), measures=()))
    assert (checked.succeeds, checked.rows) == (True, 25)


@pytest.mark.parametrize("crash", [1, 3])
def test_a_job_goes_on_to_the_same_bytes(home: Home, crash: int) -> None:
    given = put(home, "x.arrow", sales())
    config = home.config(given, chunk_bytes=20_000, sample_frac=0.1)
    run(replace(config, output_csv=str(home.output / "whole.csv")))
    with pytest.raises(Crash):
        run(config, runner=CrashAfter(crash, InlineRunner(), Crash()))
    result = run(replace(config, resume=True))
    assert result.rows_out == ROWS
    assert (home.output / "out.csv").read_bytes() == (home.output / "whole.csv").read_bytes()


def test_bad_rows_stop_a_job_or_are_set_aside(home: Home) -> None:
    table = pa.table({"n": [1, 2, 3], "at": pa.array([0, 2**60, 5], pa.timestamp("us"))})
    config = home.config(put(home, "x.arrow", table), measures=())
    with pytest.raises(BadRow, match=r"x\.arrow, row 2 \(at byte \d+\): column 'at': a timestamp lies in the years"):
        run(config)
    result = run(replace(config, on_bad_row=OnBadRow.QUARANTINE))
    assert (result.rows_out, result.rows_quarantined) == (2, 1)
    rejected = (home.output / "out.csv.rejected.csv").read_text().splitlines()
    assert '"{""n"":2,""at"":' in rejected[1]


def test_damage_in_a_worker_has_a_code(home: Home) -> None:
    given = put(home, "x.arrow", sales(), codec="lz4")
    whole = given.read_bytes()
    middle = len(whole) // 2
    given.write_bytes(whole[:middle] + bytes(64) + whole[middle + 64 :])
    with pytest.raises(FormatCorrupt, match="record batch"):
        run(home.config(given))
    assert not (home.output / "out.csv").exists()


def test_first_rows_and_estimates(home: Home) -> None:
    given = put(home, "x.feather", sales())
    config = home.config(given)
    shown = first_rows(ADMIN, place(str(given), config.input_roots), config, 3).rows
    assert shown is not None
    assert shown.rows == (("MILK", "0", "0.0"), ("SOUP", "1", "0.25"), (None, "2", "0.5"))
    assert shown.note == f"{ROWS:,} rows in 8 record batches"
    assert columns_of(config) == {"product": False, "quantity": True, "value": True}
    question = Question(measures=("quantity",), strata=None)
    whole = estimate_file(config, question)
    assert (whole.format, whole.estimates[0].exact_total) == ("arrow", sum(range(ROWS)))
    many = put(home, "many.arrow", sales(80_000), 100)
    drawn = estimate_file(home.config(many), replace(question, whole_bytes=1, whole_column_bytes=1, sample_frac=0.3))
    (estimate,) = drawn.estimates
    assert drawn.rows_read < 80_000
    assert estimate.ci_low is not None
    assert estimate.ci_high is not None
    assert estimate.ci_low < sum(range(80_000)) < estimate.ci_high
    assert json.loads(json.dumps(drawn.designs["quantity"].unit)) == "record batch"
