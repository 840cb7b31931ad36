"""The source form of COBOL: what of a line is code, and where in the book it stands."""

from __future__ import annotations

import pytest

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.source import code_of, is_copybook

WHERE = "data/book.cpy"


def words(text: str) -> list[str]:
    return code_of(text, WHERE).text.split()


def line(code: str, *, number: str = "000100", sign: str = " ", behind: str = "") -> str:
    """A line of the fixed form."""
    return f"{number:6}{sign}{code:65}{behind}".rstrip()


def test_numbers_of_lines_and_what_stands_behind_column_72_are_no_code() -> None:
    assert words(line("01  RECORD-A.", behind="AAA00010")) == ["01", "RECORD-A."]
    assert words(line("05  A PIC X.", number="AB  12", behind=".05 B")) == ["05", "A", "PIC", "X."]


@pytest.mark.parametrize("sign", ["*", "/", "D", "d", "$"])
def test_comments_and_lines_of_debugging_are_left_out(sign: str) -> None:
    assert words(f"{line('01 A.')}\n{line('05 WRONG PIC X.', sign=sign)}\n{line('05 B PIC X.')}") == [
        "01", "A.", "05", "B", "PIC", "X.",
    ]  # fmt: skip


def test_what_only_moves_the_paper_is_left_out() -> None:
    text = "\n".join(line(code) for code in ("01 A.", "EJECT", "SKIP1", "skip3.", "05 B PIC X."))
    assert words(text) == ["01", "A.", "05", "B", "PIC", "X."]


def test_what_tells_a_compiler_of_something_else_is_left_out() -> None:
    text = "\n".join(line(code) for code in ("01 A.", "TITLE 'Customers'.", ">>IF X DEFINED", "05 B PIC X."))
    assert words(text) == ["01", "A.", "05", "B", "PIC", "X."]


@pytest.mark.parametrize("said", [">>SOURCE FORMAT IS FREE", "       >>SOURCE FREE", '      $SET SOURCEFORMAT"FREE"'])
def test_a_book_may_say_its_form(said: str) -> None:
    assert words(f"{said}\n          01 A.\n{'05 B':>80} PIC X.") == ["01", "A.", "05", "B", "PIC", "X."]
    back = f"01 A.\n>>SOURCE FORMAT FIXED\n{line('05 B PIC X.', behind='NO CODE')}"
    assert words(back) == ["01", "A.", "05", "B", "PIC", "X."]


def test_one_line_that_looks_free_among_those_of_the_fixed_form_does_not_make_it_so() -> None:
    numbered = [line(f"05 F{at} PIC X.", number=f"{at:06}", behind="XX") for at in range(5)]
    assert words("\n".join([*numbered, "12 DEC 2019 changed"])).count("PIC") == 5


def test_a_remark_at_the_end_of_a_line_is_no_code_unless_a_literal_holds_it() -> None:
    assert words(line("01 A. *> all of it")) == ["01", "A."]
    assert words(line("05 A PIC X(4) VALUE '*> 1'.")) == ["05", "A", "PIC", "X(4)", "VALUE", "'*>", "1'."]


def test_a_word_goes_on_in_the_next_line() -> None:
    assert words(f"{line('05 ACCOUNT-NU')}\n{line('    MBER PIC X.', sign='-')}") == [
        "05",
        "ACCOUNT-NUMBER",
        "PIC",
        "X.",
    ]


def test_a_literal_goes_on_behind_its_quote_with_the_blanks_up_to_column_72() -> None:
    code = code_of(
        f"{line('05 A PIC X(99) VALUE ' + chr(39) + 'ab')}\n{line('    ' + chr(39) + 'cd' + chr(39) + '.', sign='-')}",
        WHERE,
    )
    literal = code.text[code.text.index("'") :]
    assert literal.split() == ["'ab", "cd'."]
    assert len(literal) - len("'abcd'.") == 72 - len("      " + " 05 A PIC X(99) VALUE 'ab")


def test_a_comment_between_a_line_and_what_goes_on_is_passed_over() -> None:
    text = f"{line('05 ACCOUNT-NU')}\n{line('remark', sign='*')}\n{line('    MBER PIC X.', sign='-')}"
    assert words(text)[1] == "ACCOUNT-NUMBER"


def test_tabs_are_blanks_up_to_the_next_stop() -> None:
    assert words("\t01\tRECORD-A.\n\t05  B\tPIC X.") == ["01", "RECORD-A.", "05", "B", "PIC", "X."]


def test_in_the_free_form_all_of_a_line_is_code() -> None:
    text = (
        "01 RECORD-A.\n  05 A-NAME-THAT-IS-LONG"
        + " " * 60
        + "PIC X(5). *> remark\n* a comment\n*> another\n05 B PIC 9."
    )
    assert words(text)[3:] == ["A-NAME-THAT-IS-LONG", "PIC", "X(5).", "05", "B", "PIC", "9."]


def test_the_place_of_a_word_is_that_in_the_file() -> None:
    text = f"{line('01 A.')}\n{line('x', sign='*')}\n{line('    05 B-')}\n{line('   C PIC X.', sign='-')}"
    code = code_of(text, WHERE)
    assert code.place(code.text.index("01")) == (1, 8)
    assert code.place(code.text.index("B-")) == (3, 15)
    assert code.place(code.text.index("PIC")) == (4, 13)
    assert code_of("", WHERE).place(0) == (1, 1)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        (line("    MBER PIC X.", sign="-"), (1, 7), "it goes on with what no line before it began"),
        (
            f"{line('05 A VALUE ' + chr(39) + 'x')}\n{line('   y' + chr(39) + '.', sign='-')}",
            (2, 7),
            "it goes on with what no",
        ),
        (f"{line('01 A.')}\n{line('05 B PIC X.', sign='Q')}", (2, 7), "'Q' is none of the signs that stand there"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place(text: str, place: tuple[int, int], what: str) -> None:
    with pytest.raises(CopybookInvalid) as caught:
        code_of(text, WHERE)
    assert caught.value.message.startswith(f"{WHERE}, line {place[0]}, column {place[1]}: {what}")
    assert caught.value.code == "E_COPYBOOK"


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("       01 A.\n           05 B PIC X.", "layout.txt", True),
        ("000100 01  A.", "a", True),
        ("01 A.", "a", True),
        ("       05 :TAG:-A PIC X.", "a", True),
        ("", "a.cpy", True),
        ("nothing of that kind", "A.CBL", True),
        ("nothing of that kind", "a.toml", False),
        ('record_size = 3\n# 05 A PIC X.\n[[field]]\nname = "a"', "a.cpy", False),
        ("[[field]]\n", "a.cob", False),
        ("  [[ field ]]\n01 A.", "a", False),
        ("88 bottles\n99 more", "a.toml", False),
    ],
)
def test_a_copybook_is_told_by_its_text_and_else_by_its_name(text: str, name: str, *, expected: bool) -> None:
    assert is_copybook(text, name) is expected
