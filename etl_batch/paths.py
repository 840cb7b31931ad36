"""The sandbox: every input and output is opened here, beneath a folder that may be used.

First the text of a path is checked and placed beneath a root (`place`, no disk); then it is opened
from that root in one step that no swapped folder or link can lead astray (`open_input` and the
rest, through `beneath`). A `Place` alone proves nothing about the disk: only the open file does.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path, PurePosixPath

from etl_batch import beneath
from etl_batch.closed_folders import SECRETS_NAME, closed_identities, is_named_closed
from etl_batch.errors import (
    EtlError,
    HardLink,
    NotFound,
    NotRegular,
    PathCharacters,
    PathEmpty,
    PathNameTooLong,
    PathOutside,
    PathTraversal,
)
from etl_batch.os_refusals import Use, path_refused

NAME_MAX_BYTES = 255  #: of one name, on every common file system

#: Control, format (bidirectional, zero-width), lone surrogate (a byte that is not UTF-8), line separator: these hide.
_HIDING_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Zero-width joiner and non-joiner: Persian, Indic scripts and emoji are not written without them.
_JOINERS = frozenset("\u200c\u200d")

#: Neither a pipe without a writer nor a terminal can hold us up or take us over.
_CAREFULLY = os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC

_SHOWN_CHARACTERS = 1000  #: of a path in a message
_ADD_A_ROOT = "copy the file into one of them, or allow its folder: set ETL_INPUT_ROOTS=/that/folder and start again"


@dataclass(frozen=True, slots=True)
class Place:
    """A path that lies, lexically, beneath an allowed root. Opening it is what makes it safe."""

    root: Path  #: absolute, resolved once
    relative: PurePosixPath  #: `.` is the root itself

    def __post_init__(self) -> None:
        if self.relative.is_absolute() or ".." in self.relative.parts:
            raise PathTraversal(f"Path traversal detected: {_shown(str(self.relative))} leads out of {self.root}")
        if is_named_closed((*self.root.parts, *self.relative.parts)):
            raise _closed(self)

    @property
    def path(self) -> Path:
        """The whole path, for messages only: opening it would follow links."""
        return self.root / self.relative

    def sibling(self, name: str) -> Place:
        """Another name in the same folder; the name is checked as `place` checks a path."""
        if not self.relative.parts:
            raise PathTraversal(f"Path traversal detected: {_shown(name)} beside {self.root} lies outside of it")
        return Place(self.root, self.relative.parent / _one_name(name))

    def child(self, name: str) -> Place:
        """A name in this folder; the name is checked as `place` checks a path."""
        return Place(self.root, self.relative / _one_name(name))


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells whether an open file is still the same, with the same content."""

    device: int
    inode: int
    size: int  #: bytes
    mtime_ns: int

    @classmethod
    def of(cls, fd: int) -> FileIdentity:
        """The identity of an open file, now."""
        found = os.fstat(fd)
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def place(given: str | os.PathLike[str], roots: Sequence[Path], *, purpose: str = "input") -> Place:
    """Check the text of a path and find the root it lies beneath, without looking at what is there.

    Args:
        given: as the user wrote it; a relative path counts from the working directory.
        roots: the folders that may be used, themselves trusted: links on the way to them are allowed.
        purpose: "input" or "output"; only for inputs can a user add a root, and the message says how.

    Returns:
        The place, beneath the innermost root that fits.

    Raises:
        PathEmpty, PathCharacters, PathNameTooLong, PathTraversal: by the text alone.
        NotFound: the path is relative, and the working directory is gone.
    """
    text = os.fsdecode(given)
    _check_text(text)
    absolute = text if text.startswith("/") else f"{working_directory()}/{text}"
    names = _names(absolute)
    length, root = _root_above(names, roots)
    if root is None:
        raise _outside(text, absolute, roots, purpose)
    _check_characters("/".join(names[length:]))  # the working directory may have added some
    return Place(root, PurePosixPath(*names[length:]))


def open_input(place: Place) -> int:
    """Open a plain file with one name for reading; the caller closes the descriptor.

    Raises:
        PathSymlink, NotFound, NotRegular, HardLink, Unreadable: at once, a pipe does not block.
    """
    return _only_plain(_open(place, os.O_RDONLY | _CAREFULLY, use=Use.INPUT), place)


def open_folder(place: Place) -> int:
    """Open a folder, for `dir_fd` and fsync; the caller closes the descriptor."""
    return _open(place, _FOLDER)


def create_file(place: Place, *, exclusive: bool = True) -> int:
    """Create a file for reading and writing, with the permissions that the umask leaves.

    Args:
        place: its folder must exist.
        exclusive: refuse a name that is taken (OutputBusy). Otherwise a plain file that is there is opened as it is.
    """
    flags = os.O_RDWR | os.O_CREAT | _CAREFULLY
    return _only_plain(_open(place, flags | os.O_EXCL if exclusive else flags, 0o666), place)


def open_existing(place: Place) -> int:
    """Open a plain file with one name for reading and writing; never creates one."""
    return _only_plain(_open(place, os.O_RDWR | _CAREFULLY), place)


def is_folder(place: Place) -> bool:
    """Whether a folder is there, or something else; NotFound where there is nothing."""
    fd = _open(place, beneath.PIN, use=Use.INPUT)
    try:
        return stat.S_ISDIR(os.fstat(fd).st_mode)
    finally:
        os.close(fd)


def list_folder(place: Place) -> list[str]:
    """All names in a folder, sorted by code point; bytes that are not UTF-8 as `surrogateescape` has them."""
    fd = _open(place, _FOLDER, use=Use.INPUT)
    try:
        with os.scandir(fd) as entries:
            return sorted(entry.name for entry in entries)
    finally:
        os.close(fd)


def make_folder(place: Place) -> None:
    """Make a folder and those above it, as far as the root, which must exist. One that is there is fine."""
    with _root_of(place, Use.OUTPUT) as root_fd:
        _refuse_closed_way(place, root_fd)
        beneath.make_folders_beneath(root_fd, str(place.relative))


def _open(place: Place, flags: int, mode: int = 0, *, use: Use = Use.OUTPUT) -> int:
    with _root_of(place, use) as root_fd:
        _refuse_closed_way(place, root_fd)
        fd = beneath.open_beneath(root_fd, str(place.relative), flags, mode)
        if _identity(os.fstat(fd)) in closed_identities():  # a file of them that is mounted under another name
            os.close(fd)
            raise _closed(place)
        return fd


def _refuse_closed_way(place: Place, root_fd: int) -> None:
    """Refuse a place to which folders lead that are closed, under whatever name, before anything is made there."""
    closed = closed_identities(only_folders=True)
    if not closed:
        return
    above = str(place.root)
    while above:  # up to the top; as texts, for this is done at each opening
        if _identity(os.stat(above)) in closed:  # noqa: PTH116
            raise _closed(place)
        above = above.rpartition("/")[0]
    for folder in (place.relative, *place.relative.parents):
        with suppress(OSError):  # what is not there, or no folder, is told by whoever opens it
            fd = beneath.open_beneath(root_fd, str(folder), beneath.PIN_FOLDER)
            try:
                found = os.fstat(fd)
            finally:
                os.close(fd)
            if _identity(found) in closed:
                raise _closed(place)


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _closed(place: Place) -> PathTraversal:
    return PathTraversal(
        f"Path traversal detected: {_shown(str(place.path))} lies in {SECRETS_NAME}, which is beneath no folder that "
        "may be used",
        mend="give a path elsewhere",
    )


@contextmanager
def _root_of(place: Place, use: Use) -> Iterator[int]:
    """The root, open; what goes wrong beneath it comes out as an error for the user."""
    try:
        fd = os.open(place.root, beneath.PIN_FOLDER)
    except OSError as error:
        raise path_refused(error.errno, _shown(str(place.root)), use) from error
    try:
        yield fd
    except OSError as error:
        raise _explained(error, place, fd, use) from error
    finally:
        os.close(fd)


def _only_plain(fd: int, place: Place) -> int:
    """Pass on the descriptor of a plain file with one name; close any other."""
    try:
        _check_plain(os.fstat(fd), _shown(str(place.path)))
    except BaseException:
        os.close(fd)
        raise
    return fd


def _check_plain(found: os.stat_result, what: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = "a folder" if stat.S_ISDIR(found.st_mode) else "a pipe" if stat.S_ISFIFO(found.st_mode) else "a device"
        raise NotRegular(f"{what} is {kind}, where a file is meant")
    if found.st_nlink > 1:
        raise HardLink(f"{what} is one of {found.st_nlink} names of the same file")


def _explained(error: OSError, place: Place, root_fd: int, use: Use) -> EtlError:
    """The error for the user. The refusal stands already; what is looked up here only makes it clearer."""
    number = error.errno
    if number == errno.EEXIST and beneath.why_not_beneath(root_fd, str(place.relative), beneath.PIN) == errno.ELOOP:
        number = errno.ELOOP  # with O_EXCL the kernel calls a link just another taken name
    what = _shown(str(place.path))
    if number in (errno.ELOOP, errno.ENOENT, errno.ENOTDIR):  # perhaps not of the last name
        obstacle = place.root / beneath.first_obstacle(root_fd, str(place.relative))
        what = what if obstacle == place.path else f"{what}: {_shown(str(obstacle))}"
    return path_refused(number, what, use)


def _check_text(text: str) -> None:
    if not text.strip():
        raise PathEmpty(f"The path {text[:20]!r} is {'blank' if text else 'empty'}")
    _check_characters(text)
    # A backslash separates nothing here, but whoever writes `..\\` means to climb.
    if ".." in text.replace("\\", "/").split("/"):
        raise PathTraversal(f"Path traversal detected: {_shown(text)} holds `..`", mend="write it without `..`")
    longest = max(len(name.encode()) for name in text.split("/"))
    if longest > NAME_MAX_BYTES:
        raise PathNameTooLong(f"{_shown(text)}: a name has {longest} bytes; {NAME_MAX_BYTES} is the most")
    if len(text.encode()) > beneath.PATH_MAX_BYTES:
        raise PathNameTooLong(f"{_shown(text)} is longer than {beneath.PATH_MAX_BYTES} bytes")


def _check_characters(text: str) -> None:
    for at, character in enumerate(text, 1):
        if unicodedata.category(character) in _HIDING_CATEGORIES and character not in _JOINERS:
            name = unicodedata.name(character, "a character that cannot be shown")
            raise PathCharacters(f"{_shown(text)}: character {at} is U+{ord(character):04X}, {name}")


def _one_name(name: str) -> str:
    _check_text(name)
    if "/" in name or name == ".":
        raise PathTraversal(f"Path traversal detected: {_shown(name)} is not the name of a file", mend="give one name")
    return name


def _outside(text: str, absolute: str, roots: Sequence[Path], purpose: str) -> PathTraversal:
    meant = "" if text == absolute else f", that is {_shown(absolute)},"
    allowed = ", ".join(_shown(str(root)) for root in roots) or "none"
    if roots and text.rstrip("/") and "/" not in text.rstrip("/"):
        right = _from_here(f"{roots[0]}/{text}")
        return PathOutside(
            f"{_shown(text)} counts from the working directory, {_shown(absolute.rpartition('/')[0])}, which is no "
            f"folder for {purpose}s (those are {allowed})",
            mend=f"give {_shown(right)}",
        )
    return PathTraversal(
        f"Path traversal detected: {_shown(text)}{meant} lies outside the folders that may be used: {allowed}",
        mend=_ADD_A_ROOT if purpose == "input" else "give a path beneath one of them",
    )


def _from_here(path: str) -> str:
    """The path as one would type it: from the working directory on where it lies beneath it."""
    return path.removeprefix(f"{working_directory()}/")


def working_directory() -> str:
    """Where relative paths count from.

    Raises:
        NotFound: it was removed.
    """
    try:
        return str(Path.cwd())
    except OSError as error:
        raise NotFound("The working directory was removed", mend="change to one that exists (cd)") from error


def _root_above(names: list[str], roots: Sequence[Path]) -> tuple[int, Path | None]:
    """The innermost root that the names begin with, and how many of them lead to it."""
    fitting: list[tuple[int, Path]] = []
    for root in roots:
        resolved = Path(os.path.realpath(root))
        ways = (_names(str(root.absolute())), _names(str(resolved)))
        fitting += [(len(way), resolved) for way in ways if names[: len(way)] == way]
    return max(fitting, key=itemgetter(0), default=(0, None))


def _names(path: str) -> list[str]:
    return [name for name in path.split("/") if name not in ("", ".")]


def _shown(text: str) -> str:
    """The text as a message may hold it: hiding characters escaped, an endless one cut."""
    cut = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
    return cut if cut.isprintable() else repr(cut)
