"""A condition of `--where` as a tree: which columns it needs, and what each is compared with."""

from __future__ import annotations

from fractions import Fraction

import pytest

from etl_batch.estimate.where import parse_where
from etl_batch.estimate.where_conditions import (
    Column,
    Comparison,
    Every,
    IsNull,
    Literal,
    Not,
    OneOf,
    Some,
    Where,
    refuse,
)

A, B = Column("a", 1), Column("b", 5)
ONE, WORD, YES = Literal(Fraction(1), 9), Literal("x", 9), Literal(True, 9)


def test_columns_are_named_once_in_the_order_of_the_text() -> None:
    parts = (Not(IsNull(B)), Some((Comparison("=", A, B), OneOf(A, (ONE,)))))
    assert Where("", Every(parts)).columns == ("b", "a")


def test_what_a_column_is_compared_with_is_found_at_every_depth() -> None:
    where = Where("", Some((Every((Not(Comparison("<", ONE, A)), OneOf(B, (WORD, YES)))), IsNull(A))))
    assert where.literals("a") == {Fraction}
    assert where.literals("b") == {str, bool}
    assert where.literals("c") == set()


@pytest.mark.parametrize(
    ("text", "columns"),
    [("a = 1 and b = 2", ("a", "b")), ("not (b is null or a in (1, 2))", ("b", "a")), ('"a b" > a', ("a b", "a"))],
)
def test_of_a_text(text: str, columns: tuple[str, ...]) -> None:
    assert parse_where(text).columns == columns


def test_a_refusal_names_the_character() -> None:
    assert refuse(7, "what is this").message == "--where, character 7: what is this"
