"""An output of a job that grows span by span: one file, or a folder of part files, open only while they are written."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, ClassVar

from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.metadata import to_json
from etl_batch.pipeline.parts.folder import MANIFEST_NAME, SUCCESS_NAME, manifest_of, part_name
from etl_batch.storage.part_file import PartFile, explained, remove, remove_tree
from etl_batch.storage.paths import list_folder, make_folder, open_existing, open_folder

if TYPE_CHECKING:
    from etl_batch.storage.hash_follower import Mark
    from etl_batch.storage.roots import Place
    from etl_batch.values import OutputSummary, Span


@dataclass(slots=True)
class PartedOutput(ABC):
    """The part files of one output, by `Span.part`; of a single file, there is one."""

    ending: ClassVar[str]  #: of a part's name

    target: Place
    hidden: Place  #: what becomes the target: a file, or the folder of the part files
    parts: range  #: the numbers of those that are written here
    is_folder: bool
    summaries: list[OutputSummary] = field(init=False, default_factory=list)  #: of whole parts, in their order
    _open: dict[int, PartFile] = field(init=False, default_factory=dict)
    _created: int = field(init=False, default=0)  #: of them, so far

    def begin(self) -> None:
        """Make the hidden folder, where there is one; each file is made when its first span comes."""
        if self.is_folder:
            make_folder(self.hidden)

    @property
    def places(self) -> tuple[Place, ...]:
        """Where each part is written."""
        return tuple(map(self.place_of, range(self.parts.stop)))

    def place_of(self, number: int) -> Place:
        """Where a part is written."""
        return self.hidden.child(self._part_name(number)) if self.is_folder else self.hidden

    def number_of(self, span: Span) -> int:
        """Of the part that a span goes to."""
        return span.part if self.is_folder else 0

    def finish(self) -> None:
        """End all parts, and list them. An output without any span has one part without rows."""
        self.seal()
        if self.is_folder:
            listed = to_json(manifest_of(self.summaries, self.ending.removeprefix("."))).encode()
            for name, content in ((MANIFEST_NAME, listed), (SUCCESS_NAME, b"")):
                part = PartFile.create_at(self.target.child(name), self.hidden.child(name), content)
                try:
                    part.sync()
                finally:
                    part.close()

    def seal(self) -> None:
        """End all parts."""
        for number in range(self._next, self.parts.stop):
            self._part(number)
        for number in sorted(self._open):
            self._seal(number)

    def adopt(self, folder: Place, summaries: Sequence[OutputSummary]) -> None:
        """Take parts that others made whole: the folder in which all of them lie becomes the target."""
        self.hidden, self.summaries, self._created = folder, list(summaries), len(self.parts)
        for name in (MANIFEST_NAME, SUCCESS_NAME):
            remove(folder.child(name))

    def sync(self) -> None:
        """Wait until the disk has all of it."""
        with explained(str(self.target.path)):
            for number in self.parts:
                _sync(open_existing(self.place_of(number)))
            if self.is_folder:
                _sync(open_folder(self.hidden))

    def remove(self) -> None:
        """Remove what an interrupted job left of it."""
        remove_tree(self.hidden)

    def close(self) -> None:
        """Close the parts that are open."""
        for part in self._open.values():
            part.close()

    @property
    def _next(self) -> int:
        """The number of the part that comes behind those that are there."""
        return self.parts.start + self._created

    def _seal_whole_ones(self) -> None:
        """Parts before the newest that are complete are ended and closed."""
        for number in sorted(self._open):
            if number == self._next - 1 or not self._open[number].is_written:
                return
            self._seal(number)

    def _reopen(
        self, parts: Sequence[tuple[int, Mark, int]], reopened: Callable[[Place, Place, Mark], PartFile]
    ) -> dict[int, PartFile]:
        """Take up those of an interrupted job: each by its number, where it ends, with how many rows."""
        self._created = len(parts)
        self._remove_later_parts()
        for number, mark, rows in parts:
            self._open[number] = part = reopened(self._target(number), self.place_of(number), mark)
            part.rows = rows
        return self._open

    def _remove_later_parts(self) -> None:
        if self.is_folder:
            kept = {self._part_name(number) for number in range(self.parts.start, self._next)}
            for name in list_folder(self.hidden):
                if name not in kept:
                    remove(self.hidden.child(name))

    def _part(self, number: int) -> PartFile:
        while self._next <= number:  # a part without a good row is a file, too
            target, place = self._target(self._next), self.place_of(self._next)
            self._open[self._next] = PartFile.create_at(target, place, self._head())
            self._created += 1
        return self._open[number]

    def _seal(self, number: int) -> None:
        part = self._open[number]
        self.summaries.append(self._ended(part))
        part.close()
        del self._open[number]

    @abstractmethod
    def _head(self) -> bytes:
        """What each part begins with."""

    @abstractmethod
    def _ended(self, part: PartFile) -> OutputSummary:
        """Write what a part ends with, and say what it has become."""

    def _target(self, number: int) -> Place:
        return self.target.child(self._part_name(number)) if self.is_folder else self.target

    def _part_name(self, number: int) -> str:
        return part_name(number, self.ending)


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
