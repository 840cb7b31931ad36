"""One job, whatever the number of workers and the size of chunks: the same output."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import json
import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from etl_batch.cell_escape import unescape_csv_injection
from etl_batch.config import Escaping
from etl_batch.errors import BadRow, OutputBusy, SchemaMismatch, TruncatedRecord
from etl_batch.etl_core import run
from etl_batch.machine.shared_buffers import Held
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.runners.runner import Limits, Outputs, Usage
from etl_batch.pipeline.span_job import Grant, SpanJob
from etl_batch.pipeline.span_worker import SpanWorker
from etl_batch.storage.roots import place
from etl_batch.storage.target import locked
from etl_batch.values import KIB, MIB, PartResult, ProgressReport, Span
from tests.conftest import Command, Home
from tests.data_makers.records import LAYOUT, PRODUCTS, RECORD_SIZE, record, records
from tests.helpers.sharing import sharing

ROWS = 20_000


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Path]:
    """The output of one worker with one chunk."""
    home = Home(tmp_path_factory.mktemp("whole"))
    for folder in ("data", "output", "report"):
        (home.path / folder).mkdir()
    home.put("x.bin", records(ROWS), LAYOUT)
    run(home.config(output_csv=f"{home.output}/out.csv", output_parquet=f"{home.output}/out.parquet"))
    return (home.output / "out.csv").read_bytes(), home.output / "out.parquet"


@pytest.mark.parametrize("chunk_bytes", [4 * KIB, MIB, 64 * MIB])
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_same_output_for_all_workers_and_chunks(
    home: Home, whole: tuple[bytes, Path], workers: int, chunk_bytes: int
) -> None:
    home.put("x.bin", records(ROWS), LAYOUT)
    result = run(
        home.config(
            output_csv=f"{home.output}/out.csv",
            output_parquet=f"{home.output}/out.parquet",
            workers=workers,
            chunk_bytes=chunk_bytes,
        )
    )
    written = (home.output / "out.csv").read_bytes()
    assert written == whole[0]
    assert result.outputs[0].sha256 == hashlib.sha256(written).hexdigest()
    parquet = home.output / "out.parquet"
    assert result.outputs[1].sha256 == hashlib.sha256(parquet.read_bytes()).hexdigest()
    assert pq.read_table(parquet, page_checksum_verification=True).equals(pq.read_table(whole[1]))
    assert home.leftovers() == []


@pytest.mark.parametrize("workers", [1, 3, 6])
@pytest.mark.parametrize("are_shared", [True, False])
def test_workers_that_share_memory_or_not_write_the_same(
    home: Home, whole: tuple[bytes, Path], monkeypatch: pytest.MonkeyPatch, workers: int, *, are_shared: bool
) -> None:
    spans: list[bool] = []
    usual = JobOutputs.written

    def written(outputs: JobOutputs, result: PartResult, grant: Grant, held: Held | None = None) -> None:
        spans.append(held is not None)
        usual(outputs, result, grant, held)

    def refused(*_: object) -> int:
        raise PermissionError

    monkeypatch.setattr(JobOutputs, "written", written)
    if not are_shared:
        monkeypatch.setattr(os, "memfd_create", refused)
    home.put("x.bin", records(ROWS), LAYOUT)
    result = run(home.config(output_csv=f"{home.output}/out.csv", workers=workers, chunk_bytes=16 * KIB))
    assert spans == [are_shared] * len(spans)
    assert len(spans) > 4 * workers
    assert (home.output / "out.csv").read_bytes() == whole[0]
    assert result.outputs[0].sha256 == hashlib.sha256(whole[0]).hexdigest()


class OneAhead:
    """A runner with one worker, whose spans are hashed only when it has formatted the next one."""

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        with sharing(limits.workers) as (shared, own):
            worker = SpanWorker(job, own)
            written = None
            for span in spans:
                result = worker.format(span)
                if written is not None:
                    outputs.written(*written)
                grant = outputs.grant(result)
                assert isinstance(grant, Grant)
                worker.write(grant)
                written = result, grant, shared.held(result.csv_buffer, result.csv_bytes)
            if written is not None:
                outputs.written(*written)
            worker.close()
            return Usage(1, 0.0)


def test_what_is_not_yet_hashed_is_not_formatted_over(home: Home, whole: tuple[bytes, Path]) -> None:
    home.put("x.bin", records(ROWS), LAYOUT)
    config = home.config(output_csv=f"{home.output}/out.csv", workers=1, chunk_bytes=16 * KIB)
    result = run(config, runner=OneAhead())
    assert (home.output / "out.csv").read_bytes() == whole[0]
    assert result.outputs[0].sha256 == hashlib.sha256(whole[0]).hexdigest()


def test_the_csv_says_what_the_records_say(whole: tuple[bytes, Path]) -> None:
    rows = list(csv.reader(whole[0].decode().splitlines()))
    assert rows[0] == ["id", "product", "sold_at", "quantity", "price", "paid"]
    assert len(rows) == ROWS + 1
    found = {unescape_csv_injection(row[1]) for row in rows[1:]}
    assert found == set(PRODUCTS)
    for number, row in enumerate(rows[1:]):
        assert (int(row[0]), float(row[4])) == (number, number * 0.37)


def test_parquet_as_a_folder_of_parts(home: Home, whole: tuple[bytes, Path]) -> None:
    home.put("x.bin", records(ROWS), LAYOUT)
    config = home.config(output_csv=None, output_parquet=f"{home.output}/parts/", workers=2, chunk_bytes=100 * KIB)
    result = run(config)
    parts = sorted((home.output / "parts").glob("part-*"))
    assert [part.name for part in parts] == [f"part-{number:07d}.parquet" for number in range(len(parts))]
    assert len(parts) == -(-ROWS * RECORD_SIZE // (100 * KIB // RECORD_SIZE * RECORD_SIZE))
    assert ds.dataset(parts).to_table().equals(pq.read_table(whole[1]))
    assert sum(output.rows for output in result.outputs) == ROWS
    run(config)
    assert len(list(home.output.glob("parts.bak.*"))) == 1
    assert home.leftovers() == []


@pytest.mark.parametrize("parquet", [None, "one.parquet", "parts/"])
def test_csv_as_a_folder_of_parts(home: Home, whole: tuple[bytes, Path], parquet: str | None) -> None:
    """Each begins with the names of the columns, and belongs to the part of Parquet that has its number."""
    home.put("x.bin", records(ROWS), LAYOUT)
    other = parquet and f"{home.output}/{parquet}"
    config = home.config(
        output_csv=f"{home.output}/lines/", output_parquet=other, workers=2, chunk_bytes=100 * KIB, strata="product",
        measures=("quantity",),
    )  # fmt: skip
    result = run(config)
    parts = sorted((home.output / "lines").glob("part-*"))
    assert [part.name for part in parts] == [f"part-{number:07d}.csv" for number in range(len(parts))]
    assert len(parts) == -(-ROWS * RECORD_SIZE // (100 * KIB // RECORD_SIZE * RECORD_SIZE))
    head, _, lines = whole[0].partition(b"\n")
    contents = [part.read_bytes() for part in parts]
    assert {content.partition(b"\n")[0] for content in contents} == {head}
    assert b"".join(content.partition(b"\n")[2] for content in contents) == lines
    listed = [output for output in result.outputs if output.format == "csv"]
    found = [(each.path, each.rows, each.bytes, each.sha256) for each in listed]
    assert found == [
        (part, content.count(b"\n") - 1, len(content), hashlib.sha256(content).hexdigest())
        for part, content in zip(parts, contents, strict=True)
    ]
    manifest = json.loads((home.output / "lines" / "_manifest.json").read_bytes())
    assert [(one["path"], one["rows"], one["bytes"], one["sha256"]) for one in manifest["parts"]] == [
        (path.name, *more) for path, *more in found
    ]
    assert (home.output / "lines" / "_SUCCESS").read_bytes() == b""
    assert all(each.identity is not None and each.dialect is not None for each in listed)
    if parquet == "parts/":
        assert [pq.read_metadata(part).num_rows for part in sorted((home.output / "parts").glob("part-*"))] == [
            each.rows for each in listed
        ]
    totals = pq.read_table(home.output / "lines.totals.parquet", columns=["csv_part", "csv_offset", "rows"]).to_pylist()
    assert sorted({row["csv_part"] for row in totals}) == list(range(len(parts)))
    assert {row["csv_offset"] for row in totals if row["csv_part"] == 1} >= {len(head) + 1}
    run(config)
    assert len(list(home.output.glob("lines.bak.*"))) == 1
    assert home.leftovers() == []


def test_a_folder_of_csv_is_read_as_inputs_again(home: Home, whole: tuple[bytes, Path]) -> None:
    home.put("x.bin", records(ROWS), LAYOUT)
    run(home.config(output_csv=f"{home.output}/lines/", chunk_bytes=100 * KIB))
    run(home.config(home.output / "lines", output_csv=f"{home.output}/again.csv", escaping=Escaping.OFF))
    assert (home.output / "again.csv").read_bytes() == whole[0]
    more = {"output_csv": f"{home.output}/more/", "chunk_bytes": 300 * KIB, "escaping": Escaping.OFF}
    run(home.config(home.output / "again.csv", **more))
    parts = [part.read_bytes().partition(b"\n")[2] for part in sorted((home.output / "more").glob("part-*"))]
    assert (len(parts), max(map(len, parts))) == (-(-len(whole[0]) // (300 * KIB)), max(map(len, parts[:-1])))
    assert b"".join(parts) == whole[0].partition(b"\n")[2]


def test_several_inputs_follow_one_another_by_name(home: Home) -> None:
    home.put("b.bin", record(2), LAYOUT)
    home.put("a.bin", record(1), LAYOUT)
    run(home.config())
    lines = (home.output / "out.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", "1", "2"]


def test_different_columns_are_refused(home: Home) -> None:
    home.put("a.bin", record(1), LAYOUT)
    home.put("b.bin", record(2), LAYOUT.replace('"price"', '"cost"'))
    with pytest.raises(SchemaMismatch, match=r"b\.bin: column 5 is 'cost', where .*a\.bin has 'price'"):
        run(home.config())


def test_the_first_bad_row_is_named_whoever_meets_it(home: Home) -> None:
    body = bytearray(records(ROWS))
    for number in (15_000, 4_711, 19_999):
        body[number * RECORD_SIZE + 39] = 7
    home.put("x.bin", bytes(body), LAYOUT)
    for workers in (1, 2, 4):
        with pytest.raises(BadRow, match=rf"row 4712 \(at byte {4711 * RECORD_SIZE}\): field 'paid': a bool is 0 or 1"):
            run(home.config(workers=workers, chunk_bytes=4 * KIB))
    assert list(home.output.glob("out.csv*")) == []
    assert home.leftovers() == []


def test_bad_rows_set_aside_are_counted_and_kept(home: Home) -> None:
    good = [record(number) for number in range(1_000)]
    bad = {10: record(10, paid=9), 999: good[999].replace(b"MILK", b"\xff\xfe\xfd\xfc")}
    body = b"".join(bad.get(number, one) for number, one in enumerate(good)) + b"half a record"
    home.put("x.bin", body, LAYOUT)
    with pytest.raises(TruncatedRecord, match=r"ends 13 bytes into a record of 40, at byte 40000"):
        run(home.config())
    result = run(home.config(on_bad_row="quarantine", workers=2, chunk_bytes=4 * KIB))
    assert (result.rows_in, result.rows_out, result.rows_quarantined) == (1_001, 998, 3)
    with (home.output / "out.csv.rejected.csv").open(newline="") as file:
        rejected = list(csv.DictReader(file))
    assert [(row["row"], row["byte"]) for row in rejected] == [("11", "400"), ("1000", "39960"), ("1001", "40000")]
    assert [bytes.fromhex(row["raw"]) for row in rejected] == [bad[10], bad[999], b"half a record"]
    assert len((home.output / "out.csv").read_text().splitlines()) == 999


def test_the_old_output_is_kept_and_stale_rejects_are_not(home: Home) -> None:
    home.put("x.bin", record(1, paid=9) + record(2), LAYOUT)
    run(home.config(on_bad_row="quarantine"))
    first = (home.output / "out.csv").read_bytes()
    home.put("x.bin", record(3), LAYOUT)
    run(home.config())
    backups = list(home.output.glob("out.csv.bak.*"))
    assert [path.read_bytes() for path in backups] == [first]
    assert not (home.output / "out.csv.rejected.csv").exists()


def test_the_metadata_says_what_happened(home: Home) -> None:
    source = home.put("x.bin", records(100), LAYOUT)
    result = run(home.config(workers=2))
    metadata = json.loads((home.output / "out.csv.meta.json").read_text())
    assert metadata["schema_version"] == 1
    assert metadata["inputs"] == [{"path": str(source), "format": "bin", "bytes": 4000, "rows": 100}]
    assert metadata["outputs"][0]["rows"] == metadata["rows_out"] == 100
    assert metadata["actor"]["name"] == "tester"
    assert metadata["cells_escaped"] == result.cells_escaped > 0
    assert metadata["started_at"].endswith("Z")
    assert {phase["name"] for phase in metadata["phases"]} == {"plan", "convert", "publish"}
    assert metadata["peak_rss_bytes"] > 0


def test_progress_reaches_the_whole(home: Home) -> None:
    home.put("x.bin", records(1_000), LAYOUT)
    reports: list[ProgressReport] = []
    run(home.config(chunk_bytes=4 * KIB, workers=2), progress=reports.append)
    assert reports[-1] == ProgressReport("convert", 40_000, 40_000, 1_000)
    assert [one.done_bytes for one in reports] == sorted(one.done_bytes for one in reports)


def test_one_job_an_output(home: Home) -> None:
    home.put("x.bin", record(1), LAYOUT)
    with (
        locked(place(str(home.output / "out.csv"), (home.output,))),
        pytest.raises(OutputBusy, match=r"another job is writing .*out\.csv"),
    ):
        run(home.config())


def test_an_output_that_is_held_for_a_moment_is_waited_for(home: Home) -> None:
    """As by whoever looks what became of a job that was killed."""
    home.put("x.bin", record(1), LAYOUT)
    with contextlib.ExitStack() as held:
        held.enter_context(locked(place(str(home.output / "out.csv"), (home.output,))))
        threading.Timer(0.5, held.close).start()
        assert run(home.config()).rows_out == 1


def test_an_output_is_free_though_a_process_that_was_started_meanwhile_has_a_copy_of_its_lock(home: Home) -> None:
    output = place(str(home.output / "out.csv"), (home.output,))
    with locked(output):
        started = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        started.start()
    try:
        with locked(output):
            pass
    finally:
        started.kill()
        started.join()


def test_a_byte_order_mark_and_header_only(home: Home) -> None:
    home.put("x.bin", b"HEAD" + record(1), "header_bytes = 4\n" + LAYOUT)
    run(home.config(bom=True))
    assert (home.output / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfid,product,")


def test_who_starts_the_workers_writes_parquet_without_loading_arrow(home: Home, command: Command) -> None:
    """It takes 45 ms; the footer of the columns comes from a worker, which has it loaded."""
    rows = home.put("in.csv", b"product,value\na,1.5\nb,2.5\n")
    flags = ["--home", str(home.path), "-i", str(rows), "-p", f"{home.output}/out.parquet"]
    job = f"import sys; from etl_batch.etl_core import main; main({flags})"
    done = command("-c", f"{job}; print('pyarrow' in sys.modules)")
    assert done.out.endswith("False\n"), done.err
    assert pq.read_table(home.output / "out.parquet").to_pydict() == {"product": ["a", "b"], "value": [1.5, 2.5]}
