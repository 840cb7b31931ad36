"""`profile FILE`, and the full profile of a job: of any kind of file, the same."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from etl_batch.__main__ import main
from etl_batch.config import ProfileDepth
from etl_batch.etl_core import run
from tests.conftest import Home

ROWS = [(number % 7, number * 0.25, f"name {number % 3}") for number in range(3000)]


def put_files(home: Home) -> Path:
    content = "n,v,t\n" + "".join(f"{n},{v!r},{t}\n" for n, v, t in ROWS)
    return home.put("a.csv", content.encode())


@pytest.mark.parametrize("form", ["csv", "parquet", "arrow"])
def test_what_a_file_holds(home: Home, capsys: pytest.CaptureFixture[str], form: str) -> None:
    made = put_files(home)
    if form != "csv":
        table = pyarrow.csv.read_csv(made)
        made = home.data / f"b.{form}"
        pq.write_table(table, made) if form == "parquet" else pyarrow.feather.write_feather(table, made)
    assert main(["profile", str(made), "--json", "--home", str(home.path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == len(ROWS)
    number, value, text = found["columns"]
    assert (number["type"], number["sum"], number["distinct"], number["distinct_method"]) == (
        "i64", sum(n for n, _, _ in ROWS), 7, "exact",
    )  # fmt: skip
    assert {one["value"]: one["count"] for one in number["top"]["values"]} == Counter(n for n, _, _ in ROWS)
    assert value["distinct_method"] == "HyperLogLog"
    assert value["distinct"] == pytest.approx(3000, rel=0.02)
    assert value["quantiles"]["values"]["0.5"] == pytest.approx(374.75, rel=value["quantiles"]["error"])
    assert (text["min"], text["max"], text["distinct"]) == ("name 0", "name 2", 3)


def test_in_words(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", str(put_files(home)), "--home", str(home.path)]) == 0
    first, head, number, *_ = capsys.readouterr().out.splitlines()
    assert first == "3,000 rows, 3 columns"
    assert head.split()[:4] == ["column", "type", "nulls", "least"]
    assert number.split()[:4] == ["n", "i64", "0", "0"]


def test_full_is_the_same_for_any_workers_and_chunks(home: Home) -> None:
    made, found = put_files(home), []
    for workers, chunk in ((1, 2**26), (2, 5_000), (4, 777)):
        run(home.config(made, workers=workers, chunk_bytes=chunk, profile=ProfileDepth.FULL))
        found.append(json.loads((home.output / "out.csv.meta.json").read_text())["column_profile"])
    assert found[0] == found[1] == found[2]
    assert found[0]["columns"][0]["distinct"] == 7


def test_a_bad_row_is_refused(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    made = home.put("bad.csv", b"a,b\n1,2\n3\n")
    assert main(["profile", str(made), "--home", str(home.path)]) == 2
    assert "row 2" in capsys.readouterr().err
