"""The encoding of a CSV of which nobody says it: what its bytes show is taken with a note, else it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from etl_batch.config import OnBadRow
from etl_batch.errors import Ambiguous, FormatMagic
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.values import KIB
from tests.conftest import Command, Home
from tests.helpers.csv_calls import convert

CORE = "etl_batch/etl_core.py"
TABLE = "product,note,n\n" + "".join(f"P{n},Käse {n},{n}\n" for n in range(20))


def _rows(home: Home, content: bytes, **more: Any) -> tuple[list[list[str]], list[str]]:  # noqa: ANN401 - of the config
    found = convert(home.put("x.csv", content), **more)
    return found.cells, found.notes


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "cp037"])
def test_what_the_bytes_show_is_taken_with_a_note(home: Home, encoding: str) -> None:
    cells, notes = _rows(home, TABLE.encode(encoding))
    assert cells == _rows(home, TABLE.encode())[0] == [[f"P{n}", f"Käse {n}", str(n)] for n in range(20)]
    assert len(notes) == 1
    assert f": read as --encoding {encoding}: " in notes[0]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_utf8_is_no_news(home: Home, bom: bytes) -> None:
    assert _rows(home, bom + TABLE.encode())[1] == []


def test_a_text_of_8_bits_is_asked_with_what_each_encoding_reads(home: Home) -> None:
    content = TABLE.encode("cp1252")
    for on_bad_row in OnBadRow:
        with pytest.raises(
            Ambiguous, match=r"byte 19 \(0xE4\) is not UTF-8; .*--encoding cp1252 reads P0,Käse 0,0, "
        ) as told:
            _rows(home, content, on_bad_row=on_bad_row)
    assert "--encoding cp1250" not in str(told.value), "it reads the same"
    assert "Kдse" in str(told.value)
    assert str(told.value).endswith("; with --encoding utf-8 rows are bad that are not of it")
    assert _rows(home, content, encoding="cp1252")[0] == _rows(home, TABLE.encode())[0]
    with pytest.raises(FormatMagic, match=r"row 1 \(at byte 15\): not UTF-8 at byte 19"):
        _rows(home, content, encoding="utf-8")


def test_the_console_asks(home: Home, command: Command) -> None:
    path = home.put("x.csv", TABLE.encode("cp1252"))
    done = command(CORE, "-i", str(path), "--home", str(home.path))
    assert done.code == 2
    assert "error[E_AMBIGUOUS]: " in done.err
    assert "give --encoding cp1252 or --encoding " in done.err
    answers = [line for line in done.err.splitlines() if line.startswith("  --encoding ")]
    assert len(answers) >= 2
    assert all(" reads " in line for line in answers)


def test_utf8_with_a_byte_that_is_none_is_not_asked(home: Home) -> None:
    """Next to nothing of another text is UTF-8."""
    content = TABLE.encode() + b"P,\xe4,1\n"
    with pytest.raises(FormatMagic, match=r"row 21 .*: not UTF-8 at byte"):
        _rows(home, content)
    assert len(convert(home.put("x.csv", content), on_bad_row=OnBadRow.QUARANTINE).rejected) == 1


def test_what_is_no_utf8_further_down_is_found_by_the_pass(home: Home) -> None:
    content = b"a,b\n" + b"1,2\n" * (100 * KIB) + b"3,\xe4\n"
    with pytest.raises(FormatMagic, match=r"row 102401 .*: not UTF-8 at byte"):
        _rows(home, content)


@pytest.mark.parametrize("content", [b"a,b\n1,\0\n", b"a,b\n1,\0\n2,\0\n", b"a,b\n1,x\0\n2,3\n" * 9])
def test_a_nul_in_a_cell_is_no_utf16(home: Home, content: bytes) -> None:
    with pytest.raises(FormatMagic, match=r"row 1 .*: a NUL byte"):
        _rows(home, content, skip_lines=0)


def test_one_nul_shows_nothing(home: Home) -> None:
    with pytest.raises(FormatMagic, match="header line: a NUL byte"):
        _rows(home, b"a,\0\n")


def test_a_stored_job_of_before_reads_utf8(home: Home) -> None:
    stored = as_json(home.config(home.put("x.csv", b"a\n1\n")))
    assert stored.pop("encoding") is None
    assert from_json(stored).encoding == "utf-8"
