"""A worker that reads a file which is cut short under it, as the kernel tells it."""

from __future__ import annotations

import os
import signal

from etl_batch.formats.csv.copied_rows import Copied, CopyTask


def copy_rows(task: CopyTask) -> Copied:
    """In the place of the real one: what is behind the new end of a mapped file can no longer be read."""
    os.kill(os.getpid(), signal.SIGBUS)
    raise AssertionError(task)
