"""What surrounds a command: its home, from the flag, the variable or the project; who runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from etl_batch.environment import extra_input_roots, home_folder, new_home, operator
from etl_batch.errors import ConfigError
from etl_batch.version import PROJECT_ROOT


def test_the_flag_comes_before_the_variable_and_the_variable_before_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "set").mkdir()
    monkeypatch.setenv("ETL_HOME", str(tmp_path / "set"))
    assert home_folder(str(tmp_path / "given")) == (tmp_path / "given").resolve()
    assert home_folder(None) == (tmp_path / "set").resolve()
    monkeypatch.delenv("ETL_HOME")
    assert home_folder(None) == PROJECT_ROOT


def test_links_are_followed_once_so_that_the_home_has_one_name(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to("home")
    assert home_folder(str(tmp_path / "link")) == (tmp_path / "home").resolve()


@pytest.mark.parametrize("name", ["none", "file", "file/below", "no\0name", "loop"])
def test_what_is_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ConfigError, match=r"is not there|is a file") as refused:
        home_folder(f"{tmp_path}/{name}")
    assert "--home" in refused.value.what_to_do


def test_a_new_home_has_its_folders_and_one_that_is_there_keeps_what_it_has(tmp_path: Path) -> None:
    home = new_home(str(tmp_path / "a" / "b"))
    (home / "data" / "kept.csv").touch()
    assert new_home(str(home)) == home
    assert sorted(one.name for one in home.iterdir()) == ["data", "output", "report"]
    assert (home / "data" / "kept.csv").exists()


@pytest.mark.parametrize("name", ["file", "no\0name"])
def test_a_home_that_cannot_be_made(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match="cannot be made"):
        new_home(f"{tmp_path}/{name}")


def test_folders_that_are_added_as_in_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETL_INPUT_ROOTS", os.pathsep.join(["/one", "", "/two"]))
    assert extra_input_roots() == (Path("/one"), Path("/two"))
    monkeypatch.delenv("ETL_INPUT_ROOTS")
    assert extra_input_roots() == ()


def test_who_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "etl")
    assert (operator(None).name, operator("ana").name, operator("ana").os_user) == ("etl", "ana", "etl")


@pytest.mark.parametrize("error", [KeyError, OSError])
def test_a_number_without_a_name(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    def nobody() -> str:
        raise error

    monkeypatch.setattr("getpass.getuser", nobody)
    assert operator(None).os_user == f"uid {os.getuid()}"
