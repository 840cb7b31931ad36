"""What decides how a file is read: what was said, a layout of its own, its content, its name."""

from __future__ import annotations

import io
import struct
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl_batch.errors import EmptyInput, EtlError, FormatExtension, FormatMagic
from etl_batch.etl_core import run
from etl_batch.formats.recognition import Recognised, recognised
from etl_batch.launch.kept_files import data_root
from etl_batch.options.input_reading import InputFormat
from etl_batch.pipeline.inputs import find_inputs
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records

_CELLS = b"id,quantity\n1,5\n2,7\n"
_SEMICOLONS = 'id;name\n1;Käse\n2;"a;b\n\n c"\n'.encode("cp1252")
_LINES = b"name\nann\nbob\n"
_FIXED = b"0001ann  \n0002bob  \n"


def _of(home: Home, name: str, **said: object) -> Recognised:
    return recognised(data_root(home.path).child(name), home.config(home.data / name, **said))


def _parquet() -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table({"id": [1, 2]}), sink)
    return bytes(sink.getvalue().to_pybytes())


def _arrow() -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, pa.schema([("id", pa.int64())])) as writer:
        writer.write_table(pa.table({"id": [1, 2]}))
    return bytes(sink.getvalue().to_pybytes())


@pytest.mark.parametrize("name", ["x.dat", "x.txt", "x.tsv", "x", "x.csv", "x.EXPORT", "x.bin", "x.parquet", "x.2024"])
@pytest.mark.parametrize(
    ("content", "format"),
    [
        (_CELLS, "csv"),
        (_CELLS.replace(b",", b"\t"), "csv"),
        (_CELLS.replace(b",", b"|"), "csv"),
        (_CELLS.replace(b",", b"~"), "csv"),
        (_CELLS.replace(b",", b"\x1f"), "csv"),
        (b"\xef\xbb\xbf" + _CELLS, "csv"),
        (_CELLS.decode().encode("utf-16"), "csv"),
        (_SEMICOLONS, "csv"),
        (b"Export of 2024\n\n" + _CELLS * 3, "csv"),
        (_CELLS.replace(b"\n", b"\r\n"), "csv"),
        (_CELLS.replace(b"\n", b"\r"), "csv"),
        (b"id,name\n", "csv"),
        (_parquet(), "parquet"),
        (_arrow(), "arrow"),
    ],
)  # fmt: skip
def test_content_decides_before_the_name(home: Home, name: str, content: bytes, format: str) -> None:  # noqa: A002
    home.put(name, content)
    found = _of(home, name)
    assert found.format.name == format
    says_so = name.lower().endswith(found.format.endings)
    assert bool(found.because) != says_so, "why is said where the name does not say it"


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("x.bin", records(2), "bin"),
        ("x.bin", _LINES, "bin"),
        ("x.parquet", _LINES, "parquet"),
        ("x.csv", _LINES, "csv"),
        ("x.csv", b"\0\0\0\0", "csv"),
        ("x.csv", b'{"a": 1}\n{"a": 2}\n', "csv"),
        ("x.arrow", b"", "arrow"),
        ("x.csv", b"", "csv"),
        ("x.txt", _LINES, "csv"),
        ("x.txt", _FIXED, "csv"),
        ("x.txt", b"name\nann", "csv"),
    ],
)
def test_what_content_does_not_tell_the_name_does(home: Home, name: str, content: bytes, format: str) -> None:  # noqa: A002
    home.put(name, content)
    assert _of(home, name).format.name == format


@pytest.mark.parametrize("content", [_CELLS, _FIXED, records(2), b"\x89PNG\r\n\x1a\n", b"%PDF-1.4"])
@pytest.mark.parametrize("name", ["x.dat", "x.txt", "x", "x.bin", "x.tape"])
def test_a_layout_of_its_own_or_that_is_named_decides_before_content(home: Home, name: str, content: bytes) -> None:
    home.put(name, content)
    (home.data / "named.toml").write_text(LAYOUT)
    assert _of(home, name, layout=str(home.data / "named.toml")).format.name == "bin"
    (home.data / "x.layout.toml").write_text(LAYOUT)
    assert _of(home, name).format.name == "bin"
    assert _of(home, name, format=InputFormat.CSV).format.name == "csv", "what was said of the format comes first"


def test_a_layout_does_not_make_records_of_what_name_and_content_say_is_something_else(home: Home) -> None:
    home.put("x.csv", _CELLS)
    home.put("x.parquet", _parquet())
    (home.data / "x.layout.toml").write_text(LAYOUT)
    assert [_of(home, name).format.name for name in ("x.csv", "x.parquet")] == ["csv", "parquet"]
    home.put("x.csv", _FIXED)
    assert _of(home, "x.csv").format.name == "bin", "its content does not say that it is a CSV"


@pytest.mark.parametrize(
    ("name", "content", "format"),
    [
        ("x.bin", _CELLS, "bin"),
        ("x.bin", b"%PDF-1.4", "bin"),
        ("x.dat", _CELLS, "csv"),
        ("x.dat", records(2), "bin"),
        ("x.dat", _FIXED, "bin"),
        ("x.csv", _LINES, "csv"),
    ],
)
def test_the_layout_of_a_folder_is_for_records_and_for_what_content_does_not_tell(
    home: Home, name: str, content: bytes, format: str  # noqa: A002
) -> None:  # fmt: skip
    home.put(name, content)
    (home.data / "layout.toml").write_text(LAYOUT)
    assert _of(home, name).format.name == format


def _zip(*names: str, first: bytes = b"") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, first)
    return packed.getvalue()


def _portable_executable() -> bytes:
    return b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0" + bytes(20)


@pytest.mark.parametrize(
    ("content", "what", "todo"),
    [
        (_zip("[Content_Types].xml", "_rels/.rels", "xl/workbook.xml"), "an Excel workbook", "save the sheet as CSV"),
        (_zip("[Content_Types].xml", "word/document.xml"), "a Word document", "as CSV"),
        (_zip("[Content_Types].xml", "ppt/slides/a.xml"), "a PowerPoint presentation", "as CSV"),
        (_zip("mimetype", first=b"application/vnd.oasis.opendocument.spreadsheet"), "an OpenDocument spread", "as CSV"),
        (_zip("mimetype", first=b"application/vnd.oasis.opendocument.text"), "an OpenDocument document", "as CSV"),
        (_zip("mimetype", first=b"application/epub+zip"), "an electronic book", "another file"),
        (_zip("META-INF/MANIFEST.MF", "a.class"), "a Java program", "another file"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504), "an old Office document", "save the sheet as CSV"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF document", "as CSV"),
        (b"{\\rtf1\\ansi a,b}", "a document (.rtf)", "as CSV"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "an image (PNG)", "another file"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "an image (JPEG)", "another file"),
        (b"GIF89a,,\n,,\n", "an image (GIF)", "another file"),
        (b"II*\0\x08\0\0\0", "an image (TIFF)", "another file"),
        (b"BM" + struct.pack("<I", 64) + bytes(58), "an image (BMP)", "another file"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "an image (WebP)", "another file"),
        (b"\0\0\0\x18ftypisom", "a film", "another file"),
        (b"\x7fELF\x02\x01\x01\0", "a program of Linux", "another file"),
        (_portable_executable(), "a program of Windows", "another file"),
        (bytes.fromhex("cffaedfe0700"), "a program of macOS", "another file"),
        (b"SQLite format 3\0\x10\0", "a database of SQLite", "export the table"),
        (bytes(8) + b"DUCK" + bytes(8), "a database of DuckDB", "export the table"),
        (b"\0\x01\0\0Standard ACE DB\0", "a database of Access", "export the table"),
        (b"\x89HDF\r\n\x1a\n\0", "an HDF5 file", "as CSV or Parquet"),
        (b"ORC\x0a\x03" + bytes(20) + b"\x08\x03ORC\x17", "an ORC file", "as CSV or Parquet"),
        (b"Obj\x01\x04\x14avro.codec", "an Avro file", "as CSV or Parquet"),
        (b"<stata_dta><header>", "a file of Stata", "as CSV or Parquet"),
        (b"$FL2@(#) SPSS DATA FILE", "a file of SPSS", "as CSV or Parquet"),
        (bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c"), "a file of SAS", "as CSV or Parquet"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip archive", "unpack it"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive", "unpack it"),
        (b"a.csv" + bytes(252) + b"ustar\x0000", "a tar archive", "unpack it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
@pytest.mark.parametrize("name", ["x.xlsx", "x.csv", "x"])
def test_what_is_none_of_ours_is_told_as_what_it_is(
    home: Home, name: str, content: bytes, what: str, todo: str
) -> None:
    home.put(name, content)
    with pytest.raises(FormatMagic) as refused:
        _of(home, name)
    assert refused.value.code == "E_FORMAT_MAGIC"
    assert f"{name} is {what}" in refused.value.message
    assert todo in refused.value.what_to_do


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><html><table>\n", "a web page"),
        (b"\n<html>\n<body>a,b\n", "a web page"),
        (b'<?xml version="1.0"?>\n<a>1,2</a>\n', "XML"),
        (b'{"a": 1, "b": 2}\n{"a": 3, "b": 4}\n', "JSON"),
        (b'[\n  {"a": 1},\n  {"a": 2}\n]\n', "JSON"),
        (b"#!/bin/sh\necho a,b\n", "a program"),
        (b"-----BEGIN PGP MESSAGE-----\n", "a key, or an encrypted message"),
    ],
)
def test_texts_that_hold_no_lines_of_cells_are_told_unless_their_name_says_csv(
    home: Home, content: bytes, what: str
) -> None:
    home.put("x.txt", content)
    with pytest.raises(FormatMagic, match=what):
        _of(home, "x.txt")
    home.put("x.csv", content)
    assert _of(home, "x.csv").format.name == "csv"


@pytest.mark.parametrize("content", [b"BM,name\n1,2\n", b"MZ;name\n1;2\n", b"ORC,name\n1,2\n", b"BM\n", b"PK\n1\n"])
def test_short_marks_alone_make_nothing_foreign(home: Home, content: bytes) -> None:
    home.put("x.txt", content)
    if b"\n1" in content:
        assert _of(home, "x.txt").format.name == "csv"
    else:
        with pytest.raises(FormatExtension):
            _of(home, "x.txt")


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("x.dat", bytes(range(256)), FormatExtension, "no text"),
        ("x", b"\x05\0\x07\0", FormatExtension, "has no extension"),
        ("notes.txt", b"hello", FormatExtension, r"'\.txt', and its content is one line of text"),
        ("x.dat", b"", EmptyInput, "0 bytes"),
    ],
)
def test_what_nothing_tells_is_refused_with_what_to_do(
    home: Home, name: str, content: bytes, error: type[EtlError], says: str
) -> None:
    home.put(name, content)
    with pytest.raises(error, match=says) as refused:
        _of(home, name)
    assert error is EmptyInput or "--format" in refused.value.what_to_do


def test_text_in_the_encoding_that_was_given(home: Home) -> None:
    home.put("x.dat", "id,name\n1,Öl\n".encode("cp037"))
    with pytest.raises(FormatExtension):
        _of(home, "x.dat")
    assert _of(home, "x.dat", encoding="cp037").format.name == "csv"
    home.put("x.dat", b"a!b\n1!2\n")
    found = _of(home, "x.dat", delimiter="!")
    assert "one character divides" in found.because


def test_of_a_folder_the_rest_is_named_but_for_what_jobs_leave(home: Home) -> None:
    for name in ("a.csv", "b.tsv", "notes.txt", "c.dat", "a.layout.toml", ".hidden", "old.csv.bak.20251115T101530Z"):
        home.put(name, _CELLS)
    said: list[str] = []
    found = find_inputs(home.config(home.data), said.append)
    assert [where.path.name for where in found] == ["a.csv", "b.tsv"]
    assert said == [f"{home.data}: left out c.dat, notes.txt, which end as no data file does; -i names one to read it"]
    for number in range(9):
        home.put(f"n{number}.txt", b"x")
    find_inputs(home.config(home.data, format=InputFormat.CSV), said.append)
    assert "left out c.dat, n0.txt, n1.txt, n2.txt, n3.txt and 6 more, which end as no .csv, .tsv file" in said[-1]


def test_a_job_reads_them_unasked_and_says_why(home: Home) -> None:
    home.put("x.dat", _CELLS)
    result = run(home.config(home.data / "x.dat"))
    assert (home.output / "out.csv").read_bytes() == _CELLS
    assert result.inputs[0].format == "csv"
    assert f"{home.data}/x.dat is read as csv: its content is text" in "\n".join(result.notes)
