"""What the layout of a binary file is called: its own name first, then the one of the folder."""

from __future__ import annotations

import pytest

from etl_batch.layouts.file_names import layout_name, own_layout_name


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
