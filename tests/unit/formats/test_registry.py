"""The registry of formats, and what the rest of the package makes of it."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import Any

import pyarrow as pa
import pytest

from etl_batch.errors import FormatExtension, LayoutMissing
from etl_batch.formats.format import Format
from etl_batch.formats.opening import Opening
from etl_batch.formats.recognition import recognised
from etl_batch.formats.registry import ENDINGS, FORMATS, format_named, format_of_name, listed
from etl_batch.launch.input_list import list_inputs
from etl_batch.launch.kept_files import data_root
from etl_batch.permissions import SUPER_ADMIN
from etl_batch.pipeline.inputs import find_inputs, open_inputs
from etl_batch.values import Actor
from tests.conftest import PROJECT, Home
from tests.data_makers.records import LAYOUT, records
from tests.helpers.csv_calls import in_this_process

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)


def test_no_two_formats_have_a_name_or_an_ending_in_common() -> None:
    names = [name for one in FORMATS for name in {one.name, one.called}]
    assert len(set(names)) == len(names)
    assert len(set(ENDINGS)) == len(ENDINGS)
    assert all(ending == ending.lower() and ending.startswith(".") for ending in ENDINGS)


@pytest.mark.parametrize("kind", FORMATS, ids=lambda kind: kind.name)
def test_a_file_is_of_the_format_that_was_named_or_else_of_its_ending(kind: Format[Any]) -> None:
    assert [format_named(kind.name), format_named(kind.called)] == [kind, kind]
    for ending in kind.endings:
        assert [format_of_name(f"data/x{ending}"), format_of_name(f"X{ending.upper()}")] == [kind, kind]
        assert [format_of_name(f"x{ending}", other.called) for other in FORMATS] == list(FORMATS)
    assert format_of_name("data/x.txt") is None
    assert format_of_name("data/x.txt", kind.called) == kind
    assert format_named("no such format") is None


def test_texts_that_list_the_endings_list_all_of_them() -> None:
    assert listed() == f"{', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}"
    assert listed(mark="`").count("`") == 2 * len(ENDINGS)
    assert (FormatExtension.__doc__ or "").endswith(f"is not one of {', '.join(ENDINGS)}.")
    manual, readme = ((PROJECT / name).read_text() for name in ("docs/manual.md", "README.md"))
    assert f"A folder offers its files ending in {listed(mark='`')}" in manual
    for ending in ENDINGS:
        assert re.search(rf"^\| .*`{ending}`.* \|", manual, re.MULTILINE), f"no row of {ending} in the manual"
        assert ending in readme


def test_the_engine_and_the_list_to_choose_from_find_the_same_files(home: Home) -> None:
    names = ["a.csv", "B.CSV", "c.bin", "d.parquet", "e.txt", ".f.csv", "g.rejected.csv", "h.bak.csv", "i"]
    for name in names:
        home.put(name, b"x")
    listing = list_inputs(ADMIN, (home.data,))
    folder, *candidates = listing.candidates
    found = find_inputs(home.config(home.data))
    assert [one.place.path for one in listing.files_in(folder)] == [where.path for where in found]
    known = [one for one in candidates if one.format]
    assert [one.format for one in known] == [recognised(where, home.config()).format.name for where in found]
    assert sorted(where.path.name for where in found) == ["B.CSV", "a.csv", "c.bin", "d.parquet"]
    assert [one.name for one in candidates if one not in known] == ["data/e.txt", "data/i"], "every file is listed"


def test_what_other_inputs_know_of_types_is_given_to_those_that_wait(home: Home) -> None:
    home.put("layout.toml", b'record_size = 2\n[[field]]\nname = "n"\ntype = "u16"\n')
    home.put("a.csv", b"n\n5\n")
    home.put("b.bin", b"\x01\x00")
    with ExitStack() as copies:
        opening = Opening(home.config(home.data), in_this_process, copies)
        sources = open_inputs(opening)
    assert [source.format for source in sources] == ["csv", "bin"]
    assert sources[0].schema == sources[1].schema == pa.schema([("n", pa.uint16())])


def test_records_show_their_rows_by_a_layout_only(home: Home) -> None:
    home.put("a.bin", records(2))
    home.put("layout.toml", LAYOUT.encode())
    where = data_root(home.path).child("a.bin")
    with pytest.raises(LayoutMissing):
        recognised(where, home.config()).format.first_rows(where, home.config(), 5)
