"""Copybooks: sizes and offsets of their items, their columns, and one test for each way to get one wrong."""

from __future__ import annotations

import time

import pytest

from etl_batch.errors import Ambiguous, CopybookInvalid, EtlError
from etl_batch.layouts.copybook.book import MOST_COLUMNS, read_book
from etl_batch.text.typed_options import ReadAs

WHERE = "data/book.cpy"


def book(*lines: str) -> str:
    return "\n".join(f"       {line}" for line in lines)


def places(*lines: str) -> dict[str, tuple[int, int]]:
    """The offset and the size of each column; and of the record, which has no name."""
    found = read_book(book(*lines), WHERE)
    return {name: (column.offset, column.size) for name, column in found.columns} | {"": (0, found.record_size)}


def refusal(*lines: str, kind: type[EtlError] = CopybookInvalid) -> str:
    with pytest.raises(kind) as caught:
        read_book(book(*lines), WHERE)
    assert caught.value.what_to_do
    return caught.value.message


@pytest.mark.parametrize(
    ("clause", "size"),
    [
        ("PIC X", 1),
        ("PIC X(30)", 30),
        ("PICTURE IS A(3)", 3),
        ("PIC 9(5)", 5),
        ("PIC S9(5)", 5),
        ("PIC S9(5)V99", 7),
        ("PIC ZZ,ZZ9.99-", 10),
        ("PIC S9(5) SIGN IS LEADING", 5),
        ("PIC S9(5) SIGN LEADING SEPARATE CHARACTER", 6),
        ("PIC S9(5) TRAILING SEPARATE", 6),
        ("PIC 9(5) SIGN TRAILING SEPARATE", 5),
        ("PIC S9 COMP", 2),
        ("PIC S9(4) COMP-4", 2),
        ("PIC S9(5) BINARY", 4),
        ("PIC 9(9) USAGE IS COMPUTATIONAL", 4),
        ("PIC S9(7)V99 COMP-5", 4),
        ("PIC S9(10) COMP", 8),
        ("PIC S9(18) COMPUTATIONAL-5", 8),
        ("COMP-1", 4),
        ("USAGE COMP-2", 8),
        ("PIC 9 COMP-3", 1),
        ("PIC S99 COMP-3", 2),
        ("PIC S9(7)V99 PACKED-DECIMAL", 5),
        ("PIC S9(8) COMPUTATIONAL-3", 5),
        ("PIC S9(31) COMP-3", 16),
        ("PIC 9(3) COMP-6", 2),
        ("PIC 9(4) COMP-6", 2),
        ("PIC 9(4) COMP-X", 2),
        ("PIC 9(5) COMP-X", 3),
        ("INDEX", 4),
        ("USAGE POINTER", 4),
        ("PIC N(4)", 8),
        ("PIC N(4) NATIONAL", 8),
        ("PIC G(3) DISPLAY-1", 6),
        ("PIC X(3) OCCURS 4", 3),
        ("PIC X JUST RIGHT VALUE SPACES", 1),
        ("PIC 9(3) BLANK WHEN ZERO", 3),
        ("PIC X VALUE 'it''s' EXTERNAL", 1),
        ("PIC VPP9", 1),
        ("PIC S9(3)PP COMP-3", 2),
    ],
)
def test_the_size_of_an_item(clause: str, size: int) -> None:
    """As IBM's Language Reference has it: USAGE and PICTURE clause."""
    sizes = {
        found for name, (_, found) in places("01 R.", f"   05 A {clause}.", "   05 B PIC X.").items() if name[:1] == "A"
    }
    assert sizes == {size}


def test_items_follow_one_another_and_nest_by_their_levels_not_by_indentation() -> None:
    assert places("01 R.", "05 A PIC X(2).", "      05 G.", "10 H.", "   49 B PIC 9(3).", "10 C PIC X.",
                  "       05 D COMP-3 PIC 9(3).") == {
        "A": (0, 2), "B": (2, 3), "C": (5, 1), "D": (6, 2), "": (0, 8),
    }  # fmt: skip


@pytest.mark.parametrize("first", ["01 R.", "03 R.", "05 FILLER PIC X(0001).", "77 A PIC X."])
def test_a_book_may_begin_at_any_level(first: str) -> None:
    rest = () if first.startswith("77") else ("   05 A PIC X.",)
    size = places(first, *rest)[""][1]
    assert size == (2 if "FILLER" in first else 1)


def test_a_group_says_for_its_items_how_they_are_stored() -> None:
    assert places(
        "01 R.", "05 G COMP-3.", "10 A PIC S9(5).", "10 B PIC S9(4) COMP.", "05 S SIGN LEADING SEPARATE.",
        "10 C PIC S9(3).", "10 D PIC 9(3).",
    ) == {"A": (0, 3), "B": (3, 2), "C": (5, 4), "D": (9, 3), "": (0, 12)}  # fmt: skip


def test_filler_has_its_bytes_and_no_column() -> None:
    assert places("01 R.", "05 A PIC X.", "05 FILLER PIC X(3).", "05 PIC X(4).", "05 B PIC X.") == {
        "A": (0, 1), "B": (8, 1), "": (0, 9),
    }  # fmt: skip


def test_levels_66_and_88_take_no_bytes_and_an_88_says_what_a_value_means() -> None:
    found = read_book(
        book("01 R.", "05 A PIC X.", "88 IS-ON VALUE 'Y'.", "88 IS-OFF VALUES ARE 'N', 'O' THRU 'Q'.", "05 B PIC X.",
             "66 C RENAMES A THRU B."),
        WHERE,
    )  # fmt: skip
    assert [name for name, _ in found.columns] == ["A", "B"]
    assert found.columns[0][1].entry.meanings == ("IS-ON: 'Y'", "IS-OFF: 'N' 'O' THRU 'Q'")
    assert found.columns[1][1].entry.meanings == ()


def test_a_table_has_a_column_for_each_occurrence() -> None:
    assert places("01 R.", "05 A PIC XX OCCURS 3 TIMES INDEXED BY I.", "05 B PIC X.") == {
        "A_1": (0, 2), "A_2": (2, 2), "A_3": (4, 2), "B": (6, 1), "": (0, 7),
    }  # fmt: skip
    assert places("01 R.", "05 G OCCURS 2 ASCENDING KEY IS A.", "10 A PIC X.", "10 T OCCURS 2.", "15 B PIC 99.") == {
        "A_1": (0, 1), "B_1_1": (1, 2), "B_1_2": (3, 2), "A_2": (5, 1), "B_2_1": (6, 2), "B_2_2": (8, 2), "": (0, 10),
    }  # fmt: skip


def test_a_name_in_two_groups_has_those_of_its_groups_too() -> None:
    assert list(places("01 R.", "05 G.", "10 A PIC X.", "10 B PIC X.", "05 H.", "10 A PIC X.", "05 C PIC X.")) == [
        "G_A", "B", "H_A", "C", "",
    ]  # fmt: skip
    assert list(places("01 R.", "05 G OCCURS 2.", "10 A PIC X.", "05 A-1 PIC X.")) == ["G_A_1", "A_2", "R_A_1", ""]


def test_a_tag_that_is_to_be_replaced_is_left_out_of_names() -> None:
    assert list(places("01 :TAG:-R.", "05 :TAG:-A PIC X.", "05 B-:X:-C PIC X.")) == ["A", "B__C", ""]


# SYNCHRONIZED: IBM's Language Reference, "Slack bytes", has the first three as examples


def test_slack_bytes_stand_before_a_number_that_is_aligned() -> None:
    assert places("01 FIELD-A.", "05 FIELD-B PIC X(5).", "05 FIELD-C.", "10 FIELD-D PIC XX.",
                  "10 FIELD-E PIC S9(6) COMP SYNC.") == {
        "FIELD_B": (0, 5), "FIELD_D": (5, 2), "FIELD_E": (8, 4), "": (0, 12),
    }  # fmt: skip


def test_or_before_the_group_that_begins_with_it() -> None:
    assert places("01 FIELD-L.", "05 FIELD-M PIC X(5).", "05 FIELD-N PIC XX.", "05 FIELD-O.",
                  "10 FIELD-P PIC S9(6) COMP SYNC.") == {
        "FIELD_M": (0, 5), "FIELD_N": (5, 2), "FIELD_P": (8, 4), "": (0, 12),
    }  # fmt: skip


def test_and_at_the_end_of_each_occurrence_so_that_the_next_is_aligned_too() -> None:
    found = places("01 WORK-RECORD.", "05 WORK-CODE PIC X.", "05 COMP-TABLE OCCURS 10 TIMES.", "10 COMP-TYPE PIC X.",
                   "10 COMP-PAY PIC S9(4)V99 COMP SYNC.", "10 COMP-HOURS PIC S9(3) COMP SYNC.",
                   "10 COMP-NAME PIC X(5).")  # fmt: skip
    assert found["WORK_CODE"] == (0, 1)
    assert found["COMP_TYPE_1"] == (1, 1)
    assert found["COMP_PAY_1"] == (4, 4)
    assert found["COMP_HOURS_1"] == (8, 2)
    assert found["COMP_NAME_1"] == (10, 5)
    assert found["COMP_PAY_2"] == (20, 4)
    assert found["COMP_NAME_10"] == (10 + 9 * 16, 5)
    assert found[""] == (0, 1 + 160)


@pytest.mark.parametrize(
    ("clause", "offset"),
    [
        ("PIC S9(4) COMP SYNC", 2),
        ("PIC S9(5) COMP SYNCHRONIZED RIGHT", 4),
        ("PIC S9(18) COMP-5 SYNC LEFT", 4),
        ("COMP-1 SYNC", 4),
        ("COMP-2 SYNC", 8),
        ("INDEX SYNC", 4),
        ("POINTER SYNC", 4),
        ("PIC S9(5) COMP-3 SYNC", 1),
        ("PIC 9(5) SYNC", 1),
        ("PIC X(4) SYNC", 1),
        ("PIC S9(5) COMP", 1),
    ],
)
def test_what_is_aligned_and_to_what(clause: str, offset: int) -> None:
    assert places("01 R.", "05 A PIC X.", f"05 B {clause}.")["B"][0] == offset


# REDEFINES


def test_what_follows_stands_behind_the_longest_reading() -> None:
    lines = ("01 R.", "05 A PIC X(2).", "05 FILLER REDEFINES A.", "10 FILLER PIC X(5).", "05 B PIC X.")
    assert places(*lines) == {"A": (0, 2), "B": (5, 1), "": (0, 6)}


def test_where_one_reading_alone_has_names_it_is_read() -> None:
    assert places("01 R.", "05 FILLER PIC X(4).", "05 B PIC X.") == {"B": (4, 1), "": (0, 5)}
    assert places("01 R.", "05 A.", "10 FILLER PIC X(4).", "05 C REDEFINES A.", "10 D PIC 9(4).", "05 B PIC X.") == {
        "D": (0, 4), "B": (4, 1), "": (0, 5),
    }  # fmt: skip


_TWO = ("01 R.", "05 A PIC X(4).", "05 C REDEFINES A PIC 9(4).", "05 D REDEFINES A.", "10 E PIC XX.", "05 B PIC X.")


def test_where_two_have_names_it_is_asked() -> None:
    said = refusal(*_TWO, kind=Ambiguous)
    assert said == (
        f"{WHERE}, line 3, column 11: C redefines A of line 2: its bytes may be read as any of A (line 2), C (line 3), "
        "D (line 4)"
    )


def test_also_where_the_first_one_has_none() -> None:
    lines = ("01 R.", "05 FILLER PIC X(4).", "05 A.", "10 FILLER PIC X(4).", "05 C REDEFINES A PIC 9(4).",
             "05 D REDEFINES A PIC XX.")  # fmt: skip
    assert "line 5, column 11: C redefines A of line 3" in refusal(*lines, kind=Ambiguous)


@pytest.mark.parametrize(
    ("use", "columns"),
    [("A", {"A": (0, 4)}), ("c", {"C": (0, 4)}), ("D", {"E": (0, 2)})],
)
def test_and_what_is_said_holds(use: str, columns: dict[str, tuple[int, int]]) -> None:
    found = read_book(book(*_TWO), WHERE, [ReadAs("a", use)])
    named = {name: (column.offset, column.size) for name, column in found.columns}
    assert named == columns | {"B": (4, 1)}
    assert found.record_size == 5


def test_what_is_said_has_to_be_one_of_them() -> None:
    with pytest.raises(CopybookInvalid) as caught:
        read_book(book(*_TWO), WHERE, [ReadAs("A", "B")])
    assert "A is to be read as B, which is none of A, C, D" in caught.value.message


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("01 R.", "05 A PIC."), "line 2, column 13: 'PIC' does not stand there in a data description"),
        (("01 R.", "05 A PIC X"), "line 2, column 18: the book ends within a sentence: a period is missing"),
        (("01 R.", "05 A PIC X 05 B PIC X."), "line 2, column 19: '05' does not stand there in a data description"),
        (("01 R.", "05 A PIC Q."), "line 2, column 11: A has PICTURE 'Q': 'Q' does not stand beside"),
        (("01 R.", "05 A PIC X PIC X."), "line 2, column 11: A has PICTURE twice"),
        (("01 R.", "05 A PIC X USAGE COMP COMP-3."), "line 2, column 11: A has USAGE twice"),
        (("01 R.", "55 A PIC X."), "line 2, column 11: A has level '55'; the levels are 01 to 49"),
        (("01 R.", "001 A PIC X."), "line 2, column 12: A has level '001'"),
        (("05 A PIC X.", "01 S.", "05 B PIC X."), "line 2, column 11: S begins a record behind items of none: A of"),
        (("01 R.", "05 A."), "line 2, column 11: A has neither a PICTURE nor items in it"),
        (("01 R PIC X.", "05 A PIC X."), "line 1, column 11: R has a PICTURE, and so no items; A of line 2"),
        (("01 R.", "05 A COMP-1 PIC 9."), "line 2, column 11: A is COMP-1, and so has no PICTURE"),
        (("01 R.", "05 A PIC X COMP-3."), "line 2, column 11: A is COMP-3, and PICTURE X is no number"),
        (("01 R.", "05 A PIC 9(19) COMP."), "line 2, column 11: A is COMP of 19 digits; 18 is the most"),
        (("01 R.", "05 A PIC X OCCURS 0."), "line 2, column 11: A occurs no time"),
        (("01 R.", "05 A PIC X.", "05 B REDEFINES C PIC X."), "line 3, column 11: B redefines C, which is no"),
        (("01 R.", "05 A PIC X.", "05 B REDEFINES A PIC 9.", "05 G.", "10 C REDEFINES A PIC X."),
         "line 5, column 11: C redefines A, which is no item before it in the same group"),
        (("01 R.", "05 F PIC X.", "05 A PIC X(4).", "05 B REDEFINES A PIC 9(9) COMP SYNC."),
         "line 4, column 11: B redefines A at byte 1, where nothing SYNCHRONIZED can begin"),
        (("01 R.", "05 A PIC X(1048577)."), "line 2, column 11: A ends at byte 1,048,577; a record has 1,0"),
        (("01 R.", "05 G OCCURS 99999.", "10 H OCCURS 99999.", "15 A PIC X."),
         "line 2, column 11: G ends at byte 9,999,800,001"),
        (("01 R.", "05 A PIC X OCCURS 99999999999999999999999999."), "line 2, column 11: A ends at byte 1,000,000,000"),
        (("01 R.", "05 N PIC 9.", "05 A PIC X OCCURS 6 TO 5 DEPENDING ON N OF R."),
         "line 3, column 11: A occurs 6 to 5 times, from more to fewer"),
        (("01 R.", "05 A PIC X OCCURS 1 TO 5."), "line 2, column 11: A occurs 1 to 5 times DEPENDING ON what is"),
        (("01 R.", "05 FILLER PIC X."), "has no item with a name: every one is FILLER"),
        (("01 R.", "05 A PIC X.", "05 A PIC 9."), "line 3, column 11: A and A of line 2 would both be the column R_A"),
        (("01 R.", f"05 A PIC X OCCURS {MOST_COLUMNS + 1}."), "has 10,001 columns; 10,000 is the most"),
        (("COPY OTHER.",), "line 1, column 13: the book 'OTHER' is taken in, and not known here"),
        (("01 R.", "EXEC SQL INCLUDE X END-EXEC."), "line 2, column 25: the book 'X' is taken in, and not known"),
        (("IDENTIFICATION DIVISION.",), "line 1, column 8: this is a program"),
        (("01 R.", "05 A PIC X & ."), "line 2, column 19: '&' is nothing of COBOL's"),
        (("01 R.", "05 A PIC X VALUE 'open."), "line 2, column 25:"),
        (("88 A VALUE 1.",), "is no copybook: it describes no item"),
        (("",), "is no copybook: it describes no item"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line_and_column(lines: tuple[str, ...], said: str) -> None:
    message = refusal(*lines)
    assert message.startswith(WHERE)
    assert said in message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("05 A PIC Q.", "line 2, column 6: A has PICTURE 'Q'"),
        (f"05 {'A' * 65} PIC X.", f"line 2, column 6: {'A' * 64} has a name of 65 characters; 64 is the most"),
        (f"05 A PIC {'X' * 201}.", "it has 201 characters; 200 is the most"),
    ],
)
def test_what_is_wrong_in_the_free_form_has_its_place_too(line: str, said: str) -> None:
    with pytest.raises(CopybookInvalid) as caught:
        read_book(f"01 R.\n  {line}", WHERE)
    assert caught.value.message.startswith(WHERE)
    assert said in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "01 R.\n" + "".join(f"05 F{n} PIC X.\n" for n in range(60_000)),
        "01 R.\n05 A PIC X.\n88 B VALUE " + "1 " * 500_000 + ".",
        "01 R.\n05 A PIC " + "9" * 1_000_000 + ".",
        "01 R.\n05 A PIC " + "(" * 1_000_000 + ".",
        "01 R.\n05 A PIC X VALUE " + "'" * 1_000_000,
        "01 " + "A" * 1_000_000 + " PIC X.",
        "9" * 1_000_000,
        "." * 1_000_000,
        " " * 1_000_000,
        "\t" * 100_000,
        "01 R.\n" + "      -    X\n" * 80_000,
        "".join(f"{1 + n % 49:02} L{n}.\n" for n in range(10_000)),
    ],
    ids=lambda text: text[:30] + text[-12:],
)
def test_no_text_takes_long(text: str) -> None:
    """Processor time, so that a busy machine is no reason to fail; the usual book takes a hundredth of a second."""
    began = time.process_time()
    with pytest.raises(EtlError):
        read_book(text, WHERE)
    assert time.process_time() - began < 20


def test_tables_within_tables_are_refused_by_arithmetic() -> None:
    lines = ["01 R.", *(f"{2 + n:02} G{n} OCCURS 1000." for n in range(40)), "49 A PIC X."]
    assert "ends at byte" in refusal(*lines)
