"""The list of inputs: what is in it, and what never is."""

from __future__ import annotations

import pytest

from etl_batch.errors import Forbidden
from etl_batch.launch.input_list import InputList, list_inputs
from etl_batch.options.input_reading import InputFormat
from etl_batch.permissions import ANALYST, AUDITOR, SUPER_ADMIN
from etl_batch.values import Actor
from tests.conftest import Home
from tests.data_makers.records import LAYOUT, records

ADMIN = Actor(name="ada", os_user="test", role=SUPER_ADMIN)


def _listed(home: Home) -> InputList:
    return list_inputs(ADMIN, (home.data,))


def test_files_and_folders_with_their_sizes_and_layouts(home: Home) -> None:
    home.put("a.bin", records(2), LAYOUT)
    home.put("b.bin", records(1))
    (home.data / "year").mkdir()
    (home.data / "year" / "c.csv").write_text("x\n1\n")
    found = {candidate.name: candidate for candidate in _listed(home).candidates}
    assert list(found) == ["data/", "data/a.bin", "data/b.bin", "data/year/", "data/year/c.csv"]
    assert found["data/a.bin"].layout == "a.layout.toml"
    assert found["data/b.bin"].needs_layout
    assert (found["data/"].files, found["data/"].bytes) == (2, 120)
    assert found["data/year/c.csv"].bytes == 4


def test_a_folder_stands_for_the_inputs_directly_in_it(home: Home) -> None:
    home.put("a.csv", b"x\n")
    (home.data / "in").mkdir()
    (home.data / "in" / "b.csv").write_text("x\n")
    found = _listed(home)
    assert [file.name for file in found.files_in(found.candidates[0])] == ["data/a.csv"]


def test_what_is_listed_is_what_a_job_makes_of_it_that_reads_the_format(home: Home) -> None:
    for name in ("a.csv", "b.parquet", "c.bin"):
        home.put(name, b"x\n1\n")
    home.put("layout.toml", LAYOUT.encode())
    (home.data / "none").mkdir()
    (home.data / "none" / "d.csv").write_text("x\n")
    found = list_inputs(ADMIN, (home.data,), InputFormat.BINARY)
    names = ["data/", "data/a.csv", "data/b.parquet", "data/c.bin", "data/none/d.csv"]
    assert [one.name for one in found.candidates] == names, "a folder without such a file is none to choose"
    folder, *files = found.candidates
    assert (folder.files, folder.bytes) == (1, 4)
    assert [file.name for file in found.files_in(folder)] == ["data/c.bin"]
    assert {file.format for file in files} == {"bin"}
    assert [file.needs_layout for file in files] == [False, False, False, True]


def test_links_hidden_files_and_side_files_are_not_offered(home: Home) -> None:
    home.put("a.csv", b"x\n")
    for name in (".hidden.csv", "out.csv.rejected.csv", "out.csv.sample.parquet", "old.csv.bak.20251115T101530Z"):
        home.put(name, b"x\n")
    (home.data / "etc").symlink_to("/etc")
    (home.data / "passwd.csv").symlink_to("/etc/passwd")
    found = _listed(home).candidates
    assert [one.name for one in found if one.problem is None] == ["data/", "data/a.csv"]
    assert [one.name for one in found if one.problem is not None] == ["data/passwd.csv"]


def test_every_file_is_listed_and_what_its_name_does_not_tell_is_told_later(home: Home) -> None:
    for name in ("a.csv", "b.dat", "c.xlsx", "d", "e.txt", "e.layout.toml", "layout.toml", "out.csv.meta.json"):
        home.put(name, b"x\n1\n")
    folder, *files = _listed(home).candidates
    assert {one.name: (one.format, one.layout) for one in files} == {
        "data/a.csv": ("csv", None),
        "data/b.dat": ("", "layout.toml"),
        "data/c.xlsx": ("", "layout.toml"),
        "data/d": ("", "layout.toml"),
        "data/e.txt": ("bin", "e.layout.toml"),
    }
    assert folder.files == 1, "a folder stands for what ends as data does"


def test_no_data_folder_is_an_empty_list(home: Home) -> None:
    home.data.rmdir()
    assert _listed(home).candidates == ()


@pytest.mark.parametrize("role", [ANALYST, AUDITOR, "nobody"])
def test_only_those_who_launch_see_the_inputs(home: Home, role: str) -> None:
    with pytest.raises(Forbidden):
        list_inputs(Actor(name="eve", os_user="test", role=role), (home.data,))
