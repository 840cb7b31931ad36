"""Where the report goes, and putting it there: after the outputs, and never at their cost (ADR 11)."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from dataclasses import replace
from pathlib import Path, PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import EtlError
from etl_batch.machine.undisturbed import in_one_piece, undisturbed
from etl_batch.pipeline.outputs.claimed_names import refuse_taken
from etl_batch.pipeline.outputs.claims import LATEST_REPORT, Claim, Purpose
from etl_batch.pipeline.outputs.targets import given_report
from etl_batch.storage.part_file import PartFile, discard, explained
from etl_batch.storage.paths import list_folder, make_folder
from etl_batch.storage.publication import publish_alone
from etl_batch.storage.roots import Place
from etl_batch.storage.side_names import folder_of, opened_folder
from etl_batch.storage.target import locked, prepare, refuse_irreplaceable
from etl_batch.values import JobResult

_PART = re.compile(r"\..+\.html\.part\.\d{8}T\d{6}Z-[0-9a-f]{6}")
_OLD_SECONDS = 600  #: a report is written in far less; nobody writes a part file that is older


def report_place(config: JobConfig, job_id: str) -> Place:
    """Where the report of a job goes.

    Raises:
        Refused: `--report` names what may not be written.
    """
    given = given_report(config)
    return given or Place(Path(os.path.realpath(config.home / "report")), PurePosixPath(f"{job_id}.html"))


def load_report_early() -> None:
    """Load what writes the report while the workers are at work and we wait for them."""

    def load() -> None:
        with contextlib.suppress(Exception):  # what is wrong is said when the report is written
            from etl_batch.report.page import load_templates

            load_templates()

    with contextlib.suppress(RuntimeError), in_one_piece():  # no thread to be had: it is loaded when it is needed
        threading.Thread(target=load, name="load-report", daemon=True).start()


def reported(result: JobResult, config: JobConfig) -> JobResult:
    """Write the report of a finished job; returns the result with where it is, or with why it is not."""
    from etl_batch.report.page import render_html

    try:
        html = render_html(result, config)
        with undisturbed():
            return replace(result, report_paths=_written_reports(html, result.job_id, config))
    except EtlError as error:
        why = str(error)
    except Exception as error:  # noqa: BLE001 - the outputs are published: nothing about the report may cost the job
        why = f"{type(error).__name__}: {error}"
    return replace(result, report_problem=f"the report could not be written: {why}")


def _written_reports(html: str, job_id: str, config: JobConfig) -> tuple[Path, ...]:
    target = report_place(config, job_id)
    with contextlib.suppress(EtlError):  # a root that is there, perhaps as a link, is fine
        make_folder(Place(Path(os.path.realpath(config.home)), PurePosixPath("report")))
    prepare(target)
    _remove_old_parts(target)
    if config.report is not None:
        with locked(target):  # what it takes the place of is looked at while nobody else can change it
            refuse_taken(Claim(target.path, Purpose.REPORT), target)
            _publish(html, target, job_id)
        return (target.path,)
    _publish(html, target, job_id)
    latest = target.sibling(LATEST_REPORT)
    _replace(latest, _part(html, latest, job_id))
    return target.path, latest.path


def _publish(html: str, target: Place, job_id: str) -> None:
    """Put the report in its place. One for each job: what was there under this name is of another, and kept."""
    part = _part(html, target, job_id)
    try:
        publish_alone(part, job_id.split("-", maxsplit=1)[0])
    except BaseException:
        discard(part)
        raise
    part.close()


def _remove_old_parts(target: Place) -> None:
    """Remove what jobs left that were killed while they wrote a report beside this one."""
    with contextlib.suppress(OSError, EtlError), opened_folder(target) as folder:
        for name in list_folder(folder_of(target)):
            if _PART.fullmatch(name) and os.stat(name, dir_fd=folder).st_mtime < time.time() - _OLD_SECONDS:
                os.unlink(name, dir_fd=folder)


def _part(html: str, target: Place, job_id: str) -> PartFile:
    return PartFile.create(target, job_id, html.encode("utf-8", "backslashreplace"))


def _replace(target: Place, part: PartFile) -> None:
    """Put the file in its target's place; the old copy is still there under the name of its own job."""
    try:
        part.sync()
        refuse_irreplaceable(target, folder=False)
        with explained(str(target.path)), opened_folder(target) as folder:
            os.rename(part.place.relative.name, target.relative.name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        discard(part)
        raise
    part.close()
