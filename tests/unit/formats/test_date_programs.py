"""Formats of dates as the bytes that a kernel goes through."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.formats.date_programs import program_of
from etl_batch.kernels.cell_meaning import TWO_DIGITS, Part
from etl_batch.text.date_formats import DateFormat


def test_a_part_a_byte_and_signs_as_they_are() -> None:
    form = DateFormat.parse("%d.%B %Y", "x")
    assert program_of(form) == bytes([Part.DAY]) + b"." + bytes([Part.MONTH_NAME]) + b" " + bytes([Part.YEAR, Part.END])


def test_numbers_that_touch_have_all_of_their_digits() -> None:
    exact = [part + TWO_DIGITS for part in (Part.YEAR, Part.MONTH, Part.DAY)]
    assert program_of(DateFormat.parse("%Y%m%d", "x")) == bytes([*exact, Part.END])


def test_a_century_stands_behind_its_part_the_lower_byte_first() -> None:
    form = DateFormat.parse("%d.%m.%y", "x")
    assert program_of(form)[-2:] == bytes([Part.SHORT_YEAR, Part.END])
    assert program_of(replace(form, century=1950))[-4:] == bytes([Part.YEAR_SINCE, 0x9E, 0x07, Part.END])
