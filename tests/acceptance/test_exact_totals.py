"""Exact totals are exact: beyond 2^53, and decimals of 38 digits."""

from __future__ import annotations

import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

from etl_batch.etl_core import run
from etl_batch.file_estimate.contract import Question
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.metadata import result_of_json
from tests.conftest import Home
from tests.inline_runner import InlineRunner

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
