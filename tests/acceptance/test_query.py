"""An output asked in SQL, as a user asks it: what comes, what is said, and what stands in the log."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from etl_batch.errors import SqlUnavailable
from etl_batch.machine.sandbox import offered
from etl_batch.queries import ask_sql
from etl_batch.queries.answer_form import AnswerForm
from tests.conftest import ACTOR, PROJECT, Command, Home

pytestmark = pytest.mark.skipif(not offered().filesystem, reason="this kernel has no Landlock here")

_ROWS = 'id,name,price,day\n1,=cmd,1.50,2020-01-01\n2,"a;b",2.25,2020-01-02\n3,,,2020-01-03\n007,x,10.00,2020-02-29\n'
_MODULE = ("-m", "etl_batch")


@pytest.fixture
def asked(home: Home, command: Command) -> Home:
    home.put("a.csv", _ROWS.encode())
    flags = ("--types", "day=date", "--measures", "-", "--quiet")
    outputs = ("-p", home.output / "a.parquet", "-o", home.output / "a.csv")
    done = command(*_MODULE, "run", "-i", home.data / "a.csv", *outputs, *flags)
    assert done.code == 0, done.err
    return home


def _entries(home: Home) -> list[dict[str, object]]:
    lines = (home.path / ".secrets" / "etl_audit.log").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry["action"] == "query_asked"]


def test_cells_come_back_with_their_types_and_as_they_were(asked: Home, command: Command) -> None:
    assert "'=cmd" in (asked.output / "a.csv").read_text()
    rows = [
        {"id": "1", "name": "=cmd", "price": 1.5, "day": "2020-01-01"},
        {"id": "2", "name": "a;b", "price": 2.25, "day": "2020-01-02"},
        {"id": "3", "name": None, "price": None, "day": "2020-01-03"},
        {"id": "007", "name": "x", "price": 10.0, "day": "2020-02-29"},
    ]
    done = command(*_MODULE, "query", asked.output / "a.csv", "select * from data")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == rows
    assert '"price": 1.50,' in done.out, "a decimal keeps its digits"
    total = command(*_MODULE, "query", asked.output / "a.csv", "select sum(price) s, max(day) d from data", "--json")
    assert total.out == '[{"s": 13.75, "d": "2020-02-29"}]\n'


def test_each_question_is_one_entry_of_the_log(asked: Home, command: Command) -> None:
    target = asked.output / "a.parquet"
    for statement in ("select id from data", "copy data to 'x'", "select nothing from data"):
        command(*_MODULE, "query", target, statement)
    found = [(one["outcome"], one["target"], one["detail"]) for one in _entries(asked)]
    assert [(outcome, where) for outcome, where, _ in found] == [
        (one, str(target)) for one in ("ok", "refused", "refused")
    ]
    first, second, third = (detail for _, _, detail in found)
    assert first.items() >= {"statement": "select id from data", "rows": 4, "truncated": False}.items()  # type: ignore[attr-defined]
    assert second["error"] == third["error"] == "E_QUERY"  # type: ignore[index]


@pytest.mark.parametrize("name", ["a.csv.gz", "a.csv.zst", "parts/", "pq/"])
def test_whatever_an_output_is_packed_in(asked: Home, command: Command, name: str) -> None:
    flag = "-p" if name == "pq/" else "-o"
    source = asked.data / "a.csv"
    done = command(*_MODULE, "run", "-i", source, flag, f"{asked.output}/{name}", "--measures", "-", "--quiet")
    assert done.code == 0, done.err
    found = command(*_MODULE, "query", f"{asked.output}/{name}", "select name from data order by id", "--format", "csv")
    assert found.out == 'name\nx\n"\'=cmd"\n"a;b"\n\n'


def test_another_dialect_is_read_as_it_was_written(asked: Home, command: Command) -> None:
    flags = ("--out-delimiter", ";", "--out-decimal", ",", "--out-encoding", "utf-16", "--types", "price=decimal(9,2)")
    target = asked.output / "b.csv"
    run = command(*_MODULE, "run", "-i", asked.data / "a.csv", "-o", target, *flags, "--measures", "-", "--quiet")
    assert run.code == 0, run.err
    done = command(*_MODULE, "query", target, "select name, price from data where price > 2 order by price")
    assert done.out == '[{"name": "a;b", "price": 2.25},\n {"name": "x", "price": 10.00}]\n'


def test_rows_go_to_a_file_whose_name_is_free(asked: Home, command: Command) -> None:
    target, source = asked.output / "answer.parquet", asked.output / "a.parquet"
    done = command(*_MODULE, "query", source, "select i from range(20000) t(i)", "--output", target)
    assert (done.code, done.out) == (0, f"10,000 rows in {target}\n")
    assert "truncated: these are the first 10,000 rows" in done.err
    assert pq.read_table(target).column("i").to_pylist() == list(range(10_000))
    before = source.read_bytes()
    for taken in (target, source):
        again = command(*_MODULE, "query", source, "select 1", "--output", taken)
        assert (again.code, again.err[:16]) == (2, "error[E_CONFIG]:")
    assert source.read_bytes() == before
    for name, code in (("x.csv.meta.json", "E_NAME_CLAIMED"), ("../x.json", "E_PATH_TRAVERSAL")):
        refused = command(*_MODULE, "query", source, "select 1", "--output", f"{asked.output}/{name}")
        assert (refused.code, refused.err.partition("]")[0]) == (2, f"error[{code}")
    no_file = command(*_MODULE, "query", source, "select 1", "--format", "parquet")
    assert (no_file.code, no_file.err[:16]) == (2, "error[E_CONFIG]:")


def test_what_was_changed_or_has_no_run_is_read_as_it_stands_and_says_so(asked: Home, command: Command) -> None:
    shutil.copy(asked.output / "a.csv", asked.output / "other.csv")
    done = command(*_MODULE, "query", asked.output / "other.csv", "select name from data limit 1")
    assert done.out == '[{"name": "\'=cmd"}]\n'
    assert "no metadata of a run lie beside it" in done.err
    with (asked.output / "a.csv").open("a") as file:
        file.write("8,y,1.00,2020-01-04\n")
    done = command(*_MODULE, "query", asked.output / "a.csv", "select count(*) n from data")
    assert done.out == '[{"n": 5}]\n'
    assert "not as its run left it" in done.err


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("../etc/passwd", "E_PATH_TRAVERSAL"), ("/etc/passwd", "E_PATH_TRAVERSAL"), ("link.csv", "E_PATH_SYMLINK"),
        ("none.csv", "E_NOT_FOUND"), (".", "E_NOT_FOUND"), ("notes.txt", "E_FORMAT_EXTENSION"),
        ("../.secrets/etl_audit.log", "E_PATH_TRAVERSAL"),
    ],
)  # fmt: skip
def test_what_is_no_output_is_refused(asked: Home, command: Command, file: str, code: str) -> None:
    (asked.output / "link.csv").symlink_to("/etc/passwd")
    (asked.output / "notes.txt").write_text("private")
    done = command(*_MODULE, "query", file if file[0] == "/" else f"{asked.output}/{file}", "select 1")
    assert (done.code, done.err.partition("]")[0]) == (2, f"error[{code}")


def test_ctrl_c_ends_it_and_is_written_down(asked: Home) -> None:
    words = [sys.executable, *_MODULE, "query", str(asked.output / "a.parquet"), "select pg_sleep(25)"]
    process = subprocess.Popen(
        words, cwd=PROJECT, env={**os.environ, "ETL_HOME": str(asked.path)}, stderr=subprocess.PIPE
    )
    while not _has_children(process.pid):
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, b"error[E_CANCELLED]" in said) == (4, True)
    assert _entries(asked)[-1]["detail"].items() >= {"state": "cancelled"}.items()  # type: ignore[attr-defined]


def _has_children(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text().strip())


@pytest.mark.parametrize(("name", "value"), [("landlock_version", 0), ("find_spec", None)])
def test_without_its_means_there_is_no_sql(
    asked: Home, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    monkeypatch.setattr(ask_sql, name, lambda *_: value)
    roots = [asked.output]
    with pytest.raises(SqlUnavailable):
        ask_sql.ask(asked.path, ACTOR, str(asked.output / "a.csv"), roots, ("select 1", AnswerForm.JSON))
    assert _entries(asked)[-1]["detail"].items() >= {"error": "E_SQL_UNAVAILABLE"}.items()  # type: ignore[attr-defined]
