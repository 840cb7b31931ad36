"""Outputs that are compressed by their names: what is in them is what would have been written, whatever reads them."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from auth.run_downloads import opened_output
from etl_batch.config import JobConfig, OnBadRow
from etl_batch.errors import Cancelled, OutputFailed
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats.packed_output import PackedPart, content_sha256, packed_stream
from etl_batch.jobs.output_states import OutputState
from etl_batch.jobs.service import JobService
from etl_batch.launch.kept_files import data_root
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.storage.roots import place
from etl_batch.values import Actor
from tests.conftest import Command, Home
from tests.helpers.inline_runner import CrashAfter, InlineRunner

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
_ROWS = b"product,quantity,text\n" + b"".join(
    b"%s,%d,%s\n" % ((b"MILK", b"SOUP")[number % 2], number, b"=1+1" if number % 7 == 0 else b'"a;b, c"')
    for number in range(4000)
)
_GZ, _ZST = "out.csv.gz", "out.csv.zst"


def _content(path: Path) -> bytes:
    packed = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(packed)
    return bytes(pa.CompressedInputStream(pa.BufferReader(packed), "zstd").read())


def _job(home: Home, name: str, **more: object) -> JobConfig:
    home.put("in.csv", _ROWS)
    options = {"chunk_bytes": 16_000, "workers": 2, "measures": ("quantity",), **more}
    return home.config(home.data / "in.csv", output_csv=str(home.output / name), **options)


@pytest.mark.parametrize("name", [_GZ, _ZST, "OUT.CSV.GZ"])
def test_what_is_in_it_is_what_would_have_been_written(home: Home, name: str) -> None:
    run(_job(home, "plain.csv"))
    plain = (home.output / "plain.csv").read_bytes()
    result = run(_job(home, name))
    path = home.output / name
    (output,) = result.outputs
    assert (output.path, output.format, output.rows) == (path, "csv", 4000)
    assert (output.bytes, output.sha256) == (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
    assert output.sha256_content == hashlib.sha256(plain).hexdigest()
    if name != "OUT.CSV.GZ":
        assert _content(path) == plain
    assert path.stat().st_size < len(plain) / 3
    assert [one.path for one in result.published] == [path]
    told = json.loads((home.output / f"{name}.meta.json").read_text())
    assert told["outputs"][0]["sha256_content"] == output.sha256_content
    assert "sha256_content" not in json.loads((home.output / "plain.csv.meta.json").read_text())["outputs"][0]
    beside = {file.name.removeprefix(name) for file in home.output.iterdir() if file.name.startswith(name)}
    assert beside == {"", ".meta.json", ".sample.parquet", ".totals.parquet", ".datapackage.json"}


@pytest.mark.parametrize("name", [_GZ, _ZST])
def test_each_span_is_a_stream_and_workers_change_no_byte(home: Home, name: str) -> None:
    run(_job(home, name, bom=True))
    once = (home.output / name).read_bytes()
    run(_job(home, name, bom=True, workers=1))
    assert (home.output / name).read_bytes() == once
    magic = b"\x1f\x8b\x08\0\0\0\0\0" if name == _GZ else b"\x28\xb5\x2f\xfd"
    assert once.count(magic) > 5, "no name and no time stands in any of them"
    assert _content(home.output / name).startswith(b"\xef\xbb\xbfproduct,")


@pytest.mark.parametrize("name", [_GZ, _ZST])
def test_others_read_it(home: Home, name: str) -> None:
    run(_job(home, name))
    path = home.output / name
    assert pl.read_csv(path).height == 4000
    assert len(duckdb.read_csv(str(path))) == 4000
    if name == _GZ:
        assert len(pd.read_csv(path)) == 4000
    result = run(_job(home, "plain.csv"))
    again = run(home.config(path, output_csv=str(home.output / "again.csv"), measures=()))
    assert again.rows_out == result.rows_out == 4000


@pytest.mark.parametrize("name", [_GZ, _ZST])
@pytest.mark.parametrize("after", [0, 2, 3])
def test_resume_gives_the_same_bytes(home: Home, name: str, after: int) -> None:
    job = _job(home, name)
    run(job)
    whole, told = (home.output / name).read_bytes(), json.loads((home.output / f"{name}.meta.json").read_text())
    (home.output / name).unlink()
    with pytest.raises(Cancelled):
        run(job, runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
    run(replace(job, resume=True))
    assert (home.output / name).read_bytes() == whole
    again = json.loads((home.output / f"{name}.meta.json").read_text())
    for key in ("sha256", "sha256_content", "bytes", "rows"):
        assert again["outputs"][0][key] == told["outputs"][0][key]
    assert home.leftovers() == []


def test_bad_rows_no_rows_a_check_and_an_estimate(home: Home, command: Command) -> None:
    job = _job(home, _GZ, on_bad_row=OnBadRow.QUARANTINE)
    home.put("in.csv", _ROWS + b"broken\n")
    checked = dry_run(job)
    result = run(job)
    assert result.rows_quarantined == 1
    assert (home.output / f"{_GZ}.rejected.csv").read_text().count("\n") == 2
    header = len(packed_stream(_ROWS[: _ROWS.index(b"\n") + 1], "gzip"))
    assert checked.outputs[0].bytes == (home.output / _GZ).stat().st_size - header
    answer = estimate_file(home.config(home.output / _GZ), Question(measures=("quantity",), strata=None, exact=True))
    assert answer.source == f"its run's sample, {_GZ}.sample.parquet"
    assert answer.estimates[0].total == sum(range(4000))
    home.put("none.csv", b"a,b\n")
    done = command("-m", "etl_batch", "run", "-i", home.data / "none.csv", "-o", home.output / _ZST, "-w", "1")
    assert done.code == 0, done.err
    assert _content(home.output / _ZST) == b"a,b\n"


def test_the_console_shows_it_as_what_the_run_left(home: Home, command: Command) -> None:
    home.put("in.csv", _ROWS)
    done = command("-m", "etl_batch", "run", "-i", home.data / "in.csv", "-o", home.output / _GZ, "-w", "1", "--json")
    service, job_id = JobService(home.path), done.json()["job_id"]
    (shown,) = service.outputs(ADMIN, job_id)
    assert (shown.path, shown.state) == (home.output / _GZ, OutputState.INTACT)
    where = place(str(home.output / _GZ), [home.output], purpose="output")
    with os.fdopen(opened_output(service, ADMIN, where, job_id), "rb") as file:
        assert gzip.decompress(file.read()).startswith(b"product,quantity,text\nMILK,0,")


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
def test_what_was_damaged_on_its_way_is_no_output(home: Home, packing: str) -> None:
    content = b"a,b\n1,2\n" * 99
    packed = packed_stream(content[:400], packing) + packed_stream(content[400:], packing)
    path = home.put("part", packed)
    part = PackedPart(data_root(home.path).child("part"), packing)
    assert content_sha256(part) == hashlib.sha256(content).hexdigest()
    path.write_bytes(packed[:-3])
    with pytest.raises(OutputFailed):
        content_sha256(part)
