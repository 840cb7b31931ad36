"""Whatever is given as a path: a place beneath the root, or one of our errors; nothing else, ever."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path, PurePosixPath
from unittest import mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from etl_batch.errors import (
    EtlError,
    HardLink,
    NotFound,
    NotRegular,
    PathCharacters,
    PathEmpty,
    PathNameTooLong,
    PathSymlink,
    PathTraversal,
    Unreadable,
)
from etl_batch.storage import beneath, paths
from etl_batch.storage.roots import Place, place
from tests.helpers.descriptors import nothing_left_open

REFUSED_BY_TEXT = (PathEmpty, PathCharacters, PathNameTooLong, PathTraversal)
REFUSED_AT_OPENING = (PathSymlink, NotFound, NotRegular, HardLink, Unreadable, PathNameTooLong)

EXISTING = ["folder", "data.bin", "link", "inner", "filelink", "dangling", "pipe", "hardlink", "new\\line"]
HOSTILE = ["..", ".", "", " ", "...", "~", "\0", "\n", "\u202e", "\udcff", "\ud83d", "..\\..", "x" * 256, "é" * 128]

anything = st.text(st.one_of(st.characters(codec="utf-8"), st.integers(0xD800, 0xDFFF).map(chr)))
pieces = st.one_of(st.sampled_from(EXISTING + HOSTILE), anything)
#: `ROOT` stands for the root, which no strategy can know yet.
beginnings = st.sampled_from(["", "/", "//", "ROOT", "ROOT/", "ROOT//", "ROOT-evil/", "ROOT/../", "ROOT/../outside/"])
path_texts = st.one_of(
    anything,
    st.builds(
        lambda beginning, parts, end: beginning + "/".join(parts) + end,
        beginnings,
        st.lists(pieces, max_size=6),
        st.sampled_from(["", "/", "/."]),
    ),
)
names = st.one_of(pieces, st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=300))

OPERATIONS: list[Callable[[Place], object]] = [
    paths.open_input,
    paths.open_existing,
    paths.open_folder,
    paths.is_folder,
    paths.list_folder,
]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with one of everything, which is also the working directory, and a secret beside it."""
    top = tmp_path_factory.mktemp("sandbox")
    root = top / "root"
    for folder in (root / "folder" / "folder", top / "outside", top / "root-evil"):
        folder.mkdir(parents=True)
    for file in (root / "data.bin", root / "new\\line", root / "folder" / "data.bin", root / "folder" / "original"):
        file.write_text("inside")
    for file in (top / "outside" / "data.bin", top / "root-evil" / "data.bin"):
        file.write_text("OUTSIDE")
    (root / "link").symlink_to(top / "outside")
    (root / "inner").symlink_to("folder")
    (root / "folder" / "link").symlink_to("../../outside")
    (root / "filelink").symlink_to(top / "outside" / "data.bin")
    (root / "dangling").symlink_to("nothing")
    (root / "hardlink").hardlink_to(root / "folder" / "original")
    os.mkfifo(root / "pipe")
    before = Path.cwd()
    os.chdir(root)
    yield root
    os.chdir(before)


def attempt(operate: Callable[[Place], object], at: Place) -> object:
    """What the operation comes to, in terms that can be compared. An opened file is proven to lie inside."""
    try:
        result = operate(at)
    except REFUSED_AT_OPENING as error:
        return str(error)
    if isinstance(result, bool) or not isinstance(result, int):
        return result
    try:
        lies_at = Path(os.readlink(f"/proc/self/fd/{result}"))  # noqa: PTH115
        assert lies_at == at.path, "the file that was opened is not the file that was named"
        assert lies_at.is_relative_to(at.root)
        return "opened"
    finally:
        os.close(result)


def attempt_both_ways(operate: Callable[[Place], object], at: Place) -> list[object]:
    answers = []
    for with_openat2 in (beneath.kernel_has_openat2(), False):
        with mock.patch.object(beneath, "kernel_has_openat2", lambda answer=with_openat2: answer):
            answers.append(attempt(operate, at))
    return answers


@given(text=path_texts, purpose=st.sampled_from(["input", "output"]))
@example(text="\0", purpose="input")
@example(text="\ud800", purpose="input")
@example(text="x" * 5000, purpose="input")
@example(text="x/" * 5000, purpose="output")
@example(text="ROOT/../outside/data.bin", purpose="input")
@example(text="ROOT-evil/data.bin", purpose="input")
@example(text="/", purpose="input")
@example(text="data.bin/", purpose="output")
def test_a_place_beneath_the_root_or_one_of_our_errors(root: Path, text: str, purpose: str) -> None:
    written = text.replace("ROOT", str(root))
    try:
        found = place(written, [root], purpose=purpose)
    except REFUSED_BY_TEXT as error:
        refusal = error
    else:
        check_found(found, written, root)
        return
    assert str(refusal).isprintable()
    assert refusal.message.startswith("Path traversal detected") == isinstance(refusal, PathTraversal)


def check_found(found: Place, written: str, root: Path) -> None:
    whole = os.path.normpath(os.path.join(root, written))  # noqa: PTH118
    # Two leading slashes stay two in POSIX, and mean one on Linux.
    assert "/" + whole.lstrip("/") == str(found.path)
    assert os.path.commonpath([found.path, root]) == str(root)
    assert str(found.path).encode("utf-8")
    assert place(found.path, [root]) == found


@given(text=path_texts)
@example(text="link/data.bin")
@example(text="folder/link/data.bin")
@example(text="data.bin/folder")
@example(text="pipe/")
def test_what_is_opened_lies_inside_and_both_ways_agree(root: Path, text: str) -> None:
    try:
        at = place(text.replace("ROOT", str(root)), [root])
    except REFUSED_BY_TEXT:
        return
    with nothing_left_open():
        for operate in OPERATIONS:
            kernels, walked = attempt_both_ways(operate, at)
            assert kernels == walked, operate.__name__


def found_by_lstat(root: Path, parts: list[str]) -> str:
    """What opening as an input must come to, found the slow and obvious way: nothing moves here."""
    for length in range(1, len(parts) + 1):
        part = root.joinpath(*parts[:length])
        if part.is_symlink():
            return f"{part} is a symbolic link"
        if not part.exists():
            return f"{part} does not exist"
        if length < len(parts) and not part.is_dir():
            return f"{part} is a file, where a folder is meant"
    if part.is_dir():
        return "is a folder"
    if not part.is_file():
        return "is a pipe"
    return "opened" if part.stat().st_nlink == 1 else "is one of 2 names"


@given(parts=st.lists(st.sampled_from(EXISTING), min_size=1, max_size=4))
@example(parts=["folder", "link", "data.bin"])
def test_an_input_is_opened_or_refused_for_the_right_reason(root: Path, parts: list[str]) -> None:
    for answer in attempt_both_ways(paths.open_input, place("/".join(parts), [root])):
        assert found_by_lstat(root, parts) in str(answer)


@given(name=names, start=st.sampled_from([".", "folder", "folder/data.bin"]))
def test_child_and_sibling_stay_inside(root: Path, name: str, start: str) -> None:
    at = Place(root, PurePosixPath(start))
    for step, parent in ((at.child, at.path), (at.sibling, at.path.parent)):
        try:
            found = step(name)
        except REFUSED_BY_TEXT:
            continue
        assert found.path.parent == parent
        assert found.path.name == name
        assert found.path.is_relative_to(root)


@given(name=st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1, max_size=80))
def test_a_name_that_is_accepted_is_the_name_on_the_disk(root: Path, name: str) -> None:
    folder = Place(root, PurePosixPath("folder/folder"))
    try:
        at = folder.child(name)
    except REFUSED_BY_TEXT:
        return
    with nothing_left_open():
        os.close(paths.create_file(at))
        try:
            assert paths.list_folder(folder) == [name]
            os.close(paths.open_input(at))
        finally:
            at.path.unlink()


@given(before=st.text("ab/é", max_size=5), after=st.text("ab/é", max_size=5), where=st.sampled_from(["", "ROOT/"]))
@pytest.mark.parametrize("hiding", ["\0", "\x1f", "\x7f", "\u061c", "\u202a", "\u202e", "\u2069", "\udc80"])
def test_no_hiding_character_gets_through(root: Path, hiding: str, before: str, after: str, where: str) -> None:
    text = where.replace("ROOT", str(root)) + before + hiding + after
    with pytest.raises((PathCharacters, PathEmpty)) as caught:
        place(text, [root])
    assert isinstance(caught.value, PathCharacters) or not text.strip()


@given(before=st.lists(pieces, max_size=3), after=st.lists(pieces, max_size=3))
def test_no_dot_dot_gets_through(root: Path, before: list[str], after: list[str]) -> None:
    for beginning in ("", f"{root}/"):
        with pytest.raises((PathTraversal, PathCharacters)):
            place(beginning + "/".join([*before, "..", *after]), [root])


@given(depths=st.sets(st.integers(0, 5), min_size=1), depth=st.integers(0, 7))
def test_the_innermost_root_wins_in_any_order(root: Path, depths: set[int], depth: int) -> None:
    def nested(count: int) -> Path:
        return root.joinpath(*"abcdefg"[:count])

    fitting = [count for count in depths if count <= depth]
    for order in list(permutations(depths))[:24]:
        try:
            found = place(nested(depth), [nested(count) for count in order])
        except PathTraversal:
            assert not fitting
        else:
            assert found.root == nested(max(fitting))
            assert found.path == nested(depth)


@given(text=path_texts)
def test_making_folders_touches_nothing_outside(root: Path, text: str) -> None:
    outside = root.parent / "outside"
    try:
        at = place("folder/made/" + text.replace("ROOT", str(root)), [root])
        with nothing_left_open():
            paths.make_folder(at)
    except EtlError:
        pass
    else:
        assert at.path.resolve().is_relative_to(root / "folder" / "made")
        assert at.path.is_dir()
    assert [file.name for file in outside.iterdir()] == ["data.bin"]
