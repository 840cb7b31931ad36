"""PICTURE: what its symbols come to."""

from __future__ import annotations

import re

import pytest

from etl_batch.layouts.copybook.picture import Category, read_picture


@pytest.mark.parametrize(
    ("text", "size", "digits", "scale", "signed"),
    [
        ("9", 1, 1, 0, False),
        ("9(5)", 5, 5, 0, False),
        ("S9(7)V99", 9, 9, 2, True),
        ("s9(3)v9(4)", 7, 7, 4, True),
        ("V99", 2, 2, 2, False),
        ("SV9(4)", 4, 4, 4, True),
        ("9V", 1, 1, 0, False),
        ("99V99", 4, 4, 2, False),
        ("9(03)V9(02)", 5, 5, 2, False),
        ("VPP9", 1, 1, 3, False),
        ("PP9", 1, 1, 3, False),
        ("SPP99", 2, 2, 4, True),
        ("9PP", 1, 1, -2, False),
        ("S9(3)P(4)", 3, 3, -4, True),
        ("9P", 1, 1, -1, False),
        ("9(38)", 38, 38, 0, False),
    ],
)
def test_numbers(text: str, size: int, digits: int, scale: int, *, signed: bool) -> None:
    found = read_picture(text)
    assert found.category is Category.NUMBER
    assert (found.size, found.digits, found.scale, found.signed) == (size, digits, scale, signed)


@pytest.mark.parametrize(
    ("text", "category", "size"),
    [
        ("X", Category.TEXT, 1),
        ("X(30)", Category.TEXT, 30),
        ("XXX", Category.TEXT, 3),
        ("A(4)", Category.TEXT, 4),
        ("A9X(2)", Category.TEXT, 4),
        ("N(4)", Category.NATIONAL, 4),
        ("G(3)", Category.DBCS, 3),
        ("ZZ9", Category.EDITED, 3),
        ("Z(4)9.99-", Category.EDITED, 9),
        ("ZZZ,ZZ9.99CR", Category.EDITED, 12),
        ("$$,$$9DB", Category.EDITED, 8),
        ("***9V99", Category.EDITED, 6),
        ("99/99/9999", Category.EDITED, 10),
        ("XXBXX", Category.EDITED, 5),
        ("9B9(3)", Category.EDITED, 5),
        ("+9.9(4)E+99", Category.EDITED, 11),
        ("9.999,99", Category.EDITED, 8),
        ("-(5)9", Category.EDITED, 6),
        ("0(3)9", Category.EDITED, 4),
    ],
)
def test_texts_and_what_is_edited(text: str, category: Category, size: int) -> None:
    found = read_picture(text)
    assert (found.category, found.size) == (category, size)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Q", "'Q' does not stand beside"),
        ("X(", "'(' is no symbol of a picture"),
        ("9(0)", "'9(0)' is repeated no time"),
        ("S", "it has no character"),
        ("V", "it has no character"),
        ("S9S", "S and V stand in it once at most"),
        ("S(2)9", "S and V stand in it once at most"),
        ("9V9V9", "S and V stand in it once at most"),
        ("9S", "S stands in front"),
        ("9P9", "P stands at one end"),
        ("PV9", "P stands at one end"),
        ("9(39)", "it has 39 digits; 38 is the most"),
        ("X(999999999)", "it is larger than COBOL allows"),
        ("X(9999999999)", "is no symbol of a picture"),
        ("9(5)9(2)XQ", "'Q' does not stand beside"),
        ("X5", "'5' does not stand beside"),
        ("Ä", "'Ä' is no symbol of a picture"),
    ],
)
def test_what_is_no_picture_is_said(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=re.escape(what)):
        read_picture(text)
