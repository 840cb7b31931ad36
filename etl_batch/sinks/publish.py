"""Whole or absent: an output becomes visible in one rename, and the old one is kept beside it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterator
from pathlib import PurePosixPath

from etl_batch.errors import NotRegular, OutputBusy, PathSymlink
from etl_batch.paths import Place, create_file, make_folder, open_folder
from etl_batch.sinks.part_file import PartFile, output_error


def folder_of(place: Place) -> Place:
    """The folder that the place lies in."""
    return Place(place.root, PurePosixPath(place.relative.parent))


def prepare(target: Place, *, folder: bool = False) -> None:
    """Make the target's folder where it is missing, and refuse a target that cannot be replaced.

    Raises:
        NotRegular: something other than what we would write is in its place.
        PathSymlink: a link is in its place.
    """
    make_folder(folder_of(target))
    with opened_folder(target) as parent:
        try:
            mode = os.stat(target.relative.name, dir_fd=parent, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return
        if stat.S_ISLNK(mode):
            raise PathSymlink(f"{target.path} is a symbolic link")
        if folder != stat.S_ISDIR(mode) or not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):
            found = "a folder" if stat.S_ISDIR(mode) else "no folder"
            raise NotRegular(
                f"{target.path} is {found}",
                mend="give another output; a Parquet folder's name ends in '/', a file's does not",
            )


@contextlib.contextmanager
def locked(target: Place) -> Iterator[None]:
    """Hold the output for this job alone.

    Raises:
        OutputBusy: another job holds it.
    """
    descriptor = create_file(target.sibling(f".{target.relative.name}.lock"), exclusive=False)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OutputBusy(f"another job is writing {target.path}") from None
    finally:
        os.close(descriptor)


def publish(part: PartFile, stamp: str) -> None:
    """Put a finished part file in its target's place; an old one stays as `NAME.bak.<stamp>`.

    Raises:
        DiskFull: the disk had no room when the data reached it; the old output is as it was.
    """
    try:
        os.fsync(part.descriptor)
        rename_keeping_old(part.place, part.target, stamp)
    except OSError as error:
        raise output_error(error, str(part.target.path)) from error


def rename_keeping_old(source: Place, target: Place, stamp: str) -> None:
    """Rename within one folder; what was there is kept."""
    with opened_folder(target) as parent:
        keep_old(parent, target.relative.name, stamp)
        os.rename(source.relative.name, target.relative.name, src_dir_fd=parent, dst_dir_fd=parent)
        os.fsync(parent)


def keep_old(parent: int, name: str, stamp: str) -> None:
    """Give the file a second name (a folder: another name), so that it outlives its replacement."""
    try:
        mode = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    for attempt in range(1000):
        backup = f"{name}.bak.{stamp}" + (f"-{attempt}" if attempt else "")
        try:
            if stat.S_ISDIR(mode):
                os.mkdir(backup, dir_fd=parent)
                os.rename(name, backup, src_dir_fd=parent, dst_dir_fd=parent)
            else:
                os.link(name, backup, src_dir_fd=parent, dst_dir_fd=parent, follow_symlinks=False)
        except FileExistsError:
            continue
        return


def discard(part: PartFile) -> None:
    """Remove a part file that will not be published."""
    part.close()
    with contextlib.suppress(OSError), opened_folder(part.place) as parent:
        os.unlink(part.place.relative.name, dir_fd=parent)


@contextlib.contextmanager
def opened_folder(place: Place) -> Iterator[int]:
    """The folder of a place as a descriptor, for the calls that take one."""
    descriptor = open_folder(folder_of(place))
    try:
        yield descriptor
    finally:
        os.close(descriptor)
