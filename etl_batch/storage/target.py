"""Where an output goes: whether it can be replaced, and holding it for one job alone."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
from collections.abc import Iterable, Iterator

from etl_batch.errors import NotRegular, OutputBusy, PathSymlink
from etl_batch.storage.file_lock import is_taken_within
from etl_batch.storage.os_refusals import write_refused
from etl_batch.storage.paths import create_file, make_folder
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import folder_of, lock_place, opened_folder

PATIENCE_SECONDS = 2.0  #: whoever looks what became of a killed job holds its outputs for a moment
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFREG: "a plain file",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def prepare(target: Place, *, folder: bool = False) -> None:
    """Make the target's folder where it is missing, and refuse a target that cannot be replaced.

    Raises:
        NotRegular: something other than what we would write is in its place.
        PathSymlink: a link is in its place.
    """
    make_folder(folder_of(target))
    refuse_irreplaceable(target, folder=folder)


def refuse_irreplaceable(target: Place, *, folder: bool) -> None:
    """Refuse a target that is something other than what would replace it.

    Raises:
        NotRegular: something other than what we would write is in its place.
        PathSymlink: a link is in its place.
    """
    with opened_folder(target) as parent:
        try:
            mode = os.stat(target.relative.name, dir_fd=parent, follow_symlinks=False).st_mode
        except FileNotFoundError:
            return
        except OSError as error:
            raise write_refused(error, str(target.path)) from error
    if stat.S_ISLNK(mode):
        raise PathSymlink(f"{target.path} is a symbolic link", mend="give another output, or remove the link")
    if not (stat.S_ISDIR(mode) if folder else stat.S_ISREG(mode)):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        meant = "a folder of part files" if folder else "a plain file"
        raise NotRegular(
            f"{target.path} is {kind}; the output would be {meant}",
            mend="give another output; the name of a folder of parts ends in '/', a file's does not",
        )


@contextlib.contextmanager
def locked(target: Place, patience_seconds: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Hold the output for this job alone.

    Args:
        target: the output.
        patience_seconds: so long it may take until it is free.

    Raises:
        OutputBusy: another job holds it.
    """
    descriptor = create_file(lock_place(target), exclusive=False)
    try:
        if not is_taken_within(descriptor, patience_seconds):
            raise OutputBusy(f"another job is writing {target.path}")
        try:
            yield
        finally:  # closing is not enough: a process that is just being started has a copy until its program begins
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


class Holding:
    """The outputs that this job holds; nobody waits for one for long, so that no two jobs wait for each other."""

    def __init__(self, stack: contextlib.ExitStack, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._stack = stack
        self._patience_seconds = patience_seconds
        self._held: set[Place] = set()

    def hold(self, targets: Iterable[Place]) -> None:
        """Hold these as well, in an order that is the same for every job, until the stack is closed.

        Raises:
            OutputBusy: another job holds one of them.
        """
        for target in sorted(set(targets) - self._held, key=lambda target: str(target.path)):
            self._stack.enter_context(locked(target, self._patience_seconds))
            self._held.add(target)
