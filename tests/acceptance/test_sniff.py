"""`sniff`, as a user starts it: what it prints, what it refuses, and where it reads."""

from __future__ import annotations

import csv
import io
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from etl_batch.commands.run_flags import run_parser
from etl_batch.sniffing.sniff import sniff
from etl_batch.sniffing.splitting import ONE_COLUMN
from etl_batch.text.first_rows import MOST_COLUMNS, cut
from tests.conftest import Command, Home
from tests.data_makers.records import LAYOUT, record
from tests.helpers.processes import none_left
from tests.helpers.sniffed import sample

_EXPORT = 'Umsatz 2024\nerstellt von uns\n\nDatum;Käufer;Betrag\n13.01.2024;Käthe;1.234,50\n14.02.2024;"Jö;rg";2,20\n'
_FOREIGN = "ETL_FOREIGN_CSV"


def test_it_says_what_a_file_is_and_the_flags_for_it(home: Home, command: Command) -> None:
    home.put("a.txt", _EXPORT.encode())
    with none_left():
        done = command("-m", "etl_batch", "sniff", home.data / "a.txt")
    assert (done.code, done.err) == (0, "")
    assert "flags: --encoding utf-8 --delimiter ';' --skip-lines 3 --header yes" in done.out
    (line,) = (line for line in done.out.splitlines() if line.startswith("flags: "))
    assert run_parser("run").parse_args(shlex.split(line.removeprefix("flags: "))).skip_lines == 3
    assert "Datum                    date %d.%m.%Y" in done.out
    found = command("-m", "etl_batch", "sniff", home.data / "a.txt", "--json").json()
    assert (found["format"], found["delimiter"], found["skip_lines"], found["decimal"]) == ("csv", ";", 3, ",")
    assert [column["name"] for column in found["columns"]] == ["Datum", "Käufer", "Betrag"]
    assert found["ambiguous"] == []


def test_what_it_has_to_ask_is_no_failure(home: Home, command: Command) -> None:
    home.put("a.csv", _EXPORT.encode("cp1252"))
    done = command("-m", "etl_batch", "sniff", home.data / "a.csv")
    assert done.code == 0
    assert "--encoding cp1252\n      Datum;Käufer;Betrag\n" in done.out
    found = command("-m", "etl_batch", "sniff", home.data / "a.csv", "--json").json()
    assert found["encoding"] is None
    assert [one["about"] for one in found["ambiguous"]] == ["encoding"]
    assert found["ambiguous"][0]["choices"][0] == "cp1252"


def test_flags_of_reading_answer_and_the_first_rows_follow_as_a_job_writes_them(home: Home, command: Command) -> None:
    home.put("a.csv", "Käse;n\n=1+1;2\n;3\nÖl\nx;4\n".encode("cp1252"))
    done = command("-m", "etl_batch", "sniff", home.data / "a.csv")
    assert "asked: encoding" in done.out
    assert "as a job writes them" not in done.out
    done = command("-m", "etl_batch", "sniff", home.data / "a.csv", "--encoding", "cp1252", "--delimiter", ";")
    assert (done.code, done.err) == (0, "")
    assert "asked:" not in done.out
    assert "encoding    cp1252       100%  you said so; " in done.out
    rows = done.out.partition("as a job writes them")[2].splitlines()[1:]
    assert rows == [
        "      Käse | n",
        "    1 '=1+1 [=1+1] | 2",
        "    2 (null) | 3",
        "    3 !! 1 cell, 2 expected: Öl",
        "    4 x | 4",
    ]
    done = command("-m", "etl_batch", "sniff", home.data / "a.csv", "--encoding", "cp1252", "--types", "b=i64")
    assert "a job would refuse it: E_" in done.out
    assert command("-m", "etl_batch", "sniff", home.data / "a.csv", "--encoding", "klingon").code == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "a.csv has 0 bytes"), (b"\n\n  \r\n", "nothing but blanks"), (b"\xef\xbb\xbf", "nothing but blanks")],
)
def test_a_file_that_holds_nothing(home: Home, command: Command, content: bytes, said: str) -> None:
    home.put("a.csv", content)
    done = command("-m", "etl_batch", "sniff", home.data / "a.csv")
    assert done.code == 2
    assert done.err.startswith("error[E_EMPTY]: ")
    assert said in done.err
    assert "Traceback" not in done.err


def test_it_reads_where_jobs_read_and_nowhere_else(home: Home, command: Command, tmp_path: Path) -> None:
    home.put("a.csv", b"a,b\n1,2\n")
    (home.data / "link.csv").symlink_to(home.data / "a.csv")
    (home.path / ".secrets").mkdir(exist_ok=True)
    (home.path / ".secrets" / "pepper").write_text("a,b\n")
    outside = tmp_path / "elsewhere.csv"
    outside.write_text("a,b\n")
    os.mkfifo(home.data / "pipe.csv")
    refused = {
        outside: "E_PATH_TRAVERSAL",
        home.data / "link.csv": "E_PATH_SYMLINK",
        home.data / "none.csv": "E_NOT_FOUND",
        home.data / "pipe.csv": "E_NOT_REGULAR",
        home.data: "E_NOT_REGULAR",
        home.path / ".secrets" / "pepper": "E_PATH_TRAVERSAL",
    }
    for path, code in refused.items():
        done = command("-m", "etl_batch", "sniff", path)
        assert (done.code, done.err.split(":")[0]) == (2, f"error[{code}]"), path


def test_other_formats_are_told_as_jobs_tell_them(home: Home, command: Command) -> None:
    home.put("a.dat", record(1), LAYOUT)
    home.put("b.dat", bytes(range(256)))
    home.put("c.txt", b"PK\x03\x04" + b"\0" * 26 + b"xl/workbook.xml")
    home.put("d.txt", "id;name\n1;x\n".encode("utf-16-le"))
    assert command("-m", "etl_batch", "sniff", home.data / "a.dat", "--json").json()["format"] == "binary"
    found = command("-m", "etl_batch", "sniff", home.data / "b.dat", "--json").json()
    assert (found["format"], found["delimiter"], found["columns"]) == ("binary", None, [])
    home.put("e.dat", b"PAR1" + b"a;b\n" * 9 + b"PAR1")
    found = command("-m", "etl_batch", "sniff", home.data / "e.dat", "--json").json()
    assert (found["format"], found["delimiter"]) == ("parquet", None), "its lines are no rows"
    assert command("-m", "etl_batch", "sniff", home.data / "c.txt").err.startswith("error[E_FORMAT_MAGIC]: ")
    assert command("-m", "etl_batch", "sniff", home.data / "d.txt", "--json").json()["encoding"] == "utf-16-le"


@pytest.mark.skipif(not os.environ.get(_FOREIGN), reason=f"opt-in: {_FOREIGN}=FOLDER of text files")
def test_foreign_files_are_read_as_pythons_own_reader_reads_them_by_what_was_found() -> None:
    """Where nothing is asked; the names of those that ask are printed."""
    asks = []
    for path in sorted(path for path in Path(os.environ[_FOREIGN]).rglob("*") if path.is_file()):
        content = path.read_bytes()
        found = sniff(sample(content)) if content else None
        if found is None or found.columns == ():
            continue
        if any(question.of_structure for question in found.questions):
            asks.append((path.name, [question.about for question in found.questions]))
            continue
        said = {name: one.value for name, one in found.findings.items()}
        assert isinstance(said["encoding"], str)
        assert isinstance(said["skip_lines"], int)
        text = content.decode(said["encoding"], "replace").removeprefix("\ufeff")
        text = text.replace("\x85", "\n") if said["line_end"] == "nel" else text
        lines = io.StringIO(text, newline=None).readlines()
        kept = [line for line in lines[said["skip_lines"] :] if not said["comment"] or line[:1] != said["comment"]]
        rows = list(_read(kept, said))
        assert max(map(len, rows)) >= len(found.columns), path
        body = {tuple(cut(cell) for cell in row[:MOST_COLUMNS]) for row in rows}
        assert set(found.first_rows) <= body, path
        if said["header"] is True and len(rows[0]) == len(found.columns):
            assert [column.name for column in found.columns] == next(row for row in rows if row), path
    print(*asks, sep="\n")  # noqa: T201 - what is asked is for a person to judge


def _read(lines: list[str], said: dict[str, str | int | bool | None]) -> Iterator[list[str]]:
    mark = str(said["delimiter"] or ONE_COLUMN)
    sign = mark if len(mark) == 1 else "\ue000"
    quote = str(said["quote"]) if said["quote"] else None
    escape = str(said["escape"]) if said["escape"] else None
    lines = [line.replace(mark, sign) if mark else line for line in lines]
    for row in csv.reader(
        lines,
        delimiter=sign,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        escapechar=escape,
    ):
        yield [cell.replace(sign, mark) for cell in row]
