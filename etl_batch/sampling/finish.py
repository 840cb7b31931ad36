"""The end of the pass, in a worker, which has the kernels: drawing the sample, estimating, encoding the files."""

from __future__ import annotations

import mmap
import os
from collections.abc import Sequence
from functools import partial

from etl_batch.formats.format import RowStore
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile, handed
from etl_batch.sampling.draw import draw
from etl_batch.sampling.estimates import estimates_of
from etl_batch.sampling.sample_file import Block, sample_file, totals_file
from etl_batch.sampling.sample_state import SampleState
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place
from etl_batch.values import TotalEstimate


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What the spans left for the last step."""

    state: SampleState
    blocks: list[Block] | None  #: None: there are too many
    confidence: float
    stores: tuple[RowStore, ...]  #: of each input, empty
    side_file: Place  #: in which the rows are

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs."""
        return (NeededFile(self.side_file, partial(open_existing, self.side_file)),)


@dataclass(frozen=True, slots=True)
class Finished:
    """Estimates, warnings, and the two files as bytes."""

    estimates: tuple[TotalEstimate, ...] = ()
    warnings: tuple[str, ...] = ()
    sample: bytes | None = None  #: the file's content; None: there is none
    totals: bytes | None = None


def load_arrow(_: None) -> None:
    """Load what `finished` needs, before it is needed: it takes as long as all the rest of the end of a small job."""
    import pyarrow._compute
    import pyarrow._parquet  # noqa: F401


def finished(unfinished: Unfinished) -> Finished:
    """Draw, estimate, encode.

    Raises:
        SampleTooSmall: the sample cannot be drawn.
    """
    state, plan = unfinished.state, unfinished.state.plan
    if state.totals is None:
        return Finished(warnings=("no totals were estimated: there are no rows",))
    drawn = draw(plan, state.totals, state.candidates, state.expected)
    warnings = drawn.warnings
    blocks = unfinished.blocks
    _read_rows(unfinished)
    if blocks is None or state.totals.has_other:
        blocks = None
        warnings = (*warnings, "the totals of single blocks are not kept: there are too many strata")
    return Finished(
        estimates_of(plan, state.totals, state.candidates, drawn, unfinished.confidence),
        warnings,
        sample_file(state, unfinished.stores, drawn, state.totals, unfinished.confidence),
        None if blocks is None else totals_file(plan, state.totals, blocks),
    )


def _read_rows(unfinished: Unfinished) -> None:
    """Let the stores have the rows of all candidates, as far as they touch them."""
    found = handed(unfinished.side_file)
    descriptor = open_existing(unfinished.side_file) if found is None else found
    try:
        content = memoryview(mmap.mmap(descriptor, 0, mmap.MAP_SHARED, mmap.PROT_READ))
    finally:
        os.close(descriptor)
    for piece in unfinished.state.pieces:
        unfinished.stores[piece.source].add(content[piece.start : piece.stop])
