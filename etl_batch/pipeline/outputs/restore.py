"""Going on with an interrupted job: believing of its files what their hashes prove, and cutting off the rest."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import field, replace

from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass
from etl_batch.pipeline.job import JobPlan
from etl_batch.pipeline.outputs.interrupted import Interrupted
from etl_batch.pipeline.outputs.job_outputs import JobOutputs
from etl_batch.pipeline.outputs.key_output import KeyOutput
from etl_batch.pipeline.outputs.parted_output import PartedOutput
from etl_batch.pipeline.outputs.rejects import Rejects
from etl_batch.pipeline.outputs.restart_point import RestartPoint
from etl_batch.pipeline.outputs.sample_output import JobSample, remove_unfinished
from etl_batch.pipeline.outputs.span_journal import JobJournal
from etl_batch.pipeline.outputs.table_outputs import TableOutputs, tables_of
from etl_batch.pipeline.settling import fitting
from etl_batch.storage.hash_follower import Mark, RunningHash, rehash
from etl_batch.storage.journal import Journal
from etl_batch.storage.part_file import PartFile, remove
from etl_batch.storage.paths import open_existing
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import journal_place, part_place


@dataclass(slots=True)
class ReadBack:
    """The part files of an interrupted job, read back; each only once where all of it is right."""

    hashes: dict[tuple[Place, int], RunningHash] = field(default_factory=dict)  #: (file, size) -> its hash

    def right(self, place: Place, marks: Sequence[Mark]) -> int:
        """How many of a file's marks are what is in it."""
        if not marks:
            return 0
        try:
            descriptor = open_existing(place)
        except EtlError:
            return 0
        try:
            count, digest = rehash(descriptor, marks)
        finally:
            os.close(descriptor)
        if count:
            self.hashes[place, marks[count - 1].size] = digest
        return count

    def reopened(self, target: Place, place: Place, mark: Mark) -> PartFile:
        """The file, cut at the mark, to go on there."""
        return PartFile.reopen(target, place, mark, self.hashes.pop((place, mark.size), None))


def restored_outputs(interrupted: Interrupted, plan: JobPlan) -> JobOutputs | None:
    """The outputs of an interrupted job as they were behind the last span that is certain; None: there is no such span.

    Raises:
        DiskFull, OutputFailed: the files could not be taken up again; they are removed.
    """
    targets, job, read_back = interrupted.targets, interrupted.job, ReadBack()
    was = replace(plan, job=job)
    tables = tables_of(was, targets)
    certain = _certain(interrupted, was, tables, read_back)
    if not certain:
        return None
    journal = Journal.go_on(journal_place(targets.first), interrupted.lines[len(certain)])
    outputs = JobOutputs(
        job=job,
        targets=targets,
        journal=JobJournal(journal, len(certain)),
        tables=tables,
        rejects=Rejects(targets.rejects, job.job_id, plan.sources, escape=plan.config.escapes),
        done=[made.span for made in certain],
    )
    try:
        _reopen(outputs, was, certain, read_back)
    except EtlError:
        outputs.discard()
        raise
    except BaseException:
        outputs.keep()
        raise
    return outputs


def _certain(
    interrupted: Interrupted, plan: JobPlan, tables: Sequence[TableOutputs], read_back: ReadBack
) -> list[RestartPoint]:
    """The restart points, up to the last whose files are all there, with the bytes that they had."""
    restart_points, job_id = interrupted.restart_points, interrupted.job.job_id
    restart_points = restart_points[: fitting([made.span for made in restart_points], plan)]
    for table in tables:
        before = sum(made.span.source < table.plan.first_source for made in restart_points)
        own = table.own(restart_points)
        right = _right_of_table(table, own, job_id, read_back)
        if right < len(own):
            restart_points = restart_points[: before + right]
    marks = [made.rejects for made in restart_points if made.rejects is not None]
    without = len(restart_points) - len(marks)  # those before the first rejected row
    return restart_points[: without + read_back.right(part_place(interrupted.targets.rejects, job_id), marks)]


def _right_of_table(table: TableOutputs, own: list[RestartPoint], job_id: str, read_back: ReadBack) -> int:
    """How many of the restart points of a table have what they added to its outputs."""
    csv, parquet = table.csv, table.parquet
    if csv is not None:
        own = own[: _right_parts(own, csv, lambda made: made.csv, read_back)]
    if parquet is not None:
        own = own[: _right_parts(own, parquet, _end_of_group, read_back)]
    targets = table.targets
    marks = [made.samples for made in own if made.samples is not None]
    if marks:
        own = own[: read_back.right(part_place(targets.span_samples, job_id), marks)]
    marks = [made.keys for made in own if made.keys is not None]
    if marks:
        own = own[: read_back.right(part_place(targets.span_keys, job_id), marks)]
    return len(own)


def _end_of_group(made: RestartPoint) -> Mark | None:
    return None if made.parquet is None else made.parquet.part


def _right_parts(
    restart_points: Sequence[RestartPoint],
    output: PartedOutput,
    mark_of: Callable[[RestartPoint], Mark | None],
    read_back: ReadBack,
) -> int:
    """How many restart points have what they added to an output in its part files."""
    count = 0
    for part in dict.fromkeys(output.number_of(made.span) for made in restart_points):
        own = (made for made in restart_points if output.number_of(made.span) == part)
        marks = [mark for made in own if (mark := mark_of(made)) is not None]
        right = read_back.right(output.place_of(part), marks)
        count += right
        if right < len(marks):
            break
    return count


def _reopen(outputs: JobOutputs, plan: JobPlan, certain: Sequence[RestartPoint], read_back: ReadBack) -> None:
    """Cut every file behind the last certain span; what came into being after it goes."""
    last, job_id = certain[-1], outputs.job.job_id
    for made_anew in (outputs.targets.metadata, outputs.targets.package):
        remove(part_place(made_anew, job_id))
    for table in outputs.tables:
        remove_unfinished(table.targets)
        _reopen_table(table, plan, table.own(certain), read_back)
    rejects = outputs.rejects
    rejects.leftovers_of = last.span.source
    if last.rejects is None:
        remove(part_place(rejects.target, job_id))
    else:
        rejects.part = read_back.reopened(rejects.target, part_place(rejects.target, job_id), last.rejects)


def _reopen_table(table: TableOutputs, plan: JobPlan, certain: Sequence[RestartPoint], read_back: ReadBack) -> None:
    """Cut the files of a table; one of which nothing is certain begins anew."""
    csv, parquet, samples, keys = table.csv, table.parquet, table.targets.span_samples, table.targets.span_keys
    if not certain:
        for output in table.outputs:
            output.remove()
        for side in (samples, keys):
            remove(part_place(side, plan.job.job_id))
        table.begin(plan)
        return
    table.totals = certain[-1].totals
    for made in certain:
        table.learn(made.learned)
    if csv is not None:
        rows = [made.totals.rows_out - before for made, before in zip(certain, _rows_before(certain), strict=True)]
        ends = [(csv.number_of(made.span), made.csv, own) for made, own in zip(certain, rows, strict=True) if made.csv]
        csv.restore(ends, read_back.reopened)
    if parquet is not None:
        groups = [(parquet.number_of(made.span), made.parquet) for made in certain if made.parquet is not None]
        parquet.restore(groups, read_back.reopened)
    if (mark := certain[-1].samples) is not None:
        part = read_back.reopened(samples, part_place(samples, plan.job.job_id), mark)
        table.sample = JobSample.go_on(table.targets, plan, table.plan, part)
    if (mark := certain[-1].keys) is not None:
        table.keys = KeyOutput.go_on(read_back.reopened(keys, part_place(keys, plan.job.job_id), mark))


def _rows_before(certain: Sequence[RestartPoint]) -> list[int]:
    """Rows that were written before each span."""
    return [0, *(made.totals.rows_out for made in certain[:-1])]
