"""Exact totals are exact: beyond 2^53, and decimals of 38 digits."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.commands.estimate_text import render
from etl_batch.estimate.where import parse_where
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.csv import unit_reader as block_units
from etl_batch.pipeline.outputs.metadata import result_of_json
from tests.conftest import Command, Home
from tests.helpers.inline_runner import InlineRunner

LARGE = 2**62
CENTS = 1234567890123456789012345678910


def money_text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def table() -> pa.Table:
    rows = range(20)
    return pa.table(
        {
            "product": ["ab"[row % 2] for row in rows],
            "count": pa.array([LARGE + row for row in rows], pa.int64()),
            "money": pa.array([Decimal(money_text(CENTS + row)) for row in rows], pa.decimal128(38, 2)),
            "weight": [0.1 * row for row in rows],
        }
    )


def test_a_run_tells_every_digit_and_its_sample_does(home: Home) -> None:
    pq.write_table(table(), home.data / "in.parquet")
    config = home.config(measures=("count", "money", "weight"))
    run(config, runner=InlineRunner())
    path = home.output / "out.csv.meta.json"
    count, money, weight = json.loads(path.read_text())["estimates"]
    assert count["exact_total"] == 20 * LARGE + 190
    assert count["exact_total_text"] == str(20 * LARGE + 190)
    assert {one["stratum"]: one["exact_total_text"] for one in money["strata"]} == {
        "a": money_text(10 * CENTS + 90), "b": money_text(10 * CENTS + 100),
    }  # fmt: skip
    assert money["exact_total_text"] == money_text(20 * CENTS + 190)
    assert isinstance(money["exact_total"], float)
    assert isinstance(weight["exact_total"], float)
    again = result_of_json(path.read_text(), path)
    assert again.estimates[0].exact_total == 20 * LARGE + 190
    question = Question(measures=("count", "money"), exact=True)
    answer = estimate_file(home.config(home.output / "out.csv"), question)
    assert "sample" in answer.source
    assert answer.is_exact
    assert answer.as_json()["estimates"][0]["total"] == 20 * LARGE + 190
    assert answer.estimates[1].exact_total_text == money_text(20 * CENTS + 190)


@pytest.mark.parametrize("name", ["in.parquet", "in.csv"])
def test_a_file_that_no_run_wrote_is_added_up_as_exactly(home: Home, command: Command, name: str) -> None:
    rows = table()
    pq.write_table(rows, home.data / "in.parquet")
    lines = [f"{one['product']},{one['count']},{one['money']},{one['weight']!r}" for one in rows.to_pylist()]
    home.put("in.csv", ("product,count,money,weight\n" + "\n".join(lines) + "\n").encode())
    asked = ["-m", "etl_batch", "estimate", home.data / name, "--measures", "count,money,weight"]
    asked += ["--types", "money=decimal(38,2)"] if name.endswith("csv") else []
    told = command(*asked, "--json")
    assert told.code == 0, told.err
    answer = told.json()
    count, money, weight = answer["estimates"]
    assert answer["exact"]
    assert [count[key] for key in ("total", "ci_low", "ci_high", "exact_total")] == 4 * [20 * LARGE + 190]
    assert count["exact_total_text"] == str(20 * LARGE + 190)
    assert money["exact_total_text"] == money_text(20 * CENTS + 190)
    assert {one["stratum"]: one["exact_total_text"] for one in money["strata"]} == {
        "a": money_text(10 * CENTS + 90), "b": money_text(10 * CENTS + 100),
    }  # fmt: skip
    assert weight["exact_total_text"] == repr(weight["exact_total"])
    rows_line = answer["rows"]
    assert (rows_line["exact_total"], rows_line["exact_total_text"]) == (20, "20")
    assert isinstance(rows_line["exact_total"], int)
    said = command(*asked).out
    for digits in (f"{20 * LARGE + 190:,}", f"{(10 * CENTS + 90) // 100:,}.{(10 * CENTS + 90) % 100:02d}"):
        assert digits in said
    assert "e+" not in said


def test_a_column_that_turns_out_to_hold_floats_is_read_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_units, "_READ_ALL_BYTES", 1000)
    whole = [f"a,{LARGE + row}" for row in range(100)]
    home.put("whole.csv", ("product,value\n" + "\n".join(whole)).encode())
    home.put("mixed.csv", ("product,value\n" + "\n".join([*whole, "a,0.5"])).encode())
    question = Question(measures=("value",), exact=True)
    (one,) = estimate_file(home.config(home.data / "whole.csv"), question).estimates
    assert one.exact_total == 100 * LARGE + 4950
    answer = estimate_file(home.config(home.data / "mixed.csv"), question)
    assert answer.rows.total == 101
    assert answer.estimates[0].exact_total_text == repr(float(100 * LARGE))  # of floats each is a multiple of 1,024


def test_a_filter_compares_whole_numbers_as_such(home: Home) -> None:
    """Also where the column is the strata's, which keep their names."""
    home.put("in.csv", f"id,value\n{2**53},1\n{2**53 + 1},2\n{2**53 + 1},4\n".encode())
    asked = Question(measures=("value",), exact=True, strata="id", where=parse_where(f"id > {2**53}"))
    (one,) = estimate_file(home.config(home.data / "in.csv"), asked).estimates
    assert one.exact_total == 6
    assert {part.stratum: part.exact_total for part in one.strata} == {str(2**53): 0, str(2**53 + 1): 6}


def test_values_without_a_sum_have_no_exact_total(home: Home) -> None:
    home.put("in.csv", b"product,value,big\na,1.5,1e308\na,NaN,1e308\nb,2.5,1\n")
    answer = estimate_file(home.config(home.data / "in.csv"), Question(measures=("value", "big"), exact=True))
    value, big = answer.estimates
    assert (value.total, value.exact_total, value.ci_low) == (4.0, None, None)
    assert value.warnings == ("1 value not finite (NaN or infinite), counted as 0: no exact total can be given",)
    assert {part.stratum: part.exact_total for part in value.strata} == {"a": None, "b": 2.5}
    assert big.exact_total is None
    assert "beyond the range of floats" in big.warnings[0]
    assert not answer.is_exact
    assert answer.as_json()["estimates"][1]["total"] is None
    assert "unknown" in render(answer)


def test_strata_of_a_whole_csv_have_their_names_as_they_are_meant(home: Home) -> None:
    home.put("in.csv", b'product,value\n"a ""b""",1\n"a ""b""",2\n"c,d",4\n"",8\n,16\n')
    (one,) = estimate_file(home.config(home.data / "in.csv"), Question(measures=("value",), exact=True)).estimates
    strata = {part.stratum: part.exact_total for part in one.strata}
    assert strata == {'a "b"': 3, "c,d": 4, "": 8, "(null)": 16}


def test_a_whole_csv_is_added_up_without_loading_arrow(home: Home, command: Command) -> None:
    """It takes a fifth of a second, as much as a CSV of 50 MB."""
    path = home.put("in.csv", b"product,value\na,1\nb,2.5\n")
    asked = f"import sys, etl_batch.__main__ as it; it.main(['estimate', {str(path)!r}, '--exact'])"
    done = command("-c", f"{asked}; print('pyarrow' in sys.modules)")
    assert "3.5" in done.out
    assert done.out.endswith("False\n"), done.err
