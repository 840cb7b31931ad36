"""The UTF-8 copy of a CSV: opening it, and finding its bytes in the original.

Where the copy is, and where its bytes came from.
"""

from __future__ import annotations

import codecs
import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from etl_batch.formats.csv.line_ends import AS_USUAL, LineEnds
from etl_batch.formats.unchanged import open_again
from etl_batch.kernels.csv_problems import Problem
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.storage.paths import FileIdentity
from etl_batch.storage.roots import Place
from etl_batch.text.encodings import is_utf8
from etl_batch.values import KIB

if TYPE_CHECKING:
    from etl_batch.formats.csv.cell_rules import CellRule
    from etl_batch.formats.single_byte import SingleByteText

#: stands for bytes that are not of the encoding; in the copy it is no UTF-8, so that its row is a bad one
_UNDECODABLE = "\udcff"
_LONG_BYTES = 4 * KIB  #: from here on a kernel is worth its call


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return _UNDECODABLE, error.end
    raise error


codecs.register_error("etl_batch.mark", _mark)


@cache
def single_byte_text(encoding: str, *, is_strict: bool = False) -> SingleByteText | None:
    """What makes UTF-8 of an encoding whose decoder has nothing to remember; None: it has.

    Args:
        encoding: its name.
        is_strict: a text with undefined bytes is refused; else they are marked.
    """
    from etl_batch.formats.single_byte import SingleByteText

    undefined = None if is_strict else _UNDECODABLE.encode("utf-8", "surrogatepass")
    return SingleByteText.of(codecs.lookup(encoding).name, undefined)


class Transcoder:
    """Bytes of an encoding in, bytes of UTF-8 out; of what is to be UTF-8 already only line ends are changed."""

    def __init__(self, encoding: str, ends: LineEnds = AS_USUAL, state: tuple[bytes, int] = (b"", 0)) -> None:
        self._ends = ends
        self._encoding = encoding
        self._decoder: codecs.IncrementalDecoder | None = None
        if not is_utf8(encoding):
            self._decoder = codecs.getincrementaldecoder(encoding)("etl_batch.mark")
            if state != (b"", 0):
                self._decoder.setstate(state)

    @property
    def state(self) -> tuple[bytes, int]:
        """What it remembers of the bytes before."""
        return self._decoder.getstate() if self._decoder else (b"", 0)

    def __call__(self, content: bytes, *, final: bool = False) -> bytes:
        """Go on with more bytes."""
        if self._decoder is not None:
            content = self._utf8(self._decoder, content, final=final)
        return content if self._ends.as_usual else self._ends.coded(content)

    def _utf8(self, decoder: codecs.IncrementalDecoder, content: bytes, *, final: bool) -> bytes:
        if len(content) >= _LONG_BYTES and (quick := single_byte_text(self._encoding)) is not None:
            return quick(content)
        return decoder.decode(content, final).encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class ResumeMark:
    """How far the original was read when so much of the copy was written."""

    original: int  #: bytes
    copy: int  #: bytes
    state: tuple[bytes, int]  #: of the transcoder


@dataclass(frozen=True, slots=True)
class Transcoded:
    """The UTF-8 copy of an input: a file without a name, which is gone when the process that made it ends."""

    process: int
    descriptor: int  #: of that process
    identity: FileIdentity
    encoding: str
    marks: Sequence[ResumeMark]
    line_ends: LineEnds = AS_USUAL  #: of the original; see there how the copy has them
    is_utf8: ClassVar[bool] = False  #: it is known to be; else it may hold marks of what could not be decoded

    @property
    def rules(self) -> tuple[CellRule, ...]:
        """What cells of its columns mean, where they stand otherwise in the original."""
        return ()

    def open(self) -> int:
        """Open the copy; the caller closes the descriptor. Workers are handed it."""
        if (descriptor := handed(self._key)) is not None:
            return descriptor
        return os.open(f"/proc/{self.process}/fd/{self.descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    @property
    def needed(self) -> NeededFile:
        """The copy, for a worker."""
        return NeededFile(self._key, self.open)

    def told(self, start: int, problem: Problem) -> tuple[Problem, int] | None:
        """What is wrong with a broken row of the copy, and at which byte of the original; None: what its copy shows.

        Args:
            start: of the row in the copy.
            problem: that its copy has; not of the number of its cells, nor of their types.
        """
        del start, problem
        return None

    @property
    def more_files(self) -> tuple[NeededFile, ...]:
        """What else it takes to find its bytes in the original."""
        return ()

    def row(self, start: int, stop: int) -> bytes | None:
        """A row of the copy, from one byte to another, as it stood in what was copied; None: it stands there so."""
        del start, stop
        return None

    @property
    def _key(self) -> tuple[int, int]:
        return self.process, self.descriptor

    def originals(self, where: Place, positions: Sequence[int]) -> Iterator[int]:
        """Where in the original some places of the copy came from.

        Args:
            where: the original.
            positions: bytes in the copy, in ascending order.
        """
        starts = [mark.copy for mark in self.marks]
        descriptor = open_again(where)
        try:
            here: Any = None
            for position in positions:
                mark = self.marks[bisect_right(starts, position) - 1]
                if here is None or here.copy < mark.copy:
                    here = _Walk(descriptor, Transcoder(self.encoding, self.line_ends, mark.state), mark)
                yield here.until(position)
        finally:
            os.close(descriptor)


class _Walk:
    """Through the original byte by byte, as the copy grows."""

    def __init__(self, descriptor: int, transcoder: Transcoder, start: ResumeMark) -> None:
        self._descriptor = descriptor
        self._transcoder = transcoder
        self._original = start.original
        self.copy = start.copy

    def until(self, position: int) -> int:
        """The byte of the original from which the copy's byte at a position came."""
        while self.copy < position:
            byte = os.pread(self._descriptor, 1, self._original)
            self._original += 1
            self.copy += len(self._transcoder(byte, final=not byte))
            if not byte:
                break
        return self._original
