"""Opening, creating and listing beneath a root: a test for each kind of thing that may lie there."""

from __future__ import annotations

import errno
import os
import pickle
import socket
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from etl_batch.errors import (
    DiskFull,
    EtlError,
    HardLink,
    InputFailed,
    NotFound,
    NotRegular,
    OutputBusy,
    OutputFailed,
    PathCharacters,
    PathSymlink,
    Unreadable,
)
from etl_batch.storage import beneath, paths
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place, place
from tests.unit.storage.conftest import text_of

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")

NOBODY = 65534


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
    assert refused.wait(60), "opening a pipe without a writer blocks"


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
    ("number", "of_inputs", "of_outputs", "words"),
    [
        (errno.ENOSPC, DiskFull, DiskFull, "no room on the disk"),
        (errno.EDQUOT, DiskFull, DiskFull, "quota"),
        (errno.EROFS, Unreadable, Unreadable, "mounted read-only"),
        (errno.EPERM, Unreadable, Unreadable, "Operation not permitted"),
        (errno.EIO, InputFailed, OutputFailed, "Input/output error"),
        (errno.EMFILE, InputFailed, OutputFailed, "Too many open files.*ulimit -n"),
    ],
)
def test_what_else_the_system_may_say(  # noqa: PLR0917 - a table
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    of_inputs: type[EtlError],
    of_outputs: type[EtlError],
    words: str,
) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(beneath, "open_beneath", fail)
    operations = {paths.open_input: of_inputs, paths.create_file: of_outputs, paths.make_folder: of_outputs}
    for operate, error in operations.items():
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


def test_statuses_are_of_all_names_but_links_and_what_is_closed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / os.fsdecode(b"b\xff")).write_text("no text")
    shut = (root / "folder").stat()
    found = paths.folder_statuses(place(root, [root]))
    assert list(found) == sorted(entry.name for entry in root.iterdir() if not entry.is_symlink())
    assert all((root / name).lstat() == status for name, status in found.items())
    monkeypatch.setattr(paths, "closed_identities", lambda **_: {(shut.st_dev, shut.st_ino)})
    assert set(found) - set(paths.folder_statuses(place(root, [root]))) == {"folder"}
