"""The configuration of a job refuses what no job can run with, and names the option."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from etl_batch.config import Escaping, JobConfig, OnBadRow
from etl_batch.errors import ConfigError
from tests.data_makers.golden.results import config


def refusal(**options: Any) -> str:  # noqa: ANN401 - of the config
    with pytest.raises(ConfigError) as refused:
        config(**options)
    return refused.value.message


@pytest.mark.parametrize(
    ("option", "field"),
    [
        ("--workers", "workers"),
        ("--chunk-bytes", "chunk_bytes"),
        ("--max-size-gb", "max_size_bytes"),
        ("--memory-limit", "memory_limit_bytes"),
        ("--sample-max-rows", "sample_max_rows"),
    ],
)
def test_numbers_that_are_one_at_least(option: str, field: str) -> None:
    assert getattr(config(**{field: 1}), field) == 1
    assert refusal(**{field: 0}) == f"{option} is 0; give 1 or more"


@pytest.mark.parametrize(
    ("option", "refused", "taken"),
    [
        ("sample_frac", [0, -0.1, 1.001, math.nan], [1e-9, 1.0]),
        ("confidence", [0, 1, math.nan], [0.001, 0.999]),
        ("seed", [-(2**63) - 1, 2**64], [-(2**63), 2**64 - 1]),
        ("time_limit_s", [0, -1, math.nan], [0.1, math.inf]),
        ("delimiter", ["", "123456789", 'a"', '"', "\n", "\r"], [";", "|", "\t", "||", "§", "12345678"]),
        ("quote", ["ab", "«", "\n"], ["", '"', "'"]),
        ("escape", ["ab", "\0"], ["", "\\"]),
        ("comment", ["//", "\r"], ["", "#"]),
        ("skip_footer", [-1, 10_001], [0, 3, 10_000]),
        ("encoding", ["", "hex", "utf-9"], ["cp037", "UTF-8"]),
        ("measures", [("a", "b", "a")], [(), ("a", "b")]),
    ],
)
def test_ranges(option: str, refused: list[object], taken: list[object]) -> None:
    for value in refused:
        assert refusal(**{option: value}).startswith(f"--{option.removesuffix('_s').replace('_', '-')}")
    for value in taken:
        assert getattr(config(**{option: value}), option) == value


def test_a_job_reads_something_and_writes_something() -> None:
    assert refusal(inputs=()) == "no input is given"
    assert refusal(output_csv=None, output_parquet=None) == "no output is given"
    assert config(output_csv=None).output_csv is None


def test_memory_that_no_machine_has() -> None:
    assert "more than any machine has" in refusal(memory_limit_bytes=2**63)


@pytest.mark.parametrize("limit", ["-1", "x", "5%%", "%", "101%", "1e3", ""])
def test_limits_of_bad_rows_that_are_none(limit: str) -> None:
    assert refusal(on_bad_row=OnBadRow.QUARANTINE, max_bad_rows=limit).startswith(f"--max-bad-rows is {limit!r}")


def test_a_limit_of_bad_rows_needs_them_to_be_set_aside() -> None:
    assert "with --on-bad-row strict the first bad row stops the job" in refusal(max_bad_rows="5")
    assert config(on_bad_row=OnBadRow.QUARANTINE, max_bad_rows="5").max_bad_rows == "5"


def test_what_follows_from_options() -> None:
    assert (config().strata_column, config(strata="store").strata_column) == ("product", "store")
    assert (config().measure_columns, config(measures=()).measure_columns) == (("quantity", "value"), ())
    assert [config(escaping=way).escapes for way in Escaping] == [way == Escaping.ON for way in Escaping]
    roots = config(home=Path("/srv/h"), extra_input_roots=(Path("/more"),))
    assert roots.input_roots == (Path("/srv/h/data"), Path("/srv/h/output"), Path("/more"))
    assert roots.output_roots == (Path("/srv/h/output"), Path("/srv/h/report"))


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError):
        config().workers = 9  # type: ignore[misc]
    assert isinstance(config(), JobConfig)
