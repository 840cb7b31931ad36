"""What a power cut could take: nothing that was published, and nothing that a publication stands on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from etl_batch.audit.events import Action, Event
from etl_batch.audit.log import AuditLog
from etl_batch.errors import InputChanged
from etl_batch.etl_core import run
from etl_batch.pipeline.job import Job
from etl_batch.pipeline.outputs import interrupted
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.pipeline.runners.runner import Limits, Outputs, Usage
from etl_batch.pipeline.span_job import SpanJob
from etl_batch.storage.publication import Move
from etl_batch.storage.secrets_folder import secrets_folder
from etl_batch.values import KIB, Span
from tests.conftest import ACTOR, Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, records
from tests.helpers.disk_recorder import DiskRecorder
from tests.helpers.inline_runner import InlineRunner

ROWS = 300
OLD = ("out.csv", "out.csv.meta.json", "out.csv.rejected.csv")


@pytest.fixture
def disk(home: Home, monkeypatch: pytest.MonkeyPatch) -> DiskRecorder:
    """A home with an input of which one row is bad, and old outputs; and whoever listens."""
    body = bytearray(records(ROWS))
    body[150 * RECORD_SIZE + 39] = 9
    home.put("a.bin", bytes(body), LAYOUT)
    for name in OLD:
        (home.output / name).write_text("old")
    recorder = DiskRecorder(home.path)
    recorder.watch(monkeypatch)
    return recorder


def _run(home: Home, parquet: str, *, runner: InlineRunner | None = None) -> None:
    run(
        home.config(
            output_csv=f"{home.output}/out.csv",
            output_parquet=f"{home.output}/{parquet}",
            on_bad_row="quarantine",
            chunk_bytes=4 * KIB,
        ),
        runner=runner or InlineRunner(),
    )


@pytest.mark.parametrize("parquet", ["out.parquet", "parts/"])
def test_nothing_gets_its_name_before_the_disk_has_its_bytes(home: Home, disk: DiskRecorder, parquet: str) -> None:
    _run(home, parquet)
    assert disk.breaches == []
    assert [name for name in disk.unsafe() if name.startswith("output/")] == []
    published = {target.name for _, target in disk.renames}
    assert published >= {*OLD, parquet.strip("/"), "out.csv.sample.parquet"}, "the recorder has not heard of all"


@pytest.mark.parametrize("parquet", ["out.parquet", "parts/"])
def test_the_decision_to_publish_stands_on_what_the_disk_has(
    home: Home, disk: DiskRecorder, parquet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the first name changes, the journal is on the disk, and all that it says will be renamed."""
    waiting: list[str] = []
    decide = JobOutputs._decide

    def watched(self: JobOutputs, moves: list[Move], entry: dict[str, Any]) -> None:
        parts = {
            name for folder, names in disk.names_waiting.items() for name in names if ".part." in str(folder / name)
        }
        waiting.extend(sorted(parts))
        decide(self, moves, entry)
        waiting.extend(str(path) for path in disk.bytes_waiting if path.name.endswith(".journal"))

    monkeypatch.setattr(JobOutputs, "_decide", watched)
    _run(home, parquet)
    assert waiting == []


@pytest.mark.parametrize("parquet", ["out.parquet", "parts/"])
def test_the_journal_goes_when_the_disk_has_what_it_led_to(
    home: Home, disk: DiskRecorder, parquet: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the metadata cannot be told what the published files are like: that waits for the same folder."""
    waiting: list[str] = []
    remove_job = interrupted.remove_job

    def watched(targets: Targets, job: Job) -> None:
        waiting.extend(name for name in disk.unsafe() if name.startswith("output/"))
        remove_job(targets, job)

    monkeypatch.setattr(interrupted, "record_identities", lambda *_: {})
    monkeypatch.setattr(interrupted, "remove_job", watched)
    _run(home, parquet)
    assert waiting == []


def test_a_journal_has_its_first_line_before_its_name(home: Home, disk: DiskRecorder) -> None:
    _run(home, "out.parquet")
    journal = next(target for _, target in disk.renames if target.name.endswith(".journal"))
    began = next(number for number, path in enumerate(disk.syncs) if path.name.endswith(".journew"))
    assert disk.syncs[began + 1] == journal.parent, "the name is not on the disk"


def test_an_entry_of_the_log_is_on_the_disk_when_it_is_acknowledged(home: Home, disk: DiskRecorder) -> None:
    log = AuditLog(home.path)
    for _ in range(3):
        log.record(ACTOR, Event(action=Action.JOB_STARTED, target="x"))
        assert not disk.bytes_waiting & {secrets_folder(home.path) / "etl_audit.log"}
    assert home.path / ".secrets" / "etl_audit.log" in disk.syncs
    assert home.path / ".secrets" / "etl_audit.checkpoints" in disk.syncs


class _Meddling(InlineRunner):
    """Once every span was read, the last byte of the input changes."""

    def run(self, job: SpanJob, spans: Sequence[Span], outputs: Outputs, limits: Limits) -> Usage:
        """See `Runner.run`."""
        usage = super().run(job, spans, outputs, limits)
        for source in job.sources:
            content = source.place.path.read_bytes()
            source.place.path.write_bytes(content[:-1] + b"?")
        return usage


@pytest.mark.usefixtures("disk")
def test_an_input_that_changed_after_it_was_read_is_noticed(home: Home) -> None:
    """Its last bytes came too late to be read: what would be published is not what lies there."""
    with pytest.raises(InputChanged):
        _run(home, "out.parquet", runner=_Meddling())
    assert (home.output / "out.csv").read_text() == "old"
