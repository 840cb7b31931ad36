"""Files without a name: gone when the process that made them ends."""

from __future__ import annotations

import os

from etl_batch.storage.os_refusals import write_refused
from etl_batch.storage.paths import create_file, make_folder, open_folder
from etl_batch.storage.roots import Place


def unnamed_file(folder: Place) -> int:
    """A file in a folder, which is made, whose name is removed as soon as it has one; the caller closes the descriptor.

    Raises:
        Refused: the folder cannot be written to.
    """
    make_folder(folder)
    hidden = folder.child(f".spool.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = create_file(hidden)
    try:
        parent = open_folder(folder)
        try:
            os.unlink(hidden.relative.name, dir_fd=parent)
        finally:
            os.close(parent)
    except OSError as error:
        os.close(descriptor)
        raise write_refused(error, str(hidden.path)) from error
    return descriptor
