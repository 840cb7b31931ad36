"""Statements that want more than the rows of one output: refused, or ended with a code; the output is what it was.

What stands in the way is tried as a whole, by the real process.
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.errors import EtlError
from etl_batch.machine.question import Asking, Question
from etl_batch.machine.sandbox import offered
from etl_batch.queries.answer_form import AnswerForm
from etl_batch.queries.ask_sql import ask
from tests.conftest import ACTOR, Home

pytestmark = pytest.mark.skipif(not offered().filesystem, reason="this kernel has no Landlock here")

#: {f} the output by the name of its descriptor, {o} by its own, {h} the home, {p} a port that listens
_NO_SELECT = (
    "copy (select 1) to '{f}' (format parquet, use_tmp_file false)", "copy data to '{h}/x.csv'",
    "export database '{h}'",
    "explain analyze copy (select 1) to '{f}'", "explain select 1", "attach '{h}/x.db'",
    "attach '{f}' as y", "detach memory",
    "use memory", "install httpfs", "load '{h}/x.so'", "pragma database_list", "pragma enable_profiling",
    "set memory_limit='8GB'", "set enable_external_access=true", "reset lock_configuration", "set allowed_paths=['/']",
    "call pragma_version()", "create table t as select 1", "create secret s (type s3)", "insert into data values (1)",
    "update data set a=1", "delete from data", "drop view data", "checkpoint",
    "vacuum", "begin", "prepare p as select 1",
    "execute p", "select 1; drop view data", "select 1; select 2", ";", "-- nothing", "",
    "comment on view data is 'x'", "alter view data rename to x", "create or replace macro m() as 1",
    "import database '{h}'", "force install httpfs", "copy data from '/etc/passwd'", "create view data as select 1",
    "pivot (select 1 a) on a using count(*)", "merge into data using data d on true when matched then delete",
)  # fmt: skip
_ELSEWHERE = (
    "select * from read_csv('/etc/passwd')", "select * from '/etc/passwd'", "select * from read_text('/etc/passwd')",
    "select * from read_blob('/proc/self/environ')", "select * from read_text('/proc/self/mem')",
    "select * from read_text('/proc/self/fd/0')", "select * from glob('/etc/*')",
    "select * from read_json('/etc/passwd')",
    "select * from read_csv('{h}/output/other.csv')", "select * from read_text('{h}/output/link.csv')",
    "select * from read_csv('{h}/.secrets/*')", "select * from sniff_csv('/etc/passwd')", "select getenv('HOME')",
    "select * from query('copy data to ''{h}/y''')", "with x as (copy data to '{h}/y') select 1",
    "with x as (insert into data values (1) returning *) select * from x", "select * from query_table('/etc/passwd')",
    "select * from json_execute_serialized_sql(json_serialize_sql('select * from read_text(''/etc/passwd'')'))",
    "select * from read_csv('http://127.0.0.1:{p}/x')", "select * from read_parquet('s3://a/b')",
    "select * from sqlite_scan('{h}/x', 'y')", "select * from read_duckdb('{h}/x.db')",
    "select load_extension('httpfs')", "select * from read_blob('{h}/.secrets/etl_audit.log')",
    "select * from read_text('/proc/self/cmdline')", "select * from parquet_metadata('{h}/output/link.csv')",
    "select * from read_ndjson('/proc/1/environ')",
    # variables of the process, which DuckDB for Python would take for tables
    "select * from spec", "select * from connection", "select * from asked", "select * from sys",
)  # fmt: skip
TOO_MUCH = (
    "select repeat('x', 2000000000)", "select repeat(repeat('x', 1000000), 4000)", "select range(2000000000)",
    "select repeat('x', 30000000)", "select lpad('x', 2000000000, 'y')",
    "select string_agg(lpad('', 1000000, 'y'), '') from range(4000)", "select generate_series(1, 10000000000)",
    "select {deep}", "select {wide}",
)  # fmt: skip
ENDLESS = (
    "select sum(b.range % 7 + c.range % 5) from data a, range(1000000) b, range(1000000) c",
    "with recursive r as (select 1 n union all select n + 1 from r) select max(n) from r", "select pg_sleep(100)",
    "select levenshtein(repeat('a', 900000), repeat('b', 900000))",
)  # fmt: skip


def test_there_are_eighty_of_them() -> None:
    assert len({*_NO_SELECT, *_ELSEWHERE, *TOO_MUCH, *ENDLESS}) >= 80


@pytest.fixture
def output(home: Home) -> Path:
    target = home.output / "a.parquet"
    pq.write_table(pa.table({"a": [1, 2, 3]}), target)
    (home.output / "other.csv").write_text("secret\n1\n")
    (home.output / "link.csv").symlink_to("/etc/passwd")
    return target


def _outcome(home: Home, output: Path, statement: str) -> str:
    """The code that it ends with; or what was given."""
    try:
        found = ask(home.path, ACTOR, str(output), [home.output], (statement, AnswerForm.JSON))
    except EtlError as error:
        return error.code
    return found.body.decode()[:200]


def _outcomes(home: Home, output: Path, statements: tuple[str, ...]) -> dict[str, str]:
    """Of all of them, two at a time. Nothing of the home may change but the log."""
    before = _contents(home)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda statement: _outcome(home, output, statement), statements))
    assert _contents(home) == before
    return dict(zip(statements, found, strict=True))


def _contents(home: Home) -> dict[str, str]:
    files = [path for path in home.path.rglob("*") if path.is_file() and ".secrets" not in path.parts]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _filled(home: Home, output: Path, statement: str, port: int = 1) -> str:
    deep, wide = "(" * 5000 + "1" + ")" * 5000, ",".join(map(str, range(30_000)))
    given = {"{f}": "/proc/self/fd/3", "{o}": str(output), "{h}": str(home.path), "{p}": str(port)}
    for name, value in {**given, "{deep}": deep, "{wide}": wide}.items():
        statement = statement.replace(name, value)
    return statement


def test_what_is_no_single_select_is_refused(home: Home, output: Path) -> None:
    statements = tuple(_filled(home, output, one) for one in _NO_SELECT)
    assert {one: code for one, code in _outcomes(home, output, statements).items() if code != "E_QUERY"} == {}


def test_a_select_reaches_nothing_else(home: Home, output: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        statements = tuple(_filled(home, output, one, port) for one in _ELSEWHERE)
        assert {one: code for one, code in _outcomes(home, output, statements).items() if code != "E_QUERY"} == {}
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_what_takes_too_much_ends_with_a_code(home: Home, output: Path) -> None:
    statements = tuple(_filled(home, output, one) for one in TOO_MUCH)
    codes = set(_outcomes(home, output, statements).values())
    assert codes <= {"E_MEMORY", "E_QUERY", "E_TIMEOUT"}, codes
    assert "E_MEMORY" in codes


def test_what_does_not_end_is_ended(home: Home, output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its time, whatever it does meanwhile: an interrupt would not be heard by the last two.

    How long that takes is measured by `make load HOSTILE=2`.
    """

    def soon(how: Asking, asked: Mapping[str, Any]) -> Question:
        return Question(replace(how, seconds=2.0), asked)

    monkeypatch.setattr("etl_batch.queries.ask_sql.Question", soon)
    assert set(_outcomes(home, output, ENDLESS).values()) == {"E_TIMEOUT"}


def test_the_locks_are_on_when_the_statement_is_seen(home: Home, output: Path) -> None:
    names = ("lock_configuration", "enable_external_access", "python_enable_replacements", "autoload_known_extensions")
    said = _outcome(home, output, f"select {', '.join(f'current_setting({name!r}) as {name}' for name in names)}")
    assert json.loads(said) == [{name: name == "lock_configuration" for name in names}]
