"""No page parses a file of a user in the server: every reader is poisoned here, and the pages show all the same."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import types
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

import etl_batch.file_estimate
import etl_batch.formats
from etl_batch.launch import questions
from etl_batch.machine import kept_process, question
from etl_batch.permissions import ANALYST
from etl_batch.values import MIB
from tests.conftest import PROJECT
from tests.data_makers.records import LAYOUT, record
from tests.helpers.streamlit_page import page, sign_in

#: beside all of the formats and the estimates of files
_READERS = ("launch.read_first_rows", "launch.asking", "launch.looking", "launch.written_rows")
_NAMES = "etl_batch.formats.registry"  #: which format a name is of, without a look at the file
_OPENS = ("open_one", "open_inputs")  #: of etl_batch.pipeline.inputs, which also knows what the name of an input is


def _poison() -> None:
    raise AssertionError("a file of a user is read in the server")


def _reading_functions() -> Iterator[types.FunctionType]:
    """Everything that reads a file: functions and methods, whoever has imported them under which name."""
    names = [f"etl_batch.{name}" for name in _READERS]
    for package in (etl_batch.formats, etl_batch.file_estimate):
        names += [one.name for one in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    for name in (one for one in names if one != _NAMES):
        module = importlib.import_module(name)
        for found in list(vars(module).values()):
            if getattr(found, "__module__", None) == name:
                inside = vars(found).values() if isinstance(found, type) else (found,)
                functions = (one for one in inside if isinstance(one, types.FunctionType) and not one.__closure__)
                yield from (function for function in functions if function.__code__.co_filename == module.__file__)
    inputs = importlib.import_module("etl_batch.pipeline.inputs")
    yield from (getattr(inputs, name) for name in _OPENS)


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = list(_reading_functions())
    assert len(functions) > 200
    for function in functions:
        monkeypatch.setattr(function, "__code__", _poison.__code__)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions that were asked of other processes, by their tasks."""
    tasks: list[str] = []

    class Counted(question.Question):
        def __init__(self, how: question.Asking, task: dict[str, str]) -> None:
            tasks.append(task["task"])
            super().__init__(how, task)

    class CountedToo(kept_process.KeptProcesses):
        def ask(self, who: Hashable, asked: Mapping[str, Any]) -> Mapping[str, Any]:
            tasks.append(asked["task"])
            return super().ask(who, asked)

    monkeypatch.setattr(question, "Question", Counted)
    monkeypatch.setattr(questions, "KeptProcesses", CountedToo)
    return tasks


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ETL_HOME", str(tmp_path))
    for folder in ("data", "output", "report"):
        (tmp_path / folder).mkdir()
    (tmp_path / "data" / "a.csv").write_text("product,value\nMILK,4\nSOUP,7\n")
    (tmp_path / "data" / "b.bin").write_bytes(record(1) + record(2, "MILK", 7))
    (tmp_path / "data" / "b.layout.toml").write_text(LAYOUT)
    pq.write_table(pa.table({"product": ["MILK", "SOUP"], "value": [4, 7]}), tmp_path / "data" / "c.parquet")
    feather.write_feather(pa.table({"product": ["MILK", "SOUP"], "value": [4, 7]}), tmp_path / "data" / "d.feather")
    return tmp_path


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("name", ["a.csv", "b.bin", "c.parquet", "d.feather"])
def test_the_launch_page_shows_first_rows(files: Path, asked: list[str], name: str) -> None:
    test = page("pages/launch.py", sign_in(files)).run()
    test.multiselect(key="etl_inputs").select(str(files / "data" / name))
    for _ in range(3):
        test.run()
        assert not test.exception
        assert not test.error, [element.value for element in test.error]
    assert any("MILK" in element.value.to_string() for element in test.dataframe)
    assert asked == (["rows", "sniff"] if name == "a.csv" else asked[:1]), "the same file is read once"


@pytest.mark.usefixtures("poisoned")
@pytest.mark.parametrize("name", ["a.csv", "b.bin", "c.parquet", "d.feather"])
def test_the_estimates_page_offers_columns_and_answers(files: Path, asked: list[str], name: str) -> None:
    test = page("pages/estimates.py", sign_in(files, ANALYST))
    test.query_params["file"] = f"data/{name}"
    for _ in range(3):
        test.run()
        assert not test.exception
        assert not test.error, [element.value for element in test.error]
    assert test.metric
    assert asked == ["columns", "estimate"]


@pytest.mark.usefixtures("poisoned")
def test_a_header_of_16_mib_is_parsed_once_and_elsewhere(
    files: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.services.estimates.LOOK_SECONDS", 300.0)  # on a busy machine
    monkeypatch.setattr(questions, "_LOOKING", replace(questions._LOOKING, seconds=300.0))
    header = ",".join(f"{number:x}" for number in range(2_450_000))
    assert 15 * MIB < len(header) < 16 * MIB
    (files / "data" / "a.csv").write_text(header + "\n")
    test = page("pages/estimates.py", sign_in(files, ANALYST)).run()
    test.selectbox(key="estimate_file").select("data/a.csv")
    for _ in range(3):
        test.run()
        assert not test.exception
        assert not test.error, [element.value for element in test.error]
    assert any("2,450,000 columns" in element.value for element in test.caption)
    assert asked.count("columns") <= 2, "that of the file that was shown first, and that of this one"
    launch = page("pages/launch.py", sign_in(files)).run()
    launch.multiselect(key="etl_inputs").select(str(files / "data" / "a.csv"))
    for _ in range(3):
        launch.run()
        assert not launch.exception
        assert not launch.error, [element.value for element in launch.error]
    assert asked.count("rows") == 1


def test_a_file_that_changes_is_read_again(files: Path, asked: list[str]) -> None:
    user = sign_in(files, ANALYST)
    for number in range(3):
        (files / "data" / "a.csv").write_text(f"column_{number}\n5\n")
        test = page("pages/estimates.py", user).run()
        test.selectbox(key="estimate_file").select("data/a.csv").run()
        assert f"column_{number}" in test.multiselect[0].options
    assert asked.count("columns") >= 3


#: what runs in processes of their own, and nothing else of the pages and of what they are made of may import
_ELSEWHERE = {
    "etl_batch.launch.asking",
    "etl_batch.launch.looking",
    "etl_batch.launch.read_first_rows",
    "etl_batch.launch.sniff_asking",
    "etl_batch.launch.written_rows",
    "pages.services.estimate_process",
    "pages.services.live_sample",
    "pages.services.result_process",
}


def test_what_reads_files_is_imported_by_processes_of_their_own_alone() -> None:
    readers = (
        "etl_batch.formats",
        "etl_batch.file_estimate",
        "etl_batch.pipeline.dry_run",
        "pyarrow.parquet",
        *_ELSEWHERE,
    )
    readers += tuple(f"etl_batch.{name}" for name in _READERS)
    for folder in ("pages", "etl_batch/ui", "etl_batch/launch", "auth"):
        for path in sorted((PROJECT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
            nodes = list(ast.walk(ast.parse(path.read_text())))
            found = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
            found |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
            wrong = {one for one in found if one.startswith(readers) and one != _NAMES}
            assert name in _ELSEWHERE or not wrong, f"{name} may not import {wrong}: ask a process (machine.question)"
