"""The sample itself, from all that was kept: how many rows of each stratum, and which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.errors import SampleTooSmall
from etl_batch.estimate.allocation import allocate_counts
from etl_batch.estimate.exact_sums import Index
from etl_batch.estimate.stratum_names import OTHER_STRATUM
from etl_batch.light_dataclass import dataclass
from etl_batch.sampling.certain_rows import largest
from etl_batch.sampling.counts import Counts
from etl_batch.sampling.plan import MINIMUM, POWER, SamplePlan
from etl_batch.sampling.span_sample import Candidates
from etl_batch.sampling.strata_totals import StrataTotals

if TYPE_CHECKING:
    from etl_batch.sampling.expected import Expected

Flags = npt.NDArray[np.bool_]
_BITS = 64  #: of a priority


@dataclass(frozen=True, slots=True)
class Draw:
    """Which of the candidates are in the sample; arrays of shape (rows,) are in the order of the sample file."""

    order: Index  #: shape (rows,): the candidates that are in it or were taken for certain, stratum by stratum
    stratum: Index  #: shape (rows,): the place of each row's stratum among the totals
    in_sample: Flags  #: shape (rows,): False: only because its value is one of the largest
    certain: tuple[Flags, ...]  #: of each measure, shape (rows,): its value is one of the largest
    drawn: Index  #: shape (strata,): how many rows were drawn of each
    listed: Index  #: shape (strata,): the strata in the order of their names, (other) last
    warnings: tuple[str, ...]


def draw(plan: SamplePlan, totals: StrataTotals, candidates: Candidates, expected: Expected | None = None) -> Draw:
    """Draw the sample: of each stratum the rows of the smallest priorities.

    Args:
        plan: of the sample.
        totals: of all rows.
        candidates: whose strata are places among these totals.
        expected: what was; rows beyond it may be missing.

    Raises:
        SampleTooSmall: a stratum has too few candidates; with a probability of some 1e-11, if nothing was expected.
    """
    strata = candidates.strata
    drawn, warnings = allocated(plan, totals)
    limits = Counts(totals.keys, totals.rows).limits(plan, totals.keys)
    if expected is not None:
        if totals.has_other:
            raise SampleTooSmall("rows of strata that are not kept apart may be missing in the sample")
        limits = np.minimum(limits, expected.of(totals.keys))
    listed = np.argsort(totals.names, kind="stable")
    if totals.has_other:
        listed = np.append(listed[listed != totals.strata - 1], totals.strata - 1)
    rank = np.empty(totals.strata, dtype=np.int64)
    rank[listed] = np.arange(totals.strata)
    order = _ordered(candidates, rank[strata])
    # A row of the largest values may be here in spite of its priority: others of that priority are not.
    eligible = order[(candidates.priority <= limits[strata])[order]]
    there = np.bincount(strata[eligible], minlength=totals.strata)
    if (there < drawn).any():
        name = totals.texts()[int(np.argmax(there < drawn))]
        raise SampleTooSmall(f"too few rows of stratum {name!r} were kept for the sample")
    its = there[listed]
    within = np.arange(len(eligible)) - np.repeat(np.cumsum(its) - its, its)
    in_sample = np.zeros(len(candidates), dtype=np.bool_)
    in_sample[eligible[within < np.repeat(drawn[listed], its)]] = True
    certain = _certain(plan, candidates)
    kept = order[np.logical_or.reduce([in_sample, *certain])[order]]
    return Draw(
        order=kept, stratum=strata[kept], in_sample=in_sample[kept], certain=tuple(places[kept] for places in certain),
        drawn=drawn, listed=listed, warnings=warnings,
    )  # fmt: skip


def _ordered(candidates: Candidates, groups: Index) -> Index:
    """The places of candidates, group by group and by their priorities; of equal ones by input and row."""
    bits = max(int(groups.max(initial=0)).bit_length(), 1)
    # One number for both: NumPy sorts plain numbers many times as fast as by several keys.
    both = (groups.astype(np.uint64) << np.uint64(_BITS - bits)) | (candidates.priority >> np.uint64(bits))
    order = np.argsort(both)
    both = both[order]
    if (both[1:] == both[:-1]).any():  # hardly ever, but for rows of several inputs
        return np.lexsort((candidates.row, candidates.source, candidates.priority, groups))
    return order


def allocated(plan: SamplePlan, totals: StrataTotals) -> tuple[Index, tuple[str, ...]]:
    """How many rows are drawn of each stratum, and what should be said about it.

    The least number of each stratum, and beside it the budget by the rule: however many strata there are, the large
    ones have their share of it. Once strata had to be united, those kept apart have that least number only, and (other)
    has the share of the budget that its rows have of all.
    """
    counts = totals.rows
    least = np.minimum(counts, MINIMUM)
    if totals.has_other:
        drawn = least.copy()
        share = round(plan.budget * int(counts[-1]) / max(plan.rows, 1))
        drawn[-1] = max(int(least[-1]), min(share, int(counts[-1])))
        text = (
            f"more than {plan.max_strata:,} strata: those whose names have the smallest hashes are kept apart, "
            f"the others are {OTHER_STRATUM!r}"
        )
        return drawn, (text,)
    needed = int(least.sum())
    warnings: tuple[str, ...] = ()
    if needed > plan.budget:
        text = (
            f"{totals.strata:,} strata take {needed:,} rows, {MINIMUM} of each, beside the {plan.budget:,} that "
            "--sample-frac and --sample-max-rows allow"
        )
        warnings = (text,)
    budget = min(needed + plan.budget, int(counts.sum()))
    allocate: Callable[..., Index] = allocate_counts
    return allocate(counts, budget, power=POWER, minimum=MINIMUM), warnings


def _certain(plan: SamplePlan, candidates: Candidates) -> tuple[Flags, ...]:
    """Of each measure, which candidates have the largest values."""
    found = []
    for number in range(len(plan.measures)):
        flags = np.zeros(len(candidates), dtype=np.bool_)
        sizes = np.abs(candidates.values[:, number])
        flags[largest(sizes, candidates.source, candidates.row, plan.certain)] = True
        found.append(flags)
    return tuple(found)
