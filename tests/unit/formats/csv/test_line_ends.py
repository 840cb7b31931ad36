"""However the lines of a CSV end: the same rows, each byte within quotes as it was, and what is mixed is told."""

from __future__ import annotations

import random
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import BadRow, EmptyInput
from etl_batch.etl_core import run
from etl_batch.formats.csv import check
from etl_batch.formats.csv.csv_format import CsvFormat
from etl_batch.formats.csv.csv_inputs import CsvInputs
from etl_batch.formats.csv.first_rows import csv_rows
from etl_batch.formats.csv.line_ends import CR, LF, NEL, LineEnds, line_ends_of
from etl_batch.formats.opening import Opening
from etl_batch.formats.units.unit import Wanted
from etl_batch.options.input_reading import HeaderLine
from etl_batch.storage.roots import place
from tests.conftest import Home
from tests.data_makers.broken_csv import WAYS, Dialect, make
from tests.helpers.csv_calls import Converted, convert, in_this_process

EBCDIC = ("cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140")
CR_FILE, NEL_FILE = LineEnds(CR, (LF,)), LineEnds(NEL, (LF,))
#: encoding, the end of its lines
OTHERS = [("utf-8", "\r"), ("utf-8-sig", "\r"), ("latin-1", "\r"), ("utf-16", "\r"), ("cp037", "\r")]
OTHERS += [(encoding, "\x85") for encoding in EBCDIC] + [("cp037", "\r\x85"), ("cp037", "\n"), ("cp500", "\r\n")]
CHUNKS = (16, 33, 1 << 20)
TEXT = 'id,name\n1,a\n2,"say ""hi"", b"\n\n3,\n4,""\n5,"e\n"\n'.replace("\n\n", "\n")


def _ends(text: str, end: str) -> str:
    return text.replace("\n", end)


@pytest.mark.parametrize(("encoding", "end"), OTHERS)
def test_every_end_is_read_and_becomes_lf(home: Home, encoding: str, end: str) -> None:
    path = home.put("x.csv", _ends(TEXT, end).encode(encoding))
    for chunk_bytes in CHUNKS:
        found = convert(path, encoding=encoding, chunk_bytes=chunk_bytes, parquet=True)
        last = f'"e{end}"' if end != "\x85" else f"e{end}"  # no quotes are needed for that in UTF-8
        assert found.csv.decode() == f'1,a\n2,"say ""hi"", b"\n3,\n4,""\n5,{last}\n'
        assert found.table["name"].to_pylist() == ["a", 'say "hi", b', None, "", f"e{end}"]
        assert not found.notes
    config = home.config(path, encoding=encoding)
    shown = csv_rows(place(str(path), config.input_roots), config, 9)
    assert (shown.names, shown.rows[-1]) == (("id", "name"), ("5", f"e{end}"))


@pytest.mark.parametrize("case", ["a,b\x851,2\x85", "a,b\x85"])
def test_a_file_of_zos(home: Home, case: str) -> None:
    found = convert(home.put("nel.csv", case.encode("cp037")), encoding="cp037")
    assert (found.source.names, found.csv) == (("a", "b"), b"1,2\n" if "1" in case else b"")


@pytest.mark.parametrize("inside", ["\n", "\r\n", "\r", "\r\r\n\n", "␊", "\r␊", "x\x85y", "\x85"])
@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\n"), ("utf-8", "\r\n"), ("utf-8", "\r"), ("cp037", "\x85")])
def test_what_stands_in_quotes_keeps_its_bytes(home: Home, inside: str, encoding: str, end: str) -> None:
    if encoding == "cp037":
        inside = inside.replace("␊", "z")
    text = f'"n{inside}",b{end}"{inside}",1{end}2,"{inside}""{inside}"{end}'
    path = home.put("x.csv", text.encode(encoding))
    for chunk_bytes in (5, *CHUNKS):
        found = convert(path, encoding=encoding, chunk_bytes=chunk_bytes, parquet=True)
        assert found.source.names == (f"n{inside}", "b")
        assert found.table["b"].to_pylist() == ["1", f'{inside}"{inside}']
        assert found.cells[0][0].removeprefix("'") == inside
        assert found.ids == convert(path, encoding=encoding).ids


def _broken(end: bytes, seed: int) -> bytes:
    chosen = random.Random(seed)
    ways = {3 * at: way for at, way in enumerate(one for one in WAYS if one != "a lone CR")}
    return make(Dialect(3, b",", end, long_cells=True), 60, ways, chosen).content


@pytest.mark.parametrize("seed", range(4))
def test_broken_rows_are_the_same_with_cr_as_with_lf(home: Home, seed: int) -> None:
    def read(content: bytes, chunk_bytes: int) -> Converted:
        return convert(home.put("x.csv", content), on_bad_row="quarantine", chunk_bytes=chunk_bytes)

    usual = read(_broken(b"\n", seed), 1 << 20)
    for chunk_bytes in CHUNKS:
        found = read(_broken(b"\r", seed), chunk_bytes)
        assert [(one.row, one.byte, one.reason) for one in found.rejected] == [
            (one.row, one.byte, one.reason) for one in usual.rejected
        ]
        assert [one.raw.rstrip(b"\n") for one in found.rejected] == [
            one.raw.rstrip(b"\n").replace(b"\n", b"\r") for one in usual.rejected
        ]
        assert found.cells == [[cell.replace("\n", "\r") for cell in row] for row in usual.cells]


@pytest.mark.parametrize(
    ("content", "encoding", "says"),
    [
        ("a,b\n1,2\n3\r,4\n", "utf-8", r"row 2 \(at byte 8\): a carriage return without a line feed, at byte 9"),
        ("a,b\n1,2\r3,4\n5,6\n", "utf-8", r"row 1 .*: a carriage return without a line feed, at byte 7"),
        ("a,b\r1,2\r3,4\n5,6\r", "utf-8", r"row 2 \(at byte 8\): LF where lines end with CR, at byte 11"),
        ("a,b\r1,2\r\n3,4\r5,6\r", "utf-8", r"row 2 \(at byte 8\): LF where lines end with CR, at byte 8"),
        ("a,b\x851,2\x853,4\n5,6\x85", "cp037", r"row 2 \(at byte 8\): LF where lines end with NEL, at byte 11"),
        ("a,b\n1,2\n3,4\x855,6\n", "cp037", r"row 2 \(at byte 8\): NEL where lines end with LF, at byte 11"),
        ("a,b\x851,2\r3,4\x855,6\x85", "cp037", r"a carriage return without a line feed, at byte 7"),
        ("a,b\r1,2\n3,4\n", "utf-8", "header line: .* a lone CR"),
    ],
)
def test_an_end_of_another_kind_is_a_bad_row(home: Home, content: str, encoding: str, says: str) -> None:
    with pytest.raises(BadRow, match=says):
        convert(home.put("x.csv", content.encode(encoding)), encoding=encoding)


@pytest.mark.parametrize(
    ("content", "encoding", "says"),
    [
        ("a,b\r\n1,2\n3,4\n", "utf-8", "1 of 3 line ends with CR and LF, the others with LF"),
        ("a,b\n1,2\r\n3,4", "utf-8", "1 of 2 line ends with CR and LF, the others with LF"),
        ("a,b\r\n1,2\r\n3,4\n", "utf-8", "1 of 3 line ends with LF, the others with CR and LF"),
        ("a,b\x851,2\r\x853,4\x85", "cp037", "1 of 3 line ends with CR and NEL, the others with NEL"),
        ('a,b\n1,"x\r\n"\n', "utf-8", None),
        ('a,b\r\n1,"x\n"\r\n3,4', "utf-8", None),
        ("a,b\r\n", "utf-8", None),
    ],
)
def test_mixed_ends_are_read_and_told(home: Home, content: str, encoding: str, says: str | None) -> None:
    path = home.put("x.csv", content.encode(encoding))
    for chunk_bytes in (1, 5, 1 << 20):
        notes = convert(path, encoding=encoding, header=HeaderLine.YES, chunk_bytes=chunk_bytes).notes
        assert [says is not None and says in note for note in notes] == [True] * (says is not None)


def test_mixed_ends_are_counted_beside_bad_rows(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"a,b\n" + b"1,2\r\n" * 3 + b'x"y\r\n' + b'3,"q"\n' * 5 + b"4\n"
    for chunk_bytes in (1, 16, 1 << 20):
        path = home.put("x.csv", content)
        for step_bytes in (8, 1 << 20):
            monkeypatch.setattr(check, "_STEP_BYTES", step_bytes)
            (note,) = convert(path, on_bad_row="quarantine", chunk_bytes=chunk_bytes).notes
            assert "3 of 9 lines end with CR and LF" in note


def test_a_job_of_several_workers_keeps_the_note(home: Home) -> None:
    for name, end in (("a.csv", b"\r"), ("b.csv", b"\n"), ("c.csv", b"\r\n")):
        home.put(name, b"a,b" + end + b'1,"x' + end + b'y"' + end + b"2,z\n" * (end != b"\r"))
    result = run(home.config(workers=2, chunk_bytes=16))
    assert (home.output / "out.csv").read_bytes() == b'a,b\n1,"x\ry"\n1,"x\ny"\n2,z\n1,"x\r\ny"\n2,z\n'
    assert result.notes == (
        f"{home.data}/c.csv: 1 of 3 line ends with LF, the others with CR and LF; they mean the same",
    )
    assert '"notes": ["' in (home.output / "out.csv.meta.json").read_text()
    assert "they mean the same" in result.report_paths[0].read_text()


@pytest.mark.parametrize(("encoding", "end"), [("utf-8", "\r"), ("cp037", "\x85")])
def test_blocks_own_the_same_rows(home: Home, encoding: str, end: str) -> None:
    cells = ["x", '"line\none"', '"say ""hi"""', ""]
    text = "v,t\n" + "".join(f"{number},{cells[number % 4] if number > 600 else 'y'}\n" for number in range(2000))

    def rows(path: Path, encoding: str) -> tuple[list[float], list[str | None]]:
        config = home.config(path, encoding=encoding)
        with ExitStack() as copies:
            opened = CsvInputs(Opening(config, in_this_process, copies)).open(0, place(str(path), config.input_roots))
            with CsvFormat().units(opened, config) as reader:
                found = reader.read(np.arange(reader.units), Wanted(measures=("v",), strata="t", where=None))
        assert found.strata is not None
        names = [found.strata.values[code] for code in found.strata.codes.tolist()]
        order = np.argsort(found.values["v"])
        return found.values["v"][order].tolist(), [names[place] for place in order]

    usual = rows(home.put("lf.csv", text.encode()), "utf-8")
    other = rows(home.put("other.csv", _ends(text, end).encode(encoding)), encoding)
    assert other[0] == usual[0]
    assert other[1] == [name and name.replace("\n", end) for name in usual[1]]


@pytest.mark.parametrize(("content", "encoding"), [(b"\r", "utf-8"), (b"\r\r", "utf-8"), (b"\x15\x15", "cp037")])
def test_line_ends_alone_are_no_header(home: Home, content: bytes, encoding: str) -> None:
    with pytest.raises(EmptyInput):
        convert(home.put("x.csv", content), encoding=encoding)


_SIGNS = st.text(st.sampled_from('a,"\n\r\x85␊␤é'), max_size=30)


@given(_SIGNS)
def test_what_is_coded_for_cr_is_decoded(text: str) -> None:
    coded = CR_FILE.coded(text.encode())
    assert CR_FILE.decoded(coded) == text.encode()
    assert coded.count(b"\n") == text.count("\r")


@given(_SIGNS.map(lambda text: text.replace("␊", "").replace("␤", "")))
def test_what_is_coded_for_ebcdic_is_decoded(text: str) -> None:
    for ends in (NEL_FILE, LineEnds(LF, (NEL,)), LineEnds(CR, (LF, NEL))):
        assert ends.decoded(ends.coded(text.encode())) == text.encode()


@pytest.mark.parametrize(
    ("head", "encoding", "whole", "own"),
    [
        (b"a\r1\r2\n", "utf-8", True, CR),
        (b"a\r1\n2\n", "utf-8", True, LF),
        (b"a\r1\n", "utf-8", True, LF),
        (b"a\n1\r2\r3\r", "utf-8", True, LF),
        (b"a\r", "utf-8", False, LF),
        (b"a\r", "utf-8", True, CR),
        (b'"a\r\r\r"\n1', "utf-8", True, LF),
        (b'"a\n\n\n"\r"b"\r', "utf-8", True, CR),
        (b'"a"\r"\n"\r1', "utf-8", True, CR),
        ("a\x851\r".encode(), "utf-8", True, CR),
        ("a\x851\n".encode(), "cp037", True, LF),
        ("a\x851\x85".encode(), "cp037", True, NEL),
        ("a\r\x851\x852\n".encode(), "cp500", True, NEL),
    ],
)
def test_the_first_end_decides_if_most_are_like_it(head: bytes, encoding: str, whole: bool, own: bytes) -> None:
    assert line_ends_of(head, encoding, whole=whole).own == own
