"""The sample of a job as one of its outputs: a side file that grows span by span, and the files that are made of it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job import JobPlan, TablePlan
from etl_batch.pipeline.outputs.targets import TableTargets, Targets
from etl_batch.storage.part_file import PartFile, remove
from etl_batch.storage.publication import Move, move_of, retirement_of
from etl_batch.values import PartResult, TotalEstimate

if TYPE_CHECKING:
    from etl_batch.sampling.counts import Hint
    from etl_batch.sampling.expected import Expected
    from etl_batch.sampling.finish import Finished
    from etl_batch.sampling.sample_file import Block
    from etl_batch.sampling.sample_state import SampleState
    from etl_batch.sampling.span_sample import SpanSample

_HEAD = b"etl_batch span samples 1\n"
_MOST_BLOCK_ROWS = 2_000_000  #: blocks times strata in the file of totals

#: CSV offset and bytes, Parquet part and row group; which part of a folder of CSV
Placed = tuple[int | None, int | None, int | None, int | None, int | None]


class Elsewhere(Protocol):
    """Runs a function on items in other processes, which have loaded what this one has not."""

    def __call__(self, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        """Run it."""


@dataclass(slots=True)
class JobSample:
    """What the spans so far make of the sample."""

    table: TablePlan
    targets: TableTargets
    confidence: float
    part: PartFile  #: the parts of all spans, as they came
    state: SampleState
    blocks: list[Block] | None  #: None: there are too many to list
    estimates: tuple[TotalEstimate, ...] = ()
    warnings: tuple[str, ...] = ()
    _finished: list[PartFile] = field(default_factory=list)
    _unmerged: deque[tuple[bytes, tuple[Any, ...], int, int]] = field(
        default_factory=deque
    )  #: of spans, in their order
    _block_rows: int = 0
    _drawn: Iterator[Finished] = field(default_factory=lambda: iter(()))

    @classmethod
    def begin(cls, targets: TableTargets, plan: JobPlan, table: TablePlan) -> JobSample | None:
        """The sample of a job that begins, of one of its tables; None where nothing is sampled."""
        if table.sample is None:
            return None
        head, expected = _HEAD, table.expected
        if expected is not None:
            head += expected.packed()
        sample = cls._of(targets, plan, table, PartFile.create(targets.span_samples, plan.job.job_id, head))
        sample.state.expected = expected
        return sample

    @classmethod
    def go_on(cls, targets: TableTargets, plan: JobPlan, table: TablePlan, part: PartFile) -> JobSample:
        """The sample of an interrupted job, from the side file as far as it is right."""
        sample = cls._of(targets, plan, table, part)
        sample._take_all(memoryview(_read(part))[len(_HEAD) :])
        return sample

    def take(self, content: bytes) -> None:
        """Take what a share of the job left of the parts of its spans, behind what there is."""
        self.part.append(content[len(_HEAD) :])
        self._take_all(memoryview(content)[len(_HEAD) :])

    def _take_all(self, rest: memoryview) -> None:
        """Add up the parts of spans with which the side file ends."""
        from etl_batch.sampling.expected import Expected
        from etl_batch.sampling.packing import unpack_first
        from etl_batch.sampling.span_sample import SpanSample

        while rest:
            packed, rest = unpack_first(rest)
            if (was := Expected.of_packed(packed)) is not None:  # a job goes on as it began
                self.state.expected = was
                continue
            its, stop = SpanSample.from_bytes(packed.blob), self.part.size - len(rest)
            self._take(its, packed.values["where"], stop - len(its.rows), stop)

    @classmethod
    def _of(cls, targets: TableTargets, plan: JobPlan, table: TablePlan, part: PartFile) -> JobSample:
        from etl_batch.sampling.sample_state import SampleState

        if table.sample is None:
            raise ValueError("nothing is sampled")
        state = SampleState(table.sample, len(table.sources))
        return cls(table, targets, plan.config.confidence, part, state, [])

    def keep(self, result: PartResult, placed: Placed) -> tuple[int, Hint | None]:
        """Keep a span's part on the disk, in the order of the spans, with room for its rows.

        Returns:
            Where its worker writes these, and what it may know. That is what is merged by now; what it does not know
            of only travels in vain.
        """
        from etl_batch.sampling.packing import Packed, pack

        offset = self.part.size
        if result.sample:
            where = (result.span.ordinal, result.span.source - self.table.first_source, *placed)
            self.part.append(pack(Packed({"where": where}, {}, result.sample), result.sample_rows_bytes))
            offset = self.part.grant(result.sample_rows_bytes)
            self._unmerged.append((result.sample, where, offset, self.part.size))
        return offset, self.state.hint()

    def written(self, result: PartResult, offset: int) -> None:
        """The worker has written its rows where `keep` said."""
        if result.sample_rows_bytes:
            self.part.written(offset, result.sample_rows_bytes)

    def merge(self) -> None:
        """Add up what was kept."""
        from etl_batch.sampling.span_sample import SpanSample

        while self._unmerged:
            data, where, start, stop = self._unmerged.popleft()
            self._take(SpanSample.from_bytes(data), where, start, stop)

    def begin_drawing(self, elsewhere: Elsewhere) -> None:
        """All spans are here: let another process draw the sample and estimate, while this one ends the outputs."""
        from etl_batch.sampling.finish import Unfinished, finished

        self.merge()
        self.state.prune()
        stores = tuple(source.row_store() for source in self.table.sources)
        unfinished = Unfinished(self.state, self.blocks, self.confidence, stores, self.part.place)
        self._drawn = elsewhere(finished, [unfinished])

    def finish(self) -> None:
        """Wait for the sample and the estimates, and write both files; nothing is published yet.

        Raises:
            SampleTooSmall: it cannot be drawn.
            DiskFull: the disk had no room.
        """
        (made,) = self._drawn
        self.estimates, self.warnings = made.estimates, made.warnings
        for where, content in ((self.targets.sample, made.sample), (self.targets.totals, made.totals)):
            if content is not None:
                self._finished.append(PartFile.create_at(where.target, where.hidden, content))
        for part in self._finished:
            part.sync()

    @property
    def expected(self) -> Expected | None:
        """What was, where the job began; None: nothing."""
        return self.state.expected

    @property
    def finished(self) -> tuple[PartFile, ...]:
        """The files that are made of it, those that there are."""
        return tuple(self._finished)

    def parts(self) -> tuple[PartFile, ...]:
        """Every file that is open."""
        return (self.part, *self._finished)

    def _take(self, part: SpanSample, where: Sequence[Any], start: int, stop: int) -> None:
        """Add up what a span added, whose rows lie there in the side file."""
        from etl_batch.sampling.sample_file import Block, Where

        self.state.add(part, start, stop)
        if self.blocks is not None:
            totals = part.totals
            self._block_rows += totals.strata
            self.blocks.append(Block(Where(*where), totals.keys, totals.rows, part.block_sums, part.block_most))
            if self._block_rows > _MOST_BLOCK_ROWS:
                self.blocks = None


def sample_moves(samples: Iterable[JobSample | None], targets: Targets) -> list[Move]:
    """The moves of both files to their targets; an old one goes where none comes. A table's are in its folder."""
    made = {part.target: part for sample in samples if sample for part in sample.parts()}
    moves = []
    for target in (targets.sample, targets.totals):
        move = move_of(target, made[target].place) if target in made else retirement_of(target)
        if move is not None:
            moves.append(move)
    return moves


def remove_unfinished(targets: TableTargets) -> None:
    """Remove the files that an interrupted job made of its sample; they are made again."""
    for where in (targets.sample, targets.totals):
        remove(where.hidden)


def _read(part: PartFile) -> bytes:
    content = bytearray(part.size)
    at = 0
    while at < part.size:
        count = os.preadv(part.descriptor, [memoryview(content)[at:]], at)
        if not count:
            break
        at += count
    return bytes(content)
