"""Jobs that were killed: finding what they left, finishing their publication, removing the rest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from typing import Any

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.undisturbed import undisturbed
from etl_batch.pipeline.bad_rows import bad_rows_error
from etl_batch.pipeline.job import Job
from etl_batch.pipeline.outputs.header import JOURNAL_VERSION, is_header, job_of, targets_in
from etl_batch.pipeline.outputs.published_identities import Identities, record_identities
from etl_batch.pipeline.outputs.restart_point import RestartPoint, from_entry
from etl_batch.pipeline.outputs.targets import Targets
from etl_batch.pipeline.progress import Notice
from etl_batch.storage.journal import Line, read_first_line, read_journal
from etl_batch.storage.part_file import remove, remove_tree
from etl_batch.storage.paths import list_folder, make_folder
from etl_batch.storage.publication import Move, roll_forward
from etl_batch.storage.roots import Place, place
from etl_batch.storage.side_names import folder_of, journal_place, part_place, stale_part_names
from etl_batch.storage.target import Holding


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A job that was killed, as its journal has it."""

    targets: Targets
    lines: list[Line]

    @property
    def header(self) -> dict[str, Any]:
        """What job it is."""
        return self.lines[0].entry

    @property
    def job(self) -> Job:
        """Its name and start."""
        return job_of(self.header)

    @property
    def restart_points(self) -> list[RestartPoint]:
        """How far it came."""
        return [from_entry(line.entry) for line in self.lines[1:] if "span" in line.entry]

    @property
    def is_publishing(self) -> bool:
        """Whether it was decided that its outputs are to be seen."""
        return "publish" in self.lines[-1].entry

    @property
    def refusal(self) -> EtlError | None:
        """How the job ended, of which only the rows set aside are to be seen; None: it was to be done."""
        refused = self.lines[-1].entry.get("refused")
        return None if refused is None else bad_rows_error(*refused)


def cleared(
    holding: Holding, targets: Targets, config: JobConfig, notice: Notice
) -> tuple[list[Interrupted], Interrupted | None]:
    """Hold the outputs, and those that interrupted jobs share with them; finish what these were publishing.

    Returns:
        The jobs that were interrupted before, and the last whose publication was finished.
    """
    if targets.report is not None:
        make_folder(folder_of(targets.report))
    holding.hold(targets.held)
    for job in interrupted_jobs(targets.outputs, config):
        holding.hold(job.targets.held)
    left, finished = [], None
    for job in interrupted_jobs(targets.outputs, config):  # as they are now that nobody else can touch them
        if job.is_publishing:
            finish_publication(job, config)
            finished = job
            what = "publication" if job.refusal is None else "end, with the rows set aside,"
            notice(f"the {what} of job {job.job.job_id}, which was interrupted, was finished")
        else:
            left.append(job)
    return left, finished


def publish_entry(moves: Sequence[Move], refusal: EtlError | None = None) -> dict[str, Any]:
    """The journal's line that decides: from here on, the publication only goes forward.

    Args:
        moves: its steps.
        refusal: how the job ends that publishes no output, but the rows it set aside.
    """
    decided = {"publish": [[str(move.target.path), move.part, move.inode, move.is_folder] for move in moves]}
    return decided if refusal is None else decided | {"refused": [refusal.code, refusal.message]}


def interrupted_jobs(outputs: Iterable[Place], config: JobConfig) -> list[Interrupted]:
    """The interrupted jobs that were to write one of the outputs, or one that is still at work on it."""
    found: dict[str, Interrupted] = {}
    for target in outputs:
        # A journal that names what cannot be is none; `remove_all_of` takes it away.
        with contextlib.suppress(KeyError, TypeError, ValueError, EtlError):
            lines = _lines_beside(target, config)
            if lines and lines[0].entry["journal"] == JOURNAL_VERSION and is_header(lines[0].entry):
                job = Interrupted(targets_in(lines[0].entry, config), lines)
                if target in job.targets.outputs:
                    found[job.job.job_id] = job
    return list(found.values())


def _lines_beside(target: Place, config: JobConfig) -> list[Line]:
    lines = read_journal(journal_place(target))
    if not lines or "pointer" not in lines[0].entry:
        return lines
    pointer = lines[0].entry
    lines = read_journal(journal_place(place(pointer["pointer"], config.output_roots, purpose="output")))
    return lines if lines and lines[0].entry.get("job_id") == pointer["job_id"] else []


def pointer_entry(first: Place, job: Job) -> dict[str, Any]:
    """What the journal beside a second output says: where the real one is."""
    return {"pointer": str(first.path), "job_id": job.job_id}


def finish_publication(interrupted: Interrupted, config: JobConfig) -> None:
    """Finish what the job had begun to publish; the caller holds its outputs.

    Raises:
        DiskFull, OutputFailed: it could not be finished now; the next start tries again.
    """
    moves = [
        Move(place(path, config.output_roots, purpose="output"), part, inode, is_folder)
        for path, part, inode, is_folder in interrupted.lines[-1].entry["publish"]
    ]
    with undisturbed():
        publish_all(moves, interrupted.targets, interrupted.job)


def publish_all(moves: Sequence[Move], targets: Targets, job: Job) -> Identities:
    """Do what was decided, remove what is not to be seen, and forget the journal.

    Of outputs the metadata say from then on what the published files are like.

    Raises:
        DiskFull, OutputFailed: it could not be done now; the next start tries again.
    """
    try:
        roll_forward(moves, job.stamp)
    except EtlError as error:
        error.what_to_do = "the outputs are finished, some not yet in their places: mend that, then start it again"
        raise
    identities = record_identities(targets, job.job_id)
    remove_job(targets, job)
    return identities


def remove_job(targets: Targets, job: Job) -> None:
    """Remove all that a job which will not go on has left; the caller holds its outputs."""
    for target in targets.all:
        remove_tree(part_place(target, job.job_id))
    remove_journals(targets, job)


def remove_journals(targets: Targets, job: Job) -> None:
    """Remove a job's journal, what points to it first."""
    for target in reversed(targets.outputs):
        where = journal_place(target)
        if (read_first_line(where) or {}).get("job_id") == job.job_id:
            remove(where)


def remove_stale(targets: Targets) -> None:
    """Remove whatever jobs of any time left on these outputs; the caller holds them, so that no job is at work."""
    for target in targets.all:
        with contextlib.suppress(EtlError):
            for name in stale_part_names(target, list_folder(folder_of(target))):
                remove_tree(target.sibling(name))
    for target in targets.outputs:
        remove(journal_place(target))
