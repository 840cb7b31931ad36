"""Conditions on records: what may be written, what it says, what it comes to when it is turned round or joined."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from etl_batch.layouts.condition_fields import settled
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.conditions import (
    MOST_TERMS,
    AtEnd,
    Comparison,
    Condition,
    End,
    OfLength,
    Operator,
    all_of,
)
from etl_batch.layouts.layout import Field

KIND = Field(name="CUST_KIND", type="str", offset=0, length=2, encoding="cp037")
SIZE = Field(name="Size", type="packed", offset=2, length=3, scale=2)
DAY = Field(name="day", type="date", offset=5, length=4)
FIELDS = {field.name: field for field in (KIND, SIZE, DAY)}


def equal(name: str, *values: str | Decimal | bytes) -> Comparison:
    return Comparison(name, Operator.EQUAL, values)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("KIND = 'X'", (equal("KIND", "X"),)),
        ("KIND='it''s'", (equal("KIND", "it's"),)),
        ("CUST-KIND in ('X','Y', 'X')", (equal("CUST-KIND", "X", "Y"),)),
        ("N not in (1, -2.50)", (Comparison("N", Operator.DIFFERENT, (Decimal(1), Decimal("-2.50"))),)),
        ("N <> +3", (Comparison("N", Operator.DIFFERENT, (Decimal(3),)),)),
        ("N == 0xF0c1", (equal("N", b"\xf0\xc1"),)),
        ("N<=7", (Comparison("N", Operator.LESS_OR_EQUAL, (Decimal(7),)),)),
        ("ok = TRUE AND NOT first", (equal("ok", Decimal(1)), AtEnd(End.FIRST, is_so=False))),
        ("last and length >= 80", (AtEnd(End.LAST), OfLength(Operator.MORE_OR_EQUAL, (80,)))),
        ('"first" = 1 and "a ""b""" = 2', (equal("first", Decimal(1)), equal('a "b"', Decimal(2)))),
        ('"length" = 1', (equal("length", Decimal(1)),)),
        ("first = 1", (equal("first", Decimal(1)),)),
        ("12ST = 1", (equal("12ST", Decimal(1)),)),
        ("\u00e9t\u00e9 = 1", (equal("\u00e9t\u00e9", Decimal(1)),)),
    ],
)
def test_terms(text: str, said: tuple[Comparison, ...]) -> None:
    read = read_condition(text)
    assert read == Condition((said,))
    assert read_condition(str(read)) == read


def test_and_binds_before_or() -> None:
    read = read_condition("A = 1 and B = 2 or C = 3")
    assert read.any_of == ((equal("A", Decimal(1)), equal("B", Decimal(2))), (equal("C", Decimal(3)),))
    assert read.names == ("A", "B", "C")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "it ends where the name of a field is wanted"),
        ("KIND", "behind KIND one of =, !=, <, <=, >, >=, in or not in is wanted"),
        ("KIND not 3", "behind KIND one of =, !=, <, <=, >, >=, in or not in is wanted, not '3'"),
        ("KIND = X", "a value is a text such as 'X', a number, or bytes such as 0xF1F2, not 'X'"),
        ("KIND = 0xF", "a value is a text such as 'X', a number, or bytes such as 0xF1F2, not '0xF'"),
        (f"KIND = {'9' * 41}", "a value is a text such as 'X', a number, or bytes such as 0xF1F2, not '" + "9" * 40),
        ("KIND in 'X'", "behind 'in' a list in brackets is wanted"),
        ("KIND in ('X'", "a list of values does not end with a bracket"),
        ("KIND = 'X' B = 2", "'B' follows where it should end, or go on with 'and' or 'or'"),
        ("not KIND = 3", "'not' stands before 'first', 'last' and 'in' alone"),
        ("'X' = KIND", "it begins with \"'X'\", where the name of a field is wanted"),
        ("A = 1 and", "it ends where the name of a field is wanted"),
        ("A ~ 3", "'~ 3' is no part of a condition"),
        ("A = 'x", '"\'x" is no part of a condition'),
        ("length = 1.5", "a length is a whole number of bytes"),
        ("A = 1 or " * 2000 + "A = 1", "it has 18,005 characters; 10,000 are the most"),
        ("A<1 or " * 1000 + "A<1", "it has 1,001 terms; 1,000 are the most"),
    ],
)
def test_what_is_no_condition(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        read_condition(text)


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("A = 1", "A != 1"),
        ("A in (1, 2)", "A not in (1, 2)"),
        ("A < 1 and first", "A >= 1 or not first"),
        ("A <= 1 or B > 2", "A > 1 and B <= 2"),
        ("A = 1 or A = 2", "A not in (1, 2)"),
        ("length != 3", "length = 3"),
    ],
)
def test_the_opposite(text: str, opposite: str) -> None:
    assert str(read_condition(text).opposite()) == opposite


def test_conditions_that_hold_together() -> None:
    both = all_of([read_condition("A = 1 or B = 2"), read_condition("C != 3"), read_condition("C != 4 and A = 1")])
    assert str(both) == "A = 1 and C not in (3, 4) or B = 2 and C not in (3, 4) and A = 1"
    assert str(all_of([read_condition("A = 1")] * 2)) == "A = 1"


def test_conditions_that_come_to_too_much() -> None:
    many = read_condition(" or ".join(f"A{number} = 1" for number in range(40)))
    with pytest.raises(ValueError, match="1,000 terms are the most"):
        all_of([many, many])
    assert len(all_of([many, read_condition("B = 1")]).any_of) == 40
    assert MOST_TERMS == 1_000


def test_names_and_values_are_those_of_the_fields() -> None:
    read = read_condition(
        "cust-kind in ('A  ', 'B') and SIZE = '007' and Size != 0x00000c and day = 0x00000000 and first"
    )
    assert str(settled(read, FIELDS)) == (
        "CUST_KIND in ('A', 'B') and Size = 7 and Size != 0x00000c and day = 0x00000000 and first"
    )


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("NAME = 'X'", "there is no field NAME"),
        ("CUST_KIND = 1", "CUST_KIND is a text: put 1 in single quotes"),
        ("CUST_KIND < 'X'", "CUST_KIND is no number (str), and so neither less nor more than another value"),
        ("CUST_KIND = 'ABC'", "CUST_KIND has 2 bytes, and 'ABC' takes 3"),
        ("CUST_KIND = '\u20ac'", "CUST_KIND is a text of cp037, which has no '\u20ac'"),
        ("CUST_KIND = 0xF1", "CUST_KIND has 2 bytes, and 0xf1 has 1"),
        ("Size > 0x00000C", "Size is compared with the bytes 0x00000c by = or != alone"),
        ("Size = 'ten'", "Size is a number (packed), and 'ten' is none"),
        ("Size = 'NaN'", "Size is a number (packed), and 'NaN' is none"),
        ("day = 20000", "day (date) is compared with bytes alone, such as 0x00000000"),
    ],
)
def test_what_fields_cannot_have(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(wrong)}$"):
        settled(read_condition(text), FIELDS)


def test_a_name_that_might_be_two() -> None:
    fields = {name: Field(name=name, type="i8", offset=0, length=1) for name in ("A_B", "A-B", "a_b")}
    assert str(settled(read_condition("a_b = 1"), fields)) == "a_b = 1"
    with pytest.raises(ValueError, match="a-B may be any of A_B, A-B, a_b"):
        settled(read_condition("a-B = 1"), fields)
