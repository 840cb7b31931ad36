"""Numbers that are there as characters, and several nulls, as layouts say them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl_batch.errors import LayoutInvalid
from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.nulls import with_blank_nulls
from etl_batch.layouts.reading import parse_layout


def one_field(keys: str, encoding: str = "utf-8") -> Field:
    text = f'record_size = 300\nencoding = "{encoding}"\n[[field]]\nname = "n"\n{keys}'
    return parse_layout(text, "x.layout.toml").fields[0]


@pytest.mark.parametrize("kind", ["i8", "u64", "decimal", "f64"])
def test_a_number_as_text_has_any_length(kind: str) -> None:
    assert one_field(f'type = "{kind}"\ntext = true\nlength = 3').text
    assert one_field(f'type = "{kind}"\ntext = true\nlength = 256', "cp037").length == 256
    assert not one_field(f'type = "{kind}"\ntext = false').text


def test_a_decimal_as_text_has_the_digits_that_a_point_may_add() -> None:
    for length, scale, digits in ((8, 0, 8), (8, 2, 9), (1, 2, 2), (60, 2, 38), (38, 38, 38)):
        field = one_field(f'type = "decimal"\ntext = true\nlength = {length}\nscale = {scale}')
        assert field.digits == digits


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('type = "i32"\ntext = true', "has no length"),
        ('type = "i32"\ntext = true\nlength = 257', "i32 as text takes 1 to 256 bytes"),
        ('type = "i32"\ntext = 1\nlength = 2', "has text 1; give true or false"),
        ('type = "str"\ntext = true\nlength = 2', "has text, which i8, i16"),
        ('type = "packed"\ntext = true\nlength = 2', "has text, which i8, i16"),
        ('type = "decimal"\ntext = true\nlength = 2\nsigned = false', "characters have their sign"),
        ('type = "i32"\ntext = true\nlength = 2\nscale = 1', "a scale, which only"),
        ('type = "i8"\ntext = true\nlength = 4\nnull = 128', "null 128, which is not from -128 to 127"),
        ('type = "u8"\ntext = true\nlength = 4\nnull = "-1"', "null -1, which is not from 0 to 255"),
        ('type = "i8"\ntext = true\nlength = 4\nnull = "1.5"', "null '1.5'"),
        ('type = "i8"\ntext = true\nlength = 2\nnull = "N/A"', "null 'N/A'; give 1 to 2 characters"),
        ('type = "i8"\ntext = true\nlength = 2\nnull = ""', "null ''; give 1 to 2 characters"),
        ('type = "i8"\nnulls = "blank"', "nulls 'blank'; give a list"),
        ('type = "i8"\nnulls = [200]', "null 200, which does not fit into 1 bytes"),
        ('type = "str"\nlength = 3\nnulls = [" "]', "blanks among its nulls; the word for them is 'blank'"),
        (f'type = "i8"\nnulls = {[0] * 101}', "give a list of up to 100"),
    ],
)
def test_what_contradicts_itself_is_refused(keys: str, words: str) -> None:
    with pytest.raises(LayoutInvalid) as refused:
        one_field(keys)
    assert "field 'n'" in str(refused.value)
    assert words in str(refused.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-8-sig", "utf-32"])
def test_digits_of_several_bytes_are_refused(encoding: str) -> None:
    with pytest.raises(LayoutInvalid, match="does not store as one byte"):
        one_field('type = "i32"\ntext = true\nlength = 8', encoding)


def test_nulls_are_words_numbers_and_characters() -> None:
    field = one_field('type = "decimal"\ntext = true\nlength = 8\nscale = 2\nnulls = ["blank", -9, "-0.5", ".", " x "]')
    assert field.nulls == ("blank", -900, -50, ".", "x")
    assert one_field('type = "i32"\ntext = true\nlength = 8\nnulls = ["-9.0"]').nulls == (-9,)
    assert one_field('type = "packed"\nlength = 3\nnulls = ["low", "0x404040", 7]').nulls == ("low", b"@@@", 7)
    assert one_field('type = "str"\nlength = 3\nnull = ""\nnulls = ["stars", "NA"]').nulls == ("stars", "NA")


def test_blanks_become_null_in_numbers_of_characters_and_of_packed_digits() -> None:
    text = Field(name="t", type="i32", offset=0, length=4, text=True, nulls=(7,))
    native = Field(name="n", type="i32", offset=4, length=4)
    zoned = Field(name="z", type="zoned", offset=8, length=4, nulls=("low", "blank"))
    layout = with_blank_nulls(Layout(record_size=12, fields=(text, native, zoned)))
    assert layout.fields == (replace(text, nulls=("blank", 7)), native, zoned)
