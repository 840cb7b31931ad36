"""Both sides of shared buffers in one process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe

from etl_batch.machine.handed_files import receive, send
from etl_batch.machine.shared_buffers import OwnBuffers, SharedBuffers


def handed_over(shared: SharedBuffers) -> OwnBuffers:
    """The worker's side; the files that it was handed are closed again."""
    ours, theirs = Pipe()
    with ours, theirs:
        send(ours, "job", shared.files)
        assert receive(theirs) == "job"
        own = OwnBuffers()
        send(ours, None)
        receive(theirs)
    return own


@contextmanager
def sharing(workers: int) -> Iterator[tuple[SharedBuffers, OwnBuffers]]:
    """Buffers of one worker of so many."""
    shared = SharedBuffers(workers)
    own = handed_over(shared)
    try:
        yield shared, own
    finally:
        own.close()
        shared.close()
