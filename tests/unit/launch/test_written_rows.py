"""The first rows as a job writes them: by the code of a job, so that they are what the job's output begins with."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, EtlError
from etl_batch.etl_core import run
from etl_batch.formats.registry import format_named
from etl_batch.launch import written_rows as written
from etl_batch.launch.kept_files import data_root
from etl_batch.launch.questions import first_rows
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.text.first_rows import WrittenRow
from etl_batch.values import Actor
from tests.conftest import Home

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)
_ROWS = 'a,b,c\n1,=1+1,x\n2,,""\n3,"q\nr",z\n4,5\n"x"y,1,2\n6,7,8\n'


def _written(home: Home, path: Path, **more: object) -> tuple[WrittenRow, ...]:
    config: JobConfig = home.config(path, **more)
    kind = format_named("csv")
    assert kind is not None
    return written.written_rows(data_root(home.path).child(path.name), kind, config, 20)


def test_each_row_as_it_is_written_or_why_it_is_not(home: Home) -> None:
    found = _written(home, home.put("a.csv", _ROWS.encode()))
    assert [row.plain for row in found[:3]] == [("1", "=1+1", "x"), ("2", None, ""), ("3", "q\nr", "z")]
    assert found[0].escaped == ("1", "'=1+1", "x")
    assert (found[3].problem, found[3].raw) == ("2 cells, 3 expected", "4,5")
    assert "text after a closing quote" in found[4].problem
    assert found[5].plain == ("6", "7", "8")
    assert not list(home.output.iterdir())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp037", "latin-1", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_head_ends_with_a_whole_line_whatever_the_encoding(
    home: Home, monkeypatch: pytest.MonkeyPatch, encoding: str, end: str
) -> None:
    monkeypatch.setattr(written, "_HEAD_BYTES", 1000)
    content = "a;b" + end + "".join(f"{number};x{number}{end}" for number in range(400))
    found = _written(home, home.put("a.csv", content.encode(encoding)), encoding=encoding, delimiter=";")
    assert found == tuple(WrittenRow((f"{n}", f"x{n}"), (f"{n}", f"x{n}")) for n in range(20))


def test_what_looks_like_a_line_end_between_two_signs_is_none() -> None:
    assert written._behind_last_line("a\n\u0a41\u4100".encode("utf-16-le"), "utf-16-le") == 4


def test_a_head_without_a_whole_line_shows_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "_HEAD_BYTES", 100)
    assert _written(home, home.put("a.csv", b"a" * 500 + b"\n1\n")) == ()


def test_a_job_on_the_file_begins_with_these_rows(home: Home) -> None:
    chance = random.Random(5)
    cells = ("", '""', "=1", "plain", '"q;""u"', "-5", "-5a", "1.5", " x")
    lines = [";".join(chance.choice(cells) for _ in range(3)) for _ in range(20)]
    path = home.put("a.csv", ("a;b;c\n" + "\n".join(lines) + "\n").encode("latin-1"))
    found = _written(home, path, encoding="latin-1", delimiter=";")
    run(home.config(path, encoding="latin-1", delimiter=";", output_csv=str(home.output / "o.csv")))
    out = (home.output / "o.csv").read_bytes().split(b"\n", 1)[1]
    assert [row.escaped for row in found] == written._split(out)


def test_what_a_job_would_refuse_is_said_beside_the_rows(home: Home) -> None:
    path = home.put("a.csv", b"a,b\n1,2\n")
    seen = first_rows(ADMIN, data_root(home.path).child("a.csv"), home.config(path, types="nobody=i64"))
    assert seen.rows is not None
    assert isinstance(seen.refused, ConfigError)
    assert "nobody" in seen.refused.message
    assert seen.written == ()


def test_rows_of_a_declared_type_by_a_process_of_its_own(home: Home) -> None:
    path = home.put("a.csv", b"a,b\n1,2\nx,3\n")
    seen = first_rows(ADMIN, data_root(home.path).child("a.csv"), home.config(path, types="a=i64"))
    assert [row.problem for row in seen.written] == ["", "column 'a': the cell is no i64: 'x'"]


def test_a_file_that_may_not_be_read_is_refused(home: Home) -> None:
    with pytest.raises(EtlError) as refused:
        first_rows(ADMIN, data_root(home.path).child("none.csv"), home.config())
    assert refused.value.code == "E_NOT_FOUND"
