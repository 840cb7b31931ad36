"""Where a path lies: its text is checked, and it is placed beneath a root that may be used.

Nothing here looks at what is there: a `Place` proves nothing about the disk, only the file that `paths` opens does.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path, PurePosixPath

from etl_batch.errors import NotFound, PathCharacters, PathEmpty, PathNameTooLong, PathOutside, PathTraversal
from etl_batch.light_dataclass import dataclass
from etl_batch.storage import beneath
from etl_batch.storage.closed_folders import SECRETS_NAME, is_named_closed

NAME_MAX_BYTES = 255  #: of one name, on every common file system

#: Control, format (bidirectional, zero-width), lone surrogate (a byte that is not UTF-8), line separator: these hide.
_HIDING_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: Zero-width joiner and non-joiner: Persian, Indic scripts and emoji are not written without them.
_JOINERS = frozenset("\u200c\u200d")

_SHOWN_CHARACTERS = 1000  #: of a path in a message
_ADD_A_ROOT = "copy the file into one of them, or allow its folder: set ETL_INPUT_ROOTS=/that/folder and start again"


@dataclass(frozen=True, slots=True)
class Place:
    """A path that lies, lexically, beneath an allowed root. Opening it is what makes it safe."""

    root: Path  #: absolute, resolved once
    relative: PurePosixPath  #: `.` is the root itself

    def __post_init__(self) -> None:
        if self.relative.is_absolute() or ".." in self.relative.parts:
            raise PathTraversal(f"Path traversal detected: {shown_path(str(self.relative))} leads out of {self.root}")
        if is_named_closed((*self.root.parts, *self.relative.parts)):
            raise in_secrets(self)

    @property
    def path(self) -> Path:
        """The whole path, for messages only: opening it would follow links."""
        return self.root / self.relative

    def sibling(self, name: str) -> Place:
        """Another name in the same folder; the name is checked as `place` checks a path."""
        if not self.relative.parts:
            raise PathTraversal(f"Path traversal detected: {shown_path(name)} beside {self.root} lies outside of it")
        return Place(self.root, self.relative.parent / _one_name(name))

    def child(self, name: str) -> Place:
        """A name in this folder; the name is checked as `place` checks a path."""
        return Place(self.root, self.relative / _one_name(name))


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


def in_secrets(place: Place) -> PathTraversal:
    """The refusal of a place that lies in a home's secrets."""
    return PathTraversal(
        f"Path traversal detected: {shown_path(str(place.path))} lies in {SECRETS_NAME}, which is beneath no folder "
        "that may be used",
        mend="give a path elsewhere",
    )


def _check_text(text: str) -> None:
    if not text.strip():
        raise PathEmpty(f"The path {text[:20]!r} is {'blank' if text else 'empty'}")
    _check_characters(text)
    # A backslash separates nothing here, but whoever writes `..\\` means to climb.
    if ".." in text.replace("\\", "/").split("/"):
        raise PathTraversal(f"Path traversal detected: {shown_path(text)} holds `..`", mend="write it without `..`")
    longest = max(len(name.encode()) for name in text.split("/"))
    if longest > NAME_MAX_BYTES:
        raise PathNameTooLong(f"{shown_path(text)}: a name has {longest} bytes; {NAME_MAX_BYTES} is the most")
    if len(text.encode()) > beneath.PATH_MAX_BYTES:
        raise PathNameTooLong(f"{shown_path(text)} is longer than {beneath.PATH_MAX_BYTES} bytes")


def _check_characters(text: str) -> None:
    for at, character in enumerate(text, 1):
        if unicodedata.category(character) in _HIDING_CATEGORIES and character not in _JOINERS:
            name = unicodedata.name(character, "a character that cannot be shown")
            raise PathCharacters(f"{shown_path(text)}: character {at} is U+{ord(character):04X}, {name}")


def _one_name(name: str) -> str:
    _check_text(name)
    if "/" in name or name == ".":
        raise PathTraversal(
            f"Path traversal detected: {shown_path(name)} is not the name of a file", mend="give one name"
        )
    return name


def _outside(text: str, absolute: str, roots: Sequence[Path], purpose: str) -> PathTraversal:
    meant = "" if text == absolute else f", that is {shown_path(absolute)},"
    allowed = ", ".join(shown_path(str(root)) for root in roots) or "none"
    if roots and text.rstrip("/") and "/" not in text.rstrip("/"):
        right = _from_here(f"{roots[0]}/{text}")
        return PathOutside(
            f"{shown_path(text)} counts from the working directory, {shown_path(absolute.rpartition('/')[0])}, which "
            f"is no folder for {purpose}s (those are {allowed})",
            mend=f"give {shown_path(right)}",
        )
    return PathTraversal(
        f"Path traversal detected: {shown_path(text)}{meant} lies outside the folders that may be used: {allowed}",
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


def shown_path(text: str) -> str:
    """The text as a message may hold it: hiding characters escaped, an endless one cut."""
    cut = text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}..."
    return cut if cut.isprintable() else repr(cut)
