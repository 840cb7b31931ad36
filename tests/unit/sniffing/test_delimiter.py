"""Delimiters, quotes and escapes: what agrees most, what remains as a rival, and where there is none."""

from __future__ import annotations

import pytest

from etl_batch.sniffing.candidate import judged
from etl_batch.sniffing.delimiter import divide
from etl_batch.sniffing.splitting import ONE_COLUMN, Way, split
from etl_batch.sniffing.typed_value import flag_of
from etl_batch.sniffing.way_found import findings_of, question_of
from etl_batch.sniffing.ways import delimiters_in, quotes_in, ways_with
from tests.helpers.sniffed import asked, sniffed, values


def _way(*lines: str) -> Way:
    found = divide(list(lines), whole=True)
    assert question_of(found) is None
    return found.chosen.way


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", "~", "^", "\x1f", "\x01", "||", "::", "|~|", "@@", "#|#", ";;"])
def test_each_delimiter_is_found(mark: str) -> None:
    rows = [("id", "name", "price"), *((str(n), f"name {n}", f"{n}.5") for n in range(9))]
    assert _way(*(mark.join(row) for row in rows)).delimiter == mark


def test_a_title_or_a_cell_with_another_sign_does_not_win() -> None:
    rows = [f"2024-01-{n:02};x|{n};{n},5" for n in range(10, 28)]
    assert _way("Sales | all", "day;what;amount", *rows).delimiter == ";"


def test_decimal_commas_are_no_delimiter() -> None:
    assert _way("a;b;c", *(f"{n},5;{n},25;{n},1" for n in range(9))).delimiter == ";"
    assert _way(*(f"{n},5;{n},25;{n},1" for n in range(9))).delimiter == ";"


def test_bad_rows_do_not_make_another_delimiter_win() -> None:
    rows = [f"{n};x;{n},5" for n in range(40)]
    rows[7], rows[9], rows[20] = "7;x", "9;x;y;1,5", "20;;1,5;;"
    assert _way("a;b;c", *rows).delimiter == ";"


def test_blanks_in_the_text_of_a_tab_file() -> None:
    assert _way("id\tfull name", *(f"{n}\tAnna Meyer" for n in range(9))).delimiter == "\t"


@pytest.mark.parametrize(
    "lines",
    [
        ["name", "Smith, John", "Miller, Ann", "Weiss, Jo"],
        ["word", "alpha", "beta", "gamma"],
        ["time", "10:30", "11:45", "12:00"],
        ["betrag", "1,5", "2,5", "13,25"],
        ["text", "So it was.", "Then, at last, the sun", "and rain; more of it | then"],
        ["only"],
    ],
)
def test_one_column_gets_no_delimiter(lines: list[str]) -> None:
    assert _way(*lines).delimiter == ONE_COLUMN


def test_a_blank_divides_only_where_every_line_splits_alike() -> None:
    numbers = [f"{n} {n * 3} x{n}" for n in range(9)]
    assert _way("a b c", *numbers).delimiter == " "
    assert _way("one title", "a b c", *numbers).delimiter == ONE_COLUMN
    assert _way("a  b c", *numbers).delimiter == ONE_COLUMN


def test_words_of_a_line_are_asked() -> None:
    found = sniffed("full name\nAnna Meyer\nBert Lang\nCarl Novak\n")
    assert asked(found) == ["delimiter"]
    assert [choice.flag for choice in found.questions[0].choices] == ["--delimiter none", "--delimiter ' '"]
    assert [choice.gives[0] for choice in found.questions[0].choices] == [("full name",), ("full", "name")]


def test_a_sign_twice_once_in_each_line_is_asked() -> None:
    found = sniffed("id;;name\n1;;x\n2;;y\n")
    assert [choice.value for choice in found.questions[0].choices] == [";;", ";"]
    assert _way("id;;name;;at", "1;;x;;2", "2;;y;;3").delimiter == ";;"
    assert _way("id;;name", "1;;x", "2;3;y").delimiter == ";"


def test_rows_of_many_widths_are_asked() -> None:
    """None is that of most, but each line holds the sign."""
    found = sniffed("a,b,c,d\n1,2\n3,4,5\n6,7,8,9,0\n1,2,3,4\n5,6\n")
    assert asked(found) == ["delimiter"]
    assert [choice.value for choice in found.questions[0].choices] == [",", None]


def test_colons_divide_nothing_unasked() -> None:
    assert asked(sniffed("10:30\n11:45\n12:00\n")) == ["delimiter"]
    assert asked(sniffed("root:x:0:/root\nme:x:1:/home/me\n")) == ["delimiter"]
    assert _way("id::at", "1::10:30", "2::11:45").delimiter == "::"


def test_rivals_are_asked_with_the_rows_that_each_gives() -> None:
    found = sniffed("a|b;c\nd|e;f\ng|h;i\n")
    (question,) = found.questions
    assert question.about == "delimiter"
    assert {choice.value: choice.gives[0] for choice in question.choices} == {"|": ("a", "b;c"), ";": ("a|b", "c")}
    assert found.findings["delimiter"].value is None


def test_two_whole_numbers_may_be_one_with_a_comma_and_a_note_says_so() -> None:
    found = sniffed("a,b\n1,2\n3,4\n")
    assert found.notes == ()
    found = sniffed("1,2\n3,4\n5,6\n")
    assert values(found, "delimiter") == (",",)
    assert "decimal comma" in found.notes[0]


def test_quotes_around_cells_and_within() -> None:
    assert _way('a,"b,c",d', 'e,"f",g').quote == '"'
    assert _way("a;'b;c';d", "e;'f';g").quote == "'"
    assert _way("name,x", "O'Neil,1", "D'Arc,2").quote == ""
    assert _way("a;b", "'tis o'clock;1", "'twas d'accord;2", "x;3").quote == ""
    assert _way("id,what", *(f'{n},{n}" pipe' for n in range(9))).quote == ""
    assert sniffed('id,what\n1,5" pipe\n2,6" pipe\n').findings["quote"].value is None


def test_escapes() -> None:
    escaped = [r'a,"say \"hi\" now",b', r'c,"d, e",f']
    assert _way(*escaped) == Way(",", '"', "\\")
    doubled = ['a,"say ""hi"" now",b', 'c,"d, e",f']
    assert _way(*doubled) == Way(",", '"')
    paths = [r'1,"C:\dir\",x', r'2,"D:\other\",y']
    assert _way(*paths) == Way(",", '"')


def test_a_cell_of_several_lines() -> None:
    found = divide(["id,text", '1,"two', 'lines, here"', '2,"one"', "3,x"], whole=True)
    assert [len(row) for row in found.chosen.good_rows()] == [2, 2, 2, 2]
    assert found.chosen.good_rows()[1] == ["1", "two\nlines, here"]


def test_the_last_line_of_a_piece_may_be_cut() -> None:
    found = judged(["a,b,c", "1,2,3", "4,5"], Way(","), whole=False)
    assert found is not None
    assert (found.width, found.good, len(found.kept)) == (3, 2, 2)
    found = judged(["a,b,c", "1,2,3", "4,5"], Way(","), whole=True)
    assert found is not None
    assert len(found.kept) == 3


def test_splitting_in_each_way() -> None:
    rows = split(['a::"b::c"', "", "d::e"], Way("::", '"'))
    assert rows is not None
    assert rows.cells == (["a", "b::c"], [], ["d", "e"])
    assert rows.starts == (0, 1, 2)
    rows = split(['"a,b"', "c"], Way(ONE_COLUMN, '"'))
    assert rows is not None
    assert rows.cells == (["a,b"], ["c"])


def test_what_is_not_in_a_text_is_not_tried() -> None:
    assert delimiters_in(["a,b"], "a,b") == [","]
    assert quotes_in("a,b", ",") == [""]
    assert ways_with("a,b", ",") == [Way(",")]


def test_findings_say_how_many_lines_agree() -> None:
    found = findings_of(divide(["a,b", "1,2", "3", "5,6"], whole=True), [])
    assert found["delimiter"].evidence.startswith("3 of 4 lines have 2 cells by it")
    assert found["delimiter"].sure == 0.9


@pytest.mark.parametrize(
    ("mark", "flag"),
    [
        (";", "';'"), ("\t", "tab"), (None, "none"), ("\x1f", r"'\x1f'"), (" ", "' '"), ("'", '"\'"'), (3, "3"),
        (True, "yes"), (False, "no"), ("cp1252", "cp1252"), ("utf-8", "utf-8"),
    ],
)  # fmt: skip
def test_values_as_they_are_typed(mark: str | int | None, flag: str) -> None:
    assert flag_of("delimiter", mark) == f"--delimiter {flag}"


def test_a_sign_twice_that_stands_once_within_text_is_asked() -> None:
    """Once, it leaves a column empty wherever it stands twice."""
    log = [f"2025-11-{n:02}||INFO||auth|session||user {n}||{7 * n}" for n in range(1, 20)]
    found = divide(log, whole=True)
    assert (found.chosen.way.delimiter, found.rivals[0].way.delimiter) == ("||", "|")
    named = ["day|level|a|b", *(f"2025-11-{n:02}|INFO||{n}" for n in range(1, 20))]
    assert _way(*named).delimiter == "|", "the column has a name: it is one"


def test_an_escape_before_a_letter_is_one() -> None:
    rows = split(["1,'a\\'b',\\N", "2,'C:\\temp\\\\',\\N"], Way(",", "'", "\\"))
    assert rows is not None
    assert rows.cells == (["1", "a'b", "\\N"], ["2", "C:\\temp\\", "\\N"])
