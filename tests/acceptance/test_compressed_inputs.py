"""Compressed inputs: read as what is in them, held to their checksums and ends, within limits, nothing left behind."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import Cancelled, ConfigError, EtlError, FormatCorrupt, InputChanged, SizeLimit
from etl_batch.etl_core import run
from etl_batch.file_estimate.estimate_file import estimate_file
from etl_batch.file_estimate.question import Question
from etl_batch.formats import unpacking
from etl_batch.formats.opening import Opening
from etl_batch.launch.input_list import list_inputs
from etl_batch.launch.kept_files import data_root
from etl_batch.launch.questions import first_records, first_rows
from etl_batch.layouts.reading import parse_layout
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.pipeline.inputs import find_inputs, open_inputs
from etl_batch.pipeline.runners.runner import Limits, Outputs, Usage
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.values import Actor, ProgressReport, Span
from tests.conftest import Command, Home
from tests.data_makers.archives import BROKEN, PACKED, ROWS, BrokenArchive, zipped, zstd
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.csv_calls import in_this_process
from tests.helpers.descriptors import nothing_left_open
from tests.helpers.inline_runner import CrashAfter, InlineRunner

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)


def _left(home: Home) -> list[str]:
    return sorted(path.name for path in home.output.iterdir() if path.suffix != ".lock")


def _opened(home: Home, path: Path, **more: object) -> list[int]:
    """Open a job's inputs in this process; returns the rows of each."""
    with ExitStack() as copies:
        sources = open_inputs(Opening(home.config(path, **more), in_this_process, copies))
        return [source.rows for source in sources]


@pytest.mark.parametrize("name", PACKED)
def test_each_is_read_as_what_is_in_it(home: Home, name: str) -> None:
    path = home.put(name, PACKED[name])
    seen: list[ProgressReport] = []
    result = run(
        home.config(
            path,
            output_csv=str(home.output / "out.csv"),
            output_parquet=str(home.output / "out.parquet"),
            chunk_bytes=9999,
        ),
        seen.append,
    )
    assert (home.output / "out.csv").read_bytes() == ROWS
    assert pq.read_table(home.output / "out.parquet").num_rows == ROWS.count(b"\n") - 1
    (given,) = result.inputs
    assert (given.path, given.format, given.bytes) == (path, "csv", len(PACKED[name]))
    assert any("unpacked" in note and f"{len(ROWS):,} bytes" in note for note in result.notes)
    steps = [(one.done_bytes, one.total_bytes) for one in seen if one.phase == "unpack"]
    assert steps[0][0] <= steps[-1][0] == len(PACKED[name])
    assert {total for _, total in steps} == {len(PACKED[name])}


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.way)
def test_a_broken_one_is_refused_by_its_code_and_nothing_is_left(home: Home, broken: BrokenArchive) -> None:
    path = home.put(broken.name, broken.content)
    with nothing_left_open(), pytest.raises(broken.error, match=broken.says) as refused:
        _opened(home, path)
    assert str(path) in refused.value.message
    assert "Traceback" not in str(refused.value)
    assert list(home.output.iterdir()) == []


def test_there_are_thirty_and_more_broken_ones() -> None:
    assert len({one.way for one in BROKEN}) == len(BROKEN) >= 30
    assert {one.way.partition(":")[0] for one in BROKEN} == {"gzip", "bzip2", "xz", "zstd", "zip"}


@pytest.mark.parametrize("way", ["gzip: a bad checksum", "zip: upwards", "xz: cut in the middle", "zstd: flipped"])
def test_a_broken_one_ends_a_job_before_its_output(home: Home, command: Command, way: str) -> None:
    broken = next(one for one in BROKEN if one.way == way)
    path = home.put(broken.name, broken.content)
    (home.output / "o.csv").write_bytes(b"old")
    for more in ([], ["--check"]):
        done = command("-m", "etl_batch", "run", "-i", path, "-o", home.output / "o.csv", "-w", "1", *more)
        assert done.code == 2
        assert f"error[{broken.error.code}]: " in done.err
    assert (home.output / "o.csv").read_bytes() == b"old"
    assert _left(home) == ["o.csv"]


@pytest.mark.parametrize("name", PACKED)
def test_streams_behind_each_other_are_one(home: Home, name: str) -> None:
    if name.endswith(".zip"):
        return
    path = home.put(name, PACKED[name] * 3)
    header = ROWS.index(b"\n") + 1
    again = home.put("again." + name.partition(".")[2], PACKED[name])
    assert _opened(home, again) == [3000]
    with pytest.raises(EtlError):
        _opened(home, path, types="id=i64")
    assert _opened(home, path) == [3 * 3000 + 2], f"the header comes again, {header} bytes"


def test_zeros_that_fill_a_block_behind_gzip_are_no_content(home: Home) -> None:
    assert _opened(home, home.put("x.csv.gz", PACKED["x.csv.gz"] + bytes(700))) == [3000]


def test_a_bomb_ends_in_a_worker_by_its_ratio(home: Home, command: Command) -> None:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1 << 20)
    path = home.put("x.csv.gz", b"".join(packer.compress(zeros) for _ in range(1024)) + packer.flush())
    done = command("-m", "etl_batch", "run", "-i", path, "-o", home.output / "o.csv", "-w", "1")
    assert done.code == 2
    assert "error[E_SIZE_LIMIT]: " in done.err
    assert "--max-ratio" in done.err
    assert _left(home) == []


@pytest.mark.parametrize("name", PACKED)
def test_each_limit_holds_for_each_kind(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.put(name, PACKED[name])
    with pytest.raises(SizeLimit, match="unpacks to more than"):
        _opened(home, path, max_size_bytes=len(ROWS) - 1)
    assert _opened(home, path, max_size_bytes=len(ROWS)) == [3000]
    monkeypatch.setattr(unpacking, "RATIO_FROM_BYTES", len(ROWS) - 1)
    with pytest.raises(SizeLimit, match="--max-ratio"):
        _opened(home, path, max_ratio=1.5)
    monkeypatch.setattr(unpacking, "RATIO_FROM_BYTES", len(ROWS))
    assert _opened(home, path, max_ratio=1.5) == [3000]
    monkeypatch.setattr(unpacking, "RESERVE_BYTES", 1 << 62)
    with pytest.raises(SizeLimit, match="are left"):
        _opened(home, path)
    assert list(home.output.iterdir()) == []


def test_a_job_unpacks_nothing_in_its_own_process(home: Home, command: Command) -> None:
    path = home.put("x.csv.gz", PACKED["x.csv.gz"])
    loaded = (
        "import sys; from etl_batch.etl_core import main;"
        f"code = main(['-i', {str(path)!r}, '-o', {str(home.output / 'o.csv')!r}, '--quiet', '-w', '1']);"
        "sys.exit(code or 10 * ('isal' in sys.modules))"
    )
    done = command("-c", f"if __name__ == '__main__': {loaded}")
    assert done.code == 0, done.err
    assert (home.output / "o.csv").read_bytes() == ROWS


def test_a_ratio_below_one_is_refused(home: Home) -> None:
    with pytest.raises(ConfigError, match="--max-ratio"):
        home.config(max_ratio=0.5)


def test_the_files_of_a_zip(home: Home) -> None:
    header, rest = ROWS[: (middle := ROWS.index(b"\n1500,") + 1)], ROWS[middle:]
    second = b"id,name\n" + rest
    content = zipped(
        ("day/a.csv", header), ("__MACOSX/._a.csv", b"\0\5"), ("day/", b""), ("day/b.csv", second), ("day/r.txt", b"x")
    )
    path = home.put("x.zip", content)
    with pytest.raises(FormatCorrupt, match="3 files") as refused:
        _opened(home, path)
    assert "--member" in refused.value.what_to_do
    assert _opened(home, path, member="a.csv") == [1500]
    assert _opened(home, path, member="day/b.csv") == [1500]
    run(home.config(path, member="*.csv", output_csv=str(home.output / "both.csv")))
    assert (home.output / "both.csv").read_bytes() == ROWS
    with pytest.raises(FormatCorrupt, match="no file that --member 'z'"):
        _opened(home, path, member="z")
    with pytest.raises(ConfigError, match="where one is meant"):
        estimate_file(home.config(path, member="*.csv"), Question(measures=("id",), strata=None))


@pytest.mark.parametrize("layout", ["x.layout.toml", "layout.toml", "named"])
def test_records_by_the_layout_of_what_is_in_the_file(home: Home, command: Command, layout: str) -> None:
    home.put("x.bin", records(500))
    (home.data / ("n.toml" if layout == "named" else layout)).write_text(LAYOUT)
    more = {"layout": str(home.data / "n.toml")} if layout == "named" else {}
    run(home.config(home.data / "x.bin", **more))
    expected = (home.output / "out.csv").read_bytes()
    for name in ("x.bin.gz", "x.gz", "x.zip"):
        content = records(500)
        path = home.put(name, zipped(("x.bin", content)) if name == "x.zip" else gzip.compress(content))
        run(home.config(path, **more))
        assert (home.output / "out.csv").read_bytes() == expected
        flags = ["--layout", more["layout"]] if more else []
        shown = command("-m", "etl_batch", "preview", path, "--json", "--rows", "2", *flags)
        assert (shown.code, len(shown.json()["records"]), shown.json()["rows"]) == (0, 2, 500), shown.err
    path = home.put("y.bin.gz", gzip.compress(records(2)[:-1]))
    if layout == "layout.toml":
        result = run(home.config(path, on_bad_row=OnBadRow.QUARANTINE))
        assert (result.rows_in, result.rows_quarantined) == (2, 1)


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_parquet_and_arrow_in_an_archive(home: Home, ending: str) -> None:
    table = pa.table({"id": range(5000), "name": [f"n{number}" for number in range(5000)]})
    sink = pa.BufferOutputStream()
    if ending == "parquet":
        pq.write_table(table, sink, row_group_size=999)
    else:
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=999)
    content = bytes(sink.getvalue().to_pybytes())
    for name, packed in ((f"x.{ending}.gz", gzip.compress(content)), ("x.zip", zipped((f"x.{ending}", content)))):
        path = home.put(name, packed)
        result = run(home.config(path, chunk_bytes=9999, workers=2))
        assert result.inputs[0].format == ending
        assert result.rows_out == 5000
        seen = first_rows(ADMIN, data_root(home.path).child(name), home.config(path))
        assert seen.rows is not None
        assert seen.rows.rows[1] == ("1", "n1")
        answer = estimate_file(home.config(path), Question(measures=("id",), strata=None))
        assert answer.estimates[0].total == sum(range(5000))


def test_first_rows_estimates_checks_and_lists(home: Home) -> None:
    path = home.put("x.csv.gz", PACKED["x.csv.gz"])
    home.put("y.zip", zipped(("a.csv", ROWS), ("b.csv", ROWS)))
    home.put("r.bin.zst", zstd(records(3)))
    root = data_root(home.path)
    seen = first_rows(ADMIN, root.child("x.csv.gz"), home.config(), 5)
    assert (seen.format, seen.because) == ("csv", "")
    assert seen.rows is not None
    assert seen.rows.rows[0] == ("0", "name 0")
    assert first_rows(ADMIN, root.child("y.zip"), home.config(member="b*"), 5).rows == seen.rows
    with pytest.raises(EtlError, match="2 files"):
        first_rows(ADMIN, root.child("y.zip"), home.config())
    found, cells = first_records(ADMIN, root.child("r.bin.zst"), home.config(), parse_layout(LAYOUT, "x"))
    assert (found.count, found.raw[:RECORD_SIZE], len(cells)) == (3, records(3)[:RECORD_SIZE], 3)
    answer = estimate_file(home.config(path), Question(measures=("id",), strata=None))
    assert answer.estimates[0].total == sum(range(3000))
    checked = dry_run(home.config(path))
    assert (checked.rows, checked.outputs[0].bytes, checked.succeeds) == (3000, len(ROWS) - len(b"id,name\n"), True)
    listed = {one.name: one.format for one in list_inputs(ADMIN, (home.data,)).candidates}
    assert listed == {"data/": "folder", "data/r.bin.zst": "bin", "data/x.csv.gz": "csv", "data/y.zip": ""}
    assert [one.path.name for one in find_inputs(home.config())] == ["r.bin.zst", "x.csv.gz"]


def test_what_is_in_a_file_is_sniffed(home: Home, command: Command) -> None:
    text = b"id;name\n" + b"".join(b"%d;n%d\n" % (number, number) for number in range(50))
    long = b"id;name\n" + b"123456;a longer name than that of others\n" * 900_000
    contents = {
        "x.csv.gz": gzip.compress(text),
        "long.gz": gzip.compress(long, 1),
        "y.zip": zipped(("a.txt", text), ("b.csv", ROWS)),
    }
    for name, content in contents.items():
        path = home.put(name, content)
        more = ["--member", "a*"] if name == "y.zip" else []
        found = command("-m", "etl_batch", "sniff", path, "--json", *more)
        assert found.code == 0, found.err
        assert (found.json()["format"], found.json()["delimiter"]) == ("csv", ";")
        assert [column["name"] for column in found.json()["columns"]] == ["id", "name"]
    path = home.put("z.csv.gz", gzip.compress(text)[:-5])
    assert "E_FORMAT_CORRUPT" in command("-m", "etl_batch", "sniff", path).err


def test_another_encoding_line_ends_and_bad_rows_in_an_archive_are_named_where_they_are_in_its_content(
    home: Home,
) -> None:
    text = "id;name\r1;Öl\r2\r3;é\r".encode("cp1252")
    for name, content in (("x.csv", text), ("y.csv.gz", gzip.compress(text))):
        path = home.put(name, content)
        run(home.config(path, encoding="cp1252", delimiter=";", on_bad_row=OnBadRow.QUARANTINE))
        rejected = (home.output / "out.csv.rejected.csv").read_text()
        assert rejected.splitlines()[1].split(",")[1:3] == ["2", "13"], rejected
        assert (home.output / "out.csv").read_text() == "id,name\n1,Öl\n3,é\n"


@pytest.mark.parametrize("name", ["x.csv.gz", "x.bin.zst"])
@pytest.mark.parametrize("after", [0, 2, 4])
def test_resume_gives_the_same_bytes(home: Home, name: str, after: int) -> None:
    is_csv = name == "x.csv.gz"
    path = home.put(name, PACKED[name] if is_csv else zstd(records(999)), None if is_csv else LAYOUT)
    if not is_csv:
        (home.data / "x.layout.toml").write_text(LAYOUT)
    both = {"output_csv": str(home.output / "out.csv"), "output_parquet": str(home.output / "p.parquet")}
    job = home.config(path, chunk_bytes=8000, **both)
    run(job)
    whole = [(home.output / out).read_bytes() for out in ("out.csv", "p.parquet")]
    for out in ("out.csv", "p.parquet"):
        (home.output / out).unlink()
    with pytest.raises(Cancelled):
        run(job, runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
    told = run(replace(job, resume=True))
    assert [(home.output / out).read_bytes() for out in ("out.csv", "p.parquet")] == whole
    assert told.rows_out == told.rows_in
    assert home.leftovers() == []


def test_a_file_that_changed_meanwhile_is_not_mixed_with_what_it_was(home: Home) -> None:
    path = home.put("x.csv.gz", PACKED["x.csv.gz"])
    job = home.config(path, chunk_bytes=8000)
    with pytest.raises(Cancelled):
        run(job, runner=CrashAfter(2, InlineRunner(), Cancelled("told to stop")))
    path.write_bytes(gzip.compress(ROWS, 1, mtime=1))
    with pytest.raises(InputChanged):
        run(home.config(path, chunk_bytes=8000, resume=True))

    class Touching(InlineRunner):
        def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
            done = super().run(job, spans, outputs, limits)
            os.utime(path)
            return done

    with pytest.raises(InputChanged, match="changed while"):
        run(job, runner=Touching())


def test_a_name_that_promises_what_it_is_not_is_read_as_what_it_is(home: Home) -> None:
    path = home.put("x.csv.gz", ROWS)  # as browsers save it, which unpack on the way
    result = run(home.config(path))
    assert (home.output / "out.csv").read_bytes() == ROWS
    assert not any("unpacked" in note for note in result.notes)


def test_what_the_metadata_say(home: Home) -> None:
    path = home.put("x.csv.gz", PACKED["x.csv.gz"])
    run(home.config(path, member=None, max_ratio=300))
    told = json.loads((home.output / "out.csv.meta.json").read_text())
    assert told["inputs"][0].pop("reading")["header"] is True
    assert told["inputs"] == [{"path": str(path), "format": "csv", "bytes": len(PACKED["x.csv.gz"]), "rows": 3000}]
    assert (told["config"]["max_ratio"], told["config"]["member"]) == (300, None)
