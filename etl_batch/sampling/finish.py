"""The end of the pass, in a worker, which has the kernels: drawing the sample, estimating, encoding the files."""

from __future__ import annotations

from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.draw import draw
from etl_batch.sampling.estimates import estimates_of
from etl_batch.sampling.sample_file import Block, sample_file, totals_file
from etl_batch.sampling.sample_state import SampleState
from etl_batch.values import TotalEstimate


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What the spans left for the last step."""

    state: SampleState
    blocks: list[Block] | None  #: None: there are too many
    confidence: float


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
    drawn = draw(plan, state.totals, state.candidates)
    warnings = drawn.warnings
    blocks = unfinished.blocks
    if blocks is None or state.totals.has_other:
        blocks = None
        warnings = (*warnings, "the totals of single blocks are not kept: there are too many strata")
    return Finished(
        estimates_of(plan, state.totals, state.candidates, drawn, unfinished.confidence),
        warnings,
        sample_file(state, drawn, state.totals, unfinished.confidence),
        None if blocks is None else totals_file(plan, state.totals, blocks),
    )
