"""The strata, sums and rows of a span in one pass over its rows, a block at a time; what was met before is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Sums
from etl_batch.formats.column_strata import SpanStrata, described, strata_of
from etl_batch.formats.column_sums import sums_of
from etl_batch.formats.format import RowIds
from etl_batch.formats.known_strata import KnownStrata
from etl_batch.formats.running_sums import MOST_SUMMED, RunningSums
from etl_batch.kernels.columns import Column, describe
from etl_batch.kernels.pick_rows import pick_rows
from etl_batch.kernels.sample_rows import LISTED, TOO_MANY, sample_rows
from etl_batch.kernels.short_keys import DONE, LONG, ROWS
from etl_batch.sampling.thresholds import Limits

_ALL = 2**64 - 1  #: the limit of a stratum of which nothing is known
_ROOM_SHARE, _LEAST_ROOM = 8, 4096  #: one row in so many may be listed, and so many at least


@dataclass(frozen=True, slots=True)
class Lottery:
    """What decides which rows are listed, beside the limits of their strata."""

    key: int  #: see `SamplePlan.key`
    ids: RowIds
    thresholds: npt.NDArray[np.float64]  #: shape (measures,): see `pick_rows`
    ties: npt.NDArray[np.uint64]  #: shape (measures,)


@dataclass(frozen=True, slots=True)
class Listed:
    """Rows that may be in the sample, and perhaps some others."""

    picked: npt.NDArray[np.uint64]  #: shape (rows, 3): place, id and priority
    values: npt.NDArray[np.float64]  #: shape (rows, measures): null as 0

    def __len__(self) -> int:
        return len(self.picked)

    @property
    def places(self) -> npt.NDArray[np.uint64]:
        """Which rows of the span, ascending."""
        return self.picked[:, 0]

    @property
    def ids(self) -> npt.NDArray[np.uint64]:
        """See `RowIds`."""
        return self.picked[:, 1]

    @property
    def priority(self) -> npt.NDArray[np.uint64]:
        """Their places in the lottery."""
        return self.picked[:, 2]

    def taken(self, which: npt.NDArray[np.bool_]) -> Listed:
        """Some of them."""
        return Listed(self.picked[which], self.values[which])


@dataclass(frozen=True, slots=True)
class Passed:
    """What one pass found."""

    strata: SpanStrata
    sums: tuple[Sums, ...]
    listed: Listed | None  #: None: they must be looked for in a pass of their own


@dataclass(slots=True)
class BlockPass:
    """Reads span after span.

    A column whose keys are too long for it, and sums for too many strata, are left to the passes of before.
    """

    _known: KnownStrata | None = None
    _sums: list[RunningSums] = field(default_factory=list)  #: of each measure; none: there are too many strata
    _limits: Limits | None = None  #: shape (strata so far,): of each the largest that could be drawn; None: not known
    _has_long_keys: bool = False

    def read(self, column: Column, measures: Sequence[Column], rows: int, lottery: Lottery) -> Passed:
        """Tell strata, add up, and list the rows that may be drawn by what was known before."""
        if not self._has_long_keys and KnownStrata.can_hold(column):
            found = self._read(column, measures, rows, lottery)
            if found is not None:
                return found
            self._has_long_keys, self._known, self._sums = True, None, []
        strata = strata_of(column, rows)
        return Passed(strata, summed(measures, strata), None)

    def learn(self, strata: SpanStrata, limits: Limits | None) -> None:
        """Hear what may still be drawn after a span was read; None: that is not said by limits alone."""
        if self._known is not None and strata.of_codes is self._known.hashes:
            self._limits = limits

    def _begin(self, column: Column, measures: Sequence[Column]) -> KnownStrata:
        known, sums = self._known, self._sums
        goes_on = known is not None and known.can_go_on(column)
        goes_on = goes_on and all(ours.can_go_on(its) for ours, its in zip(sums, measures, strict=bool(sums)))
        if known is None or not goes_on:
            known = self._known = KnownStrata(column)
            self._sums, self._limits = [RunningSums.of(measure, known.room) for measure in measures], None
        known.begin()
        return known

    def _read(self, column: Column, measures: Sequence[Column], rows: int, lottery: Lottery) -> Passed | None:
        """None: a key is too long."""
        known = self._begin(column, measures)
        table, how = describe(measures), described(column)
        codes = np.empty(rows, np.uint32)
        room = rows // _ROOM_SHARE + _LEAST_ROOM if self._limits is not None else 0
        limits = np.full(known.room, _ALL, np.uint64)
        if self._limits is not None:
            limits[: len(self._limits)] = self._limits
        rules = np.array([lottery.key, lottery.ids.first, lottery.ids.address, room, room > 0], np.uint64)
        picked, values = np.empty((room, 3), np.uint64), np.empty((room, len(measures)))
        done = np.zeros(3, np.uint64)
        while True:
            sums = np.array([ours.line() for ours in self._sums], np.uint64).reshape(-1, 4)
            why = sample_rows(
                how, rows, known.table, known.slots, known.found, codes, table, sums, rules, limits,
                lottery.thresholds, lottery.ties, picked, values, done,
            )  # fmt: skip
            if why == DONE:
                break
            if why == LONG:
                return None
            known.grow()
            limits = np.concatenate([limits, np.full(known.room - len(limits), _ALL, np.uint64)])
            if known.room > MOST_SUMMED:
                self._sums = []
            for ours in self._sums:
                ours.grow(known.room)
        listed = Listed(picked[: int(done[LISTED])], values[: int(done[LISTED])])
        strata = known.of_span(codes)
        return Passed(strata, self._taken(known, measures, strata), listed if room and not done[TOO_MANY] else None)

    def _taken(self, known: KnownStrata, measures: Sequence[Column], strata: SpanStrata) -> tuple[Sums, ...]:
        if not self._sums:
            return summed(measures, strata)
        met = np.flatnonzero(known.table[: len(strata.places), ROWS])
        return tuple(ours.take(met, strata.places[met], len(strata.keys)) for ours in self._sums)


def list_rows(passed: SpanStrata, measures: Sequence[Column], limits: Limits, lottery: Lottery) -> Listed:
    """The rows of a span that may be drawn, looked for in a pass of its own.

    Args:
        passed: their strata.
        measures: their values.
        limits: shape (codes,): of each code.
        lottery: what decides beside them.
    """
    rows = len(passed.codes)
    picked, values = np.empty((rows, 3), np.uint64), np.empty((rows, len(measures)))
    count = pick_rows(
        lottery.key, lottery.ids.first, lottery.ids.address, passed.codes, limits, describe(measures),
        lottery.thresholds, lottery.ties, picked, values,
    )  # fmt: skip
    return Listed(picked[: int(count)].copy(), values[: int(count)].copy())


def summed(measures: Sequence[Column], strata: SpanStrata) -> tuple[Sums, ...]:
    """The sums of each measure for each stratum."""
    places, count = strata.places, len(strata.keys)
    return tuple(sums_of(measure, strata.codes, len(places)).spread(places, count) for measure in measures)
