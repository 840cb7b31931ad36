"""First rows: of binary files with their bytes, of CSV, of Parquet by a process of its own."""

from __future__ import annotations

import os

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.errors import Ambiguous, EmptyInput, EtlError, FormatMagic
from etl_batch.formats.csv.first_rows import csv_rows
from etl_batch.launch.first_rows import hex_lines, state_of
from etl_batch.launch.job_questions import ask_check
from etl_batch.launch.kept_files import data_root
from etl_batch.launch.questions import first_records, first_rows
from etl_batch.launch.read_first_rows import read_records
from etl_batch.layouts.reading import parse_layout
from etl_batch.options.input_reading import InputFormat
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, RECORD_SIZE, record, records

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)


def test_records_decoded_beside_their_bytes(home: Home) -> None:
    home.put("a.bin", b"HEAD" + record(1) + record(2, "MILK", 7))
    layout = parse_layout("header_bytes = 4\n" + LAYOUT.lstrip(), "x")
    where = data_root(home.path).child("a.bin")
    found, cells = first_records(ADMIN, where, home.config(), layout)
    assert found == read_records(where, layout, 20)
    assert (found.count, found.position(1)) == (2, 4 + RECORD_SIZE)
    assert found.record(0) == record(1)
    assert [cell.text for cell in cells[0]][:2] == ["1", "MILK"]
    assert cells[1][-1].problem is not None


def test_not_one_record_says_what_to_change(home: Home) -> None:
    home.put("a.bin", b"short")
    with pytest.raises(EmptyInput, match="record_size"):
        read_records(data_root(home.path).child("a.bin"), parse_layout(LAYOUT, "x"), 5)


def test_hex_lines() -> None:
    assert hex_lines(b"MILK\0", 64) == f"{64:>10}  {'4d 49 4c 4b 00':<47}  MILK."


def test_csv_rows_as_its_dialect_has_them(home: Home) -> None:
    path = home.put("a.csv", 'a;b\n"x;y";=1+1\nshort\n'.encode("latin-1"))
    config = home.config(path, delimiter=";", encoding="latin-1")
    found = csv_rows(data_root(home.path).child("a.csv"), config, 10)
    assert found.names == ("a", "b")
    assert found.rows == (("x;y", "=1+1"), ("short", None))


def test_csv_rows_by_a_process_of_its_own(home: Home) -> None:
    path = home.put("a.csv", 'a;b\n"x;y";=1+1\nshort\n'.encode("latin-1"))
    config, where = home.config(path, delimiter=";", encoding="latin-1"), data_root(home.path).child("a.csv")
    seen = first_rows(ADMIN, where, config, 10)
    assert (seen.format, seen.because, seen.rows) == ("csv", "", csv_rows(where, config, 10))


def test_what_a_file_is_and_why_by_a_process_of_its_own(home: Home) -> None:
    home.put("a.dat", b"a;b\n1;2\n")
    home.put("b.dat", records(2))
    home.put("c.dat", records(2), LAYOUT)
    (home.data / "l.toml").write_text(LAYOUT)
    where = data_root(home.path).child("a.dat")
    seen = first_rows(ADMIN, where, home.config(delimiter=";"))
    assert seen.format == "csv"
    assert "its content is text" in seen.because
    assert seen.rows is not None
    assert seen.rows.names == ("a", "b")
    for name, said in (("b.dat", {"layout": str(home.data / "l.toml")}), ("c.dat", {})):
        seen = first_rows(ADMIN, data_root(home.path).child(name), home.config(**said))
        assert (seen.format, seen.rows) == ("bin", None)
    with pytest.raises(EtlError) as refused:
        first_rows(ADMIN, data_root(home.path).child("b.dat"), home.config())
    assert refused.value.code == "E_FORMAT_EXTENSION"


def test_the_state_of_a_file_changes_with_it(home: Home) -> None:
    path, where = home.put("a.csv", b"a\n1\n"), data_root(home.path).child("a.csv")
    before = state_of(ADMIN, where)
    os.utime(path, ns=(1, 1))
    assert state_of(ADMIN, where) != before


def test_broken_rows_are_shown_as_they_are(home: Home) -> None:
    path = home.put("a.csv", b'a,b\n"x"y,1\n2,\nl\rm,"n\n""o"\n"never closed,\n3,4\n')
    found = csv_rows(data_root(home.path).child("a.csv"), home.config(path), 10)
    rows = (("xy", "1"), ("2", ""), ("l\rm", 'n\n"o'), ("never closed,\n3,4\n", None))
    assert found.rows == rows
    assert csv_rows(data_root(home.path).child("a.csv"), home.config(path), 2).rows == rows[:2]


def test_text_in_another_encoding_says_so(home: Home) -> None:
    path = home.put("a.csv", b"a\n\xff\xfe\xfa\n" + b"\xff" * 9)
    with pytest.raises(Ambiguous, match="--encoding cp1252 reads ÿþú"):
        csv_rows(data_root(home.path).child("a.csv"), home.config(path), 10)
    with pytest.raises(FormatMagic, match="encoding"):
        csv_rows(data_root(home.path).child("a.csv"), home.config(path, encoding="utf-8"), 10)


def test_parquet_rows_by_a_process_of_its_own(home: Home) -> None:
    pq.write_table(pa.table({"n": [1, None], "t": ["=1+1", "<b>"]}), home.data / "a.parquet")
    found = first_rows(ADMIN, data_root(home.path).child("a.parquet"), home.config()).rows
    assert found is not None
    assert (found.names, found.rows) == (("n", "t"), (("1", "=1+1"), (None, "<b>")))


def test_rows_of_the_format_that_is_asked_for_whatever_the_name(home: Home) -> None:
    pq.write_table(pa.table({"n": [1]}), home.data / "p.csv")
    home.put("a.txt", b"n\n1\n")
    for name, asked in (("p.csv", InputFormat.PARQUET), ("a.txt", InputFormat.CSV)):
        found = first_rows(ADMIN, data_root(home.path).child(name), home.config(format=asked)).rows
        assert found is not None
        assert (found.names, found.rows) == (("n",), (("1",),))
    as_records = home.config(format=InputFormat.BINARY)
    seen = first_rows(ADMIN, data_root(home.path).child("a.txt"), as_records)
    assert (seen.format, seen.rows) == ("bin", None), "records, whatever it holds: a layout says where they begin"


def test_a_broken_parquet_is_an_error_with_its_code(home: Home) -> None:
    home.put("a.parquet", b"no parquet at all")
    with pytest.raises(EtlError) as refused:
        first_rows(ADMIN, data_root(home.path).child("a.parquet"), home.config())
    assert refused.value.code == "E_FORMAT_MAGIC"


def test_a_process_that_is_not_wanted_any_more_ends(home: Home) -> None:
    home.put("a.bin", records(5), LAYOUT)
    question = ask_check(ADMIN, {"input": (str(home.data),)}, home.path)
    pid = question._watch._child.pid
    question.stop()
    assert question.look().error is not None
    assert not psutil.pid_exists(pid)
