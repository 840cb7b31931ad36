"""Titles, comments, blank lines: what stands above a table."""

from __future__ import annotations

import pytest

from etl_batch.sniffing.column_kind import kind_of
from etl_batch.sniffing.delimiter import divide
from etl_batch.sniffing.header import find_header, is_certain
from etl_batch.sniffing.plain import numbered
from etl_batch.sniffing.table_start import find_start
from tests.helpers.sniffed import asked, sniffed, values

_TABLE = "id;name;price\n" + "".join(f"{n};x{n};{n}.5\n" for n in range(9))


@pytest.mark.parametrize(
    ("above", "skip", "comment"),
    [
        ("", 0, None),
        ("Report\n", 1, None),
        ("Report\nof March\nby us\n", 3, None),
        ("\n", 1, None),
        ("Report\n\n", 2, None),
        ("# by hand\n", 0, "#"),
        ("# by hand\n# on paper\n", 0, "#"),
        ("Report\n# by hand\n", 1, "#"),
        ("# by hand\nReport\n", 2, "#"),
        ("% by hand\n", 0, "%"),
        ("sep=;\n", 1, None),
    ],
)
def test_what_stands_above(above: str, skip: int, comment: str | None) -> None:
    found = sniffed(above + _TABLE)
    assert not found.questions
    assert values(found, "delimiter", "skip_lines", "comment", "header") == (";", skip, comment, True)
    assert [column.name for column in found.columns] == ["id", "name", "price"]
    assert found.first_rows[0] == ("0", "x0", "0.5")


def test_titles_end_at_the_first_good_row_not_at_the_last_bad_one() -> None:
    rows = _TABLE.splitlines()
    rows.insert(5, "stray")
    found = sniffed("\n".join(["Report", *rows]))
    assert values(found, "skip_lines") == (1,)
    assert found.notes == ("1 of 11 rows looked at have not 3 cells, as the others have",)


def test_titles_that_are_divided_are_asked_with_the_rows_of_each_answer() -> None:
    found = sniffed("Account;123\nFrom;1 March\n\n" + _TABLE)
    (question,) = found.questions
    assert (question.about, found.findings["skip_lines"].value) == ("skip_lines", None)
    assert [choice.flag for choice in question.choices] == ["--skip-lines 3", "--skip-lines 0"]
    assert question.choices[0].gives[0] == ("id", "name", "price")
    assert question.choices[1].gives[0] == ("Account", "123")


def test_titles_padded_to_the_width_of_the_table_are_asked() -> None:
    found = sniffed("Report of March;;\n;;\n" + _TABLE)
    assert "skip_lines" in asked(found) or values(found, "skip_lines") == (0,)


def test_a_header_that_is_one_name_too_short_is_not_skipped() -> None:
    """Each row ends with a delimiter, the header does not."""
    found = sniffed("id;name;price\n" + "".join(f"{n};x{n};{n}.5;\n" for n in range(9)))
    assert values(found, "skip_lines", "header") == (0, True)
    assert [column.name for column in found.columns] == ["id", "name", "price", "column_4"]
    assert "a job refuses that" in found.notes[0]


def test_a_header_that_is_wider_than_the_rows() -> None:
    found = sniffed("id;name;price;more\n" + "".join(f"{n};x{n};{n}.5\n" for n in range(9)))
    assert values(found, "skip_lines", "header") == (0, True)
    assert [column.name for column in found.columns] == ["id", "name", "price"]
    assert "has 4 cells, the rows have 3" in found.notes[0]


def test_names_behind_a_comment_sign() -> None:
    found = sniffed("#id;name;price\n" + _TABLE.partition("\n")[2])
    assert values(found, "skip_lines", "comment", "header") == (0, None, True)
    assert found.columns[0].name == "#id"


def test_comments_among_the_rows() -> None:
    rows = _TABLE.splitlines()
    rows.insert(5, "# the rest came later")
    assert values(sniffed("\n".join(rows)), "comment", "skip_lines") == ("#", 0)


def test_rows_that_begin_with_the_sign_as_all_others_are_no_comments() -> None:
    rows = ["tag,count", *(f"#{n},{n}" for n in range(5)), *(f"x{n},{n}" for n in range(9))]
    assert values(sniffed("\n".join(rows)), "comment") == (None,)


def test_one_column_of_tags() -> None:
    assert values(sniffed("tag\n#one\nthree\n#two\nfour\n"), "comment", "delimiter") == (None, None)


def test_the_first_row_and_those_behind_it() -> None:
    lines = ["Report", "a,b", "1,2", "3,4"]
    start = find_start(lines, divide(lines, whole=True).chosen, first_is_header=True)
    assert (start.skip.value, start.first, start.body) == (1, ["a", "b"], [["1", "2"], ["3", "4"]])


def test_certain_names_stand_above_numbers() -> None:
    kinds = [kind_of(["1", "2"]), kind_of(["x", "y"])]
    assert is_certain(["a", "b"], kinds)
    assert not is_certain(["7", "b"], kinds)
    assert find_header(["a", "b"], [["1", "x"], ["2", "y"]], kinds)[0].value is True
    assert numbered(2) == ("column_1", "column_2")
