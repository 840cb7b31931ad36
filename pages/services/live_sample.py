"""The sample of a run, ready to come in row by row. Reads files, and so runs in `estimate_process` alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from etl_batch.errors import NotFound
from etl_batch.estimate.arrow_values import numbers, one_array, truths
from etl_batch.estimate.stratum_sample import Floats
from etl_batch.estimate.where import Where
from etl_batch.estimate.where_mask import mask, refuse_unknown_columns
from etl_batch.file_estimate.run_sample import RunSample, find_sample
from etl_batch.formats.units.unit_strata import StratumCodes, coded
from etl_batch.storage.paths import FileIdentity, open_input
from pages.services.estimable_files import input_place
from pages.services.estimate_question import AskedEstimate
from pages.services.live_total import LiveTotal, as_packed

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which total."""

    measure: str
    where: Where | None
    confidence: float


def live_sample(asked: dict[str, Any]) -> dict[str, Any]:
    """The sample that a file's run left, for `{"home", "file", "measure", "where", "confidence"}`.

    Raises:
        NotFound: there is no such sample, or none that fits the file or the question.
        WhereInvalid: the filter names a column that is not there, or compares what cannot be compared.
    """
    where = input_place(Path(asked["home"]), asked["file"])
    with open(open_input(where), "rb") as file:  # noqa: PTH123 - a descriptor, opened beneath its root
        sample, reason = find_sample(where, FileIdentity.of(file.fileno()))
    if sample is None:
        raise NotFound(reason or "no run left a sample beside this file", mend="choose the output of a run")
    if asked["measure"] not in sample.totals:
        raise NotFound("the sample has no such measure", mend="choose one of the measures of its run")
    condition = AskedEstimate(file=asked["file"], where=asked["where"]).condition
    return as_packed(_live_total(sample, _Asked(asked["measure"], condition, asked["confidence"])))


def _live_total(sample: RunSample, asked: _Asked) -> LiveTotal:
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


def _counted(table: pa.Table, asked: _Asked) -> Floats:
    values = numbers(one_array(table.column(asked.measure)))
    counts = np.isfinite(values)
    if asked.where is not None:
        refuse_unknown_columns(asked.where, table.column_names)
        counts &= mask(asked.where, table.select(list(asked.where.columns)))
    return np.where(counts, values, 0.0)


def _exact(sample: RunSample, asked: _Asked) -> float | None:
    known = [sample.totals.get(asked.measure, {}).get(name) for name in sample.populations]
    if asked.where is not None or None in known:
        return None
    return math.fsum(value for value in known if value is not None)
