"""Imported only by the process that workers are forked from: how it ends, and what it keeps to itself.

It ends at once when its parent is done with it: taking Numba apart takes a quarter of a second, and whoever reads our
standard output waits until every process that holds it is gone. There is nothing to clean up. Workers never run that:
they end by themselves.

A parent that is killed while it starts a worker leaves one that never learns what to do. Nobody is left who would
read about that.
"""

import atexit
import gc
import os
import sys
from types import TracebackType

from etl_batch.pipeline.runners.worker_policy import worker_policy


def _report(kind: type[BaseException], error: BaseException, at: TracebackType | None) -> None:
    if not issubclass(kind, EOFError | ConnectionError):
        sys.__excepthook__(kind, error, at)


atexit.register(os._exit, 0)
sys.excepthook = _report
worker_policy(None)  # most of it is found out once, for all workers
gc.freeze()  # a worker that looks for garbage among all this would make a copy of it, page by page
gc.enable()
