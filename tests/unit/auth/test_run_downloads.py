"""A run's output as a download: the bytes that the run left, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from auth import user_admin
from auth.roles import Role
from etl_batch.config import OnBadRow
from etl_batch.jobs.store import JobStore
from etl_batch.storage.paths import open_input
from etl_batch.storage.roots import Place
from etl_batch.values import JobResult
from tests.conftest import Home
from tests.helpers.descriptors import left_open, open_files
from tests.helpers.gate import OPERATOR, GateHome
from tests.helpers.run_history import Runs


@pytest.fixture
def runs(gate_home: GateHome) -> Runs:
    return Runs(Home(gate_home.path), JobStore(gate_home.path))


@pytest.fixture
def client(gate_home: GateHome) -> TestClient:
    gate_home.add("keeper", Role.SUPER_ADMIN)
    client = gate_home.client()
    client.cookies.set("etl_session", gate_home.sign_in("keeper"))
    return client


def _asked(client: TestClient, run: JobResult, name: str = "out.csv") -> tuple[int, bytes]:
    answer = client.get(f"/downloads/output/{name}", params={"run": run.job_id})
    return answer.status_code, answer.content


def _kept(run: JobResult) -> Path:
    return run.replaced[0].kept


def test_each_run_hands_out_its_own_bytes(runs: Runs, client: TestClient, gate_home: GateHome) -> None:
    first = runs.run("few.bin")
    bytes_of_first = (runs.home.output / "out.csv").read_bytes()
    second = runs.run("more.bin")
    assert _asked(client, first) == (200, bytes_of_first)
    assert _asked(client, second) == (200, (runs.home.output / "out.csv").read_bytes())
    assert {entry["job"] for entry in gate_home.log()[-2:]} == {first.job_id, second.job_id}
    answer = client.get("/downloads/output/out.csv", params={"run": first.job_id})
    assert answer.headers["content-disposition"].endswith("''out.csv")


@pytest.mark.parametrize("name", ["out.csv", "elsewhere.csv", ".out.csv.lock"])
def test_no_other_bytes_are_a_runs(runs: Runs, client: TestClient, name: str) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    (runs.home.output / "elsewhere.csv").write_bytes(b"other")
    _kept(second).write_bytes(b"edited")
    status, said = _asked(client, first, name)
    assert status == 404
    assert b"edited" not in said
    assert b"other" not in said


def test_it_is_told_why(runs: Runs, client: TestClient) -> None:
    first, second = runs.run("few.bin"), runs.run("more.bin")
    _kept(second).unlink()
    assert f"replaced by job {second.job_id}".encode() in _asked(client, first)[1]
    (runs.home.output / "out.csv").write_bytes(b"mine")
    assert b"somebody changed it since" in _asked(client, second)[1]
    (runs.home.output / "out.csv").unlink()
    assert b"it is gone" in _asked(client, second)[1]


def test_a_run_that_nobody_knows_has_no_bytes(runs: Runs, client: TestClient) -> None:
    runs.run("few.bin")
    for run in ("nobody", ""):
        assert client.get("/downloads/output/out.csv", params={"run": run}).status_code == 404


def test_a_job_that_ends_while_a_file_is_opened(
    runs: Runs, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is looked at again once it is open: what has come under its name meanwhile is not sent."""
    first = runs.run("few.bin")

    def replaced_first(where: Place) -> int:
        monkeypatch.setattr("auth.run_downloads.open_input", open_input)
        runs.run("more.bin")
        return open_input(where)

    monkeypatch.setattr("auth.run_downloads.open_input", replaced_first)
    before = open_files()
    assert _asked(client, first)[0] == 404
    assert not left_open(before)
    assert json.loads((runs.home.output / "out.csv.meta.json").read_text())["rows_out"] == 2


def test_an_analyst_takes_results_away_until_a_super_admin_takes_the_right(runs: Runs, gate_home: GateHome) -> None:
    """At once, and in an open session; what tells of options and paths is not among them."""
    run = runs.run("few.bin")
    gate_home.add("ana", Role.ANALYST)
    client = gate_home.client()
    client.cookies.set("etl_session", gate_home.sign_in("ana"))
    whole = (runs.home.output / "out.csv").read_bytes()
    assert _asked(client, run) == (200, whole)
    assert client.get("/downloads/output/out.csv").status_code == 403
    assert _asked(client, run, "out.csv.meta.json")[0] == 404
    for may_download, status in ((False, 403), (False, 403), (True, 200)):
        user_admin.set_may_download(gate_home.accounts, OPERATOR, "ana", may_download=may_download)
        assert _asked(client, run)[0] == status
    changes = [entry["detail"]["may_download"] for entry in gate_home.log() if entry["action"] == "user_changed"]
    assert changes == [False, True]
    (denied, _) = [entry for entry in gate_home.log() if entry["action"] == "access_denied"]
    assert (denied["user"], denied["detail"]["needed"]) == ("ana", "download outputs")


def test_what_was_set_aside_names_paths_and_is_for_those_who_launch(
    runs: Runs, client: TestClient, gate_home: GateHome
) -> None:
    runs.home.put("bad.csv", b"a,b\n1,2\n3\n")
    run = runs.run("bad.csv", on_bad_row=OnBadRow.QUARANTINE)
    assert _asked(client, run, "out.csv.rejected.csv")[0] == 200
    gate_home.add("ana", Role.ANALYST)
    client.cookies.set("etl_session", gate_home.sign_in("ana"))
    assert _asked(client, run, "out.csv.rejected.csv")[0] == 404
