"""Conditions of --variant about the items of a book: of which occurrence they are."""

from __future__ import annotations

import pytest

from etl_batch.errors import CopybookInvalid
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.copybook.told_readings import variants_of
from etl_batch.text.typed_options import read_as

BOOK = """\
01 R.
  05 TOP PIC X.
  05 G OCCURS 2.
    10 KIND PIC X.
    10 A PIC X(2).
    10 B REDEFINES A PIC 99.
    10 C REDEFINES A PIC S9(4) COMP.
  05 D.
    10 FILLER PIC X(2).
  05 E REDEFINES D PIC 99.
"""


def found(*said: str) -> dict[str, str]:
    book = read_book(BOOK, "book", [*map(read_as, said)])
    fields = layout_of_book(book, HowStored("cp037")).layout.fields
    return {field.name: str(field.when) for field in fields if field.when is not None}


def test_a_condition_is_about_the_same_occurrence() -> None:
    assert found("A: B when kind = '1' and TOP = 'X'", "D: E") == {
        "A_1": "not (KIND_1 = '1' and TOP = 'X')",
        "B_1": "(KIND_1 = '1' and TOP = 'X')",
        "A_2": "not (KIND_2 = '1' and TOP = 'X')",
        "B_2": "(KIND_2 = '1' and TOP = 'X')",
    }


def test_what_is_read_where_no_condition_holds_can_be_said() -> None:
    assert found("A: C", "A: B when KIND_1 = '1'", "D: E when TOP = '1'") == {
        "B_1": "(KIND_1 = '1')", "C_1": "not (KIND_1 = '1')", "B_2": "(KIND_1 = '1')", "C_2": "not (KIND_1 = '1')",
        "E": "(TOP = '1')",
    }  # fmt: skip


def test_a_circle_of_conditions_is_refused() -> None:
    book = read_book(BOOK, "book", [read_as("A: B when B = 1"), read_as("D: E")])
    bare = list(layout_of_book(read_book(BOOK, "b", [read_as("A: both")]), HowStored("cp037")).layout.fields)
    with pytest.raises(CopybookInvalid, match="whether B_1 is read depends on B_1 itself"):
        variants_of(book, bare)
