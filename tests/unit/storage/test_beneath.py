"""Both ways of opening beneath a folder: the kernel's and ours must say the same."""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from etl_batch.storage import beneath

pytestmark = pytest.mark.usefixtures("no_descriptor_leaks")

Opener = Callable[..., int]

READ = os.O_RDONLY | os.O_NONBLOCK
FOLDER = os.O_RDONLY | os.O_DIRECTORY
CREATE = os.O_RDWR | os.O_CREAT | os.O_NONBLOCK


@pytest.fixture(params=["_openat2", "_walk_beneath"])
def opener(request: pytest.FixtureRequest) -> Opener:
    if request.param == "_openat2" and not beneath.kernel_has_openat2():
        pytest.skip("no openat2 here")
    chosen: Opener = getattr(beneath, request.param)
    return chosen


@pytest.fixture
def fresh_probe() -> Iterator[None]:
    beneath.kernel_has_openat2.cache_clear()
    yield
    beneath.kernel_has_openat2.cache_clear()


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of everything, and a secret beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("OUTSIDE")
    root = tmp_path / "root"
    (root / "folder" / "deep").mkdir(parents=True)
    (root / "folder" / "file").write_text("inside")
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "climbing").symlink_to("../outside")
    (root / "inner").symlink_to("folder")
    (root / "filelink").symlink_to("folder/file")
    (root / "dangling").symlink_to("nothing")
    (root / "loop").symlink_to("loop")
    os.mkfifo(root / "pipe")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")  # relative: a socket's path may have 107 bytes only
    return root


@pytest.fixture
def root_fd(root: Path) -> Iterator[int]:
    fd = os.open(root, beneath.PIN_FOLDER)
    yield fd
    os.close(fd)


def errno_of(opener: Opener, root_fd: int, relative: str, flags: int) -> str:
    try:
        os.close(opener(root_fd, relative, flags, 0o666 if flags & os.O_CREAT else 0))
    except OSError as error:
        return errno.errorcode[error.errno or 0]
    return "opened"


@pytest.mark.parametrize(
    ("relative", "flags", "expected"),
    [
        ("folder/file", READ, "opened"),
        ("./folder//./file", READ, "opened"),
        (".", FOLDER, "opened"),
        ("folder/deep", FOLDER, "opened"),
        ("folder/deep/", FOLDER, "opened"),
        ("folder/file", beneath.PIN, "opened"),
        ("pipe", READ, "opened"),
        ("folder/new", CREATE, "opened"),
        ("folder/file", CREATE | os.O_EXCL, "EEXIST"),
        ("socket", READ, "ENXIO"),
        ("folder", os.O_RDWR, "EISDIR"),
        ("folder/file", FOLDER, "ENOTDIR"),
        ("folder/file/below", READ, "ENOTDIR"),
        ("folder/file/below/more", READ, "ENOTDIR"),
        ("nothing", READ, "ENOENT"),
        ("nothing/below", READ, "ENOENT"),
        ("nothing/below", CREATE, "ENOENT"),
        ("", READ, "ENOENT"),
        ("link", READ, "ELOOP"),
        ("link", FOLDER, "ELOOP"),
        ("link", beneath.PIN, "ELOOP"),
        ("link", beneath.PIN | os.O_NOFOLLOW, "ELOOP"),
        ("link", beneath.PIN_FOLDER, "ELOOP"),
        ("link/secret", READ, "ELOOP"),
        ("link/new", CREATE, "ELOOP"),
        ("climbing/secret", READ, "ELOOP"),
        ("inner/file", READ, "ELOOP"),
        ("inner/deep", FOLDER, "ELOOP"),
        ("filelink", READ, "ELOOP"),
        ("filelink", os.O_RDWR, "ELOOP"),
        ("filelink", CREATE, "ELOOP"),
        ("filelink", CREATE | os.O_EXCL, "EEXIST"),
        ("dangling", READ, "ELOOP"),
        ("dangling", CREATE, "ELOOP"),
        ("loop", READ, "ELOOP"),
        ("loop/below", READ, "ELOOP"),
        ("..", FOLDER, "EXDEV"),
        ("../outside/secret", READ, "EXDEV"),
        ("folder/../../outside/secret", READ, "EXDEV"),
        ("folder/../folder/file", READ, "EXDEV"),
        ("/etc/passwd", READ, "EXDEV"),
        ("folder/file\0.csv", READ, "EINVAL"),
        ("\ud800", READ, "EILSEQ"),
        ("n" * 256, READ, "ENAMETOOLONG"),
        ("folder/" + "/".join("n" * 2050), READ, "ENAMETOOLONG"),
    ],
)
def test_either_way_says_the_same(opener: Opener, root_fd: int, relative: str, flags: int, expected: str) -> None:
    assert errno_of(opener, root_fd, relative, flags) == expected


def test_what_is_opened_is_what_was_named(opener: Opener, root_fd: int) -> None:
    fd = opener(root_fd, "folder/file", READ)
    with os.fdopen(fd, encoding="utf-8") as file:
        assert file.read() == "inside"


def test_a_name_that_is_not_utf_8_can_be_opened(opener: Opener, root: Path, root_fd: int) -> None:
    (root / os.fsdecode(b"caf\xe9")).touch()
    assert errno_of(opener, root_fd, os.fsdecode(b"caf\xe9"), READ) == "opened"


def test_a_path_deeper_than_one_call_takes_is_too_long_either_way(opener: Opener, root_fd: int) -> None:
    # Without its own limit the walk would get there.
    name = "n" * 200
    fd = os.dup(root_fd)
    for _ in range(21):
        os.mkdir(name, dir_fd=fd)
        below = os.open(name, beneath.PIN_FOLDER, dir_fd=fd)
        os.close(fd)
        fd = below
    os.close(fd)
    assert errno_of(opener, root_fd, "/".join([name] * 20), FOLDER) == "opened"
    assert errno_of(opener, root_fd, "/".join([name] * 21), FOLDER) == "ENAMETOOLONG"


def test_descriptors_are_not_inherited(opener: Opener, root_fd: int) -> None:
    for relative, flags in (("folder/file", READ), ("folder", FOLDER), ("folder", beneath.PIN), (".", os.O_PATH)):
        fd = opener(root_fd, relative, flags)
        assert not os.get_inheritable(fd)
        os.close(fd)


def test_the_umask_counts(opener: Opener, root: Path, root_fd: int) -> None:
    before = os.umask(0o027)
    try:
        os.close(opener(root_fd, "folder/new", CREATE | os.O_EXCL, 0o666))
    finally:
        os.umask(before)
    assert stat.S_IMODE((root / "folder" / "new").stat().st_mode) == 0o640


def test_a_mode_without_creation_is_no_error(opener: Opener, root_fd: int) -> None:
    os.close(opener(root_fd, "folder/file", READ, 0o666))


def test_the_root_stays_open_and_in_place(opener: Opener, root_fd: int) -> None:
    for relative in ("folder/file", "folder/deep", "nothing", "link/secret"):
        errno_of(opener, root_fd, relative, READ)
    assert stat.S_ISDIR(os.fstat(root_fd).st_mode)


def test_magic_links_of_proc_are_links(opener: Opener) -> None:
    proc = os.open(f"/proc/{os.getpid()}", beneath.PIN_FOLDER)
    assert errno_of(opener, proc, "root/etc/passwd", READ) == "ELOOP"
    assert errno_of(opener, proc, "cwd", FOLDER) == "ELOOP"
    assert errno_of(opener, proc, "fd/0", READ) == "ELOOP"
    os.close(proc)


# --- which of the two ---


def answering(monkeypatch: pytest.MonkeyPatch, *answers: int) -> list[int]:
    """Make openat2 fail with these errnos first (the last one for ever if it is repeated); the calls are counted."""
    real, left, calls = beneath._call_openat2, list(answers), []

    def fake(root_fd: int, name: bytes, how: beneath._OpenHow) -> int:
        calls.append(root_fd)
        if not left:
            return real(root_fd, name, how)
        ctypes.set_errno(left.pop(0))
        return -1

    monkeypatch.setattr(beneath, "_call_openat2", fake)
    return calls


@pytest.mark.usefixtures("fresh_probe")
@pytest.mark.parametrize("refusal", [errno.ENOSYS, errno.EPERM, errno.EACCES])
def test_where_openat2_is_refused_we_walk(monkeypatch: pytest.MonkeyPatch, root_fd: int, refusal: int) -> None:
    calls = answering(monkeypatch, *[refusal] * 1000)
    for _ in range(3):
        os.close(beneath.open_beneath(root_fd, "folder/file", READ))
    assert errno_of(beneath.open_beneath, root_fd, "link/secret", READ) == "ELOOP"
    assert len(calls) == 1, "the kernel is asked once, not at every opening"


@pytest.mark.usefixtures("fresh_probe")
@pytest.mark.parametrize("refusal", [errno.EPERM, errno.EACCES])
def test_a_real_refusal_does_not_make_us_walk(monkeypatch: pytest.MonkeyPatch, root_fd: int, refusal: int) -> None:
    if not beneath.kernel_has_openat2():
        pytest.skip("no openat2 here")
    answering(monkeypatch, refusal)
    with pytest.raises(PermissionError) as caught:
        beneath.open_beneath(root_fd, "folder/file", READ)
    assert caught.value.errno == refusal


@pytest.mark.parametrize("passing", [errno.EAGAIN, errno.EINTR])
def test_a_passing_refusal_is_tried_again(monkeypatch: pytest.MonkeyPatch, root_fd: int, passing: int) -> None:
    if not beneath.kernel_has_openat2():
        pytest.skip("no openat2 here")
    calls = answering(monkeypatch, passing, passing, passing)
    os.close(beneath._openat2(root_fd, "folder/file", READ))
    assert len(calls) == 4


@pytest.mark.parametrize("lasting", [errno.EAGAIN, errno.EINTR])
def test_but_not_for_ever(monkeypatch: pytest.MonkeyPatch, root_fd: int, lasting: int) -> None:
    calls = answering(monkeypatch, *[lasting] * 1000)
    with pytest.raises(OSError, match="folder/file") as caught:
        beneath._openat2(root_fd, "folder/file", READ)
    assert caught.value.errno == lasting
    assert len(calls) == 100


BEHIND_A_FILTER = """
    import ctypes, os, struct, sys
    refusal, root = int(sys.argv[1]), sys.argv[2]
    libc = ctypes.CDLL(None, use_errno=True)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    # load the call's number; 437 -> fail with `refusal`; else allow
    code = b"".join(struct.pack("HBBI", *line) for line in (
        (0x20, 0, 0, 0), (0x15, 0, 1, 437), (0x06, 0, 0, 0x00050000 | refusal), (0x06, 0, 0, 0x7FFF0000)))
    program = Program(4, ctypes.cast(ctypes.c_char_p(code), ctypes.c_void_p))
    if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0):
        sys.exit(77)

    from etl_batch.storage import beneath
    fd = os.open(root, beneath.PIN_FOLDER)
    file = beneath.open_beneath(fd, "folder/file", os.O_RDONLY)
    print(beneath.kernel_has_openat2(), os.read(file, 100).decode())
    try:
        beneath.open_beneath(fd, "link/secret", os.O_RDONLY)
    except OSError as error:
        print(error.errno)
"""


@pytest.mark.parametrize("refusal", [errno.EPERM, errno.ENOSYS])
def test_behind_a_real_seccomp_filter(root: Path, refusal: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(BEHIND_A_FILTER), str(refusal), str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(beneath.__file__).parents[2],
    )
    if done.returncode == 77:
        pytest.skip("no seccomp here")
    assert done.stdout.split() == ["False", "inside", str(errno.ELOOP)], done.stderr


# --- folders, obstacles ---


@pytest.fixture(params=[True, False], ids=["openat2", "walk"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param and not beneath.kernel_has_openat2():
        pytest.skip("no openat2 here")
    monkeypatch.setattr(beneath, "kernel_has_openat2", lambda: request.param)


@pytest.mark.usefixtures("either_way")
def test_folders_are_made_and_kept(root: Path, root_fd: int) -> None:
    for _ in range(2):
        beneath.make_folders_beneath(root_fd, "folder/new/newer")
    beneath.make_folders_beneath(root_fd, ".")
    assert (root / "folder" / "new" / "newer").is_dir()
    assert (root / "folder" / "file").read_text() == "inside"


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("relative", "expected"),
    [
        ("link/new", errno.ELOOP),
        ("link", errno.ELOOP),
        ("dangling", errno.ELOOP),
        ("dangling/new", errno.ELOOP),
        ("folder/file", errno.ENOTDIR),
        ("folder/file/new", errno.ENOTDIR),
        ("../new", errno.EXDEV),
        ("/tmp/new", errno.EXDEV),  # noqa: S108
    ],
)
def test_no_folder_is_made_through_a_link_or_a_file(root: Path, root_fd: int, relative: str, expected: int) -> None:
    with pytest.raises(OSError, match=r".") as caught:
        beneath.make_folders_beneath(root_fd, relative)
    assert caught.value.errno == expected
    assert os.listdir(root.parent / "outside") == ["secret"]  # noqa: PTH208
    assert not (root / "nothing").exists()


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    ("relative", "obstacle"),
    [
        ("link/a/b", "link"),
        ("folder/file/a", "folder/file"),
        ("folder/nothing/a/b", "folder/nothing"),
        ("folder/file", "folder/file"),
        ("folder/deep", "folder/deep"),
    ],
)
def test_the_obstacle_is_the_first_that_is_no_folder(root_fd: int, relative: str, obstacle: str) -> None:
    assert beneath.first_obstacle(root_fd, relative) == obstacle


def test_two_names_are_exchanged(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").write_text("two")
    folder = os.open(tmp_path, os.O_RDONLY)
    try:
        assert beneath.exchange(folder, "one", "two")
        assert (tmp_path / "one").read_text() == "two"
        assert (tmp_path / "two").is_dir()
        with pytest.raises(FileNotFoundError):
            beneath.exchange(folder, "one", "three")
    finally:
        os.close(folder)


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP])
def test_where_names_cannot_be_exchanged_nothing_is_done(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    class Libc:
        def renameat2(self, *_arguments: object) -> int:
            ctypes.set_errno(number)
            return -1

    monkeypatch.setattr(beneath, "_LIBC", Libc())
    assert beneath.exchange(0, "one", "two") is False
    monkeypatch.setattr(beneath, "_LIBC", object())
    assert beneath.exchange(0, "one", "two") is False
