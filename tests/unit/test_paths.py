"""The path sandbox: one test for each row of the bad-input table that concerns paths, and the races."""

from __future__ import annotations

import errno
import os
import pickle
import socket
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import pytest

from etl_batch import beneath, paths
from etl_batch.errors import (
    DiskFull,
    EtlError,
    HardLink,
    NotFound,
    NotRegular,
    OutputBusy,
    PathCharacters,
    PathEmpty,
    PathNameTooLong,
    PathSymlink,
    PathTraversal,
    Unreadable,
)
from etl_batch.paths import FileIdentity, Place, place

RACE_OPENS = int(os.environ.get("ETL_RACE_OPENS", "100000"))  #: over all races
NOBODY = 65534


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208


@pytest.fixture(autouse=True)
def no_descriptor_leaks() -> Iterator[None]:
    before = open_descriptors()
    yield
    assert open_descriptors() == before


@pytest.fixture(params=[True, False], ids=["openat2", "walk"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not beneath.kernel_has_openat2():
        pytest.skip("no openat2 here")
    monkeypatch.setattr(beneath, "kernel_has_openat2", lambda: request.param)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with one of everything, and a secret beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "data.bin").write_text("OUTSIDE")
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "folder" / "data.bin").write_text("inside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "inner").symlink_to("folder")
    (root / "filelink").symlink_to("folder/data.bin")
    (root / "dangling").symlink_to("nothing")
    (root / "original").write_text("two names")
    (root / "hardlink").hardlink_to(root / "original")
    os.mkfifo(root / "pipe")
    return root


def text_of(fd: int) -> str:
    with os.fdopen(fd, encoding="utf-8") as file:
        return file.read()


# --- the text of the path ---


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
    with pytest.raises(PathTraversal, match=f"that is {root.parent}/data.bin"):
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


# --- opening ---


@pytest.mark.usefixtures("either_way")
def test_a_plain_file_is_opened_read_only(root: Path) -> None:
    fd = paths.open_input(place(root / "folder" / "data.bin", [root]))
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.write(fd, b"x")
    assert not os.get_inheritable(fd)
    assert text_of(fd) == "inside"


TO_A_FILE = (paths.open_input, paths.open_existing, lambda at: paths.create_file(at, exclusive=False))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("operate", TO_A_FILE)
@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ("link", PathSymlink, "{root}/link is a symbolic link"),
        ("link/data.bin", PathSymlink, "{root}/link/data.bin: {root}/link is a symbolic link"),
        ("link/a/b/c", PathSymlink, "{root}/link is a symbolic link"),
        ("inner/data.bin", PathSymlink, "{root}/inner is a symbolic link"),
        ("filelink", PathSymlink, "{root}/filelink is a symbolic link"),
        ("dangling", PathSymlink, "{root}/dangling is a symbolic link"),
        ("nothing/at/all", NotFound, "{root}/nothing/at/all: {root}/nothing does not exist"),
        ("original/below", NotRegular, "{root}/original/below: {root}/original is a file, where a folder is meant"),
        ("folder", NotRegular, "{root}/folder is a folder, where a file is meant"),
        (".", NotRegular, "{root} is a folder, where a file is meant"),
        ("pipe", NotRegular, "{root}/pipe is a pipe, where a file is meant"),
        ("hardlink", HardLink, "{root}/hardlink is one of 2 names"),
        ("original", HardLink, "{root}/original is one of 2 names"),
    ],
)
def test_what_is_no_plain_file(
    root: Path, operate: Callable[[Place], int], given: str, error: type[EtlError], words: str
) -> None:
    with pytest.raises(error) as caught:
        operate(place(root / given, [root]))
    assert words.format(root=root) in caught.value.message
    assert caught.value.code == error.code
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)  # noqa: S301


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("operate", [paths.open_input, paths.open_existing])
def test_nothing_there(root: Path, operate: Callable[[Place], int]) -> None:
    with pytest.raises(NotFound, match=f"^{root}/nothing does not exist"):
        operate(place(root / "nothing", [root]))
    assert not (root / "nothing").exists()


@pytest.mark.usefixtures("either_way")
def test_a_socket(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
    with pytest.raises(NotRegular, match="socket"):
        paths.open_input(place("socket", [root]))


@pytest.mark.usefixtures("either_way")
def test_a_device() -> None:
    for name in ("null", "zero"):
        with pytest.raises(NotRegular, match="is a device"):
            paths.open_input(place(f"/dev/{name}", [Path("/dev")]))


@pytest.mark.usefixtures("either_way")
def test_the_links_of_proc_lead_nowhere() -> None:
    proc = Path(f"/proc/{os.getpid()}")
    for name in ("root/etc/passwd", "cwd/pyproject.toml", "exe", "fd/0"):
        with pytest.raises(PathSymlink):
            paths.open_input(place(proc / name, [proc]))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("operate", TO_A_FILE)
def test_a_pipe_is_refused_at_once(root: Path, operate: Callable[[Place], int]) -> None:
    refused = threading.Event()

    def try_it() -> None:
        with suppress(NotRegular):
            operate(place(root / "pipe", [root]))
            return
        refused.set()

    threading.Thread(target=try_it, daemon=True).start()
    assert refused.wait(5), "opening a pipe without a writer blocks"


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Root may read everything; step down for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public_root() -> Iterator[Path]:
    """Unlike `tmp_path`, a folder that an ordinary user can reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name).resolve()


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("operate", TO_A_FILE)
def test_permission_denied(public_root: Path, operate: Callable[[Place], int]) -> None:
    (public_root / "closed").mkdir()
    for name in ("private", "closed/file"):
        (public_root / name).touch()
    (public_root / "private").chmod(0)
    (public_root / "closed").chmod(0)
    for name in ("private", "closed/file"):
        with pytest.raises(Unreadable, match=f"{name} may not be opened.*permissions") as caught, as_ordinary_user():
            operate(place(public_root / name, [public_root]))
        assert caught.value.code == "E_PERMISSION"
    (public_root / "closed").chmod(0o755)


@pytest.mark.parametrize(
    ("number", "error", "words"),
    [
        (errno.ENOSPC, DiskFull, "no room on the disk"),
        (errno.EDQUOT, DiskFull, "quota"),
        (errno.EROFS, Unreadable, "mounted read-only"),
        (errno.EPERM, Unreadable, "Operation not permitted"),
        (errno.EIO, Unreadable, "Input/output error"),
        (errno.EMFILE, Unreadable, "Too many open files"),
    ],
)
def test_what_else_the_system_may_say(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: type[EtlError], words: str
) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(beneath, "open_beneath", fail)
    for operate in (paths.open_input, paths.create_file, paths.make_folder):
        with pytest.raises(error, match=f"{root}/folder .*{words}"):
            operate(place(root / "folder", [root]))


@pytest.mark.usefixtures("either_way")
def test_the_root_is_gone(tmp_path: Path) -> None:
    gone = place(tmp_path / "gone" / "file", [tmp_path / "gone"])
    for operate in (paths.open_input, paths.open_folder, paths.create_file, paths.is_folder, paths.make_folder):
        with pytest.raises(NotFound, match=f"^{tmp_path}/gone does not exist"):
            operate(gone)
    (tmp_path / "gone").touch()
    with pytest.raises(NotRegular, match=f"^{tmp_path}/gone is a file"):
        paths.open_input(gone)


# --- creating ---


@pytest.mark.usefixtures("either_way")
def test_a_file_is_created_written_and_opened_again(root: Path) -> None:
    at = place(root / "folder" / ".out.part", [root], purpose="output")
    before = os.umask(0o022)
    fd = paths.create_file(at)
    os.umask(before)
    os.write(fd, b"whole")
    again = paths.open_existing(at)
    os.pwrite(again, b"W", 0)
    assert os.pread(fd, 10, 0) == b"Whole"
    assert FileIdentity.of(fd) == FileIdentity.of(again)
    for each in (fd, again):
        os.close(each)
    assert stat.S_IMODE(at.path.stat().st_mode) == 0o644


@pytest.mark.usefixtures("either_way")
def test_a_taken_name_is_not_created_again(root: Path) -> None:
    for name in ("folder/data.bin", "folder", "pipe", "."):
        with pytest.raises(OutputBusy, match="exists already"):
            paths.create_file(place(root / name, [root]))
    for name in ("filelink", "dangling", "link"):
        with pytest.raises(PathSymlink):
            paths.create_file(place(root / name, [root]))
    assert (root / "folder" / "data.bin").read_text() == "inside"
    assert not (root / "nothing").exists()


@pytest.mark.usefixtures("either_way")
def test_creation_that_is_not_exclusive_opens_what_is_there(root: Path) -> None:
    fd = paths.create_file(place(root / "folder" / "data.bin", [root]), exclusive=False)
    assert text_of(fd) == "inside"
    os.close(paths.create_file(place(root / "folder" / "new", [root]), exclusive=False))
    assert (root / "folder" / "new").is_file()


# --- folders ---


@pytest.mark.usefixtures("either_way")
def test_a_folder_is_opened(root: Path) -> None:
    fd = paths.open_folder(place(root / "folder", [root]))
    os.fsync(fd)
    assert os.stat("data.bin", dir_fd=fd).st_size == 6
    os.close(fd)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("operate", [paths.open_folder, paths.list_folder, paths.make_folder])
def test_a_file_is_no_folder(root: Path, operate: Callable[[Place], object]) -> None:
    for name in ("folder/data.bin", "pipe", "folder/data.bin/below"):
        with pytest.raises(NotRegular, match="is a file, where a folder is meant; give the path of a folder"):
            operate(place(root / name, [root]))


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("operate", [paths.open_folder, paths.list_folder, paths.make_folder, paths.is_folder])
def test_no_folder_through_a_link(root: Path, operate: Callable[[Place], object]) -> None:
    for name in ("link", "inner", "dangling", "filelink", "link/new", "inner/new"):
        with pytest.raises(PathSymlink):
            operate(place(root / name, [root]))
    assert sorted(os.listdir(root.parent / "outside")) == ["data.bin"]  # noqa: PTH208
    assert sorted(os.listdir(root / "folder")) == ["data.bin"]  # noqa: PTH208


@pytest.mark.usefixtures("either_way")
def test_is_folder(root: Path) -> None:
    answers = {name: paths.is_folder(place(root / name, [root])) for name in ("folder", ".", "original", "pipe")}
    assert answers == {"folder": True, ".": True, "original": False, "pipe": False}
    with pytest.raises(NotFound):
        paths.is_folder(place(root / "nothing", [root]))


@pytest.mark.usefixtures("either_way")
def test_list_folder_is_sorted_and_leaves_nothing_out(root: Path) -> None:
    at = place(root / "folder", [root])
    undecodable = os.fsdecode(b"caf\xe9.csv")
    for name in ("b", "B", "a", ".hidden", "é", undecodable):
        (root / "folder" / name).touch()
    assert paths.list_folder(at) == sorted([".hidden", "B", "a", "b", "data.bin", undecodable, "é"])
    with pytest.raises(PathCharacters):
        at.child(undecodable)


@pytest.mark.usefixtures("either_way")
def test_make_folder(root: Path) -> None:
    for _ in range(2):
        paths.make_folder(place(root / "folder" / "a" / "b", [root]))
    paths.make_folder(place(root, [root]))
    assert (root / "folder" / "a" / "b").is_dir()


def test_identity_changes_with_the_content(root: Path) -> None:
    fd = paths.open_input(place(root / "folder" / "data.bin", [root]))
    before = FileIdentity.of(fd)
    assert before == FileIdentity.of(fd)
    assert before.size == 6
    (root / "folder" / "data.bin").write_text("longer than before")
    assert FileIdentity.of(fd) != before
    os.close(fd)


# --- races ---

#: RENAME_EXCHANGE swaps two names in one step, so that there is no moment without either.
SWAPPER = """
    import ctypes, os, sys
    libc = ctypes.CDLL(None, use_errno=True)
    real, link = (os.fsencode(name) for name in sys.argv[1:])
    print("swapping", flush=True)
    while os.getppid() == PARENT:
        if libc.renameat2(-100, real, -100, link, 2):
            raise OSError(ctypes.get_errno(), "cannot swap")
"""


@contextmanager
def swapping(real: Path, link: Path) -> Iterator[None]:
    """Another process turns `real` into the link and back, as fast as it can."""
    script = textwrap.dedent(SWAPPER).replace("PARENT", str(os.getpid()))
    command = [sys.executable, "-c", script, str(real), str(link)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as swapper:
        try:
            assert swapper.stdout is not None
            assert swapper.stdout.readline() == b"swapping\n"
            yield
            assert swapper.poll() is None, "the swapper died, so nothing was tested"
        finally:
            swapper.kill()


@pytest.fixture(params=["folder", "file"])
def raced(request: pytest.FixtureRequest, root: Path) -> Iterator[Path]:
    """A path whose folder, or which itself, is swapped for a link to the outside all the time."""
    if request.param == "folder":
        with swapping(root / "folder", root / "link"):
            yield root / "folder" / "data.bin"
        return
    (root / "outlink").symlink_to(root.parent / "outside" / "data.bin")
    with swapping(root / "folder" / "data.bin", root / "outlink"):
        yield root / "folder" / "data.bin"


def race(attempt: Callable[[], str], opens: int, enough: Callable[[Counter[str]], bool]) -> Counter[str]:
    """Try `opens` times, and further until the race has visibly been run (30 s at most)."""
    outcomes: Counter[str] = Counter()
    deadline = time.monotonic() + 30
    while outcomes.total() < opens or (not enough(outcomes) and time.monotonic() < deadline):
        try:
            outcomes[attempt()] += 1
        except (EtlError, OSError) as error:
            outcomes[type(error).__name__] += 1
    return outcomes


@pytest.mark.usefixtures("either_way")
def test_no_swap_leads_outside(root: Path, raced: Path) -> None:
    at = place(raced, [root])
    outcomes = race(
        lambda: text_of(paths.open_input(at)),
        RACE_OPENS // 4,
        lambda seen: bool(seen["inside"] and seen["PathSymlink"]),
    )
    assert set(outcomes) == {"inside", "PathSymlink"}


def test_checking_first_and_opening_then_does_lead_outside(root: Path, raced: Path) -> None:
    """The race is real: what everybody writes loses it. Without this the test above proves nothing."""

    def check_then_open() -> str:
        if not raced.resolve().is_relative_to(root):
            return "refused"
        return text_of(os.open(raced, os.O_RDONLY))

    outcomes = race(check_then_open, 1, lambda seen: bool(seen["OUTSIDE"]))
    assert outcomes["OUTSIDE"]


@pytest.mark.usefixtures("either_way")
def test_nothing_is_created_outside_during_a_swap(root: Path) -> None:
    places = (place(root / "folder" / f"new{number}", [root]) for number in range(1_000_000))

    def create() -> str:
        os.close(paths.create_file(next(places)))
        return "created"

    with swapping(root / "folder", root / "link"):
        outcomes = race(create, RACE_OPENS // 20, lambda seen: bool(seen["created"] and seen["PathSymlink"]))
    assert set(outcomes) == {"created", "PathSymlink"}
    assert os.listdir(root.parent / "outside") == ["data.bin"]  # noqa: PTH208


@pytest.mark.usefixtures("either_way")
def test_no_folder_is_made_or_listed_outside_during_a_swap(root: Path) -> None:
    places = (place(root / "folder" / f"new{number}" / "deep", [root]) for number in range(1_000_000))
    (root.parent / "outside" / "secret").touch()

    def make_and_list() -> str:
        paths.make_folder(next(places))
        return "OUTSIDE" if "secret" in paths.list_folder(place(root / "folder", [root])) else "inside"

    with swapping(root / "folder", root / "link"):
        outcomes = race(make_and_list, RACE_OPENS // 50, lambda seen: bool(seen["inside"] and seen["PathSymlink"]))
    assert set(outcomes) == {"inside", "PathSymlink"}
    assert sorted(os.listdir(root.parent / "outside")) == ["data.bin", "secret"]  # noqa: PTH208
