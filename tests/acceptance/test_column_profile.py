"""The column profile of a job: the same whatever the workers and chunks, and after a resume; and what the rows say."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from etl_batch.config import OnBadRow, ProfileDepth
from etl_batch.errors import Cancelled
from etl_batch.etl_core import run
from etl_batch.options.shape import ColumnsKept, SourceColumn
from tests.conftest import Home
from tests.data_makers.record_types import LAYOUT as TYPES_LAYOUT
from tests.data_makers.record_types import some_orders
from tests.data_makers.records import LAYOUT, records
from tests.helpers.inline_runner import CrashAfter, InlineRunner

ROWS = 3_000


def profile(home: Home) -> Any:  # noqa: ANN401 - of the metadata
    return json.loads((home.output / "out.csv.meta.json").read_text())["column_profile"]


def column(found: Any, name: str) -> dict[str, Any]:  # noqa: ANN401 - a profile
    return next(one for one in found["columns"] if one["name"] == name)


def put_input(home: Home, form: str) -> Path:
    """The same rows as a binary file, a CSV, or Parquet."""
    binary = home.put("in.bin", records(ROWS), LAYOUT)
    if form == "bin":
        return binary
    run(home.config(binary, output_csv=str(home.output / "in.csv"), output_parquet=str(home.output / "in.parquet")))
    made = home.data / f"in.{form}"
    (home.output / f"in.{form}").rename(made)
    for path in home.output.iterdir():
        path.unlink()
    return made


@pytest.mark.parametrize(("form", "more"), [("bin", {}), ("csv", {}), ("csv", {"output_parquet": "out.parquet"})])
def test_the_same_for_any_workers_and_chunks(home: Home, form: str, more: dict[str, str]) -> None:
    made = put_input(home, form)
    outputs = {name: str(home.output / path) for name, path in more.items()}
    found = []
    for workers, chunk in ((1, 2**26), (2, 20_000), (4, 7_001)):
        run(home.config(made, workers=workers, chunk_bytes=chunk, output_csv=str(home.output / "out.csv"), **outputs))
        found.append(profile(home))
    assert found[0]["rows"] == ROWS
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("form", ["bin", "csv", "parquet"])
def test_it_says_what_the_rows_say(home: Home, form: str) -> None:
    run(home.config(put_input(home, form)))
    found = profile(home)
    with (home.output / "out.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert found["rows"] == len(rows)
    assert [one["name"] for one in found["columns"]] == list(rows[0])
    for one in found["columns"]:
        cells = [row[one["name"]] for row in rows]
        there = [cell for cell in cells if cell]
        if one["type"] in {"i32", "i64", "f64"}:
            numbers = [float(cell) for cell in there]
            assert (one["min"], one["max"], one["nulls"]) == (min(numbers), max(numbers), len(cells) - len(there))
            assert one["sum"] == math.fsum(numbers)
            assert one["mean"] == pytest.approx(one["sum"] / len(numbers))


def test_quarantined_rows_are_not_in_it(home: Home) -> None:
    made = home.put("a.csv", b"n,t\n1,a\n2,b,c\n3,c\n")
    run(home.config(made, on_bad_row=OnBadRow.QUARANTINE))
    found = profile(home)
    assert (found["rows"], column(found, "n")["sum"], column(found, "t")["max"]) == (2, 4, "c")


def test_columns_are_those_of_the_outputs(home: Home) -> None:
    made = home.put("a.csv", b"n,t,u\n1,a,x\n2,b,y\n")
    run(
        home.config(
            made, select=("t", "n"), rename=(("n", "number"),), add_source=(SourceColumn.ROW, SourceColumn.FILE)
        )
    )
    found = profile(home)
    assert [one["name"] for one in found["columns"]] == ["t", "number", "source_row", "source_file"]
    assert (column(found, "number")["max"], column(found, "source_row")["sum"]) == (2, 3)
    assert column(found, "source_file")["min"] == "a.csv"


@pytest.mark.parametrize("chunk", [2**26, 64])
def test_a_column_that_turns_out_to_be_text_is_one_whole(home: Home, chunk: int) -> None:
    content = b"n,f\n" + b"".join(b"%d,%d.5\n" % (row, row) for row in range(10, 200)) + b"007,x\n"
    run(home.config(home.put("a.csv", content), chunk_bytes=chunk))
    found = profile(home)
    numbers = column(found, "n")
    assert (numbers["type"], numbers["min"], numbers["max"], numbers["sum"]) == ("str", "007", "99", None)
    assert (numbers["min_length"], numbers["max_length"]) == (2, 3)
    assert column(found, "f")["max"] == "x"


def test_inputs_that_are_joined(home: Home) -> None:
    home.put("a.csv", b"n,t\n1,a\n2,b\n")
    home.put("b.csv", b"t,m\nc,2.5\n")
    run(home.config(columns=ColumnsKept.UNION))
    found = profile(home)
    assert [(one["name"], one["type"], one["nulls"]) for one in found["columns"]] == [
        ("n", "i64", 1), ("t", "str", 0), ("m", "f64", 2),
    ]  # fmt: skip


def test_types_that_were_named_hold(home: Home) -> None:
    made = home.put("a.csv", b"n,d,k\n1,2.50,7\n,3.25,8\n")
    run(home.config(made, types="n=i32,d=decimal(10,2)"))
    found = profile(home)
    assert [(one["type"], one["sum"]) for one in found["columns"]] == [
        ("i32", 1),
        ("decimal(38,2)", "5.75"),
        ("i64", 15),
    ]


def test_off_and_without_totals_there_is_none(home: Home) -> None:
    made = home.put("a.csv", b"n\n1\n")
    run(home.config(made, profile=ProfileDepth.OFF))
    assert profile(home) is None
    run(home.config(made, measures=()))
    assert profile(home) is None
    run(home.config(made, measures=(), profile=ProfileDepth.LIGHT))
    assert column(profile(home), "n")["sum"] == 1


@pytest.mark.parametrize("after", [1, 3])
def test_a_job_that_is_gone_on_with_has_the_same(home: Home, after: int) -> None:
    made = put_input(home, "bin")
    config = home.config(made, chunk_bytes=20_000)
    run(config)
    whole = profile(home)
    for path in home.output.glob("out.csv*"):
        path.unlink()
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(after, InlineRunner(), Cancelled("x")))
    run(replace(config, resume=True), runner=InlineRunner())
    assert profile(home) == whole


def test_every_table_has_its_own(home: Home) -> None:
    home.put("a.bin", some_orders(40)[0], TYPES_LAYOUT)
    run(home.config(output_csv=f"{home.output}/out/"))
    made = json.loads(next(home.output.glob("out*.meta.json")).read_text())
    assert made["column_profile"] is None
    for table in made["tables"]:
        assert table["column_profile"]["rows"] == table["rows_out"]
        assert [one["name"] for one in table["column_profile"]["columns"]] == table["columns"]
