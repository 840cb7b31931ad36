"""Why a line of text is a bad row, and a line as the record that it is laid out as."""

from __future__ import annotations

from dataclasses import replace

import pytest

from etl_batch.layouts.layout import Field, Layout
from etl_batch.layouts.line_reasons import laid_out_line, problem_of_line
from etl_batch.layouts.lines import BYTES, Columns, Lines

NUMBER = Field(name="n", type="i32", offset=4, length=4, text=True)
LAYOUT = Layout(
    record_size=8,
    fields=(Field(name="name", type="str", offset=0, length=4), NUMBER),
)  # fmt: skip
IN_BYTES = Lines(columns=BYTES, whole=("n",))
SPREAD = Layout(
    record_size=12,
    fields=(Field(name="name", type="str", offset=0, length=8), replace(NUMBER, offset=8)),
)  # fmt: skip
IN_CHARACTERS = Lines(characters=(Columns(0, 4), Columns(4, 4)), width=8)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b"", "the line is empty"),
        (b"abcd 12", "ends after 7 columns, within field 'n' (5 to 8)"),
        (b"abcd  123", "the line has 9 bytes, 8 expected; behind them: 0x33"),
    ],
)
def test_what_is_wrong_with_a_line(line: bytes, says: str) -> None:
    assert says in (problem_of_line(line, LAYOUT, IN_BYTES) or "")


@pytest.mark.parametrize("line", [b"abcd  12", b"abcd", b"abc", b"abcd  12   "])
def test_a_line_that_is_cut_where_only_blanks_are_missing_is_sound(line: bytes) -> None:
    assert problem_of_line(line, LAYOUT, IN_BYTES) is None


def test_letters_of_several_bytes_are_counted_once_and_no_digits() -> None:
    assert problem_of_line("Käse  12".encode(), SPREAD, IN_CHARACTERS) is None
    assert "no number: 0x" in (problem_of_line("Käseäß12".encode(), SPREAD, IN_CHARACTERS) or "")
    assert "not utf-8: 0xff at byte 3" in (problem_of_line(b"ab\xff", SPREAD, IN_CHARACTERS) or "")


def test_a_line_is_laid_out_with_blanks_where_it_has_nothing() -> None:
    assert laid_out_line(b"abcd 1", LAYOUT, IN_BYTES) == b"abcd 1  "
    assert laid_out_line("Käse  12".encode(), SPREAD, IN_CHARACTERS) == "Käse".encode().ljust(8) + b"  12"
