"""Tables of copybooks (OCCURS) as columns, rows and lists: names, places, comments, and what is refused."""

from __future__ import annotations

import pytest

from etl_batch.errors import CopybookInvalid, LayoutInvalid
from etl_batch.layouts.copybook.book import read_book
from etl_batch.layouts.copybook.fields import BookLayout, layout_of_book
from etl_batch.layouts.copybook.held import HowStored
from etl_batch.layouts.occurrences import row_layout
from etl_batch.layouts.reading import parse_layout
from etl_batch.options.occurring import SaidOccurs
from etl_batch.text.typed_options import read_as

BOOK = """\
       01  ORDER-RECORD.
           05  ORDER-ID            PIC 9(4).
           05  HEADER-PART.
               10  CODE            PIC X(2).
           05  ITEM OCCURS 3.
               10  CODE            PIC X(2).
               10  QTY             PIC S9(3) COMP-3.
               10  PART OCCURS 2.
                   15  SUB         PIC 99.
               10  FILLER          PIC X.
           05  MONTHS OCCURS 4     PIC 9(2).
           05  NOTE-TEXT           PIC X(6).
"""


def layout_of(text: str, *occurs: str, variants: tuple[str, ...] = ()) -> BookLayout:
    said = SaidOccurs.parse(occurs)
    return layout_of_book(read_book(text, "x.cpy", tuple(map(read_as, variants)), said=said), HowStored("cp037"))


@pytest.mark.parametrize(
    ("occurs", "names"),
    [
        (
            ("ITEM=rows",),
            (
                "ORDER_ID HEADER_PART_CODE ITEM_number ITEM_CODE QTY SUB_1 SUB_2 MONTHS_1 MONTHS_2 MONTHS_3 MONTHS_4 "
                "NOTE_TEXT"
            ),
        ),
        (("list",), "ORDER_ID CODE ITEM MONTHS NOTE_TEXT"),
        (
            ("list", "item=rows"),
            "ORDER_ID HEADER_PART_CODE ITEM_number ITEM_CODE QTY PART MONTHS NOTE_TEXT",
        ),
        (
            ("months=rows",),
            (
                "ORDER_ID CODE CODE_1 QTY_1 SUB_1_1 SUB_1_2 CODE_2 QTY_2 SUB_2_1 SUB_2_2 CODE_3 QTY_3 SUB_3_1 SUB_3_2 "
                "MONTHS_number MONTHS NOTE_TEXT"
            ),
        ),
        (
            ("PART=list", "months=list"),
            "ORDER_ID CODE CODE_1 QTY_1 PART_1 CODE_2 QTY_2 PART_2 CODE_3 QTY_3 PART_3 MONTHS NOTE_TEXT",
        ),
    ],
)
def test_names_of_the_columns(occurs: tuple[str, ...], names: str) -> None:
    found = layout_of(BOOK, *occurs)
    assert " ".join(row_layout(found.layout).names) == names
    assert parse_layout(found.toml(["made"]), "x") == found.layout


def test_each_field_has_its_comment_wherever_it_is() -> None:
    text = layout_of(BOOK, "list").toml()
    for comment, table, name in (
        ("line 4: CODE PIC X(2)", "field", "CODE"),
        ("line 5: ITEM OCCURS 3", "field", "ITEM"),
        ("line 6: CODE PIC X(2)", "field.field", "CODE"),
        ("line 8: PART OCCURS 2", "field.field", "PART"),
        ("line 9: SUB PIC 99", "field.field.field", "SUB"),
        ("line 11: MONTHS PIC 9(2)\n# line 11: MONTHS OCCURS 4", "field", "MONTHS"),
    ):
        assert f'# {comment}\n[[{table}]]\nname = "{name}"\n' in text


def test_a_table_of_more_occurrences_than_columns_is_rows_or_a_list() -> None:
    book = "       01 R.\n           05 T OCCURS 20000 PIC X.\n"
    with pytest.raises(CopybookInvalid, match="has 20,000 columns"):
        layout_of(book)
    for occurs in ("rows", "list"):
        (field,) = layout_of(book, occurs).layout.fields
        assert (field.offset, field.length) == (0, 20_000)


def test_a_table_without_a_name_is_a_filler() -> None:
    book = "       01 R.\n           05 A PIC X.\n           05 OCCURS 3.\n              10 B PIC X.\n"
    assert row_layout(layout_of(book, "rows").layout).names == ("A", "FILLER_number", "B")


@pytest.mark.parametrize(
    ("occurs", "says"),
    [
        (("rows",), "the tables ITEM, MONTHS would all become rows"),
        (("PART=rows",), "the table PART lies in another table, and cannot become rows"),
        (("ORDER-ID=rows",), "has no table ORDER_ID, as --occurs says; its tables are ITEM, PART, MONTHS"),
    ],
)
def test_what_is_not_clear_is_refused(occurs: tuple[str, ...], says: str) -> None:
    with pytest.raises(LayoutInvalid) as caught:
        layout_of(BOOK, *occurs)
    assert says in caught.value.message


def test_bytes_that_are_read_in_several_ways_are_columns() -> None:
    inner = "       01 R.\n   05 K PIC X.\n   05 T OCCURS 2.\n     10 A PIC XX.\n     10 B REDEFINES A PIC 99.\n"
    outer = "       01 R.\n   05 K PIC X.\n   05 A PIC XX.\n   05 B REDEFINES A.\n     10 T OCCURS 2 PIC X.\n"
    for book in (inner, outer):
        variants = ("A: B when K = 'X'",)
        assert layout_of(book, variants=variants).layout.variants
        for occurs in ("rows", "list"):
            with pytest.raises(
                CopybookInvalid, match=r"line \d, column \d+: T holds bytes that are read in several ways"
            ):
                layout_of(book, occurs, variants=variants)


def test_records_in_which_an_item_counts_occurrences_have_columns_alone() -> None:
    counted = "   05 T OCCURS 1 TO 3 DEPENDING ON N PIC X.\n"
    book = f"       01 R.\n   05 N PIC 9.\n   05 M OCCURS 2 PIC X.\n{counted}"
    assert layout_of(book).layout.counted
    for occurs, name in ((("M=rows",), "M"), (("M=list",), "M"), (("T=list",), "T"), (("T=rows",), "T")):
        with pytest.raises(
            CopybookInvalid, match=rf"{name} cannot become rows or a list.*T, which occurs DEPENDING ON N"
        ):
            layout_of(book, *occurs)
