"""Records that have room for the characters of lines: how much each field needs, and where it lies then."""

from __future__ import annotations

import pytest

from etl_batch.layouts.lines import Columns
from etl_batch.layouts.reading import parse_layout
from etl_batch.layouts.spread import needs_room, spread, widest_character

TOML = """\
lines = true
[[field]]
name = "second"
type = "str"
offset = 6
length = 4
[[field]]
name = "first"
type = "i32"
offset = 1
length = 5
"""


@pytest.mark.parametrize(
    ("text", "widest"), [("", 1), ("a~", 1), ("\x80", 2), ("߿", 2), ("ࠀ", 3), ("\uffff", 3), ("\U00010000", 4)]
)
def test_the_widest_character_shows_by_the_highest_byte(text: str, widest: int) -> None:
    assert widest_character(max(text.encode(), default=0)) == widest


def test_texts_get_room_for_it_and_numbers_none() -> None:
    layout = spread(parse_layout(TOML, "x.toml"), 3)
    assert [(field.name, field.offset, field.length) for field in layout.fields] == [("second", 5, 12), ("first", 0, 5)]
    assert layout.record_size == 17
    assert layout.lines is not None
    assert layout.lines.characters == (Columns(6, 4), Columns(1, 5))
    assert layout.lines.width == 10


def test_ascii_stays_as_it_is() -> None:
    layout = parse_layout(TOML, "x.toml")
    assert spread(layout, 1) is layout


@pytest.mark.parametrize(
    ("said", "needs"),
    [("", True), ('columns = "bytes"\n', False), ('encoding = "cp037"\n', False), ('encoding = "ascii"\n', False)],
)
def test_whose_columns_are_bytes_needs_no_room(said: str, needs: bool) -> None:
    assert needs_room(parse_layout(said + TOML, "x.toml")) == needs


def test_records_need_none() -> None:
    assert not needs_room(
        parse_layout(TOML.replace("lines = true", "record_size = 10").replace("i32", "str"), "x.toml")
    )
