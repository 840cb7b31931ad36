"""Names beside an output: never too long, never another output's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl_batch.errors import PathNameTooLong
from etl_batch.storage.roots import NAME_MAX_BYTES, place
from etl_batch.storage.side_names import hidden_name, part_place, refuse_long_names, stale_part_names

JOB = "20251115T101530Z-0a1b2c"
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="/"), min_size=1, max_size=255).filter(
    lambda name: len(name.encode()) <= NAME_MAX_BYTES
)


@given(NAMES, st.sampled_from([".lock", ".journal", f".part.{JOB}"]))
def test_a_hidden_name_always_fits(name: str, suffix: str) -> None:
    hidden = hidden_name(name, suffix)
    assert len(hidden.encode()) <= NAME_MAX_BYTES
    assert hidden.startswith(".")
    assert hidden.endswith(suffix)
    if len(name) < 200 and name.isascii():
        assert hidden == f".{name}{suffix}"


def test_long_names_with_one_beginning_stay_apart() -> None:
    name, other = ("n" * 250 + end for end in ("1.csv", "2.csv"))
    assert hidden_name(name, ".journal") != hidden_name(other, ".journal")


@pytest.mark.parametrize("name", ["data.csv", "é" * 120 + ".csv", "n" * 255])
def test_parts_are_told_from_what_others_put_there(tmp_path: Path, name: str) -> None:
    target = place(str(tmp_path / name), (tmp_path,))
    ours = part_place(target, JOB).relative.name
    others = [name, ".data.csv.part.", ".data.csv.part.mine", f"{ours}x", f".x{ours}", ".data.csv.lock"]
    assert stale_part_names(target, [*others, ours]) == [ours]


def test_a_name_must_leave_room_for_its_old_version(tmp_path: Path) -> None:
    refuse_long_names(place(str(tmp_path / ("n" * 230)), (tmp_path,)))
    with pytest.raises(PathNameTooLong, match=r"NAME\.bak\.<time>, which takes 256 bytes; 255 is the most"):
        refuse_long_names(place(str(tmp_path / ("n" * 231)), (tmp_path,)))
