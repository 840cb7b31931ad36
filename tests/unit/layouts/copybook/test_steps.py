"""The steps from a book to places, each by itself: clauses, entries, the tree, offsets."""

from __future__ import annotations

import pytest
from lark import Token, Tree

from etl_batch.errors import Ambiguous, CopybookInvalid
from etl_batch.layouts.copybook.clauses import said_by
from etl_batch.layouts.copybook.entries import USAGES, Entry, Sign, Usage, place_in_words
from etl_batch.layouts.copybook.grammar import read_entries
from etl_batch.layouts.copybook.offsets import binary_bytes, placed
from etl_batch.layouts.copybook.picture import read_picture
from etl_batch.layouts.copybook.source import code_of
from etl_batch.layouts.copybook.tree import Item, alone, arranged, records_of, settled

WHERE = "data/book.cpy"


def entry(level: int, name: str = "", picture: str | None = None, **said: object) -> Entry:
    fields: dict[str, object] = {"level": level, "name": name, "line": 7, "column": 12, **said}
    if picture is not None:
        fields |= {"picture": read_picture(picture), "pictured": picture}
    return Entry(**fields)  # type: ignore[arg-type]


def clause(kind: str, *words: tuple[str, str]) -> Tree[Token]:
    return Tree(kind, [Token(*word) for word in words])


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (clause("usage", ("USED_AS", "comp-4")), {"usage": Usage.BINARY}),
        (clause("sign", ("LEADING", "LEADING")), {"sign": Sign(leading=True)}),
        (clause("sign", ("TRAILING", "TRAILING"), ("SEPARATE", "SEPARATE")), {"sign": Sign(separate=True)}),
        (clause("redefines", ("NAME", "OTHER")), {"redefines": "OTHER"}),
        (clause("synchronized", ("SYNCHRONIZED", "SYNC")), {"synchronized": True}),
        (clause("blank", ("BLANK", "BLANK"), ("ZERO", "ZERO")), {"blank_when_zero": True}),
        (clause("value", ("VALUE", "VALUE"), ("IS", "IS"), ("STRING", "'A'")), {"value": "'A'", "values": ("A",)}),
        (
            clause("occurs", ("OCCURS", "OCCURS"), ("INTEGER", "0012"), ("TIMES", "TIMES")),
            {"occurs": 12, "depending_on": "", "repeated": True},
        ),
        (clause("justified", ("JUSTIFIED", "JUST")), {}),
    ],
)
def test_a_clause_says_one_thing(said: Tree[Token], expected: dict[str, object]) -> None:
    assert said_by(said) == expected


def test_how_often_a_table_occurs_is_a_number_from_one_on() -> None:
    with pytest.raises(ValueError, match="occurs no time"):
        said_by(clause("occurs", ("OCCURS", "OCCURS"), ("INTEGER", "000")))
    many = said_by(clause("occurs", ("OCCURS", "OCCURS"), ("INTEGER", "9" * 400)))
    assert many["occurs"] == 10**9, "a number of 400 digits is not computed with"


def test_each_word_of_a_usage_clause_is_one_that_the_grammar_knows() -> None:
    lines = [f"       05 ITEM-{at} PIC 9(4) {word}." for at, word in enumerate(USAGES)]
    found = read_entries(code_of("\n".join(lines), WHERE), WHERE)
    assert [one.usage for one in found] == [*USAGES.values()]


def test_entries_know_their_places_and_what_88_levels_mean() -> None:
    text = (
        "       01  REC.\n           05  STATE   PIC X.\n               88  IS-OPEN VALUE 'O'.\n           05  PIC 9.\n"
    )
    record, state, filler = read_entries(code_of(text, WHERE), WHERE)
    assert (record.level, record.name, record.line) == (1, "REC", 1)
    assert (state.line, state.column, state.meanings) == (2, 16, ("IS-OPEN: 'O'",))
    assert (filler.name, filler.called) == ("", "FILLER")
    assert place_in_words(WHERE, 2, 16) == "data/book.cpy, line 2, column 16"
    assert "line 2, column 16: STATE" in state.wrong(WHERE, "is wrong").message


def test_levels_nest_by_their_numbers_and_not_by_their_distance() -> None:
    record = arranged((entry(1, "R"), entry(5, "G"), entry(49, "A", "X"), entry(5, "B", "X")), WHERE)
    group, last = record.inner
    assert (record.entry.name, group.entry.name, last.entry.name) == ("R", "G", "B")
    assert [one.entry.name for one in group.inner] == ["A"]
    assert group.is_group
    assert not last.is_group
    assert not Item(entry(5), (Item(entry(10)),)).has_names


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ((), "describes no item"),
        ((entry(5, "A", "X"), entry(1, "S"), entry(5, "B", "X")), "begins a record behind items of none"),
        ((entry(1, "R"), entry(5, "A", "X"), entry(10, "B", "X")), "has a PICTURE, and so no items"),
    ],
)
def test_what_is_no_record_is_refused(entries: tuple[Entry, ...], words: str) -> None:
    with pytest.raises(CopybookInvalid) as caught:
        arranged(entries, WHERE)
    assert words in caught.value.message


_SEVERAL = (entry(1, "R"), entry(5, "A", "X"), entry(77, "C", "9"), entry(1, "S"), entry(5, "B", "X"))


def test_of_several_records_one_has_to_be_named() -> None:
    with pytest.raises(Ambiguous) as caught:
        arranged(_SEVERAL, WHERE)
    assert "S begins a second record beside R of line 7; there are 2" in caught.value.message
    assert "--record R or --record S; where each of its records is all of them" in caught.value.what_to_do
    assert [one.entry.name for one in arranged(_SEVERAL, WHERE, "s").inner] == ["B"]
    assert [one.entry.name for one in arranged(_SEVERAL, WHERE, "R").inner] == ["A"]
    assert [one.name for one in records_of(_SEVERAL)] == ["R", "S"]
    assert [one.name for one in alone(_SEVERAL)] == ["C"]
    assert not alone((entry(77, "C", "9"),)), "it is the record then"
    with pytest.raises(CopybookInvalid) as refused:
        arranged(_SEVERAL, WHERE, "T")
    assert refused.value.message == f"{WHERE} has no record 'T', as --record says; its records are R, S"


def test_a_constant_beside_a_record_is_not_in_it() -> None:
    assert [one.entry.name for one in arranged(_SEVERAL[:3], WHERE).inner] == ["A"]
    assert [one.entry.name for one in arranged(_SEVERAL[2:], WHERE).inner] == ["B"]


def test_what_a_group_says_holds_for_what_is_in_it_unless_that_says_something_else() -> None:
    tree = Item(
        entry(5, "G", usage=Usage.BINARY, synchronized=True),
        (Item(entry(10, "A", "9(4)")), Item(entry(10, "B", "9(4)", usage=Usage.PACKED))),
    )
    first, second = settled(tree).inner
    assert (first.entry.usage, first.entry.synchronized) == (Usage.BINARY, True)
    assert second.entry.usage is Usage.PACKED


def test_items_follow_each_other_and_what_redefines_begins_where_the_other_does() -> None:
    record = Item(
        entry(1, "R"),
        (
            Item(entry(5, "A", "X(3)")),
            Item(entry(5, "B", "X(2)", redefines="A")),
            Item(entry(5, "C", "9(4)", usage=Usage.BINARY, synchronized=True)),
            Item(entry(5, "D", "X", occurs=3, repeated=True)),
        ),
    )
    found = placed(record, WHERE)
    assert [(one.offset, one.end) for one in found.inner] == [(0, 3), (0, 2), (4, 6), (6, 9)]
    assert found.size == 9
    assert [binary_bytes(digits) for digits in (1, 4, 5, 9, 10, 18)] == [2, 2, 4, 4, 8, 8]


@pytest.mark.parametrize(
    ("inner", "words"),
    [
        (Item(entry(5, "A")), "neither a PICTURE nor items"),
        (Item(entry(5, "A", "X", usage=Usage.PACKED)), "is no number"),
        (Item(entry(5, "A", "9(4)", usage=Usage.FLOAT)), "and so has no PICTURE"),
        (Item(entry(5, "A", "X", redefines="B")), "which is no item before it"),
        (Item(entry(5, "A", "X", occurs=10**9, repeated=True)), "ends at byte 1,000,000,000"),
    ],
)
def test_what_has_no_place_is_refused(inner: Item, words: str) -> None:
    with pytest.raises(CopybookInvalid) as caught:
        placed(Item(entry(1, "R"), (inner,)), WHERE)
    assert words in caught.value.message
