"""Variables of Stata dictionaries as columns, by each of the two forms and by themselves."""

from __future__ import annotations

import pytest

from etl_batch.errors import DictionaryInvalid
from etl_batch.layouts.stata_columns import column_of, is_storage_type
from etl_batch.layouts.stata_infile import read_infile
from etl_batch.layouts.stata_infix import read_infix
from etl_batch.layouts.stata_words import words_of


def infix(inside: str) -> list[tuple[str, str, int, int]]:
    found = read_infix(words_of(f"infix dictionary {{ {inside} }}", "x.dct"))
    return [(column.name, column.type, column.start, column.length) for column in found.columns]


def infile(inside: str) -> list[tuple[str, str, int, int]]:
    found = read_infile(words_of(f"dictionary {{ {inside} }}", "x.dct"))
    return [(column.name, column.type, column.start, column.length) for column in found.columns]


@pytest.mark.parametrize("word", ["byte", "int", "long", "float", "double", "str", "str20", "strL"])
def test_what_is_a_storage_type(word: str) -> None:
    assert is_storage_type(word)
    assert not is_storage_type(f"{word}_")


def test_columns_are_where_a_specification_says() -> None:
    assert infix("str name 1-8 byte age 9-11 long id 12-20") == [
        ("name", "str", 0, 8), ("age", "i8", 8, 3), ("id", "i32", 11, 9),
    ]  # fmt: skip


def test_columns_follow_each_other_but_for_directives() -> None:
    assert infile('str8 name %8s "Name" _skip(2) int age %3f _column(21) double paid %8.2f') == [
        ("name", "str", 0, 8), ("age", "i16", 10, 3), ("paid", "f64", 20, 8),
    ]  # fmt: skip


def test_a_float_that_may_lose_a_digit_is_a_decimal_or_looked_at() -> None:
    name = words_of("infix dictionary { paid }", "x.dct").words[0]
    assert column_of(name, "double", 0, 20, decimals=2).type == "decimal"
    assert column_of(name, "double", 0, 8, decimals=2).type == "f64"
    assert column_of(name, "double", 0, 20).is_whole_or_float


def test_whole_numbers_have_no_decimals() -> None:
    name = words_of("infix dictionary { paid }", "x.dct").words[0]
    with pytest.raises(DictionaryInvalid, match="paid is int, which has no decimals"):
        column_of(name, "int", 0, 4, decimals=1)
