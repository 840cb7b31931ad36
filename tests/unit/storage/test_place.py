"""The text of a path: what is refused before anything is opened, and where it lies."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from etl_batch.errors import (
    EtlError,
    NotFound,
    PathCharacters,
    PathEmpty,
    PathNameTooLong,
    PathOutside,
    PathTraversal,
)
from etl_batch.storage import paths
from etl_batch.storage.roots import Place, place
from tests.unit.storage.conftest import text_of

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")


@pytest.mark.parametrize("given", ["", " ", "\t", "\n \t", "\u00a0", "\u3000"])
def test_empty_and_blank(root: Path, given: str) -> None:
    with pytest.raises(PathEmpty, match="give the path"):
        place(given, [root])


@pytest.mark.parametrize(
    ("character", "named"),
    [
        ("\0", r"U\+0000"),
        ("\x01", r"U\+0001"),
        ("\n", r"U\+000A"),
        ("\x1b", r"U\+001B"),
        ("\x7f", r"U\+007F"),
        ("\x85", r"U\+0085"),
        ("\u200b", "ZERO WIDTH SPACE"),
        ("\u200e", "LEFT-TO-RIGHT MARK"),
        ("\u202e", "RIGHT-TO-LEFT OVERRIDE"),
        ("\u2066", "LEFT-TO-RIGHT ISOLATE"),
        ("\u2028", "LINE SEPARATOR"),
        ("\u2029", "PARAGRAPH SEPARATOR"),
        ("\ufeff", "ZERO WIDTH NO-BREAK SPACE"),
        ("\U000e0041", "TAG LATIN CAPITAL LETTER A"),
        ("\udce9", r"U\+DCE9"),
        ("\ud800", r"U\+D800"),
    ],
)
@pytest.mark.parametrize("where", ["{}data.csv", "da{}ta.csv", "data.csv{}x", "a{}b/data.csv"])
def test_characters_that_hide_the_name(root: Path, character: str, named: str, where: str) -> None:
    with pytest.raises(PathCharacters, match=named) as caught:
        place(root / where.format(character), [root])
    assert str(caught.value).isprintable(), "the message itself must not be fooled"
    str(caught.value).encode("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "Überschuß.csv",
        "数据.csv",
        "بيانات.csv",
        "می\u200cخواهم.csv",  # noqa: RUF001
        "👩\u200d🌾.csv",
        "a b.csv",
        "a\u00a0b.csv",
        "-rf",
        "~",
    ],
)
def test_names_of_all_languages_are_welcome(root: Path, name: str) -> None:
    (root / name).write_text("inside")
    assert text_of(paths.open_input(place(root / name, [root]))) == "inside"


def test_a_name_has_255_bytes_at_most(root: Path) -> None:
    assert place(root / ("é" * 127 + "x"), [root]).relative.name.endswith("x")
    with pytest.raises(PathNameTooLong, match="256 bytes"):
        place(root / ("é" * 128), [root])
    with pytest.raises(PathNameTooLong, match="256 bytes"):
        place(root / ("x" * 256) / "data.csv", [root])


def test_a_path_has_4095_bytes_at_most(root: Path) -> None:
    filling = 4095 - len(f"{root}/")
    longest = f"{root}/" + ("x/" * filling)[: filling - 1] + "x"
    assert len(longest) == 4095
    assert place(longest, [root])
    with pytest.raises(PathNameTooLong, match="4095"):
        place(longest + "x", [root])
    with pytest.raises(PathNameTooLong) as caught:
        place("x" * 1_000_000, [root])
    assert len(str(caught.value)) < 2000


@pytest.mark.usefixtures("either_way")
def test_a_place_that_grew_too_long_is_refused_at_opening(root: Path) -> None:
    deep = place(root, [root])
    for _ in range(30):
        deep = deep.child("n" * 200)
    for operate in (paths.open_input, paths.open_folder, paths.create_file, paths.is_folder, paths.list_folder):
        with pytest.raises((PathNameTooLong, NotFound)):
            operate(deep)


@pytest.mark.parametrize(
    "given",
    [
        "..",
        "../outside/data.bin",
        "folder/../folder/data.bin",
        "folder/..",
        "folder/./../../outside",
        "..\\outside\\data.bin",
        "folder\\../x",
    ],
)
@pytest.mark.parametrize("purpose", ["input", "output"])
def test_dot_dot_is_refused_wherever_it_leads(
    root: Path, given: str, purpose: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    for spelling in (given, f"{root}/{given}"):
        with pytest.raises(PathTraversal, match=r"^Path traversal detected: .*\.\.") as caught:
            place(spelling, [root], purpose=purpose)
        assert spelling in caught.value.message


@pytest.mark.parametrize("name", ["...", "..a", "a..", "a..b", ".hidden", "%2e%2e"])
def test_dots_within_a_name_are_no_traversal(root: Path, name: str) -> None:
    assert place(root / name, [root]).relative == PurePosixPath(name)


def test_outside_names_the_path_and_the_roots_and_how_to_add_one(root: Path, tmp_path: Path) -> None:
    with pytest.raises(PathTraversal) as caught:
        place("/etc/passwd", [root, tmp_path / "more"])
    assert str(caught.value).startswith("Path traversal detected: /etc/passwd")
    for said in (str(root), str(tmp_path / "more"), "ETL_INPUT_ROOTS="):
        assert said in str(caught.value)


def test_an_output_outside_is_not_sent_to_the_input_roots(root: Path) -> None:
    for given in ("/etc/passwd", "../x"):
        with pytest.raises(PathTraversal) as caught:
            place(given, [root], purpose="output")
        assert "ETL_INPUT_ROOTS" not in str(caught.value)


def test_a_folder_whose_name_only_begins_like_the_root_is_outside(root: Path) -> None:
    for given in (f"{root}-evil/data.bin", f"{root}.bin", str(root)[:-1], str(root.parent), "/", "//"):
        with pytest.raises(PathTraversal):
            place(given, [root])


def test_without_roots_everything_is_outside() -> None:
    with pytest.raises(PathTraversal, match="none"):
        place("/etc/passwd", [])


def test_relative_paths_count_from_the_working_directory(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "folder")
    assert place("data.bin", [root]) == Place(root, PurePosixPath("folder/data.bin"))
    monkeypatch.chdir(root.parent)
    assert place("root/folder", [root]).relative == PurePosixPath("folder")
    with pytest.raises(PathTraversal, match=f"that is {root.parent}/elsewhere/data.bin"):
        place("elsewhere/data.bin", [root])
    with pytest.raises(PathOutside, match=f"working directory, {root.parent}, .*give root/data.bin"):
        place("data.bin", [root])


def test_a_working_directory_that_is_gone(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "gone").mkdir()
    monkeypatch.chdir(root / "gone")
    (root / "gone").rmdir()
    with pytest.raises(NotFound, match="working directory"):
        place("data.bin", [root])
    assert place(root / "data.bin", [root])


def test_a_working_directory_with_a_hiding_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "a\u202eb").mkdir()
    monkeypatch.chdir(root / "a\u202eb")
    with pytest.raises(PathCharacters):
        place("data.bin", [root])


@pytest.mark.parametrize("given", ["{}", "{}/", "{}/.", "//{}//.//"])
def test_the_root_itself_is_a_place(root: Path, given: str) -> None:
    found = place(given.format(root), [root])
    assert (found.relative, found.path) == (PurePosixPath("."), root)
    assert paths.is_folder(found)


def test_everything_lies_beneath_slash() -> None:
    assert place("/etc/passwd", [Path("/")]).relative == PurePosixPath("etc/passwd")


def test_the_root_may_be_reached_through_a_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(root)
    for given in (tmp_path / "alias" / "folder" / "data.bin", root / "folder" / "data.bin"):
        found = place(given, [tmp_path / "alias"])
        assert found == Place(root, PurePosixPath("folder/data.bin"))
        assert text_of(paths.open_input(found)) == "inside"
    # The other way round nobody has trusted the link.
    with pytest.raises(PathTraversal):
        place(tmp_path / "alias" / "folder" / "data.bin", [root])


def test_the_innermost_root_wins(root: Path) -> None:
    for roots in ([root, root / "folder", root.parent], [root.parent, root / "folder", root]):
        assert place(root / "folder" / "data.bin", roots) == Place(root / "folder", PurePosixPath("data.bin"))
        assert place(root / "original", roots) == Place(root, PurePosixPath("original"))


def test_a_root_that_is_a_link_within_another_root(root: Path, tmp_path: Path) -> None:
    found = place(root / "link" / "data.bin", [root, root / "link"])
    assert found == Place(tmp_path / "outside", PurePosixPath("data.bin"))


def test_a_relative_root_is_not_taken_for_an_absolute_one(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert place(root / "folder" / "x", [Path("folder")]) == Place(root / "folder", PurePosixPath("x"))
    with pytest.raises(PathTraversal):
        place("/folder/x", [Path("folder")])


# --- places beside and below ---


def test_sibling_and_child(root: Path) -> None:
    file = place(root / "folder" / "data.bin", [root])
    assert file.sibling("data.layout.toml").path == root / "folder" / "data.layout.toml"
    assert place(root, [root]).child("folder").child("data.bin") == file


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("..", PathTraversal),
        (".", PathTraversal),
        ("a/b", PathTraversal),
        ("/etc", PathTraversal),
        ("../x", PathTraversal),
        ("", PathEmpty),
        ("a\0", PathCharacters),
        ("x" * 256, PathNameTooLong),
    ],
)
def test_their_names_are_checked_too(root: Path, name: str, error: type[EtlError]) -> None:
    file = place(root / "folder" / "data.bin", [root])
    with pytest.raises(error):
        file.sibling(name)
    with pytest.raises(error):
        file.child(name)


def test_nothing_lies_beside_the_root(root: Path) -> None:
    with pytest.raises(PathTraversal):
        place(root, [root]).sibling("outside")


@pytest.mark.parametrize("relative", ["/etc/passwd", "../outside", "folder/../../outside"])
def test_no_place_can_be_made_outside(root: Path, relative: str) -> None:
    with pytest.raises(PathTraversal, match=r"^Path traversal detected"):
        Place(root, PurePosixPath(relative))
