"""Where the report goes, and putting it there: after the outputs, and never at their cost (ADR 11)."""

from __future__ import annotations

import contextlib
import os
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from etl_batch.config import JobConfig
from etl_batch.errors import ConfigError, EtlError, NotRegular
from etl_batch.output_targets import Targets, targets_of
from etl_batch.paths import Place, list_folder, make_folder, place
from etl_batch.sinks.part_file import PartFile, discard, explained
from etl_batch.sinks.publication import publish_alone
from etl_batch.sinks.side_names import folder_of, journal_place, lock_place, opened_folder, refuse_long_names
from etl_batch.sinks.target import prepare, refuse_irreplaceable
from etl_batch.undisturbed import in_one_piece, undisturbed
from etl_batch.values import JobResult

LATEST = "etl_quantum_report.html"  #: the copy that always is the last job's
_PART = re.compile(r"\..+\.html\.part\.\d{8}T\d{6}Z-[0-9a-f]{6}")
_OLD_SECONDS = 600  #: a report is written in far less; nobody writes a part file that is older


def report_place(config: JobConfig, job_id: str) -> Place:
    """Where the report of a job goes.

    Raises:
        Refused: `--report` names what may not be written.
    """
    if config.report is None:
        return Place(Path(os.path.realpath(config.home / "report")), PurePosixPath(f"{job_id}.html"))
    if config.report.endswith("/"):
        raise ConfigError(f"--report {config.report} names a folder, where a file is meant")
    found = place(config.report, config.output_roots, purpose="output")
    if not found.relative.parts:
        raise NotRegular(f"{found.path} is a folder that outputs go to", mend="give a name inside it")
    refuse_long_names(found)
    return found


def refuse_report_clash(config: JobConfig, inputs: Sequence[Path]) -> None:
    """Refuse, before anything is done, a report that could not be written or would replace something else of the job.

    Raises:
        Refused: `--report` names what may not be written, or another output, or an input.
    """
    if config.report is None:
        return
    report = report_place(config, "job").path
    for other in (*_written(targets_of(config)), *inputs):
        if report == other or report in other.parents or other in report.parents:
            raise ConfigError(f"--report {report} would replace {other}", mend="give the report a place of its own")


def load_report_early() -> None:
    """Load what writes the report while the workers are at work and we wait for them."""

    def load() -> None:
        with contextlib.suppress(Exception):  # what is wrong is said when the report is written
            from etl_batch.report_html import load_templates

            load_templates()

    with contextlib.suppress(RuntimeError), in_one_piece():  # no thread to be had: it is loaded when it is needed
        threading.Thread(target=load, name="load-report", daemon=True).start()


def reported(result: JobResult, config: JobConfig) -> JobResult:
    """Write the report of a finished job; returns the result with where it is, or with why it is not."""
    from etl_batch.report_html import render_html

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
    part = _part(html, target, job_id)
    try:
        # One report for each job: what was there under this name is of another, and kept.
        publish_alone(part, job_id.split("-", maxsplit=1)[0])
    except BaseException:
        discard(part)
        raise
    part.close()
    if config.report is not None:
        return (target.path,)
    latest = target.sibling(LATEST)
    _replace(latest, _part(html, latest, job_id))
    return target.path, latest.path


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


def _written(targets: Targets) -> list[Path]:
    beside = [side(target) for target in targets.outputs for side in (lock_place, journal_place)]
    return [one.path for one in (*targets.all, *beside)]
