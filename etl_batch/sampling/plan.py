"""What is to be sampled: settled before the pass, known to every worker."""

from __future__ import annotations

from dataclasses import replace

from etl_batch.light_dataclass import dataclass

MAX_STRATA = 100_000  #: kept apart; those whose names have the smallest hashes
LEAST_EXPECTED = 3_000_000  #: rows of a job whose sample is worth a look ahead: of fewer, not so many are kept in vain
MINIMUM = 2  #: rows of each stratum, where it has so many: below two no variance can be estimated
POWER = 0.5  #: a stratum's share of the budget grows with its rows to this power
_MOST_CERTAIN = 500  #: rows of each measure taken for certain
_CERTAIN_SHARE = 5  #: and no more than one in so many of the sample
_BITS = 2**64 - 1
_STEP = 0x9E3779B97F4A7C15


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePlan:
    """The design of a job's sample."""

    strata: str  #: the column whose values are the strata
    measures: tuple[str, ...]  #: the columns whose totals are estimated
    seed: int
    budget: int  #: rows to draw beside the least number of each stratum, fixed before the pass
    rows: int  #: of all inputs, bad ones included
    rows_are_certain: bool  #: no row can turn out to be a bad one and be left out
    max_strata: int = MAX_STRATA
    #: of the rows that is to be drawn, where `rows` and with it `budget` are bounds; None: they are what they will be
    share: float | None = None
    least_rows: int = 0  #: that will be counted, where `rows` is a bound

    @property
    def base_rate(self) -> float:
        """The share of all rows that is drawn; no stratum is given more of it than its own rows are of all."""
        return self.budget / max(self.rows, 1)

    def rate_bound(self, seen: int) -> float:
        """What `base_rate` is not above, once so many rows were seen."""
        if self.share is None:
            return self.base_rate
        seen = max(seen, 1)
        return min(self.share + 1 / seen, self.budget / seen, 1.0)

    def coming(self, seen: int) -> int:
        """How many rows will certainly come, once so many were seen."""
        certain = self.rows if self.share is None else self.least_rows
        return max(certain - seen, 0) if self.rows_are_certain else 0

    def settled(self, rows: int) -> SamplePlan:
        """The plan of so many rows, which are all: what it would have been, had their number been known."""
        if self.share is None:
            return self
        budget = budget_of(rows, self.share, self.budget)
        return replace(self, rows=rows, budget=budget, share=None, least_rows=0)

    @property
    def certain(self) -> int:
        """How many rows of the largest values each measure takes for certain."""
        return min(_MOST_CERTAIN, self.budget // (_CERTAIN_SHARE * len(self.measures)))

    def key(self, source: int) -> int:
        """What the priorities of an input's rows begin with."""
        return _mixed(_mixed(self.seed & _BITS) + (source + 1) * _STEP & _BITS)


def budget_of(rows: int, share: float, most: int) -> int:
    """How many rows to draw of so many, beside the least: the share, at most `most`, at least one if there is any."""
    return min(max(round(rows * share), 1), most, rows)


def drawn_place(seed: int, number: int) -> float:
    """A number from 0 to below 1, another one for each number."""
    return _mixed(((seed * 2 + 1) * _STEP + number * _STEP) & _BITS) / 2.0**64


def _mixed(value: int) -> int:
    """`kernels.stratum_codes.mix64`, for single values."""
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & _BITS
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & _BITS
    return value ^ (value >> 31)
