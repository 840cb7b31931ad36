"""What parts of a column say together."""

from __future__ import annotations

from etl_batch.formats.facts import ColumnFacts, united
from etl_batch.kernels.cell_readings import Class

INTEGERS = ColumnFacts(word="", values=1, least=5, most=5, total=5, first=b"5", last=b"5", seen=Class.INTEGER)
FLOATS = ColumnFacts(word="", values=1, least=0.5, most=0.5, total=2**1073, first=b"0.5", last=b"0.5", seen=Class.FLOAT)


def test_columns_without_a_value_do_not_say_what_the_others_are() -> None:
    nothing, number = ColumnFacts(word="str", nulls=2), ColumnFacts(word="i64", nulls=1)
    value = ColumnFacts(word="i64", values=1, least=5, most=5, total=5)
    assert nothing.merged(value).type == value.merged(nothing).type == "i64"
    assert nothing.merged(number).type == number.merged(nothing).type == "i64"


def test_integers_and_floats_are_text_together() -> None:
    for both in (INTEGERS.merged(FLOATS), FLOATS.merged(INTEGERS)):
        assert (both.type, both.least, both.most, both.total) == ("str", None, None, 0)
        assert (both.first, both.last) == (b"0.5", b"5")
    assert INTEGERS.merged(FLOATS).merged(INTEGERS) == INTEGERS.merged(INTEGERS).merged(FLOATS)


def test_nothing_seen_changes_nothing() -> None:
    assert INTEGERS.merged(ColumnFacts(word="", nulls=1)).total == 5
    assert united(0, 0) == 0
    assert united(Class.INTEGER | Class.NEGATIVE, Class.UNSIGNED | Class.INTEGER) == Class.TEXT


def test_packed_and_back() -> None:
    for facts in (INTEGERS, FLOATS, ColumnFacts(word="f64", total=-(2**2000))):
        assert ColumnFacts.unpacked(facts.packed()) == facts
