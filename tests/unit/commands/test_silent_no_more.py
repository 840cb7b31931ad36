"""What a user must hear: also with --quiet, also of a first run that failed, and in the words of where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from etl_batch.__main__ import main
from etl_batch.commands.command_console import Console
from etl_batch.config import JobConfig
from etl_batch.environment import new_home
from etl_batch.errors import ConfigError, PathOutside
from etl_batch.etl_core import run
from etl_batch.jobs.command_runs import recorded
from etl_batch.jobs.config_json import as_json
from etl_batch.jobs.endings import ending_of
from etl_batch.jobs.settle import settle_lost
from etl_batch.jobs.states import State
from etl_batch.jobs.store import JobStore
from etl_batch.jobs.stored_rows import NewJob
from etl_batch.kernels import cache_folder
from etl_batch.launch.options import config_of
from etl_batch.machine.process_identity import ProcessIdentity
from etl_batch.storage.roots import place
from tests.conftest import ACTOR, Home
from tests.helpers.inline_runner import Crash, InlineRunner

LAYOUT = 'record_size = 1\n[[field]]\nname = "a"\ntype = "u8"\n'


@pytest.fixture
def config(home: Home) -> JobConfig:
    return home.config(home.put("few.bin", b"123", LAYOUT), measures=())


def test_a_report_that_was_asked_for_and_is_not_there_is_said_with_quiet_too(
    home: Home, config: JobConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.path / "report").rmdir()
    (home.path / "report").touch()
    result = run(config, runner=InlineRunner())
    Console(quiet=True).finished(result)
    assert "the report could not be written" in capsys.readouterr().err


def test_a_job_in_the_background_says_so_among_its_events(home: Home) -> None:
    said: dict[str, Any] = {
        "done": {"rows_in": 3},
        "report": None,
        "files": [],
        "warning": "the report could not be written: full",
    }
    store, me = JobStore(home.path), ProcessIdentity.mine()
    with store.writing() as writing:
        writing.add(NewJob(job_id="j", actor="a", role=None, config=as_json(home.config()), outputs=(), process=me))
        writing.end("j", ending_of(home.config(), "j", said, 0, None), 1.0)
    assert [(event.kind, event.text) for event in store.events("j")] == [
        ("done", "done"), ("warning", "the report could not be written: full"),
    ]  # fmt: skip


@pytest.mark.parametrize("settled", [False, True], ids=["by the run itself", "by somebody who looked"])
def test_a_resumed_publication_is_in_the_list(
    home: Home, config: JobConfig, monkeypatch: pytest.MonkeyPatch, settled: bool
) -> None:
    """The job was killed behind its decision to publish."""
    warnings: list[str] = []
    with recorded(config, warnings.append) as killed:
        job = killed.job
        monkeypatch.setattr("etl_batch.pipeline.outputs.job_outputs.publish_all", _dies)
        with pytest.raises(Crash):
            run(config, job=job, runner=InlineRunner())
        monkeypatch.undo()
    _as_if_its_process_were_gone(home, job.job_id)
    resumed = home.config(home.data / "few.bin", measures=(), resume=True)
    with recorded(resumed, warnings.append) as again:
        assert again.job == job
        if settled:
            settle_lost(JobStore(home.path))
        again.done(run(resumed, job=again.job, runner=InlineRunner()))
    assert warnings == []
    row = JobStore(home.path).job(job.job_id)
    assert (row["state"], row["rows_out"]) == (State.DONE, 3)


def _dies(*_: object) -> None:
    raise Crash


def _as_if_its_process_were_gone(home: Home, job_id: str) -> None:
    store, me = JobStore(home.path), ProcessIdentity.mine()
    with store.writing() as writing:
        writing._connection.execute(
            "UPDATE job SET state = 'running', pid = ?, pid_started = ?, boot = ? WHERE job_id = ?",
            (me.pid, me.started - 1, me.boot, job_id),
        )


def test_a_bare_name_is_told_where_it_belongs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.path)
    with pytest.raises(PathOutside) as caught:
        place("big.parquet", (home.output,), purpose="output")
    text = str(caught.value)
    assert "traversal" not in text
    assert str(home.output) in text
    assert text.endswith("; give output/big.parquet")
    assert place("output/big.parquet", (home.output,)).path == home.output / "big.parquet"
    monkeypatch.chdir(home.data)
    with pytest.raises(PathOutside, match=f"; give {home.output}/parts/$"):
        place("parts/", (home.output,), purpose="output")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("big.parquet", "output/big.parquet"), ("parts/", "output/parts/"), ("output/x.parquet", "output/x.parquet"),
        ("report/x.parquet", "report/x.parquet"), ("/elsewhere/x.parquet", "/elsewhere/x.parquet"),
    ],
)  # fmt: skip
def test_a_bare_name_in_the_form_lies_in_output(home: Home, given: str, meant: str) -> None:
    config = config_of({"output_parquet": given, "input": ["few.bin"]}, home.path, ACTOR)
    assert config.output_parquet == (meant if meant.startswith("/") else f"{home.path}/{meant}")
    assert config.inputs == (f"{home.path}/data/few.bin",)


def test_demo_data_makes_its_home(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "new" / "home"
    assert main(["demo-data", "--home", str(home), "--rows", "3"]) == 0
    assert "3 real purchases" in capsys.readouterr().out
    assert sorted(path.name for path in home.iterdir()) == ["data", "output", "report"]
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"file cannot be made \((File exists|Not a directory)\); give another"):
        new_home(str(tmp_path / "file"))


def test_the_notice_comes_until_all_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first run that failed has compiled some kernels: the next still waits for the others."""
    monkeypatch.setattr(cache_folder, "cache_folder", lambda: tmp_path)
    steps: list[Callable[[], object]] = [
        lambda: None, (tmp_path / "first.o").touch, (tmp_path / "second.o").touch, cache_folder.note_compiled,
    ]  # fmt: skip
    found = []
    for step in steps:
        step()
        found.append(cache_folder.is_compiled())
    assert found == [False, False, False, True]
    for path in tmp_path.glob("*.o"):
        path.unlink()
    assert not cache_folder.is_compiled()
