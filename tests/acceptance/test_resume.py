"""Whatever ends a job, wherever: the outputs are the old ones or the whole new ones, and it can go on to the same."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from etl_batch.config import Escaping, JobConfig
from etl_batch.errors import (
    Cancelled,
    ConfigError,
    DiskFull,
    EtlError,
    InputChanged,
    NotFound,
    OutOfMemory,
    OutputBusy,
    OutputFailed,
    PathNameTooLong,
    RowsDoNotAddUp,
    TimedOut,
    WorkerCrashed,
)
from etl_batch.etl_core import run
from etl_batch.pipeline.outputs import start
from etl_batch.pipeline.outputs.interrupted import Interrupted, interrupted_jobs
from etl_batch.pipeline.outputs.start import finished_publication
from etl_batch.pipeline.outputs.targets import targets_of
from etl_batch.pipeline.progress import Notice
from etl_batch.pipeline.runners.process_pool import ProcessPool
from etl_batch.storage.roots import place
from etl_batch.storage.target import Holding, locked
from etl_batch.text.encodings import encoding_named
from etl_batch.values import KIB, JobResult, Progress, ProgressReport
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, record, records
from tests.helpers.chance import chance, kills
from tests.helpers.data_packages import lasting
from tests.helpers.descriptors import left_open, open_files
from tests.helpers.faults import Faults
from tests.helpers.inline_runner import Crash, CrashAfter, InlineRunner, without_processes

SPANS = 7
ROWS_A, ROWS_B = 400, 300
_JOB_ID = re.compile(r"\d{8}T\d{6}Z(-[0-9a-f]{6})?")
_OF_THE_RUN = (
    "job_id",
    "started_at",
    "finished_at",
    "phases",
    "throughput_mb_s",
    "peak_rss_bytes",
    "cpu_seconds",
    "sandbox",  # of this start, as the times are: some runners here have no workers
    "profile",
    "replaced",
    "sandbox",
)


def _with_bad_rows(count: int, bad: set[int], seed: int) -> bytes:
    body = bytearray(records(count, seed))
    for number in bad:
        body[number * RECORD_SIZE + 39] = 9
    return bytes(body)


def put_inputs(home: Home) -> None:
    """Two inputs of 7 spans of 4 KiB together, with bad rows, and an incomplete record behind the first."""
    home.put("a.bin", _with_bad_rows(ROWS_A, {150, 151, 399}, 1) + b"half a record", LAYOUT)
    home.put("b.bin", _with_bad_rows(ROWS_B, {0, 299}, 2), LAYOUT)


def put_old_outputs(home: Home) -> None:
    """Outputs of an earlier time."""
    (home.output / "out.csv").write_text("old csv")
    (home.output / "out.csv.rejected.csv").write_text("old rejects")
    (home.output / "out.csv.meta.json").write_text("old metadata")
    (home.output / "parts").mkdir()
    (home.output / "parts" / "part-0000000.parquet").write_text("old part")


def job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    options: dict[str, Any] = {
        "output_csv": f"{home.output}/out.csv",
        "output_parquet": f"{home.output}/parts/",
        "on_bad_row": "quarantine",
        "chunk_bytes": 4 * KIB,
    }
    return home.config(home.data / "a.bin", home.data / "b.bin", **(options | more))


def _shorter_job(home: Home, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    """The same in 4 spans, two of each input: each kind of step, and fewer of each."""
    return job(home, chunk_bytes=8 * KIB, **more)


def seen(home: Home) -> dict[str, Any]:
    """Everything in the output folder, but for the locks and what depends on when and where it was made."""
    found: dict[str, Any] = {}
    for path in sorted(home.output.rglob("*")):
        name = _JOB_ID.sub("<time>", str(path.relative_to(home.output)))
        if path.is_file() and not name.endswith(".lock"):
            content = path.read_bytes().replace(str(home.path).encode(), b"<home>")
            if ".bak." in name and not content.startswith(b"old "):
                continue  # a job that starts anew after a publication that was finished keeps its outputs as old ones
            found[name] = content
            if name.endswith(".datapackage.json"):
                found[name] = lasting(content)
            if name.endswith(".meta.json") and found[name].startswith(b"{"):
                metadata = json.loads(found[name])
                replaced = metadata["replaced"]
                kept = [Path(one["kept"].replace("<home>", str(home.path))) for one in replaced]
                assert [path.exists() for path in kept] == [True] * len(kept), "what metadata call kept is there"
                found[name] = {key: value for key, value in metadata.items() if key not in _OF_THE_RUN}
                found[name]["config"]["workers"] = "any"
                for file in (*metadata["outputs"], *metadata["side_files"]):
                    del file["identity"]
                    # They name the inputs, wherever their home is, and when the job began.
                    if str(file["path"]).endswith((".rejected.csv", ".datapackage.json")):
                        del file["bytes"], file["sha256"]
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the job makes when nothing happens to it."""
    home = _fresh(tmp_path_factory.mktemp("undisturbed") / "home")
    run(job(home, workers=2))
    return seen(home)


def _fresh(where: Path) -> Home:
    where.mkdir()
    home = Home(where)
    for folder in ("data", "output", "report"):
        (where / folder).mkdir()
    put_inputs(home)
    put_old_outputs(home)
    return home


def noting(notes: list[str]) -> Progress:
    """Keeps what the user is told."""
    return lambda report: notes.append(report.note) if report.note else None


def _only_old_or_new(home: Home, new: dict[str, Any]) -> None:
    old = {
        "out.csv": b"old csv",
        "out.csv.meta.json": b"old metadata",
        "out.csv.rejected.csv": b"old rejects",
        "parts/part-0000000.parquet": b"old part",
    }
    now = seen(home)
    for name, content in old.items():
        assert now[name] in (content, new[name]), name


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Home]:
    """As many fresh homes as are wanted; each is removed when the next comes."""

    def more() -> Iterator[Home]:
        number = 0
        while True:
            number += 1
            where = tmp_path / f"home{number}"
            yield _fresh(where)
            shutil.rmtree(where)

    return more()


@pytest.mark.parametrize(
    ("again", "torn"), [("resume", False), ("resume", True), ("anew", False)], ids=["between", "torn", "anew"]
)
def test_dead_at_any_step(homes: Iterator[Home], monkeypatch: pytest.MonkeyPatch, again: str, torn: bool) -> None:
    """At each call that changes the disk in turn, the process dies; or in the middle of each that writes."""
    without_processes(monkeypatch)
    run(_shorter_job(next(homes)), runner=InlineRunner(ahead=3))  # what a process makes once is made
    faults, reporting, home = Faults(monkeypatch), 0, next(homes)
    run(_shorter_job(home), runner=InlineRunner(ahead=3))
    calls, whole = list(faults.calls), seen(home)
    assert len(calls) > 60
    # What waits for the disk changes nothing that can be seen: to die there is to die at the call after it.
    deaths = ("pwrite",) if torn else set(calls) - {"fsync", "fdatasync"}
    steps = [at for at, call in enumerate(calls, start=1) if call in deaths]
    for at in steps if again == "resume" else steps[::3]:  # whoever starts anew removes all, whatever is there
        home = next(homes)
        faults.crash_at(at, torn=torn)
        with suppress(Crash):
            run(_shorter_job(home), runner=InlineRunner(ahead=3))
        call = faults.calls[-1]
        assert faults.happened
        faults.at = 0
        _only_old_or_new(home, whole)
        if seen(home) == whole and not home.leftovers():
            reporting += 1  # all was published: it died while it wrote the report
            continue
        result = run(_shorter_job(home, resume=again == "resume"), runner=InlineRunner())
        assert result.rows_in == ROWS_A + ROWS_B + 1 == result.rows_out + result.rows_quarantined
        assert seen(home) == whole, (at, call)
        assert again == "anew" or len(list(home.output.glob("*.bak.*"))) == 4
    assert torn or reporting > 1


@pytest.mark.parametrize("number", range(kills(6)))
def test_dead_again_and_again(
    homes: Iterator[Home], undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    without_processes(monkeypatch)
    faults, moments, home = Faults(monkeypatch), chance(f"dead again {number}"), next(homes)
    for _ in range(20):
        faults.crash_at(moments.randint(1, 60), torn=moments.random() < 0.5)
        try:
            run(job(home, resume=True), runner=InlineRunner(ahead=moments.randint(1, 4)))
        except Crash:
            faults.at = 0
            _only_old_or_new(home, undisturbed)
            continue
        break
    faults.at = 0
    run(job(home, resume=True), runner=InlineRunner())
    assert seen(home) == undisturbed


def test_a_full_disk_at_any_step(homes: Iterator[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left and nothing replaced; once publication was decided, the next start finishes it."""
    without_processes(monkeypatch)
    home = next(homes)
    run(_shorter_job(home), runner=InlineRunner())  # what is loaded and made once for all jobs
    whole = seen(home)
    faults = Faults(monkeypatch)
    finished = reporting = 0
    for at in range(1, 1000):
        faults.none()
        home = next(homes)
        before, descriptors = seen(home), open_files()
        faults.fail_at(at)
        error: EtlError | None = None
        problem: str | None = None
        try:
            problem = run(_shorter_job(home), runner=InlineRunner()).report_problem
        except EtlError as caught:
            error = caught
        happened, call = faults.happened, faults.calls[at - 1 : at]
        faults.at = 0
        if not happened:
            break
        assert not left_open(descriptors), (at, call)
        if error is None and problem is not None:  # the report alone could not be written
            assert "the report could not be written" in problem
            assert seen(home) == whole
            reporting += 1
            continue
        if error is None:  # what could not be removed is nobody's loss, nor what the files were like once published
            assert call in (["unlink"], ["mkdir"], ["rmdir"]) or seen(home) == whole, (at, call)
            continue
        assert isinstance(error, DiskFull), (at, call)
        if "not yet in their places" in str(error):
            finished += 1
            run(_shorter_job(home, resume=True), runner=InlineRunner())
            assert seen(home) == whole
        else:
            assert seen(home) == before, (at, call)
    assert at > 60
    assert finished >= 4
    assert reporting >= 4


@pytest.mark.parametrize("runner", [InlineRunner(), InlineRunner(ahead=3), None], ids=["inline", "ahead", "pool"])
@pytest.mark.parametrize("after", range(SPANS + 1))
def test_resume_gives_the_same_bytes(
    homes: Iterator[Home], undisturbed: dict[str, Any], after: int, runner: InlineRunner | None
) -> None:
    home = next(homes)
    crash = CrashAfter(after, runner or ProcessPool(), Cancelled("told to stop"))
    reports: list[ProgressReport] = []
    if after < SPANS:
        with pytest.raises(Cancelled):
            run(job(home, workers=2), runner=crash)
        _only_old_or_new(home, dict.fromkeys(undisturbed))
    result = run(job(home, workers=1, resume=True), reports.append)
    assert seen(home) == undisturbed
    assert result.rows_in == ROWS_A + ROWS_B + 1
    if 0 < after < SPANS and runner == InlineRunner():
        done = sum(span_rows for span_rows in (102, 102, 102, 94, 102, 102, 96)[:after])
        assert re.fullmatch(
            rf"Resuming job {result.job_id}: {done + (after > 4)} of 700 rows are already done", reports[0].note
        )
        assert next(one for one in reports if one.phase == "convert").done_bytes == done * RECORD_SIZE


@pytest.mark.parametrize(
    ("error", "is_kept"),
    [
        (Cancelled("x"), True),
        (TimedOut("x"), True),
        (WorkerCrashed("x"), True),
        (OutOfMemory("x"), True),
        (KeyboardInterrupt(), True),
        (InputChanged("x"), False),
        (DiskFull("x"), False),
        (OutputFailed("x"), False),
        (RowsDoNotAddUp("x"), False),
        (ConfigError("x"), False),
        (ValueError("ours"), False),
    ],
    ids=lambda value: type(value).__name__,
)
def test_which_errors_can_be_resumed(homes: Iterator[Home], error: BaseException, is_kept: bool) -> None:
    home = next(homes)
    before = seen(home)
    with pytest.raises(type(error)) as caught:
        run(job(home), runner=CrashAfter(3, InlineRunner(), error))
    says = str(caught.value) + "".join(getattr(caught.value, "__notes__", ()))
    assert ("--resume goes on where it stopped" in says) == is_kept
    assert (home.output / ".out.csv.journal").exists() == is_kept
    if not is_kept:
        assert seen(home) == before


def test_nothing_done_leaves_nothing(homes: Iterator[Home]) -> None:
    home = next(homes)
    before = seen(home)
    with pytest.raises(Cancelled) as caught:
        run(job(home), runner=CrashAfter(0, InlineRunner(), Cancelled("x")))
    assert "--resume" not in str(caught.value)
    assert seen(home) == before


def _interrupt(home: Home, after: int = 4, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
    config = job(home, **more)
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(after, InlineRunner(), Cancelled("x")))
    return replace(config, resume=True)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"bom": True}, "--bom was not given and is given"),
        ({"format": "binary"}, "--format was auto and is binary"),
        ({"member": "*.csv"}, "--member was not given and is *.csv"),
        ({"header": "no"}, "--header was auto and is no"),
        ({"names": ("a", "b")}, "--names was not given"),
        ({"skip_lines": 2}, "--skip-lines was not given"),
        ({"occurs": ("rows",)}, "--occurs was not given and is rows"),
        ({"chunk_bytes": 8 * KIB}, "--chunk-bytes was 4096 and is 8192"),
        ({"escaping": Escaping.OFF}, "--no-escape was not given and is given"),
        ({"on_bad_row": "strict"}, "at byte 16000"),
        ({"output_parquet": None}, "--output-parquet was"),
        ({"output_csv": None}, "--output-csv was"),
        ({"metadata": "m.json"}, "--metadata was"),
        ({"century": 1950}, "--century was not given and is 1950"),
        ({"layout": "a.layout.toml"}, "--layout was not given"),
        ({"inputs": ("a.bin",)}, "had other inputs"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_other_options_are_refused(homes: Iterator[Home], other: dict[str, Any], says: str) -> None:
    home = next(homes)
    config = _interrupt(home)
    if "metadata" in other:
        other = {"metadata": str(home.output / "m.json")}
    if "layout" in other:
        other = {"layout": str(home.data / "a.layout.toml")}
    if "inputs" in other:
        other = {"inputs": (str(home.data / "a.bin"),)}
    left = seen(home)
    with pytest.raises(EtlError, match=re.escape(says)) as caught:
        run(replace(config, **other), runner=InlineRunner())
    assert caught.value.exit_code == 2
    assert seen(home) == left


def test_what_does_not_matter_may_differ(homes: Iterator[Home], undisturbed: dict[str, Any]) -> None:
    home = next(homes)
    config = _interrupt(home)
    run(replace(config, workers=3, time_limit_s=1e6, memory_limit_bytes=10**9, max_ratio=9.0), runner=InlineRunner())
    now = seen(home)
    for key in ("time_limit_s", "memory_limit_bytes", "max_ratio"):
        now["out.csv.meta.json"]["config"][key] = undisturbed["out.csv.meta.json"]["config"][key]
    assert now == undisturbed


def test_a_changed_input_is_not_mixed_with_what_it_was(homes: Iterator[Home]) -> None:
    home = next(homes)
    config = _interrupt(home)
    os.utime(home.data / "b.bin", ns=(1, 1))
    with pytest.raises(InputChanged, match=r"b\.bin changed since the job was interrupted; start without --resume"):
        run(config, runner=InlineRunner())
    run(replace(config, resume=False), runner=InlineRunner())


def test_a_changed_layout_is_not_mixed_with_what_it_was(homes: Iterator[Home]) -> None:
    home = next(homes)
    config = _interrupt(home)
    (home.data / "b.layout.toml").write_text(LAYOUT.replace("length = 12", "length = 11"))
    with pytest.raises(ConfigError, match=r"b\.bin would be read in another way"):
        run(config, runner=InlineRunner())


def test_another_version_is_refused(homes: Iterator[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    home = next(homes)
    config = _interrupt(home)
    monkeypatch.setattr("etl_batch.pipeline.outputs.header.versions", lambda: {"etl_batch": "0.1"})
    with pytest.raises(ConfigError, match=r"ran with etl_batch .*; here is 0\.1"):
        run(config, runner=InlineRunner())


@pytest.mark.parametrize(
    "name", ["out.csv", "parts", "parts/part-0000000.parquet", "parts/part-0000003.parquet", "out.csv.rejected.csv"]
)
@pytest.mark.parametrize("damage", ["cut", "flipped", "flipped-late", "longer", "gone"])
def test_a_damaged_part_costs_no_more_than_its_tail(
    homes: Iterator[Home], undisturbed: dict[str, Any], name: str, damage: str
) -> None:
    home = next(homes)
    config = _interrupt(home, after=6)
    first, _, below = name.partition("/")
    part = next(home.output.glob(f".{first}.part.*")) / below
    if part.is_dir():
        shutil.rmtree(part)
    else:
        content = part.read_bytes()
        at = len(content) * 9 // 10 if damage == "flipped-late" else len(content) // 3
        part.write_bytes(
            {
                "cut": content[: len(content) * 2 // 3],
                "longer": content + b"x" * 10_000,
                "gone": content,
            }.get(damage, content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        )
        if damage == "gone":
            part.unlink()
    run(config, runner=InlineRunner())
    assert seen(home) == undisturbed


def test_a_damaged_journal_costs_no_more_than_its_tail(homes: Iterator[Home], undisturbed: dict[str, Any]) -> None:
    for share in (0.0, 0.01, 0.2, 0.5, 0.99):
        home = next(homes)
        config = _interrupt(home, after=6)
        journal = home.output / ".out.csv.journal"
        content = bytearray(journal.read_bytes())
        content[int(share * len(content))] ^= 4
        journal.write_bytes(content)
        run(config, runner=InlineRunner())
        assert seen(home) == undisturbed


@pytest.mark.parametrize("key", ["job_id", "options", "inputs", "versions"])
def test_a_journal_that_says_not_what_a_job_was_is_none(
    homes: Iterator[Home], undisturbed: dict[str, Any], key: str
) -> None:
    """Its checksums hold: somebody wrote it anew."""
    home = next(homes)
    config = _interrupt(home)
    journal = home.output / ".out.csv.journal"
    header = json.loads(journal.read_bytes().splitlines()[0].partition(b" ")[2])
    body = json.dumps(header | {key: None}).encode() + b"\n"
    journal.write_bytes(b"%08x " % zlib.crc32(body) + body)
    run(replace(config, resume=True), runner=InlineRunner())
    assert seen(home) == undisturbed


def test_a_start_without_resume_removes_what_was_left(homes: Iterator[Home], undisturbed: dict[str, Any]) -> None:
    home = next(homes)
    config = _interrupt(home)
    (home.output / ".out.csv.part.20200101T000000Z-abcdef").write_text("of a job whose journal is lost")
    (home.output / ".out.csv.part.mine").write_text("no job of ours")
    notices: list[str] = []
    run(replace(config, resume=False), progress=noting(notices), runner=InlineRunner())
    assert re.fullmatch(r"what the interrupted job \S+ had done is removed; --resume goes on with it", notices[0])
    assert seen(home) == undisturbed | {".out.csv.part.mine": b"no job of ours"}


def test_a_job_on_the_second_output_alone_finds_it(homes: Iterator[Home]) -> None:
    home = next(homes)
    config = _interrupt(home)
    alone = job(home, output_csv=None)
    with pytest.raises(ConfigError, match="--output-csv was"):
        run(replace(alone, resume=True), runner=InlineRunner())
    with (
        locked(place(str(home.output / "out.csv"), (home.output,))),
        pytest.raises(OutputBusy, match=r"another job is writing .*out\.csv"),
    ):
        run(alone, runner=InlineRunner())
    run(alone, runner=InlineRunner())
    assert [path.name for path in home.output.glob(".*") if ".part." in path.name or "journal" in path.name] == []
    notices: list[str] = []
    run(config, progress=noting(notices), runner=InlineRunner())
    assert notices[0] == "nothing to resume: starts anew"


def test_one_job_a_metadata_file(homes: Iterator[Home]) -> None:
    home = next(homes)
    with (
        locked(place(str(home.output / "m.json"), (home.output,))),
        pytest.raises(OutputBusy, match=r"another job is writing .*m\.json"),
    ):
        run(job(home, metadata=f"{home.output}/m.json"), runner=InlineRunner())


def _die_publishing(home: Home, monkeypatch: pytest.MonkeyPatch, name: str = "rename", which: int = 3) -> None:
    """A job that is dead after some of its outputs are in their places."""
    with monkeypatch.context() as patch:
        faults = Faults(patch)
        run(job(home), runner=InlineRunner())
        calls = [number for number, call in enumerate(faults.calls, 1) if call == name]
        shutil.rmtree(home.output)
        home.output.mkdir()
        put_old_outputs(home)
        faults.crash_at(calls[which])
        with pytest.raises(Crash):
            run(job(home), runner=InlineRunner())


def test_a_publication_is_finished_by_whoever_comes(
    homes: Iterator[Home], undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = next(homes)
    _die_publishing(home, monkeypatch)
    assert seen(home) != undisturbed
    notices: list[str] = []
    missing = replace(job(home, output_csv=None), inputs=(str(home.data / "missing.bin"),))
    with pytest.raises(NotFound):  # refused for reasons of its own, which come later
        run(missing, progress=noting(notices))
    assert re.fullmatch(r"the publication of job \S+, which was interrupted, was finished", notices[0])
    assert seen(home) == undisturbed


def test_resume_after_a_publication_tells_of_that_job(
    homes: Iterator[Home], undisturbed: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = next(homes)
    _die_publishing(home, monkeypatch)
    result = run(job(home, resume=True), runner=CrashAfter(0, InlineRunner(), ValueError("no span is left to do")))
    assert isinstance(result, JobResult)
    written = json.loads((home.output / "out.csv.meta.json").read_text())
    assert result.job_id == written["job_id"]
    assert result.outputs[0].path == home.output / "out.csv"
    assert result.outputs[0].sha256 == written["outputs"][0]["sha256"]
    assert result.phases[0].name == "plan"
    assert result.actor.name == "tester"
    assert result.rejects_path == home.output / "out.csv.rejected.csv"
    assert seen(home) == undisturbed


def test_resume_after_a_publication_of_another_job_is_refused(
    homes: Iterator[Home], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = next(homes)
    _die_publishing(home, monkeypatch)
    with pytest.raises(ConfigError, match="--bom"):
        run(job(home, resume=True, bom=True), runner=InlineRunner())


def test_rows_and_parquet_add_up_after_a_resume(homes: Iterator[Home]) -> None:
    home = next(homes)
    result = run(_interrupt(home, after=5), runner=InlineRunner())
    with (home.output / "out.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) - 1 == result.rows_out == ds.dataset(home.output / "parts").count_rows()
    assert sum(output.rows for output in result.outputs if output.format == "parquet") == result.rows_out
    with (home.output / "out.csv.rejected.csv").open(newline="") as file:
        rejected = list(csv.DictReader(file))
    assert [(Path(row["input"]).name, int(row["row"])) for row in rejected] == [
        ("a.bin", 151), ("a.bin", 152), ("a.bin", 400), ("a.bin", 401), ("b.bin", 1), ("b.bin", 300),
    ]  # fmt: skip
    assert result.rows_quarantined == len(rejected) == 6


def test_one_parquet_file_is_resumed_too(homes: Iterator[Home]) -> None:
    home = next(homes)
    parquet = home.output / "out.parquet"
    run(job(home, output_csv=None, output_parquet=str(parquet)), runner=InlineRunner())
    whole = parquet.read_bytes()
    for after in (1, 4, 6):
        config = _interrupt(home, after, output_csv=None, output_parquet=str(parquet))
        run(config, runner=InlineRunner(ahead=2))
        assert parquet.read_bytes() == whole


def test_a_folder_of_many_parts_holds_few_files_open(home: Home) -> None:
    home.put("x.bin", records(400), LAYOUT)
    most = 0

    def count(_report: ProgressReport) -> None:
        nonlocal most
        most = max(most, len(open_files()))

    before = len(open_files())
    config = home.config(output_csv=None, output_parquet=f"{home.output}/parts/", chunk_bytes=RECORD_SIZE)
    result = run(config, count, runner=InlineRunner())
    assert len(result.outputs) == 400
    assert most < before + 30


def test_a_publication_that_another_process_finishes_just_before_us_is_the_result(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not "nothing to resume", and all of it once more under the same name."""
    put_inputs(home)
    with monkeypatch.context() as patch:
        _die_publishing(home, patch)
    (job_id,) = {one.job.job_id for one in interrupted_jobs(targets_of(job(home)).outputs, job(home))}

    def just_before(holding: Holding, config: JobConfig, notice: Notice) -> Interrupted | None:
        with ExitStack() as stack:
            assert finished_publication(Holding(stack), config, notice) is not None
        return finished_publication(holding, config, notice)

    monkeypatch.setattr(start, "finished_publication", just_before)
    notes: list[str] = []
    result = run(job(home, resume=True), noting(notes), runner=CrashAfter(0, InlineRunner(), Crash()))
    assert (result.job_id, result.rows_in) == (job_id, ROWS_A + ROWS_B + 1)
    assert not [note for note in notes if "nothing to resume" in note]
    assert home.leftovers() == []


def test_a_publication_that_another_process_is_at_is_busy(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who does not get the outputs within a moment is told so; nothing of them is touched."""
    put_inputs(home)
    with monkeypatch.context() as patch:
        _die_publishing(home, patch)
    before = {path.name: path.read_bytes() for path in home.output.iterdir() if path.is_file()}
    with locked(targets_of(job(home)).first), pytest.raises(OutputBusy, match="another job is writing"):
        run(job(home, resume=True))
    assert {path.name: path.read_bytes() for path in home.output.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("length", [212, 213, 214, 255])
def test_names_as_long_as_they_can_be(home: Home, length: int) -> None:
    home.put("x.bin", records(10), LAYOUT)
    output = home.output / ("é" * ((length - 4) // 2) + "x" * (length % 2) + ".csv")
    config = home.config(output_csv=str(output), on_bad_row="quarantine")
    if length > 213:
        with pytest.raises(PathNameTooLong, match=r"255 is the most"):
            run(config, runner=InlineRunner())
        assert list(home.output.iterdir()) == []
        return
    with pytest.raises(Cancelled):
        run(replace(config, chunk_bytes=40), runner=CrashAfter(2, InlineRunner(), Cancelled("x")))
    result = run(replace(config, chunk_bytes=40, resume=True), runner=InlineRunner())
    assert result.rows_out == 10
    assert [path.name for path in home.output.glob(".*") if not path.name.endswith(".lock")] == []


def test_a_rejects_file_of_before_is_retired_not_lost(homes: Iterator[Home]) -> None:
    home = next(homes)
    home.put("a.bin", record(1), LAYOUT)
    home.put("b.bin", record(2), LAYOUT)
    run(job(home), runner=InlineRunner())
    assert not (home.output / "out.csv.rejected.csv").exists()
    kept = list(home.output.glob("out.csv.rejected.csv.bak.*"))
    assert [path.read_text() for path in kept] == ["old rejects"]


def test_an_output_that_became_a_folder_meanwhile_is_not_replaced(homes: Iterator[Home]) -> None:
    home = next(homes)

    def meddle(report: ProgressReport) -> None:
        if (
            report.phase == "convert"
            and report.done_bytes == report.total_bytes
            and not (home.output / "out.csv").is_dir()
        ):
            (home.output / "out.csv").unlink()
            (home.output / "out.csv").mkdir()

    with pytest.raises(EtlError, match=r"out\.csv is a folder; the output would be a plain file"):
        run(job(home), meddle, runner=InlineRunner())
    assert (home.output / "parts" / "part-0000000.parquet").read_text() == "old part"
    assert [path.name for path in home.output.glob(".*") if not path.name.endswith(".lock")] == []


def test_almost_no_room_is_said_at_once(homes: Iterator[Home], monkeypatch: pytest.MonkeyPatch) -> None:
    home = next(homes)
    home.put("a.bin", records(1_000), LAYOUT)
    real = os.fstatvfs

    def nearly_full(descriptor: int) -> os.statvfs_result:
        values = list(real(descriptor))
        values[4] = 0
        return os.statvfs_result(values)

    monkeypatch.setattr(os, "fstatvfs", nearly_full)
    before = seen(home)
    with pytest.raises(DiskFull, match=r"0 bytes are free for .*out\.csv, which takes at least \d"):
        run(job(home, on_bad_row="strict"), runner=CrashAfter(0, InlineRunner(), Crash()))
    assert seen(home) == before


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("after", [1, 5, 9])
def test_csv_and_parquet_inputs_are_resumed_too(homes: Iterator[Home], encoding: str, after: int) -> None:
    home = next(homes)
    lines = [f"{number},Mäßig {number},{number * 0.5}\n" for number in range(2_000)]
    lines[777] = "too,few\n"
    lines[1_999] = "=1,a,b,too many\n"
    (home.data / "in.csv").write_text("id,name,value\n" + "".join(lines), encoding=encoding)
    if encoding == "utf-8":
        columns = {"id": range(900), "name": ["é"] * 900, "value": [0.25] * 900}
        pq.write_table(pa.table(columns), home.data / "more.parquet", row_group_size=100)
    inputs = tuple(str(path) for path in (home.data / "in.csv", home.data / "more.parquet") if path.exists())
    config = replace(job(home, encoding=encoding_named(encoding), workers=2), inputs=inputs)
    whole = seen_after(home, config)
    with pytest.raises(Cancelled):
        run(config, runner=CrashAfter(after, InlineRunner(), Cancelled("x")))
    notices: list[str] = []
    run(replace(config, resume=True, workers=1), noting(notices))
    assert notices[0].startswith("Resuming job ")
    assert seen(home) == whole
    with (home.output / "out.csv.rejected.csv").open(newline="") as file:
        assert [row["raw"] for row in csv.DictReader(file)] == ["too,few", "'=1,a,b,too many"]


def seen_after(home: Home, config: JobConfig) -> dict[str, Any]:
    """What an undisturbed job makes, for which the old outputs are put back."""
    run(config)
    whole = seen(home)
    shutil.rmtree(home.output)
    home.output.mkdir()
    put_old_outputs(home)
    return whole
