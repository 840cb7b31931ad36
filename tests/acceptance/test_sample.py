"""The sample of a job: the same whatever the workers and the chunks, beside totals that are exact."""

from __future__ import annotations

import csv
import hashlib
import json
import math
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.commands.run_flags import parse_run
from etl_batch.config import JobConfig
from etl_batch.errors import Cancelled, ConfigError
from etl_batch.etl_core import run
from etl_batch.pipeline import span_job
from etl_batch.sampling import sample_plan
from etl_batch.sampling.plan import SamplePlan
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.inline_runner import CrashAfter, InlineRunner

ROWS = 20_000
MEASURES = ("quantity", "price")


def sampled(home: Home, *inputs: Path, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    options: dict[str, Any] = {
        "output_csv": str(home.output / "out.csv"),
        "measures": MEASURES,
        "sample_frac": 0.01,
        "chunk_bytes": 50_000,
    }
    return home.config(*inputs, **(options | more))


def sample_of(home: Home) -> pa.Table:
    return pq.read_table(home.output / "out.csv.sample.parquet")


def about(table: pa.Table) -> Any:  # noqa: ANN401 - what the file says of itself
    return json.loads(table.schema.metadata[b"etl_batch.sample"])


def put_input(home: Home, form: str) -> Path:
    """The same rows as a binary file, a CSV, or a Parquet file of many row groups."""
    binary = home.put("in.bin", records(ROWS), LAYOUT)
    if form == "bin":
        return binary
    run(home.config(binary, output_csv=str(home.output / "in.csv"), output_parquet=str(home.output / "in.parquet")))
    made = home.data / f"in.{form}"
    if form == "csv":
        (home.output / "in.csv").rename(made)
    else:
        pq.write_table(pq.read_table(home.output / "in.parquet"), made, row_group_size=1_000)
    for path in home.output.iterdir():
        path.unlink()
    return made


def strata_in(path: Path, result: JobResult) -> tuple[dict[str, int], dict[str, dict[str, float]]]:
    """Rows and sums of each product, the slow way, from the CSV output."""
    values: dict[str, dict[str, list[float]]] = {name: defaultdict(list) for name in MEASURES}
    with path.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == result.rows_out
    for line in lines:
        stratum = line["product"] or "(null)"
        stratum = stratum.removeprefix("'")
        stratum = "'=x" if stratum == "'=x" else stratum
        for name in MEASURES:
            values[name][stratum].append(float(line[name]))
    populations = {stratum: len(its) for stratum, its in values["quantity"].items()}
    return populations, {name: {key: math.fsum(its) for key, its in found.items()} for name, found in values.items()}


@pytest.mark.parametrize("form", ["bin", "csv", "parquet"])
def test_the_same_sample_for_any_workers_and_chunks(home: Home, form: str) -> None:
    made = put_input(home, form)
    samples, estimates = set(), set()
    for workers in (1, 2, 8):
        for chunk in (20_000, 90_000, 10_000_000):
            result = run(sampled(home, made, workers=workers, chunk_bytes=chunk))
            samples.add(hashlib.sha256((home.output / "out.csv.sample.parquet").read_bytes()).hexdigest())
            estimates.add(repr(result.estimates))
    assert len(samples) == len(estimates) == 1


@pytest.mark.parametrize("form", ["bin", "csv", "parquet"])
def test_totals_and_populations_are_exact(home: Home, form: str) -> None:
    result = run(sampled(home, put_input(home, form)), runner=InlineRunner(ahead=3))
    populations, totals = strata_in(home.output / "out.csv", result)
    says = about(sample_of(home))
    assert says["populations"] == populations
    assert says["totals"] == totals
    assert says["rows"] == ROWS
    for estimate, name in zip(result.estimates, MEASURES, strict=True):
        assert estimate.measure == name
        assert estimate.exact_total == math.fsum(totals[name].values()) or name == "price"
        assert {one.stratum: one.exact_total for one in estimate.strata} == totals[name]
        assert sum(one.population for one in estimate.strata) == estimate.rows_population == ROWS


def test_the_sample_holds_rows_of_the_output_with_their_weights(home: Home) -> None:
    result = run(sampled(home, put_input(home, "bin"), output_parquet=str(home.output / "out.parquet")))
    table, every = sample_of(home), pq.read_table(home.output / "out.parquet")
    rows = table.drop_columns([name for name in table.column_names if name.startswith("_")])
    assert rows.replace_schema_metadata(None).equals(every.take(table["_row"]).replace_schema_metadata(None))
    drawn = table.filter(table["_in_sample"])
    assert drawn.num_rows == ROWS // 100 + 2 * len(about(table)["populations"])
    weights = drawn.group_by("_stratum").aggregate([("_weight", "sum")]).to_pydict()
    assert (
        dict(zip(weights["_stratum"], map(round, weights["_weight_sum"]), strict=True)) == about(table)["populations"]
    )
    assert table.filter(pa.compute.invert(table["_in_sample"]))["_weight"].null_count == table.num_rows - drawn.num_rows
    for name in MEASURES:
        top = np.sort(np.abs(table.filter(table[f"_top_{name}"])[name].to_numpy()))
        whole = np.sort(np.abs(every[name].to_numpy()))
        assert (top == whole[len(whole) - len(top) :]).all()
        assert len(top) == result.estimates[0].rows_sampled - drawn.num_rows or len(top) == 200 // 10


def test_blocks_add_up(home: Home) -> None:
    result = run(sampled(home, put_input(home, "bin"), output_parquet=f"{home.output}/parts/"))
    table = pq.read_table(home.output / "out.csv.totals.parquet").to_pylist()
    spans = -(-ROWS // (50_000 // RECORD_SIZE))
    assert {line["block"] for line in table} == set(range(spans))
    assert sum(line["rows"] for line in table) == ROWS
    assert math.fsum(line["sum_quantity"] for line in table) == result.estimates[0].exact_total
    text = (home.output / "out.csv").read_bytes()
    for block in range(spans):
        its = [line for line in table if line["block"] == block]
        lines = text[its[0]["csv_offset"] : its[0]["csv_offset"] + its[0]["csv_bytes"]].decode().splitlines()
        read = list(csv.DictReader([text.split(b"\n", 1)[0].decode(), *lines]))
        group = pq.ParquetFile(home.output / "parts" / f"part-{its[0]['parquet_part']:07d}.parquet")
        assert len(read) == sum(line["rows"] for line in its)
        assert len(read) == group.metadata.row_group(its[0]["parquet_row_group"]).num_rows
        for line in its:
            if line["stratum"] == "MILK":
                values = [float(one["price"]) for one in read if one["product"] == "MILK"]
                assert (line["sum_price"], line["max_price"]) == (math.fsum(values), max(values))


@pytest.mark.parametrize("form", ["bin", "csv", "parquet"])
@pytest.mark.parametrize("after", [1, 7])
def test_resume_gives_the_same_sample(home: Home, form: str, after: int) -> None:
    config = sampled(home, put_input(home, form), chunk_bytes=40_000)
    whole = run(config)
    names = ("out.csv.sample.parquet", "out.csv.totals.parquet")
    before = [(home.output / name).read_bytes() for name in names]
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(after, InlineRunner(), Cancelled("x")))
    result = run(replace(config, resume=True, workers=2))
    assert [(home.output / name).read_bytes() for name in names] == before
    assert result.estimates == whole.estimates
    assert home.leftovers() == []


def test_part_files_are_handed_to_each_worker_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: Counter[Place] = Counter()

    def noting(place: Place) -> int:
        opened[place] += 1
        return open_existing(place)

    monkeypatch.setattr(span_job, "open_existing", noting)
    config = sampled(home, put_input(home, "bin"), workers=2, output_parquet=f"{home.output}/parts/")
    result = run(config)
    assert len(opened) == len(result.outputs) + 1 > 10, "the CSV, the parts and the side file"
    assert max(opened.values()) <= 2
    assert opened.total() < len(opened) + 3, "each part has rows of one span or two, mostly of one worker"


def test_rows_set_aside_count_nowhere(home: Home) -> None:
    body = bytearray(records(5_000))
    for number in (3, 700, 4_999):
        body[number * RECORD_SIZE + 39] = 9
    good = b"".join(bytes(body[at : at + RECORD_SIZE]) for at in range(0, len(body), RECORD_SIZE) if body[at + 39] != 9)
    home.put("bad.bin", bytes(body), LAYOUT)
    found = [about(_sample_after(home, home.data / "bad.bin"))]
    home.put("good.bin", good, LAYOUT)
    found.append(about(_sample_after(home, home.data / "good.bin")))
    assert found[0] == found[1]
    assert found[0]["rows"] == 4_997
    rows = sample_of(home)["_row"].to_pylist()
    assert max(rows) <= 4_999


def _sample_after(home: Home, made: Path) -> pa.Table:
    run(sampled(home, made, on_bad_row="quarantine"))
    return sample_of(home)


def test_broken_csv_rows_keep_the_others_ids(home: Home) -> None:
    lines = [f"P{number % 3},{number}\n" for number in range(2_000)]
    for number in (0, 5, 6, 1_000):
        lines[number] = "too,many,cells\n"
    home.put("in.csv", ("product,value\n" + "".join(lines)).encode())
    for chunk in (500, 100_000):
        run(sampled(home, home.data / "in.csv", measures=("value",), on_bad_row="quarantine", chunk_bytes=chunk))
        whole = (home.data / "in.csv").read_bytes()
        table = sample_of(home).to_pylist()
        assert table
        for line in table:
            at = line["_row"]
            assert whole[at : whole.index(b"\n", at)] == f"{line['product']},{line['value']}".encode()


def test_a_default_that_is_missing_is_only_noted(home: Home) -> None:
    home.put("in.csv", b"name,count\na,1\n")
    result = run(home.config())
    assert result.estimates == ()
    assert "no column 'product'" in result.warnings[0]
    assert not (home.output / "out.csv.sample.parquet").exists()
    home.put("in.csv", b"product,quantity,value\na,1,x\n")
    result = run(home.config())
    assert [one.measure for one in result.estimates] == ["quantity"]
    assert "'value'" in result.warnings[0]


def test_no_totals_are_added_up_where_none_are_wanted(home: Home) -> None:
    home.put("in.csv", b"product,quantity\na,1\nb,2\n")
    given = ["--home", str(home.path), "-o", str(home.output / "out.csv")]
    result = run(parse_run([*given, "--measures", "-", "--strata", "nothing"]).config)
    assert (result.estimates, result.warnings, result.rows_out) == ((), (), 2)
    assert sorted(path.name for path in home.output.glob("out*")) == [
        "out.csv",
        "out.csv.datapackage.json",
        "out.csv.meta.json",
    ]
    with pytest.raises(ConfigError, match="names no column"):
        parse_run([*given, "--measures", ""])


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"strata": "nothing"}, "no column 'nothing' for --strata"),
        ({"measures": ("quantity", "nothing")}, "no column 'nothing'"),
        ({"measures": ("product",)}, "'product'.*does not hold numbers only"),
        ({"measures": ("sold_at",)}, "'sold_at'.*does not hold numbers only"),
    ],
)
def test_a_named_column_that_does_not_fit_is_refused(home: Home, options: dict[str, Any], says: str) -> None:
    home.put("in.bin", records(10), LAYOUT)
    with pytest.raises(ConfigError, match=says):
        run(home.config(**options))
    assert list(home.output.iterdir()) == []


@pytest.mark.parametrize("column", ["id", "sold_at", "quantity", "price", "paid", "product"])
def test_strata_of_any_type_are_named_as_in_the_csv(home: Home, column: str) -> None:
    home.put("in.bin", records(500), LAYOUT)
    run(sampled(home, strata=column))
    with (home.output / "out.csv").open(newline="") as file:
        cells = {line[column].lstrip("'") or "(null)" for line in csv.DictReader(file)}
    names = {name.lstrip("'") for name in about(sample_of(home))["populations"]}
    assert names == cells


def test_more_strata_than_are_kept_apart(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SamplePlan
    monkeypatch.setattr(sample_plan, "SamplePlan", lambda **all_of: real(**all_of, max_strata=50))
    home.put("in.bin", records(5_000), LAYOUT)
    found = set()
    for chunk, workers in ((4_000, 1), (30_000, 2), (10_000_000, 1)):
        result = run(sampled(home, strata="id", chunk_bytes=chunk, workers=workers))
        found.add((home.output / "out.csv.sample.parquet").read_bytes())
    assert len(found) == 1
    says = about(sample_of(home))
    assert len(says["populations"]) == 51
    assert says["populations"]["(other)"] == 4_950
    assert list(says["populations"])[-1] == "(other)"
    assert "more than 50 strata" in result.warnings[0]
    assert result.estimates[0].exact_total == sum(number % 7 - 3 for number in range(5_000))
    assert not (home.output / "out.csv.totals.parquet").exists()


def test_values_that_are_not_finite(home: Home) -> None:
    home.put("in.csv", b"product,value\na,1.5\na,NaN\nb,2.5\nb,\nc,inf\n")
    result = run(sampled(home, measures=("value",), sample_frac=1.0))
    (estimate,) = result.estimates
    assert estimate.exact_total is None
    assert [one.exact_total for one in estimate.strata] == [None, 2.5, None]
    assert any("2 values of 'value' are not finite" in text for text in estimate.warnings)
    assert estimate.total == 4.0


def test_a_hundred_thousand_strata_make_no_file_large(home: Home) -> None:
    strata, rows = 100_000, 250_000
    lines = [f"p{row * 7 % strata:06d},{row % 9},{row % 1_000 / 4}" for row in range(rows)]
    home.put("in.csv", "\n".join(["product,quantity,value", *lines]).encode())
    result = run(sampled(home, measures=("quantity", "value"), chunk_bytes=1_000_000, workers=2))
    quantity, value = result.estimates
    assert quantity.exact_total == sum(row % 9 for row in range(rows))
    assert value.exact_total == math.fsum(row % 1_000 / 4 for row in range(rows))
    assert sum(sample_of(home)["_in_sample"].to_pylist()) == 2 * strata + rows // 100
    assert [len(one.strata) for one in result.estimates] == [1_000, 1_000]
    assert any("of 100,000 strata, the 1,000 with the most rows are listed" in text for text in quantity.warnings)
    says = about(sample_of(home))
    assert len(says["populations"]) == strata == len(says["totals"]["value"])
    first = {row: row % 9 for row in range(rows) if row * 7 % strata == 0}
    assert says["totals"]["quantity"]["p000000"] == sum(first.values())
    assert (home.output / "out.csv.meta.json").stat().st_size < 1_000_000
    assert max(path.stat().st_size for path in (home.path / "report").glob("*.html")) < 500_000
