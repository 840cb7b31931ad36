"""The first lines of a CSV: what is no header, which delimiter it has; the same for run, check, estimate and page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import Ambiguous, BadRow, CsvDelimiter, CsvHeaderWidth, EmptyInput, EtlError
from etl_batch.file_estimate.estimate_file import columns_of
from etl_batch.formats.csv.delimiter import other_delimiter
from etl_batch.formats.csv.first_rows import csv_rows
from etl_batch.formats.csv.head import Head
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.options.input_reading import HeaderLine
from etl_batch.storage.roots import place
from etl_batch.text.typed_options import read_delimiter, typed_delimiter
from tests.conftest import Home
from tests.helpers.csv_calls import convert


def _every_door(home: Home, path: Path, **more: Any) -> list[tuple[str, ...]]:  # noqa: ANN401 - of the config
    """The names as each door reads them; an error must be the same at all of them."""

    def by(door: Any) -> Any:  # noqa: ANN401 - names, or what refused them
        try:
            return tuple(door())
        except EtlError as error:
            return type(error), str(error)

    config = home.config(path, **more)
    where = place(str(path), config.input_roots)
    found = [
        by(lambda: convert(path, **more).source.names),
        by(lambda: csv_rows(where, config, 5).names),
        by(lambda: columns_of(config)),
    ]
    assert found[0] == found[1] == found[2]
    if isinstance(found[0][0], type):
        raise found[0][0](found[0][1])
    return found


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "has 0 bytes"),
        (b"\n", "holds a line end, and nothing else"),
        (b"\r\n\n\n", "holds 3 line ends, and nothing else"),
        (b" \n\t", "holds blanks and line ends, and nothing else"),
        (b"\xef\xbb\xbf", "holds a byte order mark, and nothing else"),
        (b"\xef\xbb\xbf\n", "holds a byte order mark and a line end, and nothing else"),
        (b"sep=;\n", "holds the line 'sep=;', and nothing else"),
        (b"sep=;\n\na;b\n", "the first line behind the line 'sep=;' is blank"),
    ],
)
def test_a_file_without_a_header_line_is_refused(home: Home, content: bytes, says: str) -> None:
    with pytest.raises(EmptyInput, match=says) as refused:
        _every_door(home, home.put("x.csv", content))
    assert ("--skip-lines" in str(refused.value)) == ("is blank" in says)


@pytest.mark.parametrize(
    ("content", "names", "skipped"),
    [
        (b"\nv\n1\n", ("v",), 1),
        (b"  \r\na,b\n1,2\n", ("a", "b"), 1),
        (b"\xef\xbb\xbf\na,b\n", ("a", "b"), 1),
        (b"\n" * 70_000 + b"a\nb\n", ("a",), 70_000),
        (b"Report\n\na,b\n1,2\n3,4\n", ("a", "b"), 2),
    ],
)
def test_what_stands_above_the_header_is_skipped_with_a_note(
    home: Home, content: bytes, names: tuple[str, ...], skipped: int
) -> None:
    path = home.put("x.csv", content)
    assert _every_door(home, path)[0] == names
    (note,) = convert(path).notes
    assert f"--skip-lines {skipped} --header yes" in note
    assert _every_door(home, path, skip_lines=skipped, header=HeaderLine.YES, delimiter=",")[0] == names


def test_more_lines_than_there_are_cannot_be_skipped(home: Home) -> None:
    for skipped in (2, 3):
        with pytest.raises(EmptyInput, match=f"its first {skipped} lines"):
            _every_door(home, home.put("x.csv", b"a,b\n1,2\n"), skip_lines=skipped)
    assert _every_door(home, home.put("x.csv", b"a,b\n1,2\n"), skip_lines=1, header=HeaderLine.NO)[0] == (
        "column_1",
        "column_2",
    )


@pytest.mark.parametrize(
    ("content", "names"),
    [
        (b"1,a\n2,b\n3,c\n", ("column_1", "column_2")),
        (b"2024-01-05;x\n2024-01-06;y\n", ("column_1", "column_2")),
        (b"Report\n1;a;2.5\n2;b;3.5\n", ("column_1", "column_2", "column_3")),
    ],
)
def test_a_file_without_a_header_keeps_its_first_row(home: Home, content: bytes, names: tuple[str, ...]) -> None:
    path = home.put("x.csv", content)
    assert _every_door(home, path)[0] == names
    found = convert(path)
    assert len(found.cells) == content.count(b"\n") - content.count(b"Report")
    assert "--header no" in found.notes[0]


@pytest.mark.parametrize("content", [b"Anna,Graz\nBert,Lyon\nCarl,Oslo\n", b"id,name\n"])
def test_a_first_row_that_nothing_tells_from_the_others_is_named(home: Home, content: bytes) -> None:
    path = home.put("x.csv", content)
    (note,) = convert(path).notes
    assert "taken for the names; --header no reads it as data" in note
    assert not convert(path, header=HeaderLine.YES).notes
    assert len(convert(path, header=HeaderLine.NO).cells) == content.count(b"\n")


def test_words_that_recur_are_no_header(home: Home) -> None:
    path = home.put("x.csv", b"red,big\nblue,small\nred,small\nblue,big\ngreen,big\n")
    found = convert(path)
    assert len(found.cells) == 5
    assert "'red' recurs below it in its column" in found.notes[0]


def test_a_header_that_is_said_is_read_as_it_is_said(home: Home) -> None:
    path = home.put("x.csv", b"1,a\n2,b\n")
    assert _every_door(home, path, header=HeaderLine.YES)[0] == ("1", "a")
    assert convert(path, header=HeaderLine.YES).cells == [["2", "b"]]
    path = home.put("y.csv", b"a,b\n1,2\n")
    assert convert(path, header=HeaderLine.NO).cells == [["a", "b"], ["1", "2"]]
    assert _every_door(home, path, names=("x", "y"))[0] == ("x", "y")
    assert convert(path, names=("x", "y")).cells == [["a", "b"], ["1", "2"]]
    assert convert(path, names=("x", "y"), header=HeaderLine.YES).cells == [["1", "2"]]
    with pytest.raises(CsvHeaderWidth, match="3 names, the first row 2 cells"):
        _every_door(home, path, names=("x", "y", "z"))


def test_what_nothing_tells_is_asked_with_the_rows_of_each_answer(home: Home) -> None:
    path = home.put("x.csv", b"2019,2020\n1,2\n3,4\n")
    with pytest.raises(Ambiguous, match="may be names"):
        _every_door(home, path)
    with pytest.raises(Ambiguous) as asked:
        convert(path)
    assert "--header yes reads 2019 | 2020, then 1 | 2" in asked.value.message
    assert asked.value.what_to_do == "give --header yes or --header no"
    assert _every_door(home, path, header=HeaderLine.YES)[0] == ("2019", "2020")
    assert _every_door(home, path, header=HeaderLine.NO)[0] == ("column_1", "column_2")


def test_a_title_that_is_divided_is_asked(home: Home) -> None:
    path = home.put("x.csv", b"Account;1\nFrom;2\nid;day;sum\n" + b"1;x;2.5\n" * 9)
    with pytest.raises(Ambiguous, match="--skip-lines 2 reads id"):
        _every_door(home, path)
    assert _every_door(home, path, skip_lines=2)[0] == ("id", "day", "sum")


def test_a_delimiter_that_is_given_is_never_another(home: Home) -> None:
    with pytest.raises(BadRow, match="2 cells, 1 expected"):
        convert(home.put("x.csv", b"c0\n,\n"), delimiter=",")


def test_one_column_is_said_by_none(home: Home) -> None:
    path = home.put("x.csv", b"name\nSmith, John\nMiller, Ann\n")
    assert convert(path).cells == [["Smith, John"], ["Miller, Ann"]]
    assert "--delimiter none" in convert(path).notes[0]
    assert _every_door(home, path, delimiter=read_delimiter("none"))[0] == ("name",)
    assert typed_delimiter(read_delimiter("none")) == "none"


@pytest.mark.parametrize("content", [b'""\nv\n', b'"",b\n1,2\n', b",b\n1,2\n", b"a\n\n1\n"])
def test_a_name_may_be_empty_where_the_line_is_not_blank(home: Home, content: bytes) -> None:
    _every_door(home, home.put("x.csv", content))


@pytest.mark.parametrize("marks", [1, 2, 3])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_no_byte_order_mark_stays_in_a_name(home: Home, marks: int, encoding: str) -> None:
    path = home.put("x.csv", ("\ufeff" * marks + "id,b\n1,2\n").encode(encoding))
    assert _every_door(home, path, encoding=encoding)[0] == ("id", "b")
    notes = convert(path, encoding=encoding).notes
    assert [f"begins with {marks} byte order marks" in note for note in notes] == [True] * (marks > 1)


@pytest.mark.parametrize(
    "line", [b"sep=;", b"sep=;\r", b"SEP=;", b'"sep=;"', b"\xef\xbb\xbfsep=;", b"\xef\xbb\xbf\xef\xbb\xbfsep=;"]
)
def test_the_line_that_names_the_delimiter_is_no_header(home: Home, line: bytes) -> None:
    path = home.put("x.csv", line + b"\na;b\n1,5;2\n")
    for given_too in (None, ";"):
        assert _every_door(home, path, delimiter=given_too)[0] == ("a", "b")
        found = convert(path, delimiter=given_too)
        assert found.cells == [["1.5", "2"]]
        assert any("names ';' as the delimiter, and is no header" in note for note in found.notes)


def test_a_delimiter_that_is_given_wins_over_the_one_that_a_file_names(home: Home) -> None:
    path = home.put("x.csv", b"sep=;\na,b\n1,2\n")
    assert _every_door(home, path, delimiter=",")[0] == ("a", "b")
    assert "names ';'" in (note := convert(path, delimiter=",").notes[0])
    assert "--delimiter ',' was given, and holds" in note
    for other, mark in ((b"sep=|\na|b\n1|2\n", "|"), (b"sep=\t\na\tb\n1\t2\n", "\t"), (b"sep= \na b\n1 2\n", " ")):
        assert convert(home.put("x.csv", other)).source.names == ("a", "b"), mark


@pytest.mark.parametrize("content", [b"sep=\n1\n", b"sep=x\n1\n", b"sep=;;\n1;;\n", b"sep\n=;\n"])
def test_a_name_that_begins_so_is_a_name(home: Home, content: bytes) -> None:
    with_comma = _every_door(home, home.put("x.csv", content), delimiter=",")[0]
    assert with_comma == (content.split(b"\n")[0].decode(),)


@pytest.mark.parametrize(
    ("content", "flag"),
    [
        (b"a;b\n1;2\n", "--delimiter ';'"),
        (b"a;b\n1,5;2\n3;4\n", "--delimiter ';'"),
        (b"a;b", "--delimiter ';'"),
        (b'"a";"b"\r\n"1";"2"\r\n', "--delimiter ';'"),
        (b'"a;1";b\n"x";"y\nz"\n', "--delimiter ';'"),
        (b"a\tb|c\n1\t2\n", "--delimiter tab"),
        (b"a|b|c\n1|2|3\n", "--delimiter '|'"),
        (b"a|b;c\n1|2\n", "--delimiter '|'"),
        (b"\xef\xbb\xbfa;b\n" + b"1;2\n" * 40_000, "--delimiter ';'"),
    ],
)
def test_another_delimiter_is_found_and_a_note_says_by_which_flag(home: Home, content: bytes, flag: str) -> None:
    path = home.put("x.csv", content)
    assert len(_every_door(home, path)[0]) > 1
    note, *_ = convert(path).notes
    assert f"read as {flag} --skip-lines 0 --header yes" in note
    if b'"' not in content and b"," not in content:
        assert len(_every_door(home, path, delimiter=",")[0]) == 1, "one column is meant"


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        (b"price; EUR\n1\n2\n", True),
        (b"a,b;c\n1,2\n", False),
        (b'"a;b"\n1;2\n', False),
        (b"a\n1;2\n", False),
        (b"a b\n12\n", False),
    ],
)
def test_one_column_is_read_where_the_rows_do_not_agree_and_that_is_noted(
    home: Home, content: bytes, noted: bool
) -> None:
    path = home.put("x.csv", content)
    _every_door(home, path)
    others = [note for note in convert(path).notes if "taken for the names" not in note]
    assert ["would make" in note for note in others] == [True] * noted


@given(
    st.lists(st.lists(st.sampled_from(["a", "", '"q"', '"x;y"', '"l\nm"', "é"]), min_size=2, max_size=3), min_size=1)
)
def test_equal_rows_are_refused_and_no_others(rows: list[list[str]]) -> None:
    content = "".join(";".join(row) + "\n" for row in [["n", "m"], *rows]).encode()
    try:
        other_delimiter(Head(content, whole=True), 0, "x")
        agree = False
    except CsvDelimiter:
        agree = True
    assert agree == all(len(row) == 2 for row in rows)


def test_a_stored_job_of_before_is_read_as_it_was_run(home: Home) -> None:
    stored = as_json(home.config(home.put("x.csv", b"a;b\n1;2\n")))
    assert stored.pop("delimiter") is None
    assert stored.pop("header") == "auto"
    assert from_json(stored).header is HeaderLine.YES
    assert from_json(stored).delimiter == ","
    assert from_json({**stored, "delimiter": ","}).delimiter == ","
    assert from_json({**stored, "delimiter": None}).delimiter is None


def test_a_stored_job_of_before_has_the_usual_signs(home: Home) -> None:
    """What looks like others was text."""
    path = home.put("x.csv", b"id,name\n1,'x'\n# n,'y'\n")
    assert len(convert(path).notes) == 1
    stored = as_json(home.config(path))
    assert {stored.pop(name) for name in ("quote", "escape", "comment")} == {None}
    config = from_json(stored)
    assert (config.quote, config.escape, config.comment) == ('"', "", "")
    found = convert(path, quote=config.quote, escape=config.escape, comment=config.comment)
    assert (found.notes, found.cells[-1]) == ([], ["# n", "'y'"])


def test_what_is_said_of_a_file_is_not_told_again(home: Home) -> None:
    content = b"Bericht;;\nStand: heute;;\n\nKunde;Umsatz;Tag\nA;1,5;13.01.2025\nB;2,5;14.01.2025\n"
    notes = convert(home.put("kunden.csv", content), skip_lines=3).notes
    told = next(note for note in notes if "read as --" in note)
    assert "--delimiter ';' --header yes" in told
    assert "--skip-lines" not in told, "3 were said, and none of what is behind them is a title"
