"""What the layout of a binary file is called: its own name first, then the one of the folder."""

from __future__ import annotations

import pytest

from etl_batch.layouts.file_names import book_file_name, layout_name, own_layout_name


@pytest.mark.parametrize(
    ("name", "own"),
    [("sales.bin", "sales.layout.toml"), ("a.b.bin", "a.b.layout.toml"), ("sales", "sales.layout.toml")],
)
def test_its_own(name: str, own: str) -> None:
    assert own_layout_name(name) == own
    assert layout_name(name, ["layout.toml", own]) == own


def test_the_one_of_the_folder_where_it_has_none() -> None:
    assert layout_name("sales.bin", {"layout.toml", "other.layout.toml"}) == "layout.toml"


def test_none_of_its_neighbours() -> None:
    assert layout_name("sales.bin", {"sales.toml", "sale.layout.toml", "Layout.toml"}) is None


@pytest.mark.parametrize(
    ("text", "given", "name"),
    [
        ("       01  CUSTOMER-RECORD.\n", "", "CUSTOMER-RECORD.cpy"),
        ("000100*  A remark 01 X\n000200 01  cust.\n", " ", "CUST.cpy"),
        ("1 R PIC X.", "", "R.cpy"),
        ("       05  A PIC X.", "", "COPYBOOK.cpy"),
        ("       01  A.", "mine", "mine.cpy"),
        ("       01  A.", "mine.CBL", "mine.CBL"),
    ],
)
def test_a_book_that_was_pasted_is_called_as_its_first_record(text: str, given: str, name: str) -> None:
    assert book_file_name(text, given) == name
