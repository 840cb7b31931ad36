"""Frozen values there and back: what JSON cannot say, what is missing, unknown or of another type."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import asdict, replace
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.pipeline.outputs.metadata import metadata_of, result_of_json, to_json
from etl_batch.text.plain_values import plain, value_of
from etl_batch.values import (
    JobResult,
    OutputSummary,
    Phase,
    Profile,
    ProfilePoint,
    Replaced,
    StratumEstimate,
    TotalEstimate,
)
from tests.data_makers.golden import results

_WHOLE = st.integers(-(2**100), 2**100) | st.just(10**309)  # which no float is
_NUMBER = st.floats(allow_nan=False) | _WHOLE
_MAYBE = st.none() | _NUMBER
_ESTIMATED = {"total": _NUMBER, "std_error": _MAYBE, "ci_low": _MAYBE, "ci_high": _MAYBE, "exact_total": _MAYBE}
_WARNINGS = st.lists(st.text(), max_size=2).map(tuple)
_STRATA = st.builds(
    StratumEstimate, stratum=st.text(), population=_WHOLE, sample=_WHOLE, warnings=_WARNINGS, **_ESTIMATED
)
_TOTALS = st.builds(
    TotalEstimate,
    measure=st.text(),
    df=_MAYBE,
    confidence=_NUMBER,
    rows_population=_WHOLE,
    rows_sampled=_WHOLE,
    method=st.text(),
    warnings=_WARNINGS,
    strata=st.lists(_STRATA, max_size=2).map(tuple),
    **_ESTIMATED,
)
_POINTS = st.builds(
    ProfilePoint,
    seconds=_NUMBER,
    cpu_percent=st.lists(_NUMBER, min_size=1, max_size=2).map(tuple),
    rss_bytes=_WHOLE,
    read_mb_s=_NUMBER,
    write_mb_s=_NUMBER,
    gpu_percent=_MAYBE,
)
_PROFILES = st.builds(
    Profile, interval_seconds=_NUMBER, memory_bytes=_WHOLE, points=st.lists(_POINTS, min_size=1, max_size=2).map(tuple)
)


class Odd(Enum):
    """An enum that is no text."""

    ONE = 1


@pytest.mark.parametrize("values", [_TOTALS, _PROFILES, st.builds(Phase, name=st.text(), seconds=_NUMBER)])
@given(data=st.data())
def test_there_and_back(values: st.SearchStrategy[TotalEstimate | Profile | Phase], data: st.DataObject) -> None:
    value = data.draw(values)
    written = json.dumps(asdict(value))
    read = value_of(type(value), json.loads(written))
    assert read == value
    assert json.dumps(asdict(read)) == written


@given(_NUMBER, _NUMBER)
def test_numbers_of_metadata_read_back_as_they_were_written(rate: float, seconds: float) -> None:
    result = results.result(throughput_mb_s=rate, cpu_seconds=seconds)
    written = to_json(metadata_of(result, results.config()))
    assert to_json(metadata_of(result_of_json(written, Path("/m.json")), results.config())) == written


@pytest.mark.parametrize(
    ("option", "number"),
    [("time_limit_s", 5), ("time_limit_s", 5.0), ("time_limit_s", 10**309), ("sample_frac", 1), ("sample_frac", 1.0)],
)
def test_numbers_of_options_read_back_as_they_were_stored(option: str, number: float) -> None:
    stored = {**as_json(results.config()), option: number}
    assert json.dumps(as_json(from_json(stored))[option]) == json.dumps(number)


def test_metadata_tell_their_result_again() -> None:
    result = results.result()
    found = result_of_json(to_json(metadata_of(result, results.config())), Path("/m.json"))
    kept = {"actor", "rejects_path", "report_paths", "report_problem", "published", "metadata_path"}
    assert replace(found, **{name: getattr(result, name) for name in kept}) == result
    assert found.metadata_path == Path("/m.json")


def test_what_json_does_not_have_is_written_so_that_it_does() -> None:
    given = {
        "a": (math.inf, -math.inf, math.nan, 1.5),
        "b": [Path("/x\udcff"), Odd.ONE],
        "c": None,
        "e": 2**70,
    }
    assert plain(given) == {"a": [None, None, None, 1.5], "b": ["/x\\udcff", "1"], "c": None, "e": 2**70}


def test_a_total_that_was_not_finite_is_read_as_unknown() -> None:
    result = results.result(
        estimates=(replace(results.result().estimates[0], total=math.inf),), throughput_mb_s=math.nan
    )
    again = asdict(result_of_json(to_json(metadata_of(result, results.config())), Path("/m.json")))
    assert (again["estimates"][0]["total"], again["throughput_mb_s"]) == (None, None)


def test_what_is_missing_has_its_default_and_what_is_unknown_is_left_out() -> None:
    assert value_of(Phase, {"name": "check", "seconds": 1, "flux": 88}) == Phase("check", 1.0)
    old = {"path": "/o.csv", "format": "csv", "bytes": 1, "rows": 1, "sha256": None}
    assert value_of(OutputSummary, old) == OutputSummary(Path("/o.csv"), "csv", 1, 1, None)


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        (Phase, {"name": "check", "seconds": "1"}),
        (Phase, {"name": 5, "seconds": 1.0}),
        (Phase, {"seconds": 1.0}),
        (Phase, ["check", 1.0]),
        (Phase, None),
        (OutputSummary, {"path": 7, "format": "csv", "bytes": 1, "rows": 1, "sha256": None}),
        (OutputSummary, {"path": "/o", "format": "csv", "bytes": 1.5, "rows": 1, "sha256": None}),
        (Replaced, {"path": "/o", "kept": None, "bytes": None, "job_id": None, "rows": None}),
        (StratumEstimate, {"stratum": "a", "population": True}),
        (JobResult, {"schema_version": 1}),
    ],
    ids=repr,
)
def test_what_has_another_type_is_refused(kind: type, found: Any) -> None:  # noqa: ANN401 - any JSON value
    with pytest.raises(ValueError):  # noqa: PT011 - msgspec's words say where; nobody compares them
        value_of(kind, found)


#: as a version of before wrote it, without what came later
_OF_BEFORE = (
    '{"home": "/h", "inputs": ["/h/data/a\\udcff.csv"], '
    '"actor": {"name": "ada", "os_user": "u", "role": null, "ip": null}, '
    '"output_csv": "/h/output/a.csv", "output_parquet": null, "layout": null, "types": null, "encoding": "utf-8", '
    '"metadata": null, "report": null, "workers": 2, "chunk_bytes": 67108864, "max_size_bytes": 1099511627776, '
    '"time_limit_s": 3600.0, "memory_limit_bytes": 2147483648, "on_bad_row": "quarantine", "strata": null, '
    '"measures": ["a", "b"], "sample_frac": 0.005, "sample_max_rows": 200000, "seed": 18446744073709551615, '
    '"confidence": 0.95, "resume": false, "extra_input_roots": ["/withdrawn"], "gpu": true}'
)


def test_a_job_that_an_older_version_stored_is_the_same_job() -> None:
    config = from_json(json.loads(_OF_BEFORE))
    assert (config.delimiter, config.measures, config.escapes, config.bom) == (",", ("a", "b"), True, False)
    assert (config.inputs, config.seed, config.extra_input_roots) == (("/h/data/a\udcff.csv",), 2**64 - 1, ())
    now = json.loads(json.dumps(as_json(config)))
    gone = {"extra_input_roots", "gpu"}
    assert {key: now[key] for key in json.loads(_OF_BEFORE) if key not in gone} == {
        key: value for key, value in json.loads(_OF_BEFORE).items() if key not in gone
    }


def test_what_a_job_may_not_have_is_refused_in_our_words() -> None:
    stored = as_json(results.config())
    with pytest.raises(ConfigError, match="--workers is 0; give 1 or more"):
        from_json({**stored, "workers": 0})
    with pytest.raises(ValueError, match=r"\$.workers"):
        from_json({**stored, "workers": "2"})


@pytest.mark.io
def test_what_starts_a_run_does_not_wait_for_msgspec() -> None:
    look = "import sys, etl_batch.etl_core, etl_batch.pipeline.outputs.start; sys.exit('msgspec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False).returncode == 0


def test_a_config_is_what_its_class_says() -> None:
    assert value_of(JobConfig, json.loads(json.dumps(as_json(results.config())))) == results.config()
