"""A total while its rows come in, one look after the other: pure, but for `read_live`, which opens the sample.

The rows of a run's sample enter in the order of h * sqrt(N): priority times the root of the stratum's rows. Every
beginning of this order is a sample that is allocated by square roots, as the whole is. Since there are many looks, the
interval is not that of one look: its multiplier is that of a confidence sequence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from etl_batch.audit.events import Action, Event
from etl_batch.audit.reads import record_read
from etl_batch.errors import NotFound
from etl_batch.estimate.arrow_values import numbers, one_array, truths
from etl_batch.estimate.confidence_sequence import multiplier
from etl_batch.estimate.estimator import estimate_total
from etl_batch.estimate.stratum_sample import Floats, StratumSample
from etl_batch.estimate.where import Where
from etl_batch.estimate.where_mask import mask, refuse_unknown_columns
from etl_batch.file_estimate.run_sample import RunSample, find_sample
from etl_batch.file_estimate.stratum_codes import StratumCodes, coded
from etl_batch.paths import FileIdentity, open_input
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor
from pages.services.estimable_files import input_place

if TYPE_CHECKING:
    import pyarrow as pa

LOOKS = 40
_FIRST_ROWS = 60  #: of the first look at the least, and two for each stratum where the sample has them to spare

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Look:
    """The total as it stands after so many rows."""

    rows: int  #: drawn so far; those taken for certain come on top
    total: float
    low: float | None  #: None: too few rows for an interval
    high: float | None


@dataclass(frozen=True, slots=True)
class LiveTotal:
    """The sample of one measure in the order in which its rows enter. Arrays of shape (rows,)."""

    measure: str
    values: Floats  #: 0 where the filter leaves the row out
    strata: Integers  #: the stratum of each row, as its place in `populations`
    certain: tuple[Floats, ...]  #: of each stratum, the values that were taken for certain
    populations: Mapping[str, int]  #: rows of each stratum, certain ones included
    confidence: float
    exact: float | None  #: the exact total, where it is known

    @property
    def schedule(self) -> list[int]:
        """Rows at each look: growing by the same factor, the last one all of them."""
        rows = len(self.values)
        first = max(_FIRST_ROWS, min(2 * len(self.populations), rows // 4))
        if rows <= first:
            return [rows] if rows else []
        steps = np.geomspace(first, rows, LOOKS)
        return sorted({round(float(step)) for step in steps})

    def look(self, rows: int) -> Look:
        """The total after the first `rows` rows."""
        order = np.argsort(self.strata[:rows], kind="stable")
        bounds = np.searchsorted(self.strata[:rows][order], np.arange(len(self.populations) + 1))
        groups = [
            StratumSample(name, population, self.values[order[bounds[at] : bounds[at + 1]]], self.certain[at])
            for at, (name, population) in enumerate(self.populations.items())
        ]
        found = estimate_total(groups, self.measure, self.confidence)
        if found.std_error is None or rows == 0:
            return Look(rows, found.total, None, None)
        reach = multiplier(rows, self.confidence) * found.std_error
        return Look(rows, found.total, max(found.total - reach, self._floor(rows)), found.total + reach)

    def _floor(self, rows: int) -> float:
        """Where no value is below 0, the total is not below what was seen."""
        seen = [self.values[:rows], *self.certain]
        if any(float(part.min(initial=0.0)) < 0 for part in seen):
            return -math.inf
        return math.fsum(float(part.sum()) for part in seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveQuestion:
    """Which total."""

    file: str  #: relative to the home
    measure: str
    where: Where | None = None
    confidence: float = 0.95


def read_live(home: Path, actor: Actor, asked: LiveQuestion) -> LiveTotal:
    """The sample that the file's run left, ready for its looks.

    Raises:
        Forbidden: the actor may not ask for totals.
        NotFound: there is no such sample, or none that fits the file or the question.
        WhereInvalid: the filter names a column that is not there, or compares what cannot be compared.
    """
    permit(actor, Permission.ESTIMATE)
    where = input_place(home, asked.file)
    with open(open_input(where), "rb") as file:  # noqa: PTH123 - a descriptor, opened beneath its root
        sample, reason = find_sample(where, FileIdentity.of(file.fileno()))
    if sample is None:
        raise NotFound(reason or "no run left a sample beside this file", mend="choose the output of a run")
    if asked.measure not in sample.totals:
        raise NotFound("the sample has no such measure", mend="choose one of the measures of its run")
    return live_total(sample, asked)


def note_live(home: Path, actor: Actor, file: str, question: object) -> None:
    """Write down, once in a session, that the rows of a sample are shown as they come in.

    Args:
        home: the home folder.
        actor: who looks.
        file: relative to the home.
        question: what else tells it from others, the state of the file included. The looks are no questions.

    Raises:
        Forbidden: the actor may not ask for totals.
        AuditUnavailable: it could not be written down, so that nothing is shown.
    """
    permit(actor, Permission.ESTIMATE)
    record_read(home, actor, Event(action=Action.LIVE_TOTAL_SEEN, target=file), question)


def live_total(sample: RunSample, asked: LiveQuestion) -> LiveTotal:
    """The rows of the sample in the order in which they enter."""
    values = _counted(sample.table, asked)
    codes = StratumCodes()
    found = codes.of(coded(one_array(sample.table.column("_stratum"))))
    place_of = {name: at for at, name in enumerate(sample.populations)}
    strata = np.array([place_of[name] for name in codes.names], dtype=np.int64)[found]
    top_column = f"_top_{asked.measure}"
    top = np.zeros(len(values), dtype=np.bool_)
    if top_column in sample.table.column_names:
        top = truths(one_array(sample.table.column(top_column)))
    entering = np.flatnonzero(truths(one_array(sample.table.column("_in_sample"))) & ~top)
    sizes = np.array(list(sample.populations.values()), dtype=np.float64)
    priority = np.asarray(one_array(sample.table.column("_order")), dtype=np.uint64).astype(np.float64)
    order = entering[np.argsort(priority[entering] * np.sqrt(sizes[strata[entering]]), kind="stable")]
    return LiveTotal(
        measure=asked.measure,
        values=values[order],
        strata=strata[order],
        certain=tuple(values[top & (strata == at)] for at in range(len(sizes))),
        populations=sample.populations,
        confidence=asked.confidence,
        exact=_exact(sample, asked),
    )


def _counted(table: pa.Table, asked: LiveQuestion) -> Floats:
    values = numbers(one_array(table.column(asked.measure)))
    counts = np.isfinite(values)
    if asked.where is not None:
        refuse_unknown_columns(asked.where, table.column_names)
        counts &= mask(asked.where, table.select(list(asked.where.columns)))
    return np.where(counts, values, 0.0)


def _exact(sample: RunSample, asked: LiveQuestion) -> float | None:
    known = [sample.totals.get(asked.measure, {}).get(name) for name in sample.populations]
    if asked.where is not None or None in known:
        return None
    return math.fsum(one for one in known if one is not None)
