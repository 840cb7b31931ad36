"""COPY and EXEC SQL INCLUDE: other books in the place of a sentence, with words replaced; what is wrong with one."""

from __future__ import annotations

import time

import pytest

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.book import book_of, read_book
from etl_batch.layouts.copybook.copying import whole_code

WHERE = "data/book.cpy"
BOOKS = {
    "ADDRESS": "           05  :TAG:-STREET PIC X(20).\n           05  :TAG:-ZIP PIC 9(5).\n",
    "plain": "           05  OLD PIC X(5).\n           05  NOT-OLD PIC X(3).\n           05  OLD-ONE PIC X.\n",
    "wrong": "           05  OLD PIC X.\n           05  BAD PIC Q.\n",
    "deep": "           COPY plain.\n",
    "itself": "           COPY itself.\n",
    "wide": "           COPY plain.\n" * 40,
    "wider": "           COPY wide.\n" * 40,
    "dclgen": "           EXEC SQL DECLARE T TABLE (A CHAR(5) NOT NULL) END-EXEC.\n           05  A PIC X(5).\n",
    "remark": "           05  A PIC X. *> COPY nothing.\n",
}


def library(name: str) -> tuple[str, str] | None:
    return (f"data/{name}.cpy", BOOKS[name]) if name in BOOKS else None


def columns(*lines: str) -> dict[str, int]:
    text = "\n".join(f"       {line}" for line in ("01 R.", *lines))
    return {name: column.size for name, column in book_of(whole_code(text, WHERE, library), WHERE).columns}


def refusal(*lines: str) -> CopybookInvalid:
    with pytest.raises(CopybookInvalid) as caught:
        columns(*lines)
    assert caught.value.what_to_do
    return caught.value


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("COPY plain.",), {"OLD": 5, "NOT_OLD": 3, "OLD_ONE": 1}),
        (("05 A PIC X. COPY plain. 05 B PIC X.",), {"A": 1, "OLD": 5, "NOT_OLD": 3, "OLD_ONE": 1, "B": 1}),
        (('COPY "plain" OF LIBRARY SUPPRESS.',), {"OLD": 5, "NOT_OLD": 3, "OLD_ONE": 1}),
        (("copy plain replacing old by new.",), {"new": 5, "NOT_OLD": 3, "OLD_ONE": 1}),
        (("COPY plain REPLACING ==OLD== BY ==A==, ==PIC  x(3)==", "BY == PIC 9(7) COMP-3 ==."),
         {"A": 5, "NOT_OLD": 4, "OLD_ONE": 1}),
        (("COPY plain REPLACING LEADING ==OLD== BY ==NEW==.",), {"NEW": 5, "NOT_OLD": 3, "NEW_ONE": 1}),
        (("COPY plain REPLACING TRAILING ==OLD== BY ==NEW==.",), {"NEW": 5, "NOT_NEW": 3, "OLD_ONE": 1}),
        (("COPY plain REPLACING ==X(5)== BY ==X(7)==.",), {"OLD": 7, "NOT_OLD": 3, "OLD_ONE": 1}),
        (("COPY plain REPLACING ==05 OLD PIC X(5).==", "  BY ====."), {"NOT_OLD": 3, "OLD_ONE": 1}),
        (("COPY ADDRESS REPLACING ==:TAG:== BY ==HOME==.", "COPY ADDRESS REPLACING ==:TAG:== BY WORK."),
         {"HOME_STREET": 20, "HOME_ZIP": 5, "WORK_STREET": 20, "WORK_ZIP": 5}),
        (("COPY ADDRESS.",), {"STREET": 20, "ZIP": 5}),
        (("COPY deep REPLACING OLD BY NEW.",), {"NEW": 5, "NOT_OLD": 3, "OLD_ONE": 1}),
        (("EXEC SQL INCLUDE plain END-EXEC.",), {"OLD": 5, "NOT_OLD": 3, "OLD_ONE": 1}),
        (("EXEC SQL", "  INCLUDE plain", "END-EXEC", "05 B PIC X."), {"OLD": 5, "NOT_OLD": 3, "OLD_ONE": 1, "B": 1}),
        (("COPY dclgen.",), {"A": 5}),
        (("COPY remark.",), {"A": 1}),
        (("05 A PIC X(20) VALUE 'COPY plain.'.",), {"A": 20}),
    ],
)  # fmt: skip
def test_a_book_stands_in_the_place_of_the_sentence(lines: tuple[str, ...], expected: dict[str, int]) -> None:
    assert columns(*lines) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("COPY missing.", "line 2, column 13: the book 'missing' is taken in, and does not lie beside this one"),
        ("COPY '../../x'.", "the book '../../x' is taken in, and does not lie beside this one"),
        ("COPY.", "line 2, column 8: COPY names no book"),
        ("COPY plain", "line 2, column 8: COPY takes in another book, and the sentence has no period"),
        ("COPY plain WITH OLD.", "line 2, column 19: 'WITH' does not stand there in a COPY sentence"),
        ("COPY plain REPLACING.", "line 2, column 19: 'REPLACING' does not stand there"),
        ("COPY plain REPLACING OLD.", "REPLACING has what is replaced, BY, and what takes its place"),
        ("COPY plain REPLACING ==== BY ==A==.", "REPLACING has what is replaced, BY"),
        ("COPY plain REPLACING LEADING ==A B== BY ==C==.", "REPLACING has what is replaced, BY"),
        ("COPY plain REPLACING ==OLD BY A.", "the sentence has no period"),
        ("COPY plain REPLACING " + "\n        A BY B" * 101 + ".", "COPY replaces more than 100 texts"),
        ("COPY itself.", "data/itself.cpy, line 1, column 17: book 'itself' is the 9th within another"),
        ("COPY wider.", "more than 1,000 books are taken in"),
        ("EXEC SQL SELECT 1 END-EXEC.", "line 2, column 8: EXEC SQL SELECT is nothing that describes data"),
        ("EXEC SQL INCLUDE plain.", "line 2, column 8: EXEC has no END-EXEC"),
        ("REPLACE ==A== BY ==B==.", "line 2, column 8: REPLACE changes what is behind it"),
    ],
)
def test_what_is_wrong_with_such_a_sentence_is_said_with_its_place(line: str, said: str) -> None:
    assert said in refusal(line).message


def test_what_is_wrong_in_a_book_that_is_taken_in_names_that_book_and_its_line() -> None:
    assert refusal("COPY wrong.").message.startswith("data/wrong.cpy, line 2, column 16: BAD has PICTURE 'Q'")
    assert refusal("COPY plain REPLACING PIC BY PICK.").message.startswith("data/plain.cpy, line 1, column 20: 'PICK'")
    assert refusal("COPY plain.", "05 C PIC Q.").message.startswith(f"{WHERE}, line 3, column 11: C has PICTURE 'Q'")


def test_a_book_of_the_free_form_may_hold_nothing_else() -> None:
    assert book_of(whole_code("COPY plain.", WHERE, library), WHERE).record_size == 9


def test_a_book_that_was_pasted_has_none_beside_it() -> None:
    with pytest.raises(CopybookInvalid) as caught:
        read_book("01 R.\n  COPY plain.", WHERE)
    assert "the book 'plain' is taken in, and not known here" in caught.value.message
    assert "put its text in the place of the sentence" in caught.value.what_to_do


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("COPY long REPLACING A BY " + "B" * 60_000 + ".", "what is taken in has more than 4,000,000 characters"),
        ("COPY long REPLACING " + "\n   ==A A A A A A A C== BY B" * 100 + ".", "'A' does not stand there"),
        ("COPY long REPLACING " + "= " * 100_000 + ".", "REPLACING has what is replaced"),
        ("EXEC SQL " * 50_000, "EXEC has no END-EXEC"),
    ],
    ids=["grows", "compares", "signs", "no end"],
)
def test_no_sentence_takes_long(line: str, said: str) -> None:
    """Processor time, so that a busy machine is no reason to fail."""
    books = {"long": "01 A A A.\n" + "A " * 30_000}
    began = time.process_time()
    with pytest.raises(CopybookInvalid, match=said):
        book_of(whole_code(line, WHERE, lambda name: (name, books[name]) if name in books else None), WHERE)
    assert time.process_time() - began < 20
