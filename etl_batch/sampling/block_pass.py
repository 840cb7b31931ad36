"""The strata, sums and rows of a span in one pass over its rows, a block at a time; what was met before is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from typing import Any

import numpy as np
import numpy.typing as npt

from etl_batch.estimate.exact_sums import Sums
from etl_batch.formats.column_strata import SpanStrata, described, strata_of
from etl_batch.formats.column_sums import sums_of
from etl_batch.formats.format import RowIds
from etl_batch.formats.known_strata import KnownStrata
from etl_batch.formats.running_sums import MOST_SUMMED, RunningSums
from etl_batch.kernels.columns import LINE_WORDS, Column, describe
from etl_batch.kernels.pick_rows import pick_rows
from etl_batch.kernels.sample_rows import LISTED, PICKS, TOO_MANY, sample_rows
from etl_batch.kernels.short_keys import DONE, LONG, ROWS
from etl_batch.light_dataclass import dataclass
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
class _Span:
    """One span on its way through the kernel; `done` says how far it is."""

    columns: tuple[Column, ...]  #: that of the strata, and the measures
    codes: npt.NDArray[np.uint32]  #: shape (rows,)
    measures: npt.NDArray[np.uint64]
    rules: npt.NDArray[np.uint64]
    limits: npt.NDArray[np.uint64]  #: shape (room for strata,)
    lottery: Lottery
    picked: npt.NDArray[np.uint64]
    values: npt.NDArray[np.float64]
    sums: npt.NDArray[np.uint64] = field(init=False)
    done: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(3, np.uint64))
    words: npt.NDArray[np.uint64] = field(init=False)  #: see `prepare`
    answer: npt.NDArray[np.uint64] = field(default_factory=lambda: np.zeros(2, np.uint64))  #: see `NativeCall.words`
    kept: tuple[Any, ...] = ()  #: what the words point to

    @property
    def listed(self) -> Listed:
        """The rows listed so far."""
        count = int(self.done[LISTED])
        return Listed(self.picked[:count], self.values[:count])

    def prepare(self, known: KnownStrata) -> tuple[int, int]:
        """For a kernel that calls that kernel: the addresses of its code and of what it takes."""
        self.kept = self.arguments(known)
        self.words = sample_rows.words(self.answer.ctypes.data, *self.kept)
        return sample_rows.address, int(self.words.ctypes.data)

    def arguments(self, known: KnownStrata) -> tuple[Any, ...]:
        """As the kernel takes them."""
        lottery = self.lottery
        return (
            described(self.columns[0]), len(self.codes), known.table, known.slots, known.found, self.codes,
            self.measures, self.sums, self.rules, self.limits, lottery.thresholds, lottery.ties, self.picked,
            self.values, self.done,
        )  # fmt: skip


@dataclass(slots=True)
class BlockPass:
    """Reads span after span.

    A column whose keys are too long for it, and sums for too many strata, are left to the passes of before.
    """

    _known: KnownStrata | None = None
    _sums: list[RunningSums] = field(default_factory=list)  #: of each measure; none: there are too many strata
    _limits: Limits | None = None  #: shape (strata so far,): of each the largest that could be drawn; None: not known
    _has_long_keys: bool = False
    _begun: _Span | None = None  #: by a kernel that does something else beside

    def begin(self, column: Column, measures: Sequence[Column], rows: int, lottery: Lottery) -> tuple[int, int]:
        """Make a span ready for a kernel that calls `sample_rows` block by block; see `Sampling.begin`.

        `read` goes on with what is left of it.
        """
        self._forget_begun()
        if self._has_long_keys or not KnownStrata.can_hold(column):
            return 0, 0
        known = self._ready(column, measures)
        span = self._begun = self._span(known, (column, *measures), rows, lottery)
        return span.prepare(known)

    def read(self, column: Column, measures: Sequence[Column], rows: int, lottery: Lottery) -> Passed:
        """Tell strata, add up, and list the rows that may be drawn by what was known before."""
        if not self._has_long_keys and KnownStrata.can_hold(column):
            found = self._read((column, *measures), rows, lottery)
            if found is not None:
                return found
            self._has_long_keys, self._known, self._sums = True, None, []
        strata = strata_of(column, rows)
        return Passed(strata, summed(measures, strata), None)

    def learn(self, strata: SpanStrata, limits: Limits | None) -> None:
        """Hear what may still be drawn after a span was read; None: that is not said by limits alone."""
        if self._known is not None and strata.of_codes is self._known.hashes:
            self._limits = limits

    def _forget_begun(self) -> None:
        """What a kernel began with rows that were not all good, or were never asked for, counts for nothing."""
        if self._begun is not None:
            self._begun = None
            for ours in self._sums:
                ours.forget()

    def _ready(self, column: Column, measures: Sequence[Column]) -> KnownStrata:
        known, sums = self._known, self._sums
        goes_on = known is not None and known.can_go_on(column)
        goes_on = goes_on and all(ours.can_go_on(its) for ours, its in zip(sums, measures, strict=bool(sums)))
        if known is None or not goes_on:
            known = self._known = KnownStrata(column)
            self._sums, self._limits = [RunningSums.of(measure, known.room) for measure in measures], None
        known.begin()
        return known

    def _span(self, known: KnownStrata, columns: tuple[Column, ...], rows: int, lottery: Lottery) -> _Span:
        room = rows // _ROOM_SHARE + _LEAST_ROOM if self._limits is not None else 0
        limits = np.full(known.room, _ALL, np.uint64)
        if self._limits is not None:
            limits[: len(self._limits)] = self._limits
        rules = np.array([lottery.key, lottery.ids.first, lottery.ids.address, room, room > 0], np.uint64)
        span = _Span(
            columns, np.empty(rows, np.uint32), describe(columns[1:]).reshape(-1, LINE_WORDS), rules, limits, lottery,
            np.empty((room, 3), np.uint64), np.empty((room, len(columns) - 1)),
        )  # fmt: skip
        span.sums = self._lines()
        return span

    def _lines(self) -> npt.NDArray[np.uint64]:
        return np.array([ours.line() for ours in self._sums], np.uint64).reshape(-1, 4)

    def _read(self, columns: tuple[Column, ...], rows: int, lottery: Lottery) -> Passed | None:
        """None: a key is too long."""
        span, known = self._begun, self._known
        if span is None or known is None or any(a is not b for a, b in zip(span.columns, columns, strict=True)):
            self._forget_begun()
            known = self._ready(columns[0], columns[1:])
            span = self._span(known, columns, rows, lottery)
        self._begun = None
        while (why := sample_rows(*span.arguments(known))) != DONE:
            if why == LONG:
                return None
            known.grow()
            span.limits = np.concatenate([span.limits, np.full(known.room - len(span.limits), _ALL, np.uint64)])
            if known.room > MOST_SUMMED:
                self._sums = []
            for ours in self._sums:
                ours.grow(known.room)
            span.sums = self._lines()
        strata = known.of_span(span.codes)
        is_listed = span.rules[PICKS] and not span.done[TOO_MANY]
        return Passed(strata, self._taken(known, columns[1:], strata), span.listed if is_listed else None)

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
