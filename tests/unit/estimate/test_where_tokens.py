"""The words of `--where`: each with its kind and place, and what begins none is named."""

from __future__ import annotations

from fractions import Fraction

import pytest

from etl_batch.errors import WhereInvalid
from etl_batch.estimate.where_tokens import Token, number_of, tokens


def test_every_kind() -> None:
    found = [(one.kind, one.text, one.position) for one in tokens("""price>=1.5e3 AND "a ""b" = 'it''s'""")]
    assert found == [
        ("word", "price", 1),
        ("mark", ">=", 6),
        ("number", "1.5e3", 8),
        ("keyword", "and", 14),
        ("quoted", '"a ""b"', 18),
        ("mark", "=", 26),
        ("text", "'it''s'", 28),
        ("end", "", 35),
    ]


@pytest.mark.parametrize(
    ("text", "kinds"), [("größe", "word"), ("Not", "keyword"), ("nothing", "word"), (".5", "number")]
)
def test_one_word(text: str, kinds: str) -> None:
    assert [one.kind for one in tokens(text)] == [kinds, "end"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = 'x", "--where, character 5: a text that is never closed"),
        ('"a', "--where, character 1: a column name that is never closed"),
        ("a # 1", "--where, character 3: '# 1' is not understood"),
        ("1a", "--where, character 1: '1a' is not understood"),
    ],
)
def test_what_begins_no_token_is_named_with_its_place(text: str, said: str) -> None:
    with pytest.raises(WhereInvalid, match=r".") as caught:
        list(tokens(text))
    assert caught.value.message == said


def test_a_long_rest_is_cut() -> None:
    with pytest.raises(WhereInvalid) as caught:
        list(tokens("#" * 5000))
    assert len(caught.value.message) < 120


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), ("7.", 7), (".25", Fraction(1, 4)), ("0.1", Fraction(1, 10)), ("12e-2", Fraction(3, 25))],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert number_of(Token("number", text, 1)) == value


@pytest.mark.parametrize("exponent", ["401", "-401", "99999", "1000000000000"])
def test_exponents_beyond_any_number_are_refused_before_they_are_written_out(exponent: str) -> None:
    with pytest.raises(WhereInvalid, match="character 3: the exponent"):
        number_of(Token("number", f"1e{exponent}", 3))
    assert number_of(Token("number", "1e400", 3)) == 10**400
