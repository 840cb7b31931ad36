"""The answer from the sample that a run left beside its output: no row of the output itself is read."""

from __future__ import annotations

import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from etl_batch.errors import EtlError, NotFound
from etl_batch.estimate.arrow_values import numbers, one_array, truths
from etl_batch.estimate.exact_text import number_of
from etl_batch.estimate.stratum_sample import StratumSample
from etl_batch.estimate.where_mask import mask
from etl_batch.file_estimate.answer import Answer
from etl_batch.file_estimate.question import Question
from etl_batch.formats.arrow.unit_columns import is_number
from etl_batch.formats.format import Opened
from etl_batch.formats.parquet.footer import read_footer, refuse_wrong_magic
from etl_batch.formats.parquet.reader import read_row_group
from etl_batch.formats.units.unit import ROWS, Floats, Wanted
from etl_batch.formats.units.unit_strata import StratumCodes, coded
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.outputs.claims import SAMPLE_ENDING
from etl_batch.pipeline.outputs.run_files import Agreement, RunMetadata, metadata_of_run
from etl_batch.storage.paths import FileIdentity, open_input
from etl_batch.storage.roots import Place
from etl_batch.text.bounded_documents import json_document
from etl_batch.text.numbers import is_whole_number
from etl_batch.values import TotalEstimate

if TYPE_CHECKING:
    import pyarrow as pa

_METADATA_KEY = b"etl_batch.sample"
_SCHEMA_VERSION = 1
_COPIED = "the file was copied, moved or touched since its run; its SHA-256 is that of the run"
FEW_ROWS = 30  #: within a filter, below which an interval is a hint only
_OWN_COLUMNS = ("_stratum", "_in_sample")


@dataclass(frozen=True, slots=True)
class RunSample:
    """The sample of one output."""

    place: Place
    bytes: int  #: that were read for it: its own, and the output's where that was compared by its content
    table: pa.Table  #: shape (rows of the sample, certain ones included)
    strata: str | None
    populations: dict[str, int]
    totals: dict[str, dict[str, int | float | None]]  #: exact ones, by measure and stratum
    whole: dict[str, str | None]  #: over all strata, by measure, with all digits; older files have none
    texts: dict[str, dict[str, str | None]]  #: of decimals by measure and stratum, with all digits

    def covers(self, question: Question, wanted: Wanted) -> bool:
        """Whether it can answer at all: its strata, or none were asked for."""
        if not all(is_number(self.table.schema.field(name).type) for name in wanted.measures):
            return False  # a text in a CSV: the file itself says so, cell and all
        return wanted.strata in (None, self.strata) or (self.strata is None and not question.strata_named)


def find_sample(where: Place, identity: FileIdentity) -> tuple[RunSample | None, str | None]:
    """The sample beside an output, if both are as one run left them; and what is to be said of it, or why it is not.

    Args:
        where: the output.
        identity: of the output that is asked about, as it was opened.
    """
    name = where.relative.name
    try:
        sample_file = where.sibling(name + SAMPLE_ENDING)
        descriptor = open_input(sample_file)
    except NotFound:
        return None, None
    except EtlError as error:
        return None, f"the sample beside it cannot be read: {error.message}"
    try:
        return _checked(where, identity, sample_file, descriptor)
    except (EtlError, ValueError, KeyError, TypeError) as error:
        return None, f"the sample beside it cannot be used: {error}"
    finally:
        os.close(descriptor)


def _checked(
    where: Place, identity: FileIdentity, sample_file: Place, descriptor: int
) -> tuple[RunSample | None, str | None]:
    """See `find_sample`: the sample that is open, beside an output."""
    metadata = metadata_of_run(where)
    output = _agreement(metadata, where, identity)
    if output is Agreement.OTHER:
        return None, "the sample beside it belongs to another state of the file, and was not used"
    sample = _read(sample_file, descriptor)
    if not _is_of_its_run(sample, descriptor, metadata):
        return None, "the sample beside it is not the one that its run left, and was not used"
    if output is Agreement.SAME:
        return sample, None
    return replace(sample, bytes=sample.bytes + identity.size), _COPIED


def sample_answer(sample: RunSample, question: Question, wanted: Wanted) -> list[TotalEstimate]:
    """The totals by the sample: those of the measures, then that of the rows."""
    inside = None if wanted.where is None else mask(wanted.where, sample.table.select(list(wanted.conditions)))
    codes = StratumCodes()
    strata = codes.of(coded(one_array(sample.table.column("_stratum"))))
    names = codes.names
    found = []
    for measure in (*wanted.measures, ROWS):
        values = np.ones(len(strata)) if measure == ROWS else numbers(one_array(sample.table.column(measure)))
        counted = np.where(np.isfinite(values) & (True if inside is None else inside), values, 0.0)
        groups = _stratum_samples(sample, measure, counted, strata, names)
        from etl_batch.estimate.domains import count_of
        from etl_batch.estimate.estimator import estimate_total

        if measure == ROWS and inside is not None:
            estimate = replace(count_of(groups, question.confidence), measure=ROWS)
        else:
            estimate = estimate_total(groups, measure, question.confidence)
        found.append(_with_exact(estimate, sample, filtered=inside is not None))
    return found


def holds_too_few(sample: RunSample, wanted: Wanted) -> bool:
    """Whether next to no rows of the sample fulfil the condition, so that the file itself knows more."""
    if wanted.where is None or sum(sample.populations.values()) <= FEW_ROWS:
        return False
    inside = mask(wanted.where, sample.table.select(list(wanted.conditions)))
    return int(inside.sum()) < FEW_ROWS


def exact_answer(sample: RunSample, question: Question, wanted: Wanted) -> bool:
    """Whether the sample's file holds the exact totals that are asked for."""
    known = all(None not in sample.totals.get(name, {"": None}).values() for name in wanted.measures)
    return question.exact and wanted.where is None and known


def answer_of(sample: RunSample, estimates: list[TotalEstimate], opened: Opened, notes: tuple[str, ...]) -> Answer:
    """The estimates as an answer on the output that is open; the last one is that of the rows."""
    *measures, rows = estimates
    return Answer(
        path=str(opened.place.path),
        format=opened.format,
        estimates=tuple(measures),
        rows=replace(rows, strata=()),
        source=f"its run's sample, {sample.place.relative.name}",
        rows_read=sample.table.num_rows,
        bytes_read=sample.bytes,
        bytes_of_file=opened.identity.size,
        design_name="stratified sample of the run",
        notes=notes,
    )


def _stratum_samples(
    sample: RunSample, measure: str, values: Floats, strata: np.ndarray, names: list[str]
) -> list[StratumSample]:
    """One for each stratum; rows that were taken for certain stand apart where they were taken for this measure."""
    in_sample = truths(one_array(sample.table.column("_in_sample")))
    top_column = f"_top_{measure}"
    top = np.zeros(len(values), dtype=np.bool_)
    if top_column in sample.table.column_names:
        top = truths(one_array(sample.table.column(top_column)))
    order = np.argsort(strata, kind="stable")
    bounds = np.searchsorted(strata[order], np.arange(len(names) + 1))
    places = {name: code for code, name in enumerate(names)}
    found = []
    for name, population in sample.populations.items():
        code = places.get(name)
        rows = order[:0] if code is None else order[bounds[code] : bounds[code + 1]]
        drawn = rows[in_sample[rows] & ~top[rows]]
        found.append(StratumSample(name, population, values[drawn], values[rows[top[rows]]]))
    return found


def _with_exact(estimate: TotalEstimate, sample: RunSample, *, filtered: bool) -> TotalEstimate:
    """The exact totals beside the estimated ones, where they are known."""
    if filtered:
        return estimate
    known = sample.totals.get(estimate.measure, {})
    if estimate.measure == ROWS:
        known = dict(sample.populations)
    digits = sample.texts.get(estimate.measure, {})
    texts = {name: digits.get(name, None if total is None else repr(total)) for name, total in known.items()}
    strata = tuple(
        replace(stratum, exact_total=known.get(stratum.stratum), exact_total_text=texts.get(stratum.stratum))
        for stratum in estimate.strata
    )
    text = sample.whole.get(estimate.measure)
    if text is None:
        text = _whole_text([known.get(name) for name in sample.populations])
    total = None if text is None else number_of(text)
    return replace(estimate, exact_total=total, exact_total_text=text, strata=strata)


def _whole_text(parts: list[int | float | None]) -> str | None:
    """The sum of what is known of each stratum."""
    some = [part for part in parts if part is not None]
    if len(some) < len(parts):
        return None
    return repr(sum(some) if all(is_whole_number(number) for number in some) else math.fsum(some))


def _agreement(metadata: RunMetadata, where: Place, identity: FileIdentity) -> Agreement:
    """Whether the file that is asked about is the output of that run."""
    descriptor = open_input(where)
    try:
        if FileIdentity.of(descriptor) != identity:
            return Agreement.OTHER  # it was replaced a moment ago
        return metadata.agreement(descriptor, where.relative.name)
    finally:
        os.close(descriptor)


def _is_of_its_run(sample: RunSample, descriptor: int, metadata: RunMetadata) -> bool:
    """Whether a sample is the one that the run left; where that was not written down: whether their sums agree."""
    if metadata.knows_side_files:
        return metadata.agreement(descriptor, sample.place.relative.name) is not Agreement.OTHER
    written = {estimate["measure"]: estimate["exact_total"] for estimate in metadata.values["estimates"]}
    if sum(sample.populations.values()) != metadata.values["rows_out"] or set(written) != set(sample.totals):
        return False
    sums = {name: _sum_of_known(totals) for name, totals in sample.totals.items()}
    return all(_are_close(sums[name], total) for name, total in written.items())


def _sum_of_known(totals: dict[str, int | float | None]) -> float | None:
    return None if None in totals.values() else math.fsum(total for total in totals.values() if total is not None)


def _are_close(left: float | None, right: float | None) -> bool:
    return left == right if left is None or right is None else math.isclose(left, right, rel_tol=1e-9)


def _read(place: Place, descriptor: int) -> RunSample:
    import pyarrow as pa

    identity = FileIdentity.of(descriptor)
    refuse_wrong_magic(descriptor, identity.size, place.path)
    footer = read_footer(descriptor, place.path)
    about: Any = json_document((footer.metadata.metadata or {})[_METADATA_KEY])
    if about["schema_version"] != _SCHEMA_VERSION:
        raise ValueError(f"its schema version is {about['schema_version']}, not {_SCHEMA_VERSION}")
    missing = [name for name in _OWN_COLUMNS if name not in footer.schema.names]
    if missing:
        raise ValueError(f"it has no column {missing[0]!r}")
    tables = [read_row_group(descriptor, footer, number, place.path) for number in range(len(footer.groups))]
    table = pa.concat_tables(tables) if tables else footer.schema.empty_table()
    return RunSample(
        place=place,
        bytes=identity.size,
        table=table,
        strata=about["strata"],
        populations={str(name): int(rows) for name, rows in about["populations"].items()},
        totals=about["totals"],
        whole=about.get("whole", {}),
        texts=about.get("texts", {}),
    )
