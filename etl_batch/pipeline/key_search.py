"""Which rows repeat a key, or have one that is not among others: a part of all hashes at a time, as memory allows.

Of rows with the same key the first stands, in the order of the inputs and of their rows; each other breaks the rule.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from etl_batch.accumulators.key_entries import Block, Words, blocks
from etl_batch.contracts.findings import MOST_EXAMPLES
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.handed_files import NeededFile
from etl_batch.pipeline.key_file import KeyFile

#: the place of a row, and that of the first with its key; -1: there is none
Broken = tuple[int, int]
NONE = -1


@dataclass(frozen=True, slots=True)
class Share:
    """A part of all hashes: of some buckets, those whose remainder is this."""

    first: int  #: bucket
    stop: int
    remainder: int = 0
    divisor: int = 1
    most: int = 2**20  #: keys that are looked at together

    def halves(self) -> tuple[Share, Share]:
        """It in two, with about as many keys each."""
        divisor = 2 * self.divisor
        return replace(self, divisor=divisor), replace(self, divisor=divisor, remainder=self.remainder + self.divisor)


@dataclass(frozen=True, slots=True)
class Search:
    """What one call looks for."""

    keys: KeyFile
    key: int  #: which of the choices of columns
    share: Share
    among: tuple[KeyFile, int] | None = None  #: a foreign key: the keys that there are; None: no key may come twice

    @property
    def files(self) -> Sequence[NeededFile]:
        """What it takes."""
        return (self.keys.file, *(() if self.among is None else (self.among[0].file,)))


def rows_that_break(search: Search) -> tuple[int, list[Broken]] | None:
    """How many rows do, and the first of them; None: the share has more keys than are looked at together."""
    known = _Known()
    if search.among is not None:
        for found in _keys(*search.among, search.share):
            known.learn(*found)
            if known.size > search.share.most:
                return None
        known.close()
    for found in _keys(search.keys, search.key, search.share):
        known.learn(*found)
        if known.size > search.share.most:
            return None
    return known.count, known.first


class _Known:
    """The keys seen so far, each once, by their hashes ascending."""

    def __init__(self) -> None:
        self.count = 0  #: of rows that break the rule
        self.first: list[Broken] = []
        self._is_closed = False
        self._upper = self._lower = self._places = np.empty(0, dtype=np.uint64)

    @property
    def size(self) -> int:
        """How many keys."""
        return len(self._upper)

    def close(self) -> None:
        """These are all that there are: from now on a row breaks the rule that has another."""
        self.count, self.first, self._is_closed = 0, [], True

    def learn(self, upper: Words, lower: Words, places: Words) -> None:
        """Take keys into account that come behind all so far."""
        here = len(self._upper)
        upper, lower = np.concatenate([self._upper, upper]), np.concatenate([self._lower, lower])
        places = np.concatenate([self._places, places])
        order = _order(upper, lower)
        upper, lower = upper[order], lower[order]
        begins = np.ones(len(order), dtype=np.bool_)
        begins[1:] = (upper[1:] != upper[:-1]) | (lower[1:] != lower[:-1])
        leads = np.flatnonzero(begins)[np.cumsum(begins) - 1]  # of each, where the first with its key is
        if self._is_closed:
            self._note(places[order[(order >= here) & (order[leads] >= here)]], None)
            return
        self._note(places[order[~begins]], places[order[leads[~begins]]])
        self._upper, self._lower, self._places = upper[begins], lower[begins], places[order[begins]]

    def _note(self, broken: Words, leads: Words | None) -> None:
        self.count += len(broken)
        if not len(broken):
            return
        few = list(range(len(broken)))
        if len(broken) > MOST_EXAMPLES:
            few = np.argpartition(broken, MOST_EXAMPLES)[:MOST_EXAMPLES].tolist()
        found = [(int(broken[at]), NONE if leads is None else int(leads[at])) for at in few]
        self.first = sorted([*self.first, *found])[:MOST_EXAMPLES]


def _order(upper: Words, lower: Words) -> npt.NDArray[np.intp]:
    """Ascending, equal ones as they came; that two hashes differ in their lower halves alone is rare."""
    order = np.argsort(upper, kind="stable")
    one, other = order[:-1], order[1:]
    is_rare = (upper[one] == upper[other]) & (lower[one] != lower[other])
    return np.lexsort((lower, upper)) if is_rare.any() else order


def _keys(file: KeyFile, key: int, share: Share) -> Iterator[tuple[Words, Words, Words]]:
    """Those of a share in their order, some at a time."""
    descriptor = file.opened()
    waiting: list[tuple[Words, Words, Words]] = []
    count = 0
    try:
        for block in blocks(descriptor, file.offset):
            if block.key != key:
                continue
            for found in _of_block(descriptor, block, share):
                waiting.append(found)
                count += len(found[0])
                if count >= share.most:
                    yield _joined(waiting)
                    waiting, count = [], 0
        if count:
            yield _joined(waiting)
    finally:
        os.close(descriptor)


def _of_block(descriptor: int, block: Block, share: Share) -> Iterator[tuple[Words, Words, Words]]:
    first, stop = int(block.starts[share.first]), int(block.starts[share.stop])
    for at in range(first, stop, share.most):
        upper, lower, places = block.read(descriptor, at, min(at + share.most, stop))
        if share.divisor > 1:
            mine = lower % np.uint64(share.divisor) == np.uint64(share.remainder)
            upper, lower, places = upper[mine], lower[mine], places[mine]
        if len(upper):
            yield upper, lower, places


def _joined(parts: list[tuple[Words, Words, Words]]) -> tuple[Words, Words, Words]:
    upper, lower, places = (np.concatenate(each) for each in zip(*parts, strict=True))
    return upper, lower, places
