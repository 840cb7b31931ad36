"""Which fields are read in which records, and what of that is refused."""

from __future__ import annotations

from itertools import pairwise

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.condition_text import read_condition
from etl_batch.layouts.draft import draft_of
from etl_batch.layouts.layout import Field
from etl_batch.layouts.padding import padding_of_field
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.variants import Variant, together, with_when
from etl_batch.layouts.variants_toml import condition_of, overlapping

KIND = Field(name="KIND", type="str", offset=0, length=1)


def text(name: str, offset: int, length: int) -> Field:
    return Field(name=name, type="str", offset=offset, length=length)


FIELDS = (KIND, text("A", 1, 4), text("B", 1, 2), text("C", 3, 2), text("D", 1, 4))


def variant(of: str, use: str, when: str | None) -> Variant:
    return Variant(tuple(of), tuple(use), None if when is None else read_condition(when))


def whens(*variants: Variant, fields: tuple[Field, ...] = FIELDS) -> dict[str, str]:
    return {field.name: str(field.when) for field in with_when(fields, variants) if field.when is not None}


def test_the_first_whose_condition_holds_is_read_and_else_what_gives_way() -> None:
    assert whens(variant("A", "BC", "KIND = 'X'"), variant("A", "D", "KIND = 'Y'")) == {
        "A": "not (KIND = 'X') and not (KIND = 'Y')",
        "B": "(KIND = 'X')",
        "C": "(KIND = 'X')",
        "D": "not (KIND = 'X') and (KIND = 'Y')",
    }
    assert whens(variant("A", "BC", None)) == {}


def test_readings_within_readings_hold_where_both_do() -> None:
    found = whens(variant("A", "BC", "KIND = 'X'"), variant("C", "D", "B = '1'"))
    assert found["C"] == "(KIND = 'X') and not (B = '1')"
    assert found["D"] == "(B = '1')"
    settled = {field.name: field for field in with_when(FIELDS, (variant("C", "D", "B = '1'"),))}
    assert settled["D"].when is not None
    assert settled["D"].when.fields == (FIELDS[2],)


def test_what_nothing_gives_way_to_belongs_together_where_bytes_are_shared() -> None:
    by_name = {field.name: field for field in FIELDS}
    one, two, three = (variant("", use, f"KIND = '{use}'") for use in "BCD")
    assert together([one, two], by_name) == [[one], [two]]
    assert together([one, three], by_name) == [[one, three]]
    other = variant("A", "D", "KIND = 'Y'")  # of the same bytes, and yet it is A that gives way to it
    assert together([other, one], by_name) == [[other], [one]]
    assert whens(one, three)["D"] == "not (KIND = 'B') and (KIND = 'D')"


def test_a_circle_and_a_long_way_are_refused() -> None:
    with pytest.raises(ValueError, match="whether D is read depends on D itself, by way of B"):
        whens(variant("A", "B", "D = '1'"), variant("C", "D", "B = '1'"))
    fields = tuple(text(f"F{number}", number, 1) for number in range(90))
    chain = [Variant((), (b.name,), read_condition(f"{a.name} = '1'")) for a, b in pairwise(fields)]
    with pytest.raises(ValueError, match="40 deep at the most"):
        with_when(fields[::-1], chain)


def test_only_readings_of_the_same_bytes_overlap() -> None:
    assert overlapping(FIELDS, (variant("A", "BC", "KIND = 'X'"), variant("A", "D", "KIND = 'Y'"))) is None
    assert overlapping(FIELDS, (variant("A", "BC", None), variant("A", "D", None))) is None
    assert overlapping(FIELDS, (variant("A", "BCD", "KIND = 'X'"),)) == (FIELDS[2], FIELDS[4])
    assert overlapping(FIELDS[:3], ()) == (FIELDS[1], FIELDS[2])


def test_a_condition_is_about_fields() -> None:
    with pytest.raises(LayoutInvalid, match="told by fields of the record alone"):
        condition_of("KIND = 'X' and first", {"KIND": KIND}, "here")


def test_a_value_that_says_nothing_is_good_without_a_sign_too() -> None:
    packed = Field(name="P", type="packed", offset=0, length=2, signed=False)
    assert padding_of_field(packed) == bytes(2)


def test_an_editor_keeps_what_it_does_not_show() -> None:
    layout = parse_layout(
        'record_format = "V"\nrecord_size = 2\n[[field]]\nname = "K"\ntype = "str"\nlength = 1\n'
        '[[field]]\nname = "A"\ntype = "str"\nlength = 1\n[[field]]\nname = "B"\ntype = "u8"\noffset = 1\n'
        '[[variant]]\nof = "A"\nuse = "B"\nwhen = "K = \'1\'"\n',
        "x.toml",
    )
    assert draft_of(layout).layout("x.toml") == layout
