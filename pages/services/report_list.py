"""The reports that there are: what jobs left in HOME/report."""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from etl_batch.audit.events import Action, Event
from etl_batch.audit.reads import record_read
from etl_batch.errors import EtlError, NotFound
from etl_batch.jobs.job_view import JobView
from etl_batch.jobs.service import JobService
from etl_batch.jobs.without_options import names_of
from etl_batch.permissions import Permission, permit
from etl_batch.pipeline.outputs.claims import LATEST_REPORT
from etl_batch.storage.paths import FileIdentity, open_folder, open_input
from etl_batch.storage.roots import Place, place
from etl_batch.values import KIB, MIB, Actor

_HEAD_BYTES = 4 * KIB  #: a report's title is within
_MOST_BYTES = 64 * MIB  #: of a report that is sent; ours have less than 1
_TITLE = re.compile(r"<title>([^<]*)</title>")


class ReportVerdict(StrEnum):
    """What a report says first."""

    PASSED = "passed"
    LOOK = "look"  #: done, with something to look at
    DOUBTFUL = "doubtful"  #: done, but the result is in doubt
    FAILED = "failed"
    UNKNOWN = "unknown"  #: it is not one of our reports


_HEADLINES = {
    "Passed": ReportVerdict.PASSED,
    "Done, with something to look at": ReportVerdict.LOOK,
    "Doubtful": ReportVerdict.DOUBTFUL,
    "Failed": ReportVerdict.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    """One report."""

    name: str  #: of the file, in HOME/report
    job: str
    written_at: str  #: UTC, ISO 8601
    bytes: int
    verdict: ReportVerdict
    run: JobView | None = None  #: that it is of, where that is still listed


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Some of the reports, newest first."""

    entries: tuple[ReportEntry, ...]
    total: int  #: of all pages


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    bytes: int
    mtime: float


def list_reports(home: Path, actor: Actor, *, offset: int = 0, limit: int = 50, text: str = "") -> ReportPage:
    """The newest reports. Only those of the page are opened.

    Args:
        home: the home folder.
        actor: who asks.
        offset: so many newer ones are left out.
        limit: how many at the most.
        text: only those with it in the name of the file, or in the names of input, output and run.

    Raises:
        Forbidden: the actor may not see reports.
        Unreadable: the folder cannot be read.
    """
    permit(actor, Permission.SEE_REPORTS)
    folder = _folder(home)
    try:
        files = sorted(_files(folder), key=lambda file: (-file.mtime, file.name))
    except NotFound:
        return ReportPage((), 0)
    own = [file for file in files if file.name != LATEST_REPORT] or files
    runs = {_report_name(run): run for run in JobService(home).results(actor)}
    if text:
        own = [file for file in own if text.lower() in file.name.lower() or _is_of(runs.get(file.name), text)]
    entries = (_entry(folder, file) for file in own[offset : offset + limit])
    return ReportPage(tuple(replace(entry, run=runs.get(entry.name)) for entry in entries), len(own))


def _report_name(run: JobView) -> str:
    """Of its file, beneath HOME/report."""
    return run.report or f"{run.job_id}.html"


def _is_of(run: JobView | None, text: str) -> bool:
    return run is not None and text.lower() in names_of(run)


def find_report(home: Path, actor: Actor, name: str) -> ReportEntry:
    """One report by the name of its file.

    Raises:
        Forbidden: the actor may not see reports.
        Refused: the name is none of a report that can be read.
    """
    permit(actor, Permission.SEE_REPORTS)
    folder = _folder(home)
    if not name.endswith(".html"):
        raise NotFound(f"{name[:200]} is no report", mend="choose one from the list")
    where = folder.child(name)
    descriptor = open_input(where)
    try:
        found = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    return _entry(folder, _File(name, found.st_size, found.st_mtime))


def report_bytes(home: Path, actor: Actor, name: str) -> bytes:
    """A report as a file.

    Raises:
        Forbidden: the actor may not see reports.
        Refused: the name is none of a report that can be read.
        AuditUnavailable: it cannot be written down, so it is not handed out.
    """
    found = find_report(home, actor, name)
    with os.fdopen(open_input(_folder(home).child(found.name)), "rb") as file:
        event = Event(action=Action.REPORT_DOWNLOADED, target=f"report/{found.name}")
        record_read(home, actor, event, FileIdentity.of(file.fileno()))
        return file.read(_MOST_BYTES)


def _folder(home: Path) -> Place:
    return place(home / "report", [home / "report"])


def _files(folder: Place) -> Iterator[_File]:
    descriptor = open_folder(folder)
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                if entry.name.endswith(".html") and entry.is_file(follow_symlinks=False):
                    found = entry.stat(follow_symlinks=False)
                    yield _File(entry.name, found.st_size, found.st_mtime)
    finally:
        os.close(descriptor)


def _entry(folder: Place, file: _File) -> ReportEntry:
    verdict, job = _from_title(_title(folder, file.name))
    written = datetime.fromtimestamp(file.mtime, UTC).isoformat(timespec="seconds")
    return ReportEntry(
        name=file.name,
        job=job or file.name.removesuffix(".html"),
        written_at=written,
        bytes=file.bytes,
        verdict=verdict,
    )


def _title(folder: Place, name: str) -> str:
    """The title of the page; empty where it cannot be read, since a list must not end at one broken file."""
    try:
        descriptor = open_input(folder.child(name))
    except EtlError:
        return ""
    with os.fdopen(descriptor, "rb") as file:
        found = _TITLE.search(file.read(_HEAD_BYTES).decode("utf-8", "replace"))
    return html.unescape(found[1]) if found else ""


def _from_title(title: str) -> tuple[ReportVerdict, str]:
    """The verdict and the job, as `templates/report.html.j2` writes them."""
    parts = title.split(" \N{MIDDLE DOT} ")
    if len(parts) < 3 or not parts[-1].startswith("Quantum ETL"):
        return ReportVerdict.UNKNOWN, ""
    return _HEADLINES.get(parts[0], ReportVerdict.UNKNOWN), " \N{MIDDLE DOT} ".join(parts[1:-1])
