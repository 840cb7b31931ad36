"""SHA-256 of a file that still grows, in a thread behind its writers.

What a writer still holds in memory is hashed from there, and compared with the file at its end; the rest is read back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Protocol, Self

from etl_batch.errors import OutputFailed
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.shared_buffers import Held
from etl_batch.machine.undisturbed import in_one_piece
from etl_batch.values import MIB

_STEP_BYTES = MIB // 4  #: stays in the processor's cache
_COMPARED_BYTES = 4096  #: of each piece that is hashed from memory


class RunningHash(Protocol):
    """What `hashlib.sha256()` returns, whose class has no public name."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Hash more."""

    def hexdigest(self) -> str:
        """Of all that was hashed so far."""

    def copy(self) -> Self:
        """One that goes on from here by itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file is, and the hash of all of it up to there."""

    size: int  #: bytes
    sha256: str


class HashFollower:
    """Hashes what is written, and notes the hash at every offset it is asked for on the way."""

    def __init__(self, descriptor: int, start: int = 0, digest: RunningHash | None = None) -> None:
        """Follow the file from `start` on, where `digest` has seen all before it."""
        self.limit = start  #: bytes that are written without a gap
        self._reached = start
        self._descriptor = descriptor
        self._digest = digest or hashlib.sha256()
        self._wanted: deque[int] = deque()
        self._noted: dict[int, str] = {}
        self._held: deque[tuple[int, Held]] = deque()  #: where each begins; not yet hashed
        self._done = False
        self._over = False  #: nothing more will be hashed
        self._size = start  #: of the file, at the end
        self._failed: OutputFailed | None = None
        self._changed = threading.Condition()  #: entered by `_turn`
        self._thread = threading.Thread(target=self._follow, name="sha256", daemon=True)
        with in_one_piece():
            self._thread.start()

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Alone with what both threads share.

        In one piece: an interrupt within Python's own condition leaves it locked for good, or a waiter that was woken
        in its queue, where it takes the place of the next one, which then sleeps on.
        """
        with in_one_piece(), self._changed:
            yield

    def advance(self, limit: int, held: Held | None = None) -> None:
        """So much is written; what is new of it is still held in memory, or must be read back."""
        with self._turn():
            if held is not None:
                self._held.append((self.limit, held))
            self.limit = limit
            self._changed.notify()
            if self._over:
                self._release_all()

    def want(self, offset: int) -> None:
        """Note the hash at this offset, which is not yet hashed, and not before the last one wanted."""
        with self._turn():
            if offset not in self._noted and offset not in self._wanted:
                self._wanted.append(offset)
                self._changed.notify()

    def at(self, offset: int) -> str | None:
        """The hash at an offset that was wanted; None: not yet. Those before it are forgotten."""
        with self._turn():
            found = self._noted.get(offset)
            if found is not None:
                self._noted = {noted: digest for noted, digest in self._noted.items() if noted >= offset}
            return found

    def finish(self, size: int) -> str:
        """Wait for the hash of the first `size` bytes, which must be all.

        Raises:
            OutputFailed: they could not be read back, were not all written, or are not what was written.
        """
        self.stop()
        if self._failed is not None:
            raise self._failed
        if self._reached != size:
            raise OutputFailed(f"only {self._reached} of {size} bytes of the output were written")
        if self._size != size:
            raise OutputFailed(f"the output has {self._size} bytes, and {size} were written")
        return self._digest.hexdigest()

    def stop(self) -> None:
        """Hash what is written by now, then end the thread."""
        with self._turn():
            self._done = True
            self._changed.notify()
        self._thread.join()

    def _follow(self) -> None:
        try:
            self._hash()
            self._size = os.fstat(self._descriptor).st_size
        except OSError as error:
            self._failed = OutputFailed(f"the output could not be read back ({error.strerror})")
        except OutputFailed as error:
            self._failed = error
        finally:
            with self._changed:
                self._over = True
                self._release_all()

    def _hash(self) -> None:
        """Hash until it is over, or somebody has cut the file: then bytes are missing, which `finish` finds."""
        buffer = memoryview(bytearray(_STEP_BYTES))
        while (step := self._next_step()) is not None:
            count, held = step
            if held is None:
                count = os.preadv(self._descriptor, [buffer[:count]], self._reached)
                self._digest.update(buffer[:count])
            else:
                self._digest.update(held)
                self._compare_end(held)
            if not count:
                return
            self._reached += count
            self._release_hashed()

    def _compare_end(self, held: memoryview) -> None:
        """A file that was cut, or written at another place, is noticed without reading all of it.

        Raises:
            OutputFailed: it was.
        """
        end = held[-_COMPARED_BYTES:]
        if os.pread(self._descriptor, len(end), self._reached + len(held) - len(end)) != end:
            raise OutputFailed(
                "the output does not hold what was written to it: something else changed it, or its disk is damaged"
            )

    def _next_step(self) -> tuple[int, memoryview | None] | None:
        """Note the hash if it is wanted here; how many bytes come next, and where they are held; None: it is over."""
        with self._changed:
            while True:
                while self._wanted and self._wanted[0] <= self._reached:
                    self._noted[self._wanted.popleft()] = self._digest.hexdigest()
                if self.limit > self._reached:
                    stop = min(self._wanted[0], self.limit) if self._wanted else self.limit
                    return self._step_to(stop)
                if self._done:
                    return None
                self._changed.wait()

    def _step_to(self, stop: int) -> tuple[int, memoryview | None]:
        if self._held:
            start, held = self._held[0]
            if start <= self._reached:
                here = held.content[self._reached - start : stop - start]
                return len(here), here
            stop = min(stop, start)
        return stop - self._reached, None

    def _release_hashed(self) -> None:
        with self._changed:
            if self._held and self._held[0][0] + len(self._held[0][1].content) <= self._reached:
                self._held.popleft()[1].release()

    def _release_all(self) -> None:
        while self._held:
            self._held.popleft()[1].release()


def rehash(descriptor: int, marks: Sequence[Mark]) -> tuple[int, RunningHash]:
    """Read a file as far as its marks are right.

    Args:
        descriptor: of the file.
        marks: in the order of their offsets.

    Returns:
        How many of the marks are right, and the running hash at the last of those.
    """
    digest, at = hashlib.sha256(), 0
    buffer = memoryview(bytearray(_STEP_BYTES))
    for number, mark in enumerate(marks):
        sound = digest.copy()
        while at < mark.size:
            count = os.preadv(descriptor, [buffer[: mark.size - at]], at)
            if not count:
                return number, sound
            digest.update(buffer[:count])
            at += count
        if digest.hexdigest() != mark.sha256:
            return number, sound
    return len(marks), digest
