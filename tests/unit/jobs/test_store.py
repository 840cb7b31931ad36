"""The store: transitions, claims, outputs, what many processes do at once, what is wrong with the file."""

from __future__ import annotations

import concurrent.futures
import itertools
import os
import sqlite3
import stat
from dataclasses import replace

import pytest

from etl_batch.errors import JobStateRefused, JobStoreUnavailable, NoSuchJob, OutputBusy, SecretsExposed
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.job_view import JobProgress
from etl_batch.jobs.statements import statements
from etl_batch.jobs.states import State, may_follow
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import Ending, NewJob, process_of
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.values import ProfilePoint
from tests.conftest import Home

ME = ProcessIdentity.mine()


def new_job(home: Home, number: int, *outputs: str) -> NewJob:
    config = as_json(home.config(home.data))
    return NewJob(job_id=f"job-{number}", actor="tester", role=None, config=config, outputs=outputs)


def _add(store: JobStore, *jobs: NewJob) -> None:
    for job in jobs:
        with store.writing() as writing:
            writing.add(job)


def _claim(store: JobStore, at_once: int = 1) -> str | None:
    with store.writing() as writing:
        row = writing.claim(ME, at_once)
    return None if row is None else str(row["job_id"])


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_the_store_keeps_to_the_table_of_states(home: Home, store: JobStore, before: State, after: State) -> None:
    _add(store, new_job(home, 1))
    with sqlite3.connect(store.path) as connection:
        connection.execute("UPDATE job SET state = ?", (before,))
    connection.close()
    if may_follow(before, after):
        with store.writing() as writing:
            writing.move("job-1", after)
    else:
        with pytest.raises(JobStateRefused, match=f"is {before}"), store.writing() as writing:
            writing.move("job-1", after)
    assert store.job("job-1")["state"] == (after if may_follow(before, after) else before)


def test_claims_go_in_order_and_never_beyond_the_bound(home: Home, store: JobStore) -> None:
    _add(store, *(new_job(home, number) for number in range(4)))
    assert [_claim(store, 2) for _ in range(4)] == ["job-0", "job-1", None, None]
    row = store.job("job-0")
    assert (row["state"], process_of(row)) == ("running", ME)
    with store.writing() as writing:
        writing.end("job-0", Ending(state=State.DONE), 1.5)
    assert [_claim(store, 2), _claim(store, 2)] == ["job-2", None]


def test_a_run_in_a_terminal_holds_up_no_queue(home: Home, store: JobStore) -> None:
    _add(store, replace(new_job(home, 1), process=ME, source="command"), new_job(home, 2))
    assert _claim(store, 1) == "job-2"


def test_a_resumed_job_waits_at_the_end(home: Home, store: JobStore) -> None:
    _add(store, new_job(home, 1))
    assert _claim(store) == "job-1"
    _add(store, new_job(home, 2))
    with store.writing() as writing:
        writing.end("job-1", Ending(state=State.INTERRUPTED, message="gone"), 2.0)
        writing.requeue("job-1", {"resume": True})
    assert [_claim(store), store.job("job-1")["error_message"]] == ["job-2", None]


def _claim_all(store: JobStore) -> list[str]:
    claimed = []
    while (job_id := _claim(store, 1000)) is not None:
        claimed.append(job_id)
    return claimed


def test_no_job_is_claimed_twice(home: Home, store: JobStore) -> None:
    _add(store, *(new_job(home, number) for number in range(40)))
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        claimed = [job_id for some in pool.map(_claim_all, [store] * 4) for job_id in some]
    assert sorted(claimed) == sorted(f"job-{number}" for number in range(40))


def test_an_output_belongs_to_one_job_until_it_is_over(home: Home, store: JobStore) -> None:
    _add(store, new_job(home, 1, "/a", "/b"))
    with pytest.raises(OutputBusy, match="job job-1, which is not over, writes /b"):
        _add(store, new_job(home, 2, "/c", "/b"))
    with pytest.raises(NoSuchJob):
        store.job("job-2")
    with store.writing() as writing:
        writing.move("job-1", State.CANCELLED)
    _add(store, new_job(home, 2, "/c", "/b"))


def test_a_heartbeat_of_one_who_lost_the_job_is_not_taken(home: Home, store: JobStore) -> None:
    _add(store, new_job(home, 1))
    _claim(store)
    progress = JobProgress(phase="convert", done_bytes=5, total_bytes=10, rows=2, mb_s=1.0, eta_seconds=5.0)
    with store.writing() as writing:
        assert writing.beat("job-1", ME.pid + 1, progress) is None
        assert writing.beat("job-1", ME.pid, progress) == State.RUNNING
        writing.move("job-1", State.CANCELLING)
        assert writing.beat("job-1", ME.pid, progress) == State.CANCELLING
    assert store.job("job-1")["rows"] == 2


def test_the_end_and_what_stays_of_the_profile(home: Home, store: JobStore) -> None:
    _add(store, new_job(home, 1), new_job(home, 2))
    point = ProfilePoint(seconds=1.0, cpu_percent=(5.0, 7.0), rss_bytes=9, read_mb_s=1.0, write_mb_s=2.0)
    metadata = {"rows_in": 3, "rows_out": 2, "rows_quarantined": 1, "text": "ü"}
    for job_id, ending in (
        ("job-1", Ending(state=State.DONE, metadata=metadata, report="r.html")),
        ("job-2", Ending(state=State.FAILED, code="E_MEMORY", message="why; what to do")),
    ):
        assert _claim(store) == job_id
        with store.writing() as writing:
            writing.point(job_id, point)
            assert store.points(job_id) == ()  # not before the transaction ends
        assert store.points(job_id) == (point,)
        with store.writing() as writing:
            writing.end(job_id, ending, 2.5)
    assert (store.points("job-1"), store.metadata("job-1")) == ((), metadata)
    assert (store.points("job-2"), store.metadata("job-2")) == ((point,), None)
    done, failed = store.job("job-1"), store.job("job-2")
    assert (done["rows_quarantined"], done["report"], done["seconds"], done["pid"]) == (1, "r.html", 2.5, None)
    assert (failed["error_code"], failed["error_message"]) == ("E_MEMORY", "why; what to do")
    assert [event.kind for event in store.events("job-2")] == ["failed"]


def test_a_transaction_is_whole_or_nothing(home: Home, store: JobStore) -> None:
    taken = replace(new_job(home, 2, "/a"), outputs=("/a",))
    _add(store, new_job(home, 3, "/a"))
    with pytest.raises(OutputBusy):
        _add(store, taken)
    with pytest.raises(NoSuchJob, match="'job-2'"):
        store.job("job-2")


def test_the_file_is_its_owners_alone(home: Home, store: JobStore) -> None:
    before = os.umask(0)
    try:
        _add(store, new_job(home, 1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    store.path.chmod(0o644)
    with pytest.raises(SecretsExposed, match=r"chmod 600 .*jobs\.sqlite3"):
        store.job("job-1")


def test_a_damaged_store_says_so(home: Home, store: JobStore) -> None:
    _add(store, new_job(home, 1))
    store.path.write_bytes(b"no database" * 1000)
    with pytest.raises(JobStoreUnavailable, match=r"jobs\.sqlite3 cannot be used"):
        store.job("job-1")


def test_a_store_of_a_later_version_is_left_alone(home: Home, store: JobStore) -> None:
    _add(store, new_job(home, 1))
    with sqlite3.connect(store.path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JobStoreUnavailable, match="a later version"):
        store.job("job-1")


def test_every_statement_is_understood(store: JobStore) -> None:
    assert store.rows("live") == []
    with sqlite3.connect(store.path) as connection:
        for name, sql in statements().items():
            if not name.startswith("migration"):
                values = dict.fromkeys(_parameters(sql))
                connection.execute(f"EXPLAIN {sql}", values)
    connection.close()


def _parameters(sql: str) -> set[str]:
    return {word.strip("(),;:") for word in sql.replace("(", " (").split() if word.strip("(,").startswith(":")}
