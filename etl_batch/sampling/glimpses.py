"""Rows here and there in the inputs, of which workers tell the strata before the pass; see `expected`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.stratum_names import Hashes
from etl_batch.formats.format import FROM_ZERO, Source
from etl_batch.formats.opening import Mapper
from etl_batch.formats.units.glimpse import Glimpses
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.sampling.expected import Expected, Glimpsed, expected
from etl_batch.sampling.plan import SamplePlan, drawn_place

_PLACES = 64
_SHARE = 160  #: one byte in so many is looked at,
_MOST_BYTES = 128 * 1024  #: and so many in one place at most
_IN_ONE_GO = 16  #: places


@dataclass(frozen=True, slots=True)
class Places:
    """Where to look in one input."""

    source: Source
    column: str  #: of the strata
    reach: tuple[tuple[int, int], ...]  #: bytes

    @property
    def files(self) -> Sequence[NeededFile]:
        """What a worker needs."""
        return self.source.files


def expected_of(sources: Sequence[Source], plan: SamplePlan, run: Mapper) -> Expected | None:
    """What is to be expected of the sample; None: nothing."""
    if not all(isinstance(source, Glimpses) for source in sources):
        return None
    whole = sum(stop - start for start, stop in map(_extent, sources))
    told = run(strata_at, list(_places(sources, plan, whole)))
    return expected(plan, [Glimpsed(*found) for found in told], whole)


def strata_at(places: Places) -> tuple[Hashes, npt.NDArray[np.int64], int]:
    """Count the strata at some places, in a worker; see `Glimpsed`."""
    from etl_batch.sampling.block_pass import BlockPass, Lottery  # they have kernels, which the parent does without

    source = places.source
    glimpse = source.glimpse(places.reach) if isinstance(source, Glimpses) else None
    if glimpse is None:
        return np.empty(0, np.uint64), np.empty((0, 0), np.int64), 0
    nothing = Lottery(0, FROM_ZERO, np.empty(0), np.empty(0, np.uint64))
    (column,) = glimpse.batch.columns_of([places.column])
    strata = BlockPass().read(column, (), glimpse.batch.rows, nothing).strata
    stops = np.cumsum(glimpse.rows)
    found = strata.places[strata.codes]
    counts = [np.bincount(its, minlength=len(strata.keys)) for its in np.split(found, stops[:-1])]
    return strata.keys, np.array(counts, dtype=np.int64), glimpse.bytes


def _places(sources: Sequence[Source], plan: SamplePlan, whole: int) -> Iterator[Places]:
    """One place, drawn at random, in each of some parts of all inputs."""
    step = max(min(whole // (_PLACES * _SHARE), _MOST_BYTES), 1)
    drawn = [int((number + drawn_place(plan.seed, number)) * whole / _PLACES) for number in range(_PLACES)]
    before = 0
    for source in sources:
        first, last = _extent(source)
        its = [at - before + first for at in drawn if before <= at < before + last - first]
        reach = [(start, min(start + step, last)) for start in its]
        for number in range(0, len(reach), _IN_ONE_GO):
            yield Places(source, plan.strata, tuple(reach[number : number + _IN_ONE_GO]))
        before += last - first


def _extent(source: Source) -> tuple[int, int]:
    return source.extent if isinstance(source, Glimpses) else (0, 0)
