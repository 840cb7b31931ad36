"""`python -m etl_batch estimate`: what a user asks of existing files, and what comes back."""

from __future__ import annotations

import hashlib
import json
import math
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.commands.estimate_text import render
from etl_batch.errors import ConfigError
from etl_batch.estimate.where import parse_where
from etl_batch.file_estimate.answer import Answer
from etl_batch.file_estimate.estimate_file import estimate_file, is_within
from etl_batch.file_estimate.question import Question
from etl_batch.formats.binary import unit_reader as record_units
from etl_batch.formats.csv import unit_reader as block_units
from etl_batch.values import TotalEstimate
from tests.conftest import Command, Home

ROWS = 60_000
LAYOUT = """
record_size = 32
header_bytes = 7
[[field]]
name = "id"
type = "u32"
[[field]]
name = "product"
type = "str"
length = 8
null = ""
[[field]]
name = "quantity"
type = "i32"
null = -1
[[field]]
name = "value"
type = "f64"
[[field]]
name = "sold"
type = "timestamp"
unit = "s"
"""
RECORD = np.dtype([("id", "<u4"), ("product", "S8"), ("quantity", "<i4"), ("value", "<f8"), ("sold", "<i8")])
BIN, CSV, PARQUET = "rows.bin", "rows.csv", "rows.parquet"


def rows(count: int = ROWS, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    found = np.zeros(count, RECORD)
    found["id"] = np.arange(count)
    found["product"] = random.choice([b"MILK", b"BREAD", b"EGGS", b""], count, p=[0.5, 0.3, 0.15, 0.05])
    found["quantity"] = random.integers(0, 9, count)
    found["quantity"][random.random(count) < 0.05] = -1
    found["value"] = random.gamma(4, 2, count).round(2)
    found["sold"] = 1_483_228_800 + np.arange(count) * 60
    return found


def table(found: np.ndarray) -> pa.Table:
    product = pa.array([one.decode() or None for one in found["product"].tolist()], pa.string())
    quantity = pa.array(found["quantity"].astype(np.int64), mask=found["quantity"] == -1)
    sold = pa.array(found["sold"], pa.timestamp("s", "UTC"))
    return pa.table(
        {"id": found["id"], "product": product, "quantity": quantity, "value": found["value"], "sold": sold}
    )


@pytest.fixture
def files(home: Home) -> np.ndarray:
    """The same rows in all three formats."""
    found = rows()
    home.put(BIN, b"HEADER\n" + found.tobytes(), LAYOUT)
    cells = table(found).to_pylist()
    lines = [
        f"{one['id']},{one['product'] or ''},{'' if one['quantity'] is None else one['quantity']},"
        f'{one["value"]},"{one["sold"]:%Y-%m-%d}"\n'
        for one in cells
    ]
    home.put(CSV, ("id,product,quantity,value,sold\n" + "".join(lines)).encode())
    pq.write_table(table(found), home.data / PARQUET, row_group_size=150)
    return found


def ask(home: Home, name: str, where: str | None = None, **more: Any) -> Answer:  # noqa: ANN401
    condition = parse_where(where) if where else None
    return estimate_file(home.config(home.data / name), Question(where=condition, **more))


def sample(home: Home, name: str, where: str | None = None, **more: Any) -> Answer:  # noqa: ANN401
    """The same, although the file is small."""
    return ask(home, name, where, whole_bytes=0, whole_column_bytes=0, **more)


@pytest.fixture
def small_units(monkeypatch: pytest.MonkeyPatch) -> None:
    """So small that small files have many."""
    monkeypatch.setattr(block_units, "BLOCK_BYTES", 1024)
    monkeypatch.setattr(record_units, "PAGE_BYTES", 256)


def truth(found: np.ndarray, inside: np.ndarray | None = None) -> dict[str, float]:
    inside = np.ones(len(found), np.bool_) if inside is None else inside
    there = inside & (found["quantity"] != -1)
    return {"quantity": float(found["quantity"][there].sum()), "value": float(found["value"][inside].sum())}


@pytest.mark.parametrize("name", [BIN, CSV, PARQUET])
def test_the_exact_answer_is_exact(home: Home, files: np.ndarray, name: str) -> None:
    answer = ask(home, name, exact=True)
    for one in answer.estimates:
        assert one.total == pytest.approx(truth(files)[one.measure], rel=1e-12)
        assert one.ci_low == one.ci_high == one.exact_total == one.total
        assert sum(stratum.total for stratum in one.strata) == pytest.approx(one.total, rel=1e-12)
        assert {stratum.stratum for stratum in one.strata} == {"MILK", "BREAD", "EGGS", "(null)"}
    assert answer.rows.total == ROWS
    assert answer.is_exact


@pytest.mark.parametrize("name", [BIN, CSV, PARQUET])
@pytest.mark.parametrize("how", [{"sample_frac": 0.05}, {"error_within": 0.02}])
@pytest.mark.usefixtures("small_units")
def test_the_sample_comes_near_the_truth(home: Home, files: np.ndarray, name: str, how: dict[str, Any]) -> None:
    answer = sample(home, name, None, **how)
    if (
        name == PARQUET and "error_within" in how
    ):  # what 300 row groups hold that were not read, the footer cannot bound
        assert answer.is_exact
        return
    assert not answer.is_exact
    assert 0 < answer.rows_read <= ROWS / 2
    assert 0 < answer.bytes_read <= answer.bytes_of_file
    for one in answer.estimates:
        assert one.total == pytest.approx(truth(files)[one.measure], rel=0.08)
        assert one.ci_low is not None
        assert one.ci_high is not None
        assert one.ci_low < one.total < one.ci_high
        if "error_within" in how:
            assert one.ci_high - one.total <= 0.02 * one.total
        assert {stratum.stratum for stratum in one.strata} == {"MILK", "BREAD", "EGGS", "(null)"}
        for stratum in one.strata:
            assert stratum.ci_low is not None
            assert 0 <= stratum.ci_low < stratum.total
    assert answer.rows.total == pytest.approx(ROWS, rel=0.05)


@pytest.mark.parametrize("name", [BIN, CSV])
@pytest.mark.usefixtures("small_units")
def test_intervals_hold_about_as_often_as_they_say(home: Home, files: np.ndarray, name: str) -> None:
    held = 0
    for seed in range(30):
        (one,) = sample(home, name, measures=("value",), seed=seed).estimates
        held += bool((one.ci_low or 0) <= truth(files)["value"] <= (one.ci_high or 0))
    assert held >= 25  # 28.5 are expected; fewer than 25 come by chance once in 300 times


@pytest.mark.parametrize("name", [BIN, CSV, PARQUET])
@pytest.mark.usefixtures("small_units")
def test_a_filter(home: Home, files: np.ndarray, name: str) -> None:
    where = "product = 'MILK' and quantity between 2 and 5 or product is null and id < 30000"
    product, quantity = files["product"], files["quantity"]
    inside = ((product == b"MILK") & (quantity >= 2) & (quantity <= 5)) | ((product == b"") & (files["id"] < 30_000))
    exact = ask(home, name, where, exact=True)
    assert [one.total for one in exact.estimates] == pytest.approx(list(truth(files, inside).values()), rel=1e-12)
    assert exact.rows.total == inside.sum()
    sampled = sample(home, name, where, sample_frac=0.2)
    assert not sampled.is_exact
    assert [one.total for one in sampled.estimates] == pytest.approx(list(truth(files, inside).values()), rel=0.15)
    assert sampled.rows.total == pytest.approx(inside.sum(), rel=0.15)
    assert "Rows that fulfil the condition" in render(sampled)


@pytest.mark.usefixtures("small_units")
def test_a_filter_that_nothing_fulfils_gets_no_interval_of_width_zero(home: Home, files: np.ndarray) -> None:
    del files
    answer = sample(home, BIN, "quantity > 1000")
    assert not answer.is_exact
    for one in answer.estimates:
        assert one.total == 0
        assert one.ci_high is None
        assert any("no interval can be given" in said for said in one.warnings)


@pytest.mark.usefixtures("small_units")
def test_the_same_seed_gives_the_same_answer_and_another_one_another(home: Home, files: np.ndarray) -> None:
    del files
    assert sample(home, BIN).as_json() == sample(home, BIN).as_json()
    assert sample(home, BIN, seed=1).as_json() != sample(home, BIN).as_json()


def test_for_a_fixed_error_the_rows_read_do_not_grow_with_the_file(home: Home) -> None:
    read = []
    for count in (200_000, 800_000):
        home.put(BIN, b"HEADER\n" + rows(count).tobytes(), LAYOUT)
        read.append(sample(home, BIN, error_within=0.02).rows_read)
    assert read[1] <= 1.3 * read[0]


def test_a_default_that_is_not_there_is_a_note_and_a_named_one_an_error(home: Home, command: Command) -> None:
    home.put("other.csv", b"a,price\n" + b"x,1.5\n" * 100)
    answer = ask(home, "other.csv")
    assert answer.estimates == ()
    assert any("'quantity'" in note for note in answer.notes)
    for flags, code in (
        (("--measures", "quantity"), "E_MEASURE"), (("--strata", "product"), "E_MEASURE"),
        (("--measures", "a"), "E_MEASURE"), (("--where", "b = 1"), "E_WHERE"), (("--where", "a = 1"), "E_ROW"),
        (("--error-within", "0"), "E_CONFIG"), (("--confidence", "95"), "E_CONFIG"), (("--seed", "-1"), "E_CONFIG"),
    ):  # fmt: skip
        done = command("-m", "etl_batch", "estimate", str(home.data / "other.csv"), *flags)
        assert done.code == 2, done.err
        assert code in done.err
    done = command("-m", "etl_batch", "estimate", str(home.data / "other.csv"), "--measures", "price", "--json")
    assert done.json()["estimates"][0]["total"] == 150.0


def test_a_default_measure_of_text_is_left_out(home: Home) -> None:
    home.put("texts.csv", b"product,quantity,value\n" + b"x,many,2\n" * 100)
    answer = ask(home, "texts.csv")
    assert [(one.measure, one.total) for one in answer.estimates] == [("value", 200.0)]
    assert any("'many'" in note for note in answer.notes)


def test_a_broken_row_far_behind_stops_a_full_pass_with_its_number(home: Home, command: Command) -> None:
    home.put("broken.csv", b"a,value\n" + b"x,1\n" * 5000 + b"x\n" + b"x,1\n" * 10)
    done = command("-m", "etl_batch", "estimate", str(home.data / "broken.csv"))
    assert done.code == 2
    assert "row 5001" in done.err


def test_quoted_cells_with_lines_in_them_are_sampled_or_read_whole_but_never_wrong(home: Home) -> None:
    lines = [f'"note {one}\n1,2\n",{one % 7}\n' for one in range(150_000)]
    home.put("quoted.csv", ("note,value\n" + "".join(lines)).encode())
    answer = sample(home, "quoted.csv", measures=("value",))
    (one,) = answer.estimates
    assert one.total == pytest.approx(sum(number % 7 for number in range(150_000)), rel=0.05)
    assert answer.rows.total == pytest.approx(150_000, rel=0.02)


def test_the_table_and_the_json_of_a_whole_process(home: Home, files: np.ndarray, command: Command) -> None:
    del files
    path = str(home.data / BIN)
    done = command("-m", "etl_batch", "estimate", path, "--error-within", "2%")
    assert done.code == 0
    assert "quantity" in done.out
    assert "read whole" in done.out
    assert "bytes" in done.out
    found = command("-m", "etl_batch", "estimate", path, "--json").out
    assert "NaN" not in found
    answer = json.loads(found)
    assert {"estimates", "rows_read", "bytes_read", "design"} <= set(answer)
    assert answer["design"]["name"] == "all rows read"
    assert answer["design"]["unit"] is None
    assert answer["exact"]
    assert answer["bytes_read"] == answer["bytes_of_file"]
    wanted = {
        "measure",
        "total",
        "std_error",
        "df",
        "confidence",
        "ci_low",
        "ci_high",
        "exact_total",
        "rows_population",
    }
    assert wanted <= set(answer["estimates"][0])


def test_infinite_values_are_counted_as_nothing_and_told(home: Home) -> None:
    home.put(
        "inf.bin",
        struct.pack("<3d", 1.0, float("inf"), float("nan")),
        'record_size=8\n[[field]]\nname="value"\ntype="f64"',
    )
    (one,) = ask(home, "inf.bin").estimates
    assert one.total == 1.0
    assert any("infinite" in warning for warning in one.warnings)


def with_sample(home: Home, found: np.ndarray) -> Path:
    """An output with its run's sample and metadata beside it."""
    path = home.output / "data.csv"
    path.write_bytes((home.data / CSV).read_bytes())
    random = np.random.default_rng(3)
    sample, populations = [], {}
    whole = table(found)
    names = np.array([one.decode() or "(null)" for one in found["product"].tolist()])
    for name in np.unique(names):
        places = np.flatnonzero(names == name)
        populations[str(name)] = len(places)
        top = places[np.argsort(found["value"][places])[-5:]]
        drawn = random.choice(places, 400, replace=False)
        sample += [(int(one), str(name), bool(one in drawn), bool(one in top)) for one in np.union1d(top, drawn)]
    taken = whole.take(pa.array([one[0] for one in sample]))
    taken = taken.append_column("_stratum", pa.array([one[1] for one in sample]))
    taken = taken.append_column("_in_sample", pa.array([one[2] for one in sample]))
    taken = taken.append_column("_top_value", pa.array([one[3] for one in sample]))
    values = {name: float(found["value"][names == name].sum()) for name in populations}
    about = {
        "schema_version": 1, "seed": 0, "strata": "product", "measures": ["value"], "confidence": 0.95, "rows": ROWS,
        "populations": populations, "totals": {"value": values},
    }  # fmt: skip
    taken = taken.replace_schema_metadata({"etl_batch.sample": json.dumps(about)})
    pq.write_table(taken, home.output / "data.csv.sample.parquet")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    outputs = [{"path": str(path), "format": "csv", "bytes": path.stat().st_size, "rows": ROWS, "sha256": digest}]
    estimates = [{"measure": "value", "exact_total": math.fsum(values.values())}]
    metadata = {"outputs": outputs, "rows_out": ROWS, "estimates": estimates}  # as older versions wrote them
    (home.output / "data.csv.meta.json").write_text(json.dumps(metadata))
    return path


def test_a_runs_sample_answers_for_its_output(home: Home, files: np.ndarray) -> None:
    path = with_sample(home, files)
    config = home.config(path)
    answer = estimate_file(config, Question())
    assert "sample" in answer.source
    assert answer.rows_read < 1700
    assert any("SHA-256" in note for note in answer.notes)
    for one in answer.estimates:
        assert one.total == pytest.approx(truth(files)[one.measure], rel=0.1)
    assert answer.estimates[1].exact_total == pytest.approx(truth(files)["value"])
    assert answer.estimates[0].exact_total is None  # its totals are not in the sample's file
    inside = (files["product"] == b"MILK") & (files["value"] > 12)
    filtered = estimate_file(config, Question(where=parse_where("product = 'MILK' and value > 12")))
    assert filtered.estimates[1].total == pytest.approx(truth(files, inside)["value"], rel=0.4)
    assert filtered.estimates[1].exact_total is None
    rare = estimate_file(config, Question(where=parse_where("id < 500")))
    assert rare.source == "the file"
    assert any("fewer than 30 rows" in note for note in rare.notes)
    exact = estimate_file(config, Question(measures=("value",), exact=True))
    assert exact.is_exact
    assert exact.rows_read < 1700


def test_a_runs_sample_that_warns_of_its_total_does_not_meet_a_wanted_error(home: Home, files: np.ndarray) -> None:
    path = with_sample(home, files)
    config = home.config(path)
    (known,) = estimate_file(config, Question(measures=("value",), error_within=0.001)).estimates
    assert known.total == known.ci_low == known.exact_total == pytest.approx(truth(files)["value"])
    wide = Question(measures=("id",), where=parse_where("product is null or id > 59700"), error_within=0.9)
    by_run = estimate_file(config, replace(wide, error_within=None))
    assert any("skewed" in said or "single" in said for said in by_run.estimates[0].warnings)
    answer = estimate_file(config, wide)
    assert answer.source == "the file"
    assert answer.bytes_read >= answer.bytes_of_file + (home.output / "data.csv.sample.parquet").stat().st_size
    assert any("its run's sample (id)" in note for note in answer.notes)


@pytest.mark.parametrize(("warning", "met"), [("low n: 3 strata ...", True), ("the values are very skewed", False)])
def test_only_warnings_on_the_total_count(warning: str, met: bool) -> None:
    one = TotalEstimate(
        measure="value", total=100.0, std_error=1.0, df=9.0, confidence=0.95, ci_low=98.0, ci_high=102.0,
        rows_population=10, rows_sampled=5, method="", warnings=(warning,),
    )  # fmt: skip
    assert is_within(one, 0.05) is met
    assert is_within(replace(one, ci_high=110.0), 0.05) is False


@pytest.mark.usefixtures("small_units")
def test_the_bytes_of_a_sample_that_did_not_do_are_counted(home: Home, files: np.ndarray) -> None:
    del files
    answer = sample(home, BIN, error_within=1e-6)
    assert answer.is_exact
    assert answer.bytes_read > answer.bytes_of_file
    assert "bytes, from the file" in render(answer)


def test_a_binary_file_is_read_by_page_and_pays_less_than_all_of_it(home: Home) -> None:
    home.put(BIN, b"HEADER\n" + rows(300_000).tobytes(), LAYOUT)
    answer = sample(home, BIN, sample_frac=0.3)
    assert answer.designs["value"].unit == "page"
    assert 0.29 < answer.bytes_read / answer.bytes_of_file < 0.62  # no page is read for one record alone


def test_the_sample_of_another_state_of_the_file_is_not_used(home: Home, files: np.ndarray) -> None:
    path = with_sample(home, files)
    with path.open("ab") as file:
        file.write(b"1,MILK,2,3.5,2017-01-01\n")
    answer = estimate_file(home.config(path), Question(exact=True))
    assert answer.rows.total == ROWS + 1
    assert any("another state" in note for note in answer.notes)
    os.truncate(path, path.stat().st_size - 24)
    assert "sample" in estimate_file(home.config(path), Question()).source


def test_a_damaged_sample_is_told_and_the_file_answers(home: Home, files: np.ndarray) -> None:
    path = with_sample(home, files)
    (home.output / "data.csv.sample.parquet").write_bytes(b"PAR1nothingPAR1")
    answer = estimate_file(home.config(path), Question())
    assert answer.source == "the file"
    assert any("sample" in note for note in answer.notes)


@pytest.mark.parametrize("ending", [".sample.parquet", ".totals.parquet"])
def test_what_a_run_leaves_is_not_taken_for_the_data(home: Home, ending: str) -> None:
    with pytest.raises(ConfigError, match="belongs to the output"):
        ask(home, f"data.csv{ending}")
