"""What became of a run's outputs: there, replaced and kept, edited, gone, or not known any more."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.commands.command_console import Console
from etl_batch.config import OnBadRow
from etl_batch.errors import TooManyBadRows
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.output_states import Evidence, OutputState, what_became_of
from etl_batch.jobs.run_outputs import outputs_of_run, rejects_of_run
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob
from etl_batch.pipeline.dry_run import dry_run
from etl_batch.values import PublishedFile
from tests.conftest import Home
from tests.helpers.run_history import Runs
from tests.unit.jobs.test_store import ME


@pytest.fixture
def runs(home: Home, store: JobStore) -> Runs:
    return Runs(home, store)


def test_an_output_that_nobody_touched(runs: Runs) -> None:
    first = runs.run("few.bin")
    assert runs.found(first) == [("out.csv", OutputState.INTACT, None, None)]
    assert (first.replaced, [note for note in runs.notes if note]) == ((), [])


def test_an_output_that_another_job_replaced(runs: Runs, home: Home) -> None:
    first = runs.run("few.bin")
    before = (home.output / "out.csv").read_bytes()
    second = runs.run("more.bin")
    (replaced,) = second.replaced
    assert (replaced.job_id, replaced.rows, replaced.bytes) == (first.job_id, 1, len(before))
    assert replaced.kept.read_bytes() == before
    assert runs.found(first) == [("out.csv", OutputState.REPLACED, second.job_id, replaced.kept.name)]
    assert runs.found(second) == [("out.csv", OutputState.INTACT, None, None)]
    replaces = json.loads((home.output / "out.csv.meta.json").read_text())["replaced"]
    assert replaces[0]["kept"] == str(replaced.kept)
    note = f"{home.output / 'out.csv'} (1 row of job {first.job_id}) will be replaced; the old one stays as "
    assert [said for said in runs.notes if said] == [note + replaced.kept.name]


def test_check_and_console_say_what_is_replaced(runs: Runs, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    first = runs.run("few.bin")
    found = dry_run(home.config(home.data / "more.bin", measures=()))
    Console().dry_run(found)
    whose = f"(1 row of job {first.job_id})"
    assert f"output/out.csv {whose} would be replaced; the old one stays as NAME.bak.<time>" in capsys.readouterr().err
    (replaces,) = found.as_json()["replaces"]
    assert (replaces["path"], replaces["job_id"], replaces["rows"]) == (str(home.output / "out.csv"), first.job_id, 1)
    second = runs.run("more.bin")
    Console().finished(second)
    assert f"the old out.csv {whose} stays as {second.replaced[0].kept}" in capsys.readouterr().err


def test_the_first_of_three_was_replaced_by_the_second(runs: Runs) -> None:
    first, second, third = runs.run("few.bin"), runs.run("more.bin"), runs.run("few.bin")
    kept = second.replaced[0].kept.name
    assert runs.found(first) == [("out.csv", OutputState.REPLACED, second.job_id, kept)]
    assert runs.found(second)[0][1:3] == (OutputState.REPLACED, third.job_id)
    assert len({one.replaced[0].kept for one in (second, third)}) == 2


def test_what_was_kept_is_named_only_while_it_is_the_very_bytes(runs: Runs) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    second.replaced[0].kept.write_bytes(b"else")
    assert runs.found(first) == [("out.csv", OutputState.REPLACED, second.job_id, None)]
    second.replaced[0].kept.unlink()
    assert runs.found(first) == [("out.csv", OutputState.REPLACED, second.job_id, None)]


def test_what_was_kept_and_put_back_is_there_again(runs: Runs, home: Home) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    second.replaced[0].kept.rename(home.output / "out.csv")
    assert runs.found(first)[0][1] is OutputState.INTACT
    assert runs.found(second)[0][1] is OutputState.EDITED


def test_an_output_that_is_gone_or_was_edited(runs: Runs, home: Home) -> None:
    result, output = runs.run("few.bin"), home.output / "out.csv"
    content = output.read_bytes()
    os.utime(output, ns=(1, 1))
    assert runs.found(result)[0][1] is OutputState.INTACT, "touched, but the bytes are the same"
    output.write_bytes(content.replace(b"4", b"9"))
    os.utime(output, ns=(1, 1))
    assert runs.found(result)[0][1] is OutputState.EDITED
    output.unlink()
    assert runs.found(result)[0][1] is OutputState.DELETED


def test_a_folder_of_parts_is_replaced_whole(runs: Runs, home: Home) -> None:
    folder = {"output_parquet": f"{home.output}/parts/"}
    first, second = runs.run("few.bin", **folder), runs.run("more.bin", **folder)
    (replaced,) = second.replaced
    assert (replaced.path.name, replaced.job_id, replaced.rows, replaced.bytes) == ("parts", first.job_id, 1, None)
    assert runs.found(first) == [("part-0000000.parquet", OutputState.REPLACED, second.job_id, "part-0000000.parquet")]
    kept = outputs_of_run(runs.store, runs.store.job(first.job_id))[0].kept
    assert kept is not None
    assert kept.parent == replaced.kept
    assert runs.found(second)[0][1] is OutputState.INTACT


def test_whose_it_was_is_not_said_where_somebody_changed_it(runs: Runs, home: Home) -> None:
    first = runs.run("few.bin")
    (home.output / "out.csv").write_bytes(b"mine\n")
    (replaced,) = runs.run("more.bin").replaced
    assert (replaced.job_id, replaced.is_changed, replaced.rows) == (first.job_id, True, None)
    (home.output / "alone.csv").write_bytes(b"mine")
    (alone,) = runs.run("few.bin", output_csv=str(home.output / "alone.csv")).replaced
    assert (alone.job_id, alone.bytes) == (None, 4)
    changed = f"5 bytes, changed since job {first.job_id} wrote it"
    said = [note for note in runs.notes if note]
    assert changed in said[0]
    assert "4 bytes, of no job that is known" in said[1]


def test_outputs_of_an_older_version(runs: Runs, home: Home) -> None:
    """It kept no files: the hash tells whether they are the same, and a later job whether it took them."""
    first = runs.run("few.bin")
    with sqlite3.connect(runs.store.path) as connection:
        connection.execute("DELETE FROM job_file")
    connection.close()
    assert runs.found(first)[0][1] is OutputState.INTACT
    content = (home.output / "out.csv").read_bytes()
    (home.output / "out.csv").write_bytes(content + b"7,8\n")
    assert runs.found(first)[0][1] is OutputState.UNKNOWN
    (home.output / "out.csv").write_bytes(content)
    second = runs.run("more.bin")
    assert runs.found(first) == [("out.csv", OutputState.REPLACED, second.job_id, second.replaced[0].kept.name)]


def test_a_store_of_the_version_before_gets_the_table(home: Home, store: JobStore) -> None:
    with store.writing() as writing:
        writing.add(NewJob(job_id="j", actor="a", role=None, config=as_json(home.config()), outputs=(), process=ME))
    with sqlite3.connect(store.path) as connection:
        connection.execute("DROP TABLE job_file")
        connection.execute("DROP TABLE saved_question")
        for column in ("verdict", "name", "note", "described"):
            connection.execute(f"ALTER TABLE job DROP COLUMN {column}")
        connection.execute("PRAGMA user_version = 1")
    connection.close()
    assert store.rows("files", job_id="j") == []


_STATUS = st.builds(
    PublishedFile,
    path=st.just(Path("/x")),
    inode=st.integers(1, 2),
    size=st.integers(1, 2),
    mtime_ns=st.integers(1, 2),
    ctime_ns=st.integers(1, 2),
)


@given(found=_STATUS, own=_STATUS, digest=st.sampled_from(["same", "other", None]), known=st.booleans())
def test_only_the_very_bytes_are_intact(
    found: PublishedFile, own: PublishedFile, digest: str | None, known: bool
) -> None:
    """Either nothing that tells a file again differs, or the size and the hash are right; never by the size alone."""
    row = {name: getattr(own, name) for name in ("inode", "size", "mtime_ns", "ctime_ns")} if known else None
    evidence = Evidence(path=Path("/x"), sha256="same", bytes=own.size, own=row, next=None, kept=None)
    state = what_became_of(evidence, lambda _path: found, lambda _path: digest).state
    is_right = (known and found == own) or (found.size == own.size and digest == "same")
    assert (state is OutputState.INTACT) == is_right
    assert what_became_of(evidence, lambda _path: None, lambda _path: digest).state is OutputState.DELETED
    assert replace(evidence, own=None).own is None


@pytest.mark.parametrize(("code", "found"), [(TooManyBadRows.code, True), ("E_TIMEOUT", False)])
def test_rows_set_aside_by_a_job_that_failed_are_its_own_until_they_are_changed(
    store: JobStore,
    home: Home,
    code: str,
    found: bool,
) -> None:
    with store.writing() as writing:
        writing.add(NewJob(job_id="j", actor="a", role=None, config=as_json(home.config()), outputs=(), process=ME))
    rejects = home.output / "out.csv.rejected.csv"
    rejects.write_text("input,row,byte,reason,raw\n")
    time.sleep(0.02)  # the clock of files ticks slower than ours
    with store.writing() as writing:
        writing.end("j", Ending(state=State.FAILED, code=code, message="why"), 1.0)
    own = rejects_of_run(store, store.job("j"))
    assert (own is not None) == found
    if own is None:
        return
    assert (own.path, own.state) == (rejects, OutputState.INTACT)
    time.sleep(0.02)
    os.utime(rejects, (1, 1))
    assert rejects_of_run(store, store.job("j")) == replace(own, state=OutputState.UNKNOWN)
    rejects.unlink()
    assert rejects_of_run(store, store.job("j")) == replace(own, state=OutputState.DELETED)


def test_rows_set_aside_stay_the_runs_where_another_replaced_them(runs: Runs, home: Home) -> None:
    home.put("bad.csv", b"a\n1\nx\n")
    bad = {"types": "a=i32", "on_bad_row": OnBadRow.QUARANTINE}
    first = runs.run("bad.csv", **bad)
    rejects = home.output / "out.csv.rejected.csv"
    before = rejects.read_bytes()
    found = rejects_of_run(runs.store, runs.store.job(first.job_id))
    assert found is not None
    assert (found.path, found.state) == (rejects, OutputState.INTACT)
    home.put("bad.csv", b"a\n1\nyy\n")
    second = runs.run("bad.csv", **bad)
    found = rejects_of_run(runs.store, runs.store.job(first.job_id))
    assert found is not None
    assert (found.state, found.by) == (OutputState.REPLACED, second.job_id)
    assert found.kept is not None
    assert found.kept.read_bytes() == before
    assert rejects_of_run(runs.store, runs.store.job(runs.run("few.bin").job_id)) is None
