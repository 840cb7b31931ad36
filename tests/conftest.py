"""What many tests share: a home folder of their own, a way to make record files, the command line as a user runs it."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from etl_batch.config import JobConfig
from etl_batch.values import Actor
from tests.helpers.chance import examples, explores
from tests.helpers.processes import adopt_orphans, hear_interrupts, none_left
from tests.helpers.rules import is_rule, nothing_started

# Servers that tests start are on this machine: no proxy of the environment knows them.
for _name in ("NO_PROXY", "no_proxy"):
    os.environ[_name] = ",".join(filter(None, (os.environ.get(_name), "127.0.0.1", "localhost")))

# A busy machine is no reason for a test to fail. Everybody tries the same examples, so that what was green stays green;
# `make torture` tries others, from a seed that it prints.
settings.register_profile(
    "any machine",
    deadline=None,
    max_examples=examples(100),
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not explores(),
    database=None,
)
settings.load_profile("any machine")

adopt_orphans()
hear_interrupts()

PROJECT = Path(__file__).parent.parent
ACTOR = Actor(name="tester", os_user="tester")


@pytest.fixture(autouse=True)
def own_main_module() -> Iterator[None]:
    """AppTest leaves the page it ran as `__main__`, which processes that a later test starts would run again."""
    ours = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = ours


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of rules, before those that are not asked for are put aside."""
    for item in items:
        if is_rule(item):
            item.add_marker("rule")


def pytest_collection_finish() -> None:
    """Leave the tests themselves out where garbage is looked for, as Streamlit does behind each page that is run."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Libraries count at the end what of theirs was not freed."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_process_stays(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever becomes of a test, what it started ends with it; a test of rules that starts a process is none."""
    with nothing_started() if request.node.get_closest_marker("rule") else none_left():
        yield
        if (views := sys.modules.get("etl_batch.ui.first_rows_view")) is not None:
            views.lookers.clear()  # processes that a page of the test keeps for the next look
        if (shared := sys.modules.get("pages.shared_results")) is not None:
            shared.results_of.clear()


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder as a fresh installation has it."""

    path: Path

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def output(self) -> Path:
        return self.path / "output"

    def put(self, name: str, content: bytes, layout: str | None = None) -> Path:
        """Write a data file, and its layout beside it."""
        target = self.data / name
        target.write_bytes(content)
        if layout is not None:
            target.with_suffix(".layout.toml").write_text(layout)
        return target

    def config(self, *inputs: Path, **more: Any) -> JobConfig:  # noqa: ANN401 - any of the config's fields
        """A job on these inputs that writes output/out.csv, unless told otherwise."""
        if "output_csv" not in more and "output_parquet" not in more:
            more["output_csv"] = str(self.output / "out.csv")
        named = tuple(str(path) for path in inputs) or (str(self.data),)
        return JobConfig(home=self.path, inputs=named, actor=ACTOR, **more)

    def leftovers(self) -> list[str]:
        """Names in output/ that no user asked for, but for the locks: part files and journals."""
        return sorted(p.name for p in self.output.rglob("*") if ".part." in p.name or ".jour" in p.name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    return Home(tmp_path)


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 - whatever it printed
        return json.loads(self.out)


Command = Callable[..., Finished]


@pytest.fixture
def command(home: Home) -> Command:
    """Run a command of ours as a user does, in a process of its own, with the test's home."""

    def run(*arguments: str | Path, cwd: Path = PROJECT, python: Sequence[str] = (), **env: str) -> Finished:
        started = [str(argument) for argument in arguments]
        whole = [sys.executable, *python, *started]
        done = subprocess.run(
            whole,
            cwd=cwd,
            env={**os.environ, "ETL_HOME": str(home.path), **env},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return Finished(done.returncode, done.stdout, done.stderr)

    return run
