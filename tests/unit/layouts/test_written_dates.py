"""Keys of dates that are written in a format: what they come to, and each mistake in a sentence."""

from __future__ import annotations

import pytest

from etl_batch.errors import Ambiguous, LayoutInvalid
from etl_batch.layouts.draft import draft_of
from etl_batch.layouts.layout import Layout
from etl_batch.layouts.nulls import with_blank_nulls
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.toml_text import layout_text, type_in_words
from etl_batch.layouts.unsaid_years import refuse_unsaid_year, unsaid_year
from etl_batch.layouts.written_dates import with_century


def layout(field: str, head: str = "") -> Layout:
    return parse_layout(f'record_size = 30\n{head}\n[[field]]\nname = "D"\n{field}', "x.toml")


@pytest.mark.parametrize(
    ("field", "what"),
    [
        ('type = "str"\nlength = 8\nformat = "%Y%m%d"', "has the key format, which only date and timestamp take"),
        ('type = "i32"\nstored = "packed"', "has the key stored, which only date and timestamp take"),
        ('type = "date"\nlength = 8\nformat = 8', 'has format 8; give one such as "%Y%m%d"'),
        ('type = "date"\nlength = 8\nstored = "packed"', 'has format None; give one such as "%Y%m%d"'),
        ('type = "date"\nlength = 8\nformat = "%Y%m"', "lacks the day, the month or the year"),
        ('type = "date"\nlength = 8\nformat = "%Y%j"', "%j in '%Y%j' is no part of a date that is read"),
        ('type = "date"\nlength = 9\nformat = " %Y%m%d"', "blanks around a date are no part of it"),
        ('type = "date"\nlength = 12\nformat = "%Y%m%d%H%M"', "whose time a date has not; make it a timestamp"),
        ('type = "date"\nlength = 8\nformat = "%Y%m%d"\ntext = true', "has text: a date with a format is characters"),
        ('type = "date"\nlength = 8\nformat = "%Y%m%d"\nstored = "f64"', "has stored 'f64'; dates are characters, or"),
        ('type = "date"\nlength = 8\nformat = "%d.%m.%Y"\nstored = "packed"', "the digits of a number are not"),
        ('type = "timestamp"\nlength = 9\nformat = "%Y%m%d%H%M%S%f"\nstored = "packed"', "fractions and zones"),
        ('type = "date"\nlength = 4\nformat = "%Y%m%d"\nstored = "packed"', "has 7 digits, and %Y%m%d takes 8"),
        ('type = "date"\nlength = 10\nformat = "%Y%m%d"\nstored = "packed"', "or more than 18 of them"),
        ('type = "date"\nlength = 5\nscale = 1\nformat = "%Y%m%d"\nstored = "packed"', "digits behind a point"),
        ('type = "date"\nlength = 7\nformat = "%Y%m%d"', "has length 7; %Y%m%d takes 8 to 256 bytes"),
        ('type = "date"\nlength = 12\nformat = "%d-%b-%Y"\nencoding = "utf-16"', "does not store as one byte"),
        ('type = "date"\nlength = 8\nformat = "%Y%m%d"\nunit = "s"', "has a unit, which only a timestamp takes"),
        ('type = "date"\nlength = 8\nformat = "%Y%m%d"\nnull = "000000000"', "has null '000000000', and 8 bytes"),
        ('type = "date"\nformat = "%Y%m%d"', "has no length"),
    ],
)
def test_mistakes(field: str, what: str) -> None:
    with pytest.raises(LayoutInvalid) as caught:
        layout(field)
    assert caught.value.message.startswith("x.toml: field 'D'")
    assert what in caught.value.message


@pytest.mark.parametrize("century", ["0", "9901", '"1950"'])
def test_a_century_is_a_year(century: str) -> None:
    with pytest.raises(LayoutInvalid, match=r"has century .*; give a whole number from 1 to 9900"):
        layout('type = "date"\nlength = 8\nformat = "%Y%m%d"', f"century = {century}")


def test_lines_hold_no_packed_dates() -> None:
    text = 'lines = true\n[[field]]\nname = "D"\ntype = "date"\nlength = 8\nformat = "%Y%m%d"\nstored = '
    with pytest.raises(LayoutInvalid, match="has type packed, which no characters are"):
        parse_layout(text + '"packed"', "x.toml")
    with pytest.raises(LayoutInvalid, match="has stored, which characters have not; leave it out"):
        parse_layout(text + '"i64"', "x.toml")


def test_what_is_written_and_edited_is_the_same() -> None:
    field = 'type = "date"\nlength = 4\nformat = "%y%m%d"\nstored = "packed"\nnull = 0\nnulls = ["blank"]'
    found = layout(field, "century = 1950")
    assert type_in_words(found.fields[0]) == "date(%y%m%d, packed)"
    assert parse_layout(layout_text(found), "again.toml") == found
    assert draft_of(found).layout("edited.toml") == found
    text = layout('type = "timestamp"\nlength = 12\nformat = "%Y%m%d%H%M"\nnull = "0"')
    assert type_in_words(text.fields[0]) == "timestamp(%Y%m%d%H%M)"
    assert parse_layout(layout_text(text), "again.toml") == text
    assert draft_of(text).layout("edited.toml") == text


def test_blanks_are_null_where_that_is_said() -> None:
    text = layout('type = "date"\nlength = 8\nformat = "%Y%m%d"')
    assert with_blank_nulls(text).fields[0].nulls == ("blank",)
    packed = layout('type = "date"\nlength = 5\nformat = "%Y%m%d"\nstored = "packed"')
    assert with_blank_nulls(packed).fields[0].nulls == ("blank",)
    stored = layout('type = "date"\nlength = 4\nformat = "%Y%m%d"\nstored = "u32"')
    assert with_blank_nulls(stored).fields[0].nulls == ()
    assert layout('type = "date"\nlength = 8\nformat = "%Y%m%d"\nnull = ""').fields[0].nulls == ("blank",)


@pytest.mark.parametrize(
    ("field", "stored"),
    [
        ('length = 6\nformat = "%y%m%d"', ["f2f4f0f1f3f1", "404040404040", "f4f9f1f2f3f1"]),
        ('length = 4\nformat = "%y%m%d"\nstored = "packed"', ["0240131c", "40404040", "0491231c"]),
        ('length = 6\nformat = "%y%m%d"\nstored = "zoned"', ["f2f4f0f1f3c1", "404040404040", "f4f9f1f2f3f1"]),
        ('length = 4\nformat = "%y%m%d"\nstored = "i32"', ["0003aa03", "ffffffff", "00077edf"]),
    ],
)
def test_a_century_is_asked_with_the_first_values(field: str, stored: list[str]) -> None:
    found = layout(f'type = "date"\n{field}', 'encoding = "cp037"\nbyte_order = "big"')
    raw = b"".join(bytes.fromhex(one).ljust(30, b"x") for one in stored)
    records = RawRecords(size=len(raw), start=0, raw=raw, record_size=30)
    unsaid = unsaid_year(found)
    assert unsaid is not None
    with pytest.raises(Ambiguous) as caught:
        refuse_unsaid_year(unsaid[0], records, "x.bin")
    assert caught.value.message == (
        "x.bin: years of field 'D' have two digits, and nothing says in which century they are (its first values, by "
        "the first year that they may stand for, 1900: 1924-01-31, 1949-12-31; 1950: 2024-01-31, 2049-12-31; "
        "2000: 2024-01-31, 2049-12-31)"
    )
    assert "--century 1950" in caught.value.what_to_do
    assert unsaid_year(with_century(found, 1950)) is None
    with pytest.raises(Ambiguous, match="in which century they are;"):
        refuse_unsaid_year(unsaid[0], None, "x.bin")


def test_only_years_of_two_digits_have_a_century() -> None:
    whole = layout('type = "date"\nlength = 8\nformat = "%Y%m%d"', "century = 1950")
    assert unsaid_year(whole) is None
    assert with_century(whole, 1900) == whole
    assert parse_layout(layout_text(whole), "again.toml") == whole
