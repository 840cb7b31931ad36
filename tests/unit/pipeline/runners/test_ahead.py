"""What is loaded ahead goes by names: what inputs of that kind need, and where a name says nothing, what any needs."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from etl_batch.options.input_reading import InputFormat
from etl_batch.pipeline.runners.ahead import ANY_INPUT, PARQUET_OUTPUT, ahead_of
from tests.conftest import PROJECT
from tests.data_makers.golden.results import config

_RECORDS, _CSV, _PARQUET = ANY_INPUT


@pytest.mark.parametrize(
    ("inputs", "asked", "loaded"),
    [
        (["data/a.bin"], InputFormat.AUTO, [_RECORDS]),
        (["data/a.bin", "data/B.BIN"], InputFormat.AUTO, [_RECORDS]),
        (["a.csv"], InputFormat.AUTO, [_CSV]),
        (["a.parquet"], InputFormat.AUTO, [_PARQUET]),
        (["a.csv", "a.bin"], InputFormat.AUTO, [_RECORDS, _CSV]),
        (["a.txt"], InputFormat.CSV, [_CSV]),
        (["a.csv"], InputFormat.BINARY, [_RECORDS]),
        (["a.csv", "data/"], InputFormat.AUTO, ANY_INPUT),
        (["a.csv", "a.txt"], InputFormat.AUTO, ANY_INPUT),
        (["a.arrow"], InputFormat.ARROW, ANY_INPUT),
    ],
)
def test_it_goes_by_names(inputs: list[str], asked: InputFormat, loaded: list[str]) -> None:
    job = config(inputs=tuple(inputs), format=asked, output_csv="output/x.csv", output_parquet=None)
    assert sorted(ahead_of(job)) == sorted(loaded)


def test_what_writes_parquet_is_loaded_for_it() -> None:
    job = config(inputs=("a.bin",), output_parquet="output/x.parquet")
    assert set(ahead_of(job)) == {_RECORDS, PARQUET_OUTPUT}


@pytest.mark.parametrize("module", [*ANY_INPUT, PARQUET_OUTPUT])
def test_what_is_loaded_is_there(module: str) -> None:
    """Python's fork server says nothing of a module that it does not find."""
    assert importlib.util.find_spec(module) is not None


@pytest.mark.io
@pytest.mark.parametrize(
    ("loaded", "others"), [(_RECORDS, "etl_batch.formats.csv"), (_CSV, "etl_batch.formats.binary")]
)
def test_of_one_kind_no_other_is_loaded(loaded: str, others: str) -> None:
    """Half of what workers are forked from was loaded in vain."""
    script = (
        f"import sys, etl_batch.pipeline.runners.worker_imports, {loaded}; "
        f"print([name for name in sys.modules if name.startswith('{others}.')])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
