"""The first lines of a CSV: what is no header, which delimiter it has; the same for run, check, estimate and page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import CsvDelimiter, EmptyInput, EtlError
from etl_batch.file_estimate.estimate_file import columns_of
from etl_batch.formats.csv.delimiter import other_delimiter
from etl_batch.formats.csv.first_rows import csv_rows
from etl_batch.formats.csv.head import Head
from etl_batch.jobs.config_json import as_json, from_json
from etl_batch.storage.roots import place
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
        (b"\nv\n1\n", "the first line is blank"),
        (b"  \r\na,b\n1,2\n", "the first line is blank"),
        (b"\xef\xbb\xbf\na,b\n", "the first line behind a byte order mark is blank"),
        (b"sep=;\n", "holds the line 'sep=;', and nothing else"),
        (b"sep=;\n\na;b\n", "the first line behind the line 'sep=;' is blank"),
        (b"\n" * 70_000 + b"a\n", "the first line is blank"),
    ],
)
def test_a_file_without_a_header_line_is_refused(home: Home, content: bytes, says: str) -> None:
    with pytest.raises(EmptyInput, match=says) as refused:
        _every_door(home, home.put("x.csv", content))
    assert "skip-lines" not in str(refused.value)


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
        assert found.cells == [["1,5", "2"]]
        assert "names ';' as the delimiter, and is no header" in found.notes[-1]


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
        (b"a;b\n1,5;2\n3;4\n\n", "--delimiter ';'"),
        (b"a;b", "--delimiter ';'"),
        (b'"a";"b"\r\n"1";"2"\r\n', "--delimiter ';'"),
        (b'"a;1";b\n"x";"y\nz"\n', "--delimiter ';'"),
        (b"a\tb|c\n1\t2\n", "--delimiter tab"),
        (b"a|b|c\n1|2|3\n", "--delimiter '|'"),
        (b"a|b;c\n1|2\n", "--delimiter '|'"),
        (b"\xef\xbb\xbfa;b\n" + b"1;2\n" * 40_000, "--delimiter ';'"),
    ],
)
def test_a_wrong_delimiter_is_told_with_the_flag(home: Home, content: bytes, flag: str) -> None:
    path = home.put("x.csv", content)
    with pytest.raises(CsvDelimiter, match="header line") as refused:
        _every_door(home, path)
    assert f"give {flag}; where one column is meant, --delimiter ','" in str(refused.value)
    if b'"' not in content and b"," not in content:
        assert len(_every_door(home, path, delimiter=",")[0]) == 1, "one column is meant"


@pytest.mark.parametrize(
    ("content", "noted"),
    [
        (b"a;b;c\n1;2;3\n1;2\n", True),
        (b"price; EUR\n1\n2\n", True),
        (b"a,b;c\n1,2\n", False),
        (b'"a;b"\n1;2\n', False),
        (b"a\n1;2\n", False),
        (b"a b\n1 2\n", False),
    ],
)
def test_one_column_is_read_where_the_rows_do_not_agree_and_that_is_noted(
    home: Home, content: bytes, noted: bool
) -> None:
    path = home.put("x.csv", content)
    _every_door(home, path)
    assert ["would make" in note for note in convert(path).notes] == [True] * noted


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
    assert from_json(stored).delimiter == ","
    assert from_json({**stored, "delimiter": ","}).delimiter == ","
    assert from_json({**stored, "delimiter": None}).delimiter is None
