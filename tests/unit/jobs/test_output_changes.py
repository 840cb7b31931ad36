"""Outputs and old versions: listed with whose they are, brought back as a publication, taken away on the record."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path

import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import Forbidden, NotFound, OutputBusy, PathRefused
from etl_batch.jobs.output_changes import OutputService
from etl_batch.jobs.output_list import OutputKind
from etl_batch.jobs.output_states import OutputState
from etl_batch.jobs.store import JobStore
from etl_batch.values import Actor, JobResult
from tests.conftest import ACTOR, Home
from tests.helpers.run_history import Runs


@pytest.fixture
def runs(home: Home) -> Runs:
    return Runs(home, JobStore(home.path))


@pytest.fixture
def outputs(home: Home) -> OutputService:
    return OutputService(home.path)


def _listed(outputs: OutputService) -> list[tuple[str, OutputKind, str | None, bool]]:
    return [(one.path, one.kind, one.job_id, one.is_changed) for one in outputs.list(ACTOR)]


def _kept(second: JobResult) -> str:
    return f"output/{second.replaced[0].kept.name}"


def _log(home: Home) -> list[tuple[str, str]]:
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    return [(entry["action"], entry["target"]) for entry in map(json.loads, lines)]


def test_outputs_and_old_versions_are_listed_with_whose_they_are(runs: Runs, outputs: OutputService) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    assert _listed(outputs) == [
        ("output/out.csv", OutputKind.OUTPUT, second.job_id, False),
        (_kept(second), OutputKind.KEPT, first.job_id, False),
    ]
    beside = [path for path in runs.home.output.iterdir() if not path.name.startswith(".")]
    assert sum(one.bytes for one in outputs.list(ACTOR)) == sum(path.stat().st_size for path in beside)
    (runs.home.output / "out.csv").write_text("mine")
    (runs.home.output / "other.csv").write_text("mine")
    (runs.home.output / os.fsdecode(b"no\xfftext.csv")).write_text("a name that is none is not listed")
    assert [(path, job, changed) for path, _, job, changed in _listed(outputs)] == [
        ("output/other.csv", None, False), ("output/out.csv", None, True), (_kept(second), first.job_id, False),
    ]  # fmt: skip


def test_an_old_version_comes_back_with_what_lay_beside_it(runs: Runs, home: Home, outputs: OutputService) -> None:
    home.put("bad.csv", b"a\n1\nx\n")
    first = runs.run("bad.csv", types="a=i32", on_bad_row=OnBadRow.QUARANTINE)
    before = {path.name: path.read_bytes() for path in home.output.iterdir() if not path.name.startswith(".")}
    second = runs.run("more.bin")
    assert not (home.output / "out.csv.rejected.csv").exists()
    done = outputs.restore(ACTOR, _kept(second))
    assert (done.path, done.job_id) == ("output/out.csv", first.job_id)
    after = {path.name: path.read_bytes() for path in home.output.iterdir() if path.name in before}
    assert after == before
    assert runs.found(first) == [("out.csv", OutputState.INTACT, None, None)]
    kept = Path(str(done.kept)).name
    assert runs.found(second) == [("out.csv", OutputState.REPLACED, first.job_id, kept)]
    assert ("output_restored", "output/out.csv") in _log(home)
    assert outputs.restore(ACTOR, str(done.kept)).job_id == second.job_id
    assert runs.found(second) == [("out.csv", OutputState.INTACT, None, None)]
    assert runs.found(first)[0][:3] == ("out.csv", OutputState.REPLACED, second.job_id)
    assert not (home.output / "out.csv.rejected.csv").exists()


def test_a_folder_of_parts_comes_back_whole(runs: Runs, outputs: OutputService) -> None:
    folder = {"output_csv": None, "output_parquet": f"{runs.home.output}/parts/"}
    first, second = runs.run("few.bin", **folder), runs.run("more.bin", **folder)
    (kept,) = (one for one in outputs.list(ACTOR) if one.kind is OutputKind.KEPT)
    assert (kept.is_folder, kept.job_id) == (True, first.job_id)
    outputs.restore(ACTOR, kept.path)
    assert {state for _, state, _, _ in runs.found(first)} == {OutputState.INTACT}
    assert {state for _, state, _, _ in runs.found(second)} == {OutputState.REPLACED}


def test_what_was_deleted_comes_back_where_nothing_is(runs: Runs, outputs: OutputService) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    kept = _kept(second)
    assert outputs.delete(ACTOR, "output/out.csv").job_id == second.job_id
    assert [path for path, *_ in _listed(outputs)] == [kept]
    assert outputs.restore(ACTOR, kept).kept is None
    assert runs.found(first) == [("out.csv", OutputState.INTACT, None, None)]
    assert runs.found(second)[0][1] is OutputState.REPLACED
    assert [path for path, *_ in _listed(outputs)] == ["output/out.csv"]


def test_what_is_deleted_is_gone_with_what_lay_beside_it_and_on_the_record(
    runs: Runs, home: Home, outputs: OutputService
) -> None:
    run = runs.run("few.bin")
    outputs.delete(ACTOR, "output/out.csv")
    assert [path.name for path in home.output.iterdir() if not path.name.startswith(".")] == []
    assert ("output_deleted", "output/out.csv") in _log(home)
    assert runs.found(run)[0][1] is OutputState.DELETED
    assert [event.text for event in JobStore(home.path).events(run.job_id)][-1] == "output/out.csv was deleted"


@pytest.mark.parametrize(
    "path", ["data/few.bin", "output/../data/few.bin", "output/.out.csv.lock", "output/", "output"]
)
def test_nothing_else_is_touched(runs: Runs, outputs: OutputService, path: str) -> None:
    runs.run("few.bin")
    for act in (outputs.delete, outputs.restore):
        with pytest.raises((PathRefused, NotFound)):
            act(ACTOR, path)
    with pytest.raises(NotFound):
        outputs.restore(ACTOR, "output/out.csv")
    with pytest.raises(NotFound):
        outputs.delete(ACTOR, "output/out.csv.meta.json")


def test_what_a_job_writes_is_left_alone(runs: Runs, home: Home, outputs: OutputService) -> None:
    _, second = runs.run("few.bin"), runs.run("more.bin")
    with (home.output / ".out.csv.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for act, path in ((outputs.delete, "output/out.csv"), (outputs.restore, _kept(second))):
            with pytest.raises(OutputBusy):
                act(ACTOR, path)
    assert len(_listed(outputs)) == 2


@pytest.mark.parametrize("role", ["analyst", "auditor"])
def test_only_who_may_launch_jobs(runs: Runs, outputs: OutputService, role: str) -> None:
    runs.run("few.bin")
    other = Actor(name="x", os_user="x", role=role)
    with pytest.raises(Forbidden):
        outputs.list(other)
    for act in (outputs.delete, outputs.restore):
        with pytest.raises(Forbidden):
            act(other, "output/out.csv")
