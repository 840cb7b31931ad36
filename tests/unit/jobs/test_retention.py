"""What is removed of old jobs, and what stays."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.limits import JobLimits
from etl_batch.jobs.retention import superseded, tidy
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.machine.process_identity import ProcessIdentity
from tests.conftest import Home

_STAMPS = st.integers(0, 99).map(lambda day: f"202511{day:02}T101530Z")


@given(st.sets(st.tuples(_STAMPS, st.integers(0, 12)), max_size=20), st.integers(0, 25))
def test_the_newest_are_kept(versions: set[tuple[str, int]], keep: int) -> None:
    names = {f"x.csv.bak.{stamp}{f'-{again}' if again else ''}": (stamp, again) for stamp, again in versions}
    others = ["x.csv", "y.csv.bak.20251101T101530Z", "x.csv.bak.old", "x.csv.meta.json.bak.20251101T101530Z"]
    gone = superseded([*names, *others], "x.csv", keep)
    assert len(gone) == max(len(names) - keep, 0)
    kept = [names[name] for name in names if name not in gone]
    assert all(names[name] < one for name in gone for one in kept)


def _run(home: Home, store: JobStore, number: int) -> None:
    config = as_json(home.config())
    new = NewJob(job_id=f"20251101T10153{number}Z-abcdef", actor="a", role=None, config=config, outputs=())
    with store.writing() as writing:
        writing.add(replace(new, process=ProcessIdentity.mine()))
        writing.end(new.job_id, Ending(state=State.DONE), 1.0)
    (home.path / "report" / f"{new.job_id}.html").write_text("a report")


def _logged(home: Home) -> list[dict[str, object]]:
    path = home.path / ".secrets" / "etl_audit.log"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_by_default_nothing_of_a_few_jobs_is_removed(home: Home, store: JobStore) -> None:
    _run(home, store, 1)
    (home.output / "out.csv.bak.20201101T101530Z").write_bytes(b"")
    tidy(store, home.config(), JobLimits())
    assert len(store.rows("counts")) == 1
    assert (home.output / "out.csv.bak.20201101T101530Z").exists()
    assert _logged(home) == []


def test_old_runs_leave_the_list_with_their_reports(home: Home, store: JobStore) -> None:
    for number in range(4):
        _run(home, store, number)
    tidy(store, home.config(), JobLimits(keep_runs=2))
    left = [row["job_id"] for row in store.rows("page", states=None, actor=None, text=None, limit=10, offset=0)]
    assert left == ["20251101T101533Z-abcdef", "20251101T101532Z-abcdef"]
    assert sorted(path.stem for path in (home.path / "report").iterdir()) == sorted(left)
    (entry,) = _logged(home)
    assert entry["action"] == "files_removed"
    assert "'runs': 2" in str(entry["detail"])


def test_old_versions_files_and_folders(home: Home, store: JobStore) -> None:
    for day in range(1, 4):
        (home.output / f"out.csv.bak.2025110{day}T101530Z").write_bytes(b"old")
        folder = home.output / f"parts.bak.2025110{day}T101530Z"
        folder.mkdir()
        (folder / "part-0000000.parquet").write_bytes(b"old")
    config = home.config(output_csv=str(home.output / "out.csv"), output_parquet=f"{home.output}/parts/")
    tidy(store, config, JobLimits(keep_backups=1))
    assert sorted(path.name for path in home.output.iterdir()) == [
        "out.csv.bak.20251103T101530Z", "parts.bak.20251103T101530Z",
    ]  # fmt: skip
    assert [str(entry["target"]).rpartition("/")[2] for entry in _logged(home)] == [
        f"{name}.bak.2025110{day}T101530Z" for name in ("out.csv", "parts") for day in (1, 2)
    ]


def test_old_samples(home: Home, store: JobStore) -> None:
    _run(home, store, 1)
    sample = home.output / "out.csv.sample.parquet"
    sample.write_bytes(b"rows")
    long_ago = time.time() - 10 * 86_400
    tidy(store, home.config(), JobLimits(keep_sample_days=5))
    assert sample.exists(), "the run is of today"
    with store.writing() as writing:
        writing._connection.execute("UPDATE job SET finished_at = '2025-01-01T00:00:00.000000Z'")
    os.utime(sample, (long_ago, long_ago))
    tidy(store, home.config(), JobLimits(keep_sample_days=5))
    assert not sample.exists()
