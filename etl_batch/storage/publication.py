"""Whole or absent: outputs become visible by renames that can be taken up again after a kill between any two.

What is where decides what is still to be done, so that `roll_forward` can be called any number of times. Nobody ever
finds an output missing or in part: a file's old version first gets a second name, then the new one is renamed over it;
a folder is exchanged with its successor.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator, Sequence

from etl_batch.errors import OutputFailed
from etl_batch.light_dataclass import dataclass
from etl_batch.storage import beneath
from etl_batch.storage.part_file import PartFile, explained
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import folder_of, opened_folder

#: another user's file, or a file system without links: `_exchange` does it then
_NO_SECOND_NAME = {errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.EMLINK}
_SAME_STAMP = 1000  #: so many old outputs are kept under one stamp, each with a number


@dataclass(frozen=True, slots=True)
class Move:
    """One output that is to be seen from now on."""

    target: Place
    part: str | None  #: name beside it that takes its place; None: the old one goes, and nothing comes
    inode: int  #: of what takes its place; where nothing does, of the old one
    is_folder: bool = False


def kept_place(target: Place, stamp: str) -> Place | None:
    """Where what is now in the target's place will stay when it is replaced; None: nothing is there."""
    with explained(str(target.path)), opened_folder(target) as parent:
        name = target.relative.name
        there = _inode(parent, name)
        if there is None:
            return None
        free = next((backup for backup in _backup_names(name, stamp) if _inode(parent, backup) in {there, None}), name)
    return target.sibling(free)


def move_of(target: Place, part: Place, *, is_folder: bool = False) -> Move:
    """The move of a finished part file or folder to its target, both in one folder."""
    with explained(str(target.path)), opened_folder(target) as parent:
        inode = _inode(parent, part.relative.name)
    if inode is None:
        raise OutputFailed(f"{part.path} was removed by somebody else while the job was writing it")
    return Move(target, part.relative.name, inode, is_folder)


def return_of(target: Place, kept: Place) -> Move | None:
    """The move that puts an old version in the target's place, and what is there now beside it; None: it is gone."""
    with explained(str(target.path)), opened_folder(target) as parent:
        name = kept.relative.name
        inode = _inode(parent, name)
        is_folder = inode is not None and stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    return None if inode is None else Move(target, name, inode, is_folder)


def retirement_of(target: Place) -> Move | None:
    """The move that leaves nothing in the target's place; None: nothing is there."""
    with explained(str(target.path)), opened_folder(target) as parent:
        inode = _inode(parent, target.relative.name)
    return None if inode is None else Move(target, None, inode)


def publish_alone(part: PartFile, stamp: str) -> None:
    """Put one finished part file in its target's place; an old one stays as `NAME.bak.<stamp>`.

    Raises:
        DiskFull: the disk had no room when the data reached it; the old output is as it was.
    """
    part.sync()
    roll_forward([move_of(part.target, part.place)], stamp)


def supersede(part: PartFile) -> None:
    """Put a part file in its target's place, and keep nothing of what was there: it only says more of the same.

    Raises:
        DiskFull, OutputFailed: it could not be done; what was there is as it was.
    """
    part.sync()
    with explained(str(part.target.path)), opened_folder(part.target) as parent:
        os.rename(part.place.relative.name, part.target.relative.name, src_dir_fd=parent, dst_dir_fd=parent)
        os.fsync(parent)


def roll_forward(moves: Sequence[Move], stamp: str) -> None:
    """Do what is still to be done of a publication that was decided on.

    Raises:
        DiskFull, OutputFailed: it could not be done now; it can be tried again.
    """
    keep_old(moves, stamp)
    replace_all(moves, stamp)


def keep_old(moves: Sequence[Move], stamp: str) -> None:
    """Give every file that is about to be replaced a second name, `NAME.bak.<stamp>`. Nothing is replaced yet."""
    for move in moves:
        with _working_on(move) as parent:
            if _is_pending_file(parent, move) and _backup(parent, move, stamp) is None:
                _link_backup(parent, move, stamp)
    sync_folders(moves)


def forget_kept(moves: Sequence[Move], stamp: str) -> None:
    """Take back what `keep_old` did, where nothing was replaced."""
    for move in moves:
        with contextlib.suppress(OSError), opened_folder(move.target) as parent:
            backup = None if move.is_folder else _backup(parent, move, stamp)
            if backup is not None:
                os.unlink(backup, dir_fd=parent)


def replace_all(moves: Sequence[Move], stamp: str) -> None:
    """Put the new in the place of the old, one output after the other."""
    for move in moves:
        with _working_on(move) as parent:
            _replace(parent, move, stamp)
    sync_folders(moves)


def _replace(parent: int, move: Move, stamp: str) -> None:
    name = move.target.relative.name
    there = _inode(parent, name)
    if move.part is None:
        if there == move.inode:
            os.rename(name, _free_backup(parent, name, stamp), src_dir_fd=parent, dst_dir_fd=parent)
        return
    part = _inode(parent, move.part)
    if part is None:
        return  # done before
    if there is None or (not move.is_folder and _backup(parent, move, stamp) is not None):
        os.rename(move.part, name, src_dir_fd=parent, dst_dir_fd=parent)
        return
    _exchange(parent, move, stamp, is_swapped=there == move.inode)


def _exchange(parent: int, move: Move, stamp: str, *, is_swapped: bool) -> None:
    """Swap old and new, then rename the old one: for folders, and for files that cannot have a second name."""
    name, part = move.target.relative.name, str(move.part)
    backup = _free_backup(parent, name, stamp)
    if not is_swapped:
        if _inode(parent, part) != move.inode:
            raise OutputFailed(f"{move.target.path}: its finished new version {part} was replaced by somebody else")
        if not beneath.exchange(parent, part, name):
            os.rename(name, backup, src_dir_fd=parent, dst_dir_fd=parent)
            os.rename(part, name, src_dir_fd=parent, dst_dir_fd=parent)
            return
    os.rename(part, backup, src_dir_fd=parent, dst_dir_fd=parent)


def _link_backup(parent: int, move: Move, stamp: str) -> None:
    name = move.target.relative.name
    backup = _free_backup(parent, name, stamp)
    try:
        os.link(name, backup, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_SECOND_NAME:
            raise


def _is_pending_file(parent: int, move: Move) -> bool:
    """Whether it is a file that has not yet taken the place of an old one."""
    if move.is_folder or move.part is None or _inode(parent, move.part) is None:
        return False
    return _inode(parent, move.target.relative.name) not in (None, move.inode)


def _backup(parent: int, move: Move, stamp: str) -> str | None:
    """The second name that the old output has already."""
    name = move.target.relative.name
    there = _inode(parent, name)
    kept = (backup for backup in _backup_names(name, stamp) if _inode(parent, backup) in (there, None))
    first = next(kept, None)
    return first if there is not None and first is not None and _inode(parent, first) == there else None


def _free_backup(parent: int, name: str, stamp: str) -> str:
    free = next((backup for backup in _backup_names(name, stamp) if _inode(parent, backup) is None), None)
    if free is None:
        raise OutputFailed(f"{name}.bak.{stamp} and every name after it is taken", mend="move them away")
    return free


def _backup_names(name: str, stamp: str) -> list[str]:
    return [f"{name}.bak.{stamp}{f'-{number}' if number else ''}" for number in range(_SAME_STAMP)]


def _inode(parent: int, name: str) -> int | None:
    try:
        return os.stat(name, dir_fd=parent, follow_symlinks=False).st_ino
    except FileNotFoundError:
        return None


@contextlib.contextmanager
def _working_on(move: Move) -> Iterator[int]:
    with explained(str(move.target.path)), opened_folder(move.target) as parent:
        yield parent


def sync_folders(moves: Sequence[Move]) -> None:
    """Wait until the disk has the names, once for each folder."""
    for move in {folder_of(move.target): move for move in moves}.values():
        with _working_on(move) as parent:
            os.fsync(parent)
