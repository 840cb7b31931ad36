"""A folder of parts made in shares, in any order and by whoever: to the byte what one run makes, or nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from etl_batch.__main__ import main
from etl_batch.audit.log import AuditLog
from etl_batch.config import JobConfig
from etl_batch.errors import (
    BadRow,
    Cancelled,
    ConfigError,
    EtlError,
    InputChanged,
    PartsMissing,
    PlanMissing,
    WorkerVersion,
)
from etl_batch.etl_core import run
from etl_batch.pipeline.parts import plan_key
from etl_batch.values import KIB, JobResult
from tests.acceptance.test_resume import noting, put_inputs, seen
from tests.conftest import PROJECT, Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.chance import examples
from tests.helpers.faults import Faults
from tests.helpers.fresh_homes import Homes, fresh_homes
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner, without_processes


@pytest.fixture
def homes(tmp_path: Path) -> Homes:
    """Each call gives a fresh home with the same two inputs, written at the same time."""
    return fresh_homes(tmp_path, put_inputs)


def _job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    options: dict[str, Any] = {
        "output_csv": f"{home.output}/lines/",
        "output_parquet": f"{home.output}/cols/",
        "on_bad_row": "quarantine",
        "chunk_bytes": 4 * KIB,
        "measures": ("quantity",),
        "sample_frac": 0.05,
    }
    return home.config(home.data / "a.bin", home.data / "b.bin", **(options | more))


def _share(config: JobConfig, number: int, count: int, **more: Any) -> JobResult:  # noqa: ANN401 - of `run`
    return run(replace(config, shard=f"{number}/{count}"), runner=more.pop("runner", InlineRunner()), **more)


def _made(config: JobConfig, order: Sequence[int]) -> JobResult:
    for number in order:
        _share(config, number, len(order))
    return run(config, merging=True)


def _visible(home: Home) -> dict[str, Any]:
    """What a user sees of the outputs."""
    return {name: content for name, content in seen(home).items() if not name.startswith(".")}


@pytest.mark.parametrize("order", [(0,), (2, 0, 1), (6, 5, 4, 3, 2, 1, 0), (8, 3, 0, 1, 7, 6, 5, 4, 2)])
def test_shares_in_any_order_make_what_one_run_makes(
    homes: Homes, order: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bad rows and half a record among them, which one share alone counts; more shares than parts are fine."""
    without_processes(monkeypatch)
    whole, home = homes(), homes()
    run(_job(whole), runner=InlineRunner())
    _made(_job(home), order)
    assert seen(home) == seen(whole)
    assert [path.name for path in home.output.glob(".*") if not path.name.endswith(".lock")] == []


@settings(max_examples=examples(8), deadline=None)
@given(
    rows=st.lists(st.integers(0, 40), min_size=1, max_size=2),
    tail=st.booleans(),
    chunk_rows=st.integers(1, 20),
    count=st.integers(1, 5),
    chance=st.randoms(use_true_random=False),
    outputs=st.sampled_from([("lines/", None), (None, "cols/"), ("lines/", "cols/")]),
    measured=st.booleans(),
)
def test_of_any_inputs(
    tmp_path_factory: pytest.TempPathFactory, rows: list[int], *, tail: bool, chunk_rows: int, count: int,
    chance: random.Random, outputs: tuple[str | None, str | None], measured: bool,
) -> None:  # fmt: skip
    """The pool's folder, sample, totals and metadata, whatever the inputs and the cuts."""
    with pytest.MonkeyPatch.context() as patch:
        without_processes(patch)
        found: list[Any] = []
        order = list(range(count))
        chance.shuffle(order)
        for is_shared in (False, True):
            home = Home(tmp_path_factory.mktemp("home"))
            for folder in ("data", "output", "report"):
                (home.path / folder).mkdir()
            for number, its in enumerate(rows):
                body = records(its, number) + (b"half" if tail else b"")
                home.put(f"{number}.bin", body or b"half", LAYOUT)
            config = home.config(
                output_csv=outputs[0] and f"{home.output}/{outputs[0]}",
                output_parquet=outputs[1] and f"{home.output}/{outputs[1]}",
                chunk_bytes=chunk_rows * RECORD_SIZE, on_bad_row="quarantine",
                measures=("quantity", "price") if measured else (), sample_frac=0.2,
            )  # fmt: skip
            try:
                _made(config, order) if is_shared else run(config, runner=InlineRunner())
            except EtlError as error:
                found.append((type(error), error.message.replace(str(home.path), "")))
            found.append(_visible(home))
        assert found[: len(found) // 2] == found[len(found) // 2 :]


def test_parquet_in(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    found = []
    for is_shared in (False, True):
        home = homes()
        table = pa.table({"product": ["a", "b", None] * 200, "quantity": list(range(600))})
        pq.write_table(table, home.data / "x.parquet", row_group_size=30)
        config = home.config(
            home.data / "x.parquet", output_csv=f"{home.output}/lines/", output_parquet=f"{home.output}/cols/",
            chunk_bytes=300,
        )  # fmt: skip
        _made(config, (1, 0, 2)) if is_shared else run(config, runner=InlineRunner())
        assert len(list((home.output / "lines").glob("part-*"))) > 3
        found.append(_visible(home))
    assert found[0] == found[1]


def test_on_the_command_line(homes: Homes, capfd: pytest.CaptureFixture[str]) -> None:
    """By processes, as a queue would: what is missing is named, a share made twice is said, `merge` publishes."""
    whole, home = homes(), homes()

    def asked(where: Home, *more: str) -> list[str]:
        return [
            "run", "--home", str(where.path), "-i", str(where.data), "-o", f"{where.output}/lines/", "-w", "2",
            "-p", f"{where.output}/cols/", "--on-bad-row", "quarantine", "--chunk-bytes", "4096",
            "--measures", "quantity", "--sample-frac", "0.05", *more,
        ]  # fmt: skip

    merging = ["merge", "--home", str(home.path), f"{home.output}/lines", "--json"]
    assert main(merging) == 2
    assert "error[E_PARTS_MISSING]: no share of" in capfd.readouterr().err
    assert main(asked(whole)) == 0
    assert main(asked(home, "--shard", "2/3")) == 0
    said = capfd.readouterr().err
    assert "✅ Share 2/3: 6 parts, " in said
    assert "puts all shares together" in said
    assert main(merging) == 2
    assert "2 of 3 shares are missing or not whole: 0/3, 1/3;" in capfd.readouterr().err
    assert main(asked(home, "--shard", "0/3")) == 0
    assert main(merging) == 2
    assert "1 of 3 shares is missing or not whole: 1/3;" in capfd.readouterr().err
    assert _visible(home) == {}
    assert main(asked(home, "--shard", "0/3")) == 0
    assert "share 0/3 is there already" in capfd.readouterr().err
    assert main(asked(home, "--shard", "1/3")) == 0
    capfd.readouterr()
    assert main(merging) == 0
    assert json.loads(capfd.readouterr().out)["rows_quarantined"] == 6
    assert seen(home) == seen(whole)
    entries = [json.loads(line) for line in (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()]
    made = [entry["detail"] for entry in entries if entry["action"] == "share_made"]
    merged = [entry["detail"] for entry in entries if entry["action"] == "share_merged"]
    assert [one["share"] for one in made] == ["2/3", "0/3", "1/3"]
    assert [one["share"] for one in merged] == ["0/3", "1/3", "2/3"]
    assert {one["plan"] for one in (*made, *merged)} == {made[0]["plan"]}
    assert all(json.loads(one["log_head"])["size"] > 0 for one in merged)
    assert AuditLog(home.path).head() is not None


@pytest.mark.parametrize("after", range(3))
def test_a_share_that_was_stopped_goes_on(homes: Homes, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    whole, home = homes(), homes()
    run(_job(whole), runner=InlineRunner())
    _share(_job(home), 0, 2)
    with pytest.raises(Cancelled) as told:
        _share(_job(home), 1, 2, runner=CrashAfter(after, InlineRunner(), Cancelled("told to stop")))
    assert ("the same command goes on where it stopped" in told.value.what_to_do) is (after > 0)
    with pytest.raises(PartsMissing, match="1/2"):
        run(_job(home), merging=True)
    notes: list[str] = []
    _share(_job(home), 1, 2, progress=noting(notes))
    assert any(note.startswith("Resuming job") for note in notes) is (after > 0)
    run(_job(home), merging=True)
    assert seen(home) == seen(whole)


def test_dead_at_any_step_of_a_share_or_of_the_merge(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is begun again goes on; `_SUCCESS` is seen with all the rest, or not at all."""
    without_processes(monkeypatch)
    faults, home = Faults(monkeypatch), homes()

    def small(home: Home) -> JobConfig:
        return _job(home, chunk_bytes=16 * KIB, output_parquet=None)

    _share(small(home), 0, 2)
    shared = len(faults.calls)
    _share(small(home), 1, 2)
    before = len(faults.calls)
    run(small(home), merging=True)
    calls, expected = list(faults.calls), seen(home)
    steps = [at for at, call in enumerate(calls, start=1) if call not in {"fsync", "fdatasync"}]
    for at in [*[at for at in steps if at <= shared][::3], *[at for at in steps if at > before][::2]]:
        home = homes()
        faults.crash_at(at)
        with suppress(Crash):
            _made(small(home), (0, 1))
        faults.at = 0
        visible = _visible(home)
        assert ("lines/_SUCCESS" in visible) is any(name.startswith("lines/") for name in visible), (at, calls[at - 1])
        if visible != expected:
            _made(small(home), (0, 1))
        assert _visible(home) == expected, (at, calls[at - 1])


def test_a_share_that_is_killed_goes_on(home: Home) -> None:
    home.put("x.bin", records(10_000) * 60, LAYOUT)
    asked = [
        sys.executable, "-m", "etl_batch", "run", "--home", str(home.path), "-i", str(home.data / "x.bin"),
        "-o", f"{home.output}/out/", "-w", "1", "--chunk-bytes", "200000", "--measures", "-", "--quiet",
    ]  # fmt: skip
    process = subprocess.Popen([*asked, "--shard", "0/2"], cwd=PROJECT, start_new_session=True)
    journal = home.output / ".out.shards" / "0-of-2" / ".csv.journal"
    while process.poll() is None and not (journal.exists() and journal.read_bytes().count(b"\n") > 3):
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for shard in ("0/2", "1/2"):
        subprocess.run([*asked, "--shard", shard], cwd=PROJECT, check=True)
    assert main(["merge", "--home", str(home.path), f"{home.output}/out", "--quiet"]) == 0
    parts = sorted((home.output / "out").glob("part-*"))
    assert len(parts) == 120
    assert sum(part.read_bytes().count(b"\n") - 1 for part in parts) == 600_000


def test_a_share_made_twice_is_left_as_it_is(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    home, notes = homes(), list[str]()
    first = _share(_job(home), 1, 3)
    files = {path: path.stat().st_mtime_ns for path in home.output.rglob("part-*")}
    again = _share(_job(home), 1, 3, progress=noting(notes))
    assert notes == ["share 1/3 is there already: nothing is left to do"]
    assert {path: path.stat().st_mtime_ns for path in home.output.rglob("part-*")} == files
    assert (again.rows_out, len(again.outputs)) == (first.rows_out, len(first.outputs))


def test_an_input_that_is_overwritten_between_shares(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    home = homes()
    _share(_job(home), 0, 2)
    found = (home.data / "b.bin").stat()
    body = bytearray((home.data / "b.bin").read_bytes())
    body[4] ^= 1
    (home.data / "b.bin").write_bytes(body)
    os.utime(home.data / "b.bin", ns=(found.st_atime_ns, found.st_mtime_ns + 1))
    _share(_job(home), 1, 2)
    with pytest.raises(InputChanged, match=r"b\.bin is not what it was when share 0/2 was made"):
        run(_job(home), merging=True)
    assert not list(home.output.rglob("_SUCCESS"))
    assert _visible(home) == {}
    notes: list[str] = []
    _share(_job(home), 0, 2, progress=noting(notes))
    assert notes == ["what was there of share 0/2 was made by another plan: it is begun anew"]
    run(_job(home), merging=True)
    whole = homes()
    (whole.data / "b.bin").write_bytes(body)
    run(_job(whole), runner=InlineRunner())
    assert seen(home) == seen(whole)


def test_parts_of_another_plan_are_not_published(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A merge that was killed had brought some together; then the shares are made anew, of fewer parts."""
    without_processes(monkeypatch)
    whole, home = homes(), homes()
    run(_job(whole), runner=InlineRunner())
    for folder in ("lines", "cols"):
        (home.output / f".{folder}.parts").mkdir()
        for name in ("part-0000000", "part-0000099"):
            (home.output / f".{folder}.parts" / f"{name}.{'csv' if folder == 'lines' else 'parquet'}").write_text("x")
    _made(_job(home), (1, 0))
    assert seen(home) == seen(whole)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"seed": 7}, "share 1/2 was made with --seed 7, and others with 0"),
        ({"chunk_bytes": 8 * KIB}, "share 1/2 was made with --chunk-bytes 8192, and others with 4096"),
    ],
)
def test_shares_of_other_options_are_not_put_together(
    homes: Homes, more: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_processes(monkeypatch)
    home = homes()
    _share(_job(home), 0, 2)
    _share(_job(home, **more), 1, 2)
    with pytest.raises(ConfigError, match=says):
        run(_job(home), merging=True)
    assert _visible(home) == {}


def test_a_share_of_other_sources_is_refused_by_name_and_begun_anew(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two trees may say the same version, and differ."""
    without_processes(monkeypatch)
    home = homes()
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(plan_key, "code_key", lambda: "of another tree")
        _share(_job(home), 0, 2)
    _share(_job(home), 1, 2)
    with pytest.raises(WorkerVersion, match="share 0/2 was made by other sources of the product"):
        run(_job(home), merging=True)
    assert _visible(home) == {}
    notes: list[str] = []
    _share(_job(home), 0, 2, progress=noting(notes))
    assert notes == ["what was there of share 0/2 was made by another plan: it is begun anew"]
    run(_job(home), merging=True)
    assert (home.output / "lines" / "_SUCCESS").exists()


def test_shares_of_other_counts_and_lost_parts_are_named(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    home = homes()
    for number in range(3):
        _share(_job(home), number, 3)
    (lost,) = home.output.glob(".lines.shards/1-of-3/.csv.part.*/part-0000003.csv")
    lost.unlink()
    with pytest.raises(PartsMissing, match="1 of 3 shares is missing or not whole: 1/3"):
        run(_job(home), merging=True)
    _share(_job(home), 1, 3)
    _share(_job(home), 0, 4)
    with pytest.raises(ConfigError, match="holds shares of 3 and of 4"):
        run(_job(home), merging=True)


def test_a_bad_row_ends_its_share(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    home = homes()
    (home.data / "a.bin").write_bytes((home.data / "a.bin").read_bytes()[: 400 * RECORD_SIZE])
    with pytest.raises(BadRow):
        _share(_job(home, on_bad_row="strict"), 0, 2)
    with pytest.raises(PartsMissing, match="0/2, 1/2"):
        run(_job(home), merging=True)


@pytest.mark.parametrize(
    ("name", "error", "says"),
    [
        ("x.csv", PlanMissing, r"--shard 0/2: .*x\.csv is CSV"),
        ("x.bin.gz", ConfigError, r"--shard 0/2: .*x\.bin\.gz is compressed"),
    ],
)
def test_what_has_no_shares_is_refused_by_name(home: Home, name: str, error: type[EtlError], says: str) -> None:
    import gzip

    home.put("x.layout.toml", LAYOUT.encode())
    home.put(name, gzip.compress(records(5)) if name.endswith(".gz") else b"a,b\n1,2\n")
    with pytest.raises(error, match=says):
        run(home.config(home.data / name, output_csv=f"{home.output}/out/", shard="0/2"))
    assert _visible(home) == {}


def test_a_contract_is_judged_by_the_rows_of_all_shares(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its rules count and set aside in each share, and are judged where these are put together; keys have no shares."""
    without_processes(monkeypatch)
    column = {"name": "quantity", "type": "integer", "constraints": {"maximum": 2, "etl:severity": "reject"}}
    rules: dict[str, Any] = {"fields": [column, {"name": "id", "type": "integer"}], "etl:minRows": 500}
    found = []
    for is_shared in (False, True):
        home = homes()
        (home.data / "c.json").write_text(json.dumps(rules))
        config = _job(home, contract=str(home.data / "c.json"))
        _made(config, (1, 2, 0)) if is_shared else run(config, runner=InlineRunner())
        found.append(seen(home))
    assert found[0] == found[1]
    assert found[0]["lines.meta.json"]["rows_quarantined"] > 6
    home = homes()
    (home.data / "c.json").write_text(json.dumps(rules | {"primaryKey": ["id"]}))
    with pytest.raises(ConfigError, match="--shard 0/2: --contract has keys, which are compared over all rows"):
        _share(_job(home, contract=str(home.data / "c.json")), 0, 2)


def test_outputs_that_are_files_have_no_shares(home: Home) -> None:
    with pytest.raises(ConfigError, match=r"--shard 0/2 makes parts of a folder, and -o output/out\.csv is one file"):
        home.config(output_csv="output/out.csv", shard="0/2")
    with pytest.raises(ConfigError, match="--resume is not for a share"):
        home.config(output_csv="output/out/", shard="0/2", resume=True)
