"""The totals of one existing file: from its run's sample, from a sample of its own, or exactly."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

from etl_batch.config import JobConfig
from etl_batch.errors import BadRow, ConfigError, NoSuchMeasure
from etl_batch.file_estimate.answer import Answer
from etl_batch.file_estimate.as_written import as_written
from etl_batch.file_estimate.question import Question
from etl_batch.file_estimate.sampling import ON_STRATA, ReadWhole, Sampled, Sampling
from etl_batch.file_estimate.wanted_columns import Columns, wanted_columns
from etl_batch.file_estimate.whole_file import read_whole
from etl_batch.formats.format import Opened
from etl_batch.formats.opening import Opening, nothing_runs
from etl_batch.formats.units.unit import CannotSample, NotOfItsType, Reader
from etl_batch.formats.unpacked import file_identity
from etl_batch.pipeline.inputs import format_of, open_one
from etl_batch.pipeline.outputs.claims import SAMPLE_ENDING, TOTALS_ENDING
from etl_batch.storage.roots import place
from etl_batch.values import MIB, Progress, ProgressReport, TotalEstimate

_OF_A_RUN = (SAMPLE_ENDING, TOTALS_ENDING)  #: what a run leaves beside its output
ALL_ROWS = "all rows read"  #: the design of an answer that estimates nothing


def estimate_file(config: JobConfig, question: Question, progress: Progress | None = None) -> Answer:
    """Answer a question about the config's one input.

    Raises:
        Refused: as a job on this input would, or a column that is not there, or a filter that cannot be.
    """
    where = place(config.inputs[0], config.input_roots)
    for ending in _OF_A_RUN:
        if where.path.name.endswith(ending):  # its rows are not the data's, so that its own totals mislead
            output = str(where.path).removesuffix(ending)
            message = f"{where.path} belongs to the output {output}"
            raise ConfigError(message, mend=f"ask for {output}: its sample answers")
    config = as_written(config, where)
    with ExitStack() as stack:
        opened = open_one(where, Opening(config, nothing_runs, stack))
        said = format_of(opened).notes(opened)
        while True:
            columns = wanted_columns(question, format_of(opened).numbers(opened, config), str(where.path))
            columns = replace(columns, notes=(*said, *columns.notes))
            try:
                return replace(
                    _answer(opened, config, question, columns, progress), filtered=question.where is not None
                )
            except NotOfItsType as error:
                question = _without(question, error)
                said = (*said, f"{error}; its total is left out")


def columns_of(config: JobConfig) -> dict[str, bool]:
    """The columns of the config's one input, and whether their values can be added up; no row is read.

    The columns of a CSV show their types only when they are read, so that all of them may.

    Raises:
        Refused: as a job on this input would.
    """
    where = place(config.inputs[0], config.input_roots)
    config = as_written(config, where)
    with ExitStack() as stack:
        opened = open_one(where, Opening(config, nothing_runs, stack))
        return format_of(opened).numbers(opened, config)


def _answer(
    opened: Opened, config: JobConfig, question: Question, columns: Columns, progress: Progress | None
) -> Answer:
    by_run, said, bytes_read = _from_run(opened, question, columns)
    if by_run is not None:
        return by_run
    columns = replace(columns, notes=(*columns.notes, *said))
    found: Sampled | ReadWhole | None = None
    if not question.exact:
        found, sample_bytes = _sampled(opened, config, question, columns)
        bytes_read += sample_bytes
    if not isinstance(found, Sampled):
        if found is not None:
            columns = replace(columns, notes=(*columns.notes, f"read whole: {found.reason}"))
        whole = _whole(opened, config, question, columns, progress)
        return replace(whole, bytes_read=bytes_read + whole.bytes_read)
    return Answer(
        path=str(opened.place.path),
        format=opened.format,
        estimates=found.estimates if columns.wanted.measures else (),
        rows=found.rows,
        source="the file",
        rows_read=found.rows_read,
        bytes_read=bytes_read,
        bytes_of_file=opened.identity.size,
        designs=found.designs,
        design_name=next(iter(found.designs.values())).name,
        notes=columns.notes,
    )


def _sampled(
    opened: Opened, config: JobConfig, question: Question, columns: Columns
) -> tuple[Sampled | ReadWhole, int]:
    """The answer of a sample, or why there is none; and how many bytes were read for it."""
    if opened.identity.size <= question.whole_bytes:
        return ReadWhole(f"a file of up to {question.whole_bytes // MIB} MiB takes about as long as its sample"), 0
    bytes_read = 0
    try:
        with format_of(opened).units(opened, config) as reader:
            try:
                found = _small_columns(reader, question, columns) or Sampling(reader, columns.wanted, question).run()
            finally:
                bytes_read = reader.bytes_read
    except CannotSample as reason:
        found = ReadWhole(str(reason))
    return found, bytes_read


def _small_columns(reader: Reader, question: Question, columns: Columns) -> ReadWhole | None:
    """That the columns of a Parquet file are read whole, where they are small."""
    needed = reader.needed_bytes(columns.wanted)
    if needed is None or needed > question.whole_column_bytes:
        return None
    return ReadWhole(f"the columns needed take only {needed / MIB:.1f} MiB")


def _from_run(opened: Opened, question: Question, columns: Columns) -> tuple[Answer | None, tuple[str, ...], int]:
    """The answer from the sample of the run that wrote the file, where that will do.

    Returns:
        The answer; or None, what is said of it, and the bytes that were read in vain.
    """
    from etl_batch.file_estimate.run_sample import (
        FEW_ROWS,
        answer_of,
        exact_answer,
        find_sample,
        holds_too_few,
        sample_answer,
    )

    sample, said = find_sample(opened.place, file_identity(opened.place, opened.identity))
    if sample is None:
        return None, (said,) if said else (), 0
    wanted = columns.wanted
    if not sample.covers(question, wanted):
        return None, (f"its run's sample has other strata ({sample.strata}), and was not used",), sample.bytes
    if not question.exact and holds_too_few(sample, wanted):
        few = f"fewer than {FEW_ROWS} rows of its run's sample fulfil the condition, so it was not used"
        return None, (few,), sample.bytes
    if question.exact and not exact_answer(sample, question, wanted):
        return None, (), sample.bytes
    estimates = sample_answer(sample, question, wanted)
    if question.exact or question.error_within is not None:
        estimates = [_as_exact(estimate) for estimate in estimates]
    if question.error_within is not None:
        against = [estimate.measure for estimate in estimates[:-1] if not is_within(estimate, question.error_within)]
        if against:
            names = ", ".join(against)
            not_met = f"an error within {100 * question.error_within:g} % is not certain by its run's sample ({names})"
            return None, (f"{not_met}, which was not used",), sample.bytes
    notes = (*columns.notes, *((said,) if said else ()))
    return answer_of(sample, estimates, opened, notes), (), 0


def _as_exact(estimate: TotalEstimate) -> TotalEstimate:
    """The exact total in the place of the estimated one."""
    exact = estimate.exact_total
    if exact is None:
        return estimate
    strata = tuple(
        stratum if stratum.exact_total is None else replace(
            stratum, total=stratum.exact_total, std_error=0.0, ci_low=stratum.exact_total, ci_high=stratum.exact_total,
            warnings=(),
        )
        for stratum in estimate.strata
    )  # fmt: skip
    return replace(
        estimate, total=exact, std_error=0.0, df=None, ci_low=exact, ci_high=exact, strata=strata, warnings=(),
        method="exact: counted by the run",
    )  # fmt: skip


def is_within(estimate: TotalEstimate, error: float) -> bool:
    """Whether the interval is narrow enough, and nothing speaks against it; an exact total is."""
    if estimate.ci_low is None or estimate.ci_high is None:
        return False
    if not all(said.startswith(ON_STRATA) for said in estimate.warnings):
        return False
    half = max(estimate.ci_high - estimate.total, estimate.total - estimate.ci_low)
    return half <= error * abs(estimate.total)


def _whole(
    opened: Opened, config: JobConfig, question: Question, columns: Columns, progress: Progress | None
) -> Answer:
    with format_of(opened).units(opened, config) as reader:
        total = reader.needed_bytes(columns.wanted) or opened.identity.size

        def done(rows: int) -> None:
            if progress is not None:
                progress(ProgressReport("estimate", min(reader.bytes_read, total), total, rows))

        sums = read_whole(reader, columns.wanted, done)
        bytes_read = reader.bytes_read
    return Answer(
        path=str(opened.place.path),
        format=opened.format,
        estimates=tuple(sums.estimate(name, question.confidence) for name in columns.wanted.measures),
        rows=sums.estimate_rows(question.confidence),
        source="the file",
        rows_read=sums.rows,
        bytes_read=bytes_read,
        bytes_of_file=opened.identity.size,
        design_name=ALL_ROWS,
        notes=columns.notes,
    )


def _without(question: Question, error: NotOfItsType) -> Question:
    """The question without a default measure that proved to be no number.

    Raises:
        NoSuchMeasure: the user named it.
        BadRow: a filter or a declared type wants it.
    """
    if error.column not in question.measures or (question.where and error.column in question.where.columns):
        raise BadRow(
            str(error), mend="compare the column with a 'text' in single quotes, or declare its type with --types"
        ) from None
    if question.measures_named:
        raise NoSuchMeasure(str(error), mend="name a column of numbers with --measures") from None
    return replace(question, measures=tuple(name for name in question.measures if name != error.column))
