"""What a job has to know of a table: told, asked, or left as it always was."""

from __future__ import annotations

import pytest

from etl_batch.sniffing.finding import Question
from etl_batch.sniffing.plain import is_plain, numbered
from etl_batch.sniffing.structure import NO_DELIMITER, Structure, in_words, structure_of

_ROWS = b"".join(b"%d;x%d;%d.5\n" % (n, n, n) for n in range(9))


def _told(content: bytes, delimiter: str | None = None) -> tuple[str, int, bool] | None:
    found = structure_of(content, whole=True, delimiter=delimiter)
    assert not isinstance(found, Question)
    return None if found is None else (found.delimiter, found.skip_lines, found.header)


def test_what_is_told() -> None:
    assert _told(b"id;name;price\n" + _ROWS) == (";", 0, True)
    assert _told(_ROWS) == (";", 0, False)
    assert _told(b"Report\n\nid;name;price\n" + _ROWS) == (";", 2, True)
    assert _told(b"name\nSmith, John\nLang, Ute\n") == (NO_DELIMITER, 0, True)
    assert _told(b"name\nSmith\nLang\n") == (",", 0, True)
    assert _told(b"a,b;c\n1,2;3\n4,5;6\n", ",") == (",", 0, True)


def test_what_divides_is_told_where_the_header_has_another_width() -> None:
    assert _told(b"id;name\n" + b"1;x;\n" * 9) == (";", 0, True)


@pytest.mark.parametrize("content", [b"\n \n", b"id,name\n" + b"1,x,\n" * 9, b"a,b\n" + b"1\n" * 9])
def test_what_is_refused_is_left_to_jobs(content: bytes) -> None:
    assert _told(content) is None


@pytest.mark.parametrize(
    ("content", "signs", "flags"),
    [
        (b"id;name\n1;x\n2;y\n", (";", '"', "", ""), "--delimiter ';'"),
        (b"id;name\n1;'x;y'\n2;'z'\n", (";", "'", "", ""), "--delimiter ';' --quote \"'\""),
        (b'id;name\n1;"x \\"y\\" z"\n2;"z"\n', (";", '"', "\\", ""), "--delimiter ';' --escape '\\'"),
        (b"id|~|name\n1|~|x\n2|~|y\n", ("|~|", '"', "", ""), "--delimiter '|~|'"),
        (b"id;name\n# later\n1;x\n2;y\n3;z\n", (";", '"', "", "#"), "--delimiter ';' --comment '#'"),
    ],
)
def test_signs_are_told_and_named_where_they_are_not_the_usual_ones(
    content: bytes, signs: tuple[str, ...], flags: str
) -> None:
    found = structure_of(content, whole=True, delimiter=None)
    assert isinstance(found, Structure)
    assert (found.delimiter, found.quote, found.escape, found.comment) == signs
    assert found.note(()).startswith(f"read as {flags} --skip-lines 0 --header yes: ")


def test_one_line_of_many_tells_nothing() -> None:
    assert structure_of(b"1,2,3\n4,5", whole=False, delimiter=None) is None
    assert _told(b"2x,y\n") == (",", 0, True)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("given", [True, False])
def test_of_more_cells_than_are_looked_at_nothing_is_told(mark: str, *, given: bool) -> None:
    """They would be taken for one column."""
    wide = mark.join(map(str, range(6000))).encode() + b"\n"
    assert structure_of(wide, whole=True, delimiter=mark if given else None) is None


def test_what_is_asked_and_in_which_words() -> None:
    found = structure_of(b"2019,2020\n1,2\n3,4\n", whole=True, delimiter=None)
    assert isinstance(found, Question)
    message, mend = in_words(found)
    assert (
        "--header yes reads 2019 | 2020, then 1 | 2; --header no reads column_1 | column_2, then 2019 | 2020" in message
    )
    assert mend == "give --header yes or --header no"


def test_the_note_has_the_flags_and_why() -> None:
    found = structure_of(b"Report\n" + _ROWS, whole=True, delimiter=None)
    assert isinstance(found, Structure)
    assert found.note(()).startswith("read as --delimiter ';' --skip-lines 1 --header no: ")


@pytest.mark.parametrize(
    ("content", "delimiter", "plain"),
    [
        (b"id,name\n1,2\n", None, True),
        (b"\xef\xbb\xbfid,name\n1,2\n", None, True),
        (b"id\n1\n", None, True),
        (b"sep=;\nid;name\n", None, True),
        (b"a,b\r1,2\n", None, True),
        (b"id;name\n1;a\n", ";", True),
        (b"id;name\n1;a\n", ",", True),
        (b"id;name\n1;a\n", None, False),
        (b"id,name\n", None, False),
        (b"id,name\na,b\n", None, False),
        (b"id,name\na,b\nc,5\n", None, True),
        (b"\nid,name\n", None, False),
        (b"\nname\n5\n", None, False),
        (b"1,a\n", None, False),
        (b"\xef\xbb\xbf1,a\n2,5\n", None, False),
        (b'"1",a\n', None, False),
        (b"a,-5\n", None, False),
        (b"a,2024-01-05\n", None, False),
        (b"Report\na,b\n", None, False),
        (b"Report\na;b\n", None, False),
        (b"Report\na;b\n", ";", False),
        (b"Sales, all\na,b,c\n1,2,3\n", None, False),
        (b"a,b\n1,2,3\n1,2\n", None, False),
        (b"a,b\n1,2\n1,2,3\n", None, True),
        (b'a,b\n1,"2,3"\n', None, True),
        (b'"a,x",b\n1,2\n', None, True),
        (b"id name\n1 x\n", None, False),
        (b"id::name\n1::x\n", None, False),
    ],
)
def test_what_lies_open_is_not_looked_at(content: bytes, delimiter: str | None, plain: bool) -> None:
    assert is_plain(content, delimiter) is plain


def test_names_of_columns_without_any() -> None:
    assert numbered(2) == ("column_1", "column_2")


def test_a_note_names_what_rows_told_and_not_what_somebody_said() -> None:
    found = structure_of(b"Kunde;Umsatz;Tag\nA;1,5;13.01.2025\nB;2,5;14.01.2025\n", whole=True, delimiter=None)
    assert isinstance(found, Structure)
    assert found.note(()).startswith("read as --delimiter ';' --skip-lines 0 --header yes: ")
    assert found.note({"skip_lines"}).startswith("read as --delimiter ';' --header yes: ")
    assert "first line" not in found.note({"skip_lines"}), "the reason goes with its flag"
    assert found.note({"delimiter", "skip_lines", "header"}) == ""
