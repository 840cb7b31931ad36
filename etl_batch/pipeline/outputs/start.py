"""How a job comes by its outputs: held, cleared of what killed jobs left, then begun or taken up again."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import replace

from etl_batch.config import JobConfig, OnBadRow
from etl_batch.contracts.findings import refusal
from etl_batch.errors import (
    Cancelled,
    ContractBroken,
    CpuLimit,
    DiskFull,
    EtlError,
    OutOfMemory,
    StoreFailed,
    TimedOut,
    Withdrawn,
    WorkerCrashed,
)
from etl_batch.formats.format import Source
from etl_batch.formats.unsettled import Unsettled
from etl_batch.pipeline.bad_rows import refusal_of
from etl_batch.pipeline.job import JobPlan, TablePlan
from etl_batch.pipeline.outputs.claimed_names import refuse_clashes, refuse_taken_names
from etl_batch.pipeline.outputs.header import (
    header_of,
    is_of_unsettled,
    refuse_other_contract,
    refuse_other_inputs,
    refuse_other_options,
)
from etl_batch.pipeline.outputs.interrupted import (
    Interrupted,
    cleared,
    interrupted_jobs,
    pointer_entry,
    remove_job,
    remove_stale,
)
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.metadata import result_of_json
from etl_batch.pipeline.outputs.rejects import Rejects
from etl_batch.pipeline.outputs.replaced_outputs import in_words, published_files, replaced_by
from etl_batch.pipeline.outputs.restore import restored_outputs
from etl_batch.pipeline.outputs.span_journal import JobJournal
from etl_batch.pipeline.outputs.table_outputs import tables_of
from etl_batch.pipeline.outputs.targets import Targets, targets_of
from etl_batch.pipeline.progress import Notice
from etl_batch.pipeline.settling import is_unsettled
from etl_batch.storage.journal import Journal, read_first_line, write_note
from etl_batch.storage.os_refusals import in_the_middle
from etl_batch.storage.paths import open_input
from etl_batch.storage.side_names import journal_place, opened_folder
from etl_batch.storage.target import PATIENCE_SECONDS, Holding, prepare
from etl_batch.text.bounded_documents import MOST_JSON_BYTES, json_of_file
from etl_batch.values import MIB, JobResult

#: where the job itself is not at fault
_RESUMABLE = (Cancelled, TimedOut, WorkerCrashed, OutOfMemory, CpuLimit, StoreFailed)


def finish_interrupted(
    config: JobConfig, notice: Notice, patience_seconds: float = PATIENCE_SECONDS
) -> JobResult | None:
    """Finish the publication of a job that was killed in the middle of it, before anything else is looked at.

    Args:
        config: of the job that begins, or of the one that was killed.
        notice: called with what was done.
        patience_seconds: so long it may take until the outputs are free.

    Returns:
        That job, where it is the one that `config.resume` asks for.

    Raises:
        ConfigError: it was finished, but `config.resume` asks for one with other options.
        NoGoodRow, TooManyBadRows: so ended the one that `config.resume` asks for.
    """
    seen = interrupted_jobs(targets_of(config).outputs, config) if config.resume else []
    with contextlib.ExitStack() as stack:
        finished = finished_publication(Holding(stack, patience_seconds), config, notice)
        finished = finished or _finished_meanwhile(seen, config)
        if finished is None or not config.resume:
            return None
        refuse_other_options(finished.header, config)
        if finished.refusal is not None:
            raise finished.refusal
        targets = targets_of(config)
        with os.fdopen(open_input(targets.metadata), "rb") as file:
            result = result_of_json(file.read(MOST_JSON_BYTES + 1), targets.metadata.path)
        return replace(
            result,
            rejects_path=targets.rejects.path if result.rows_quarantined else None,
            published=published_files([output.path for output in result.outputs], targets),
        )


def finished_publication(holding: Holding, config: JobConfig, notice: Notice) -> Interrupted | None:
    """The job that was killed in the middle of its publication, which is finished now; None: there was none."""
    targets = targets_of(config)
    if not any(read_first_line(journal_place(target)) for target in targets.outputs):
        return None
    return cleared(holding, targets, config, notice)[1]


def _finished_meanwhile(seen: list[Interrupted], config: JobConfig) -> Interrupted | None:
    """The job that was to be gone on with, and that somebody else has ended before we held its outputs."""
    targets = targets_of(config)
    if not seen or any(read_first_line(journal_place(target)) for target in targets.outputs):
        return None
    job_id: object = None
    with (
        contextlib.suppress(EtlError, OSError, ValueError, AttributeError),
        os.fdopen(open_input(targets.metadata), "rb") as file,
    ):
        job_id = json_of_file(file).get("job_id")
    return next((job for job in seen if job.refusal is not None or job.job.job_id == job_id), None)


def may_be_unsettled(config: JobConfig) -> bool:
    """Whether rows may be found in the pass that converts them: an interrupted job goes on as it began."""
    left = interrupted_jobs(targets_of(config).outputs, config) if config.resume else []
    return all(is_of_unsettled(interrupted.header) for interrupted in left)


@contextlib.contextmanager
def opened_outputs(
    plan: JobPlan, notice: Notice, how_to_go_on: str = "--resume goes on where it stopped"
) -> Iterator[JobOutputs]:
    """Hold the outputs and make their part files, or take up those of the interrupted job.

    What is not published by the end is removed, or left to be gone on with where the job itself is not at fault.

    Args:
        plan: of the job.
        notice: called with what a user should know.
        how_to_go_on: said with an error behind which something is left.
    """
    config = plan.config
    targets = replace(targets_of(config), tables=plan.table_names)
    refuse_clashes(config, targets, plan.sources)
    for target in targets.all:
        prepare(target, folder=targets.is_folder(target))
    if targets.report is not None:
        prepare(targets.report)
    with contextlib.ExitStack() as stack:
        left, _ = cleared(Holding(stack), targets, config, notice)
        refuse_taken_names(targets)
        outputs = _resumed(left, plan, notice) if config.resume else None
        if outputs is None:
            for interrupted in left:
                if not config.resume and len(interrupted.lines) > 1:
                    job_id = interrupted.job.job_id
                    notice(f"what the interrupted job {job_id} had done is removed; --resume goes on with it")
                remove_job(interrupted.targets, interrupted.job)
            remove_stale(targets)
            _refuse_full_disk(targets, plan)
            with in_the_middle():
                outputs = _begun(targets, plan)
        try:
            for old in replaced_by(targets, outputs.job.stamp):
                notice(f"{old.path} ({in_words(old)}) will be replaced; the old one stays as {old.kept.name}")
            with in_the_middle():
                yield outputs
        except BaseException as error:
            _put_away(outputs, error, how_to_go_on)
            raise
        outputs.close()


def refuse_bad_rows(outputs: JobOutputs, config: JobConfig, before: Callable[[str, EtlError], None]) -> None:
    """Fail where too many rows are bad, or all of them; the rows set aside are published alone.

    Args:
        outputs: of the job, all spans written.
        config: of the job.
        before: called with the name of the job, and how it ends, before anything is published.

    Raises:
        NoGoodRow, TooManyBadRows: the outputs stay as they were.
        RowsDoNotAddUp: the row counts contradict each other.
    """
    totals = outputs.count_up()
    refusal = refusal_of(totals.rows_in, totals.rejected, config.max_bad_rows)
    if refusal is not None:
        refusal = type(refusal)(f"{refusal.message}: {outputs.targets.rejects.path} has each with its reason")
        before(outputs.job.job_id, refusal)
        outputs.publish_rejects(refusal)
        raise refusal


def refuse_broken_contract(outputs: JobOutputs) -> None:
    """Fail where rows break rules whose breach is an error.

    Args:
        outputs: of the job, all spans written.

    Raises:
        ContractBroken: the outputs stay as they were.
    """
    for table in outputs.tables:
        found = table.findings().get("contract")
        if found is not None and (why := refusal(found)) is not None:
            raise ContractBroken(why)


def _resumed(left: list[Interrupted], plan: JobPlan, notice: Notice) -> JobOutputs | None:
    for interrupted in left:
        refuse_other_options(interrupted.header, plan.config)
        refuse_other_contract(interrupted.header, plan)
        refuse_other_inputs(interrupted.header, plan.sources)
    outputs = restored_outputs(left[0], plan) if left else None
    if outputs is None:
        notice("nothing to resume: starts anew")
        return None
    total = "" if is_unsettled(plan) else f" of {sum(span.rows for span in plan.spans):,}"
    notice(f"Resuming job {outputs.job.job_id}: {outputs.totals.rows_in:,}{total} rows are already done")
    return outputs


def _begun(targets: Targets, plan: JobPlan) -> JobOutputs:
    """Make the journal, then the part files: what is killed in between is found by it."""
    journal = Journal.create(journal_place(targets.first), header_of(plan))
    outputs = JobOutputs(
        job=plan.job,
        targets=targets,
        journal=JobJournal(journal),
        tables=tables_of(plan, targets),
        rejects=Rejects(
            targets.rejects, plan.job.job_id, plan.sources, escape=plan.config.escapes, leftovers_of=plan.leftovers_of
        ),
    )
    try:
        for second in targets.outputs[1:]:
            write_note(journal_place(second), pointer_entry(targets.first, plan.job))
        for table in outputs.tables:
            table.begin(plan)
    except BaseException:
        outputs.discard()
        raise
    return outputs


def _put_away(outputs: JobOutputs, error: BaseException, how_to_go_on: str) -> None:
    """Keep what can be taken up again, remove what cannot; once publication was decided, the journal has the rest."""
    if outputs.is_decided:
        outputs.close()
        outputs.journal.close()
    elif isinstance(error, Withdrawn) or (isinstance(error, Exception) and not isinstance(error, _RESUMABLE)):
        outputs.discard()
    elif outputs.keep():
        if isinstance(error, EtlError):
            error.what_to_do = f"{error.what_to_do}; {how_to_go_on}"
        else:
            error.add_note(how_to_go_on)


def _least_bytes(source: Source, table: TablePlan) -> int:
    """Of its rows as CSV lines, at the least."""
    if not isinstance(source, Unsettled):
        return source.rows * len(table.names)
    return source.least_rows * len(table.names) if table.shapes else source.least_csv_bytes


def _refuse_full_disk(targets: Targets, plan: JobPlan) -> None:
    """Refuse at once what certainly has no room, where hardly any is left.

    Raises:
        DiskFull: less is free than the commas and line ends of the CSV take.
    """
    if targets.csv is None or plan.config.csv_packing or plan.config.on_bad_row != OnBadRow.STRICT:
        return
    with opened_folder(targets.csv) as parent:
        found = os.fstatvfs(parent)
    free = found.f_bavail * found.f_frsize
    least = sum(_least_bytes(source, table) for table in plan.tables for source in table.sources)
    if found.f_blocks and free < min(least, MIB):
        raise DiskFull(f"{free:,} bytes are free for {targets.csv.path}, which takes at least {least:,}")
