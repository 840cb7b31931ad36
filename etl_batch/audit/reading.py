"""What the audit page and the commands ask of the log. Every function asks first whether the actor may."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path

from etl_batch.audit.chain import Entry, entry_of
from etl_batch.audit.checkpoints import Checkpoint, last_checkpoint
from etl_batch.audit.events import Action, Detail, Event, Outcome
from etl_batch.audit.files import AuditFiles
from etl_batch.audit.findings import CheckedLog
from etl_batch.audit.line_order import newest_first, oldest_first
from etl_batch.audit.log import AuditLog
from etl_batch.audit.reads import notice
from etl_batch.audit.tail import Position
from etl_batch.audit.text_search import TextSearch, text_of
from etl_batch.audit.verify import inspect
from etl_batch.cell_escape import csv_cell
from etl_batch.errors import AuditUnavailable, AuditUnreadable, SecretsExposed
from etl_batch.light_dataclass import dataclass
from etl_batch.permissions import Permission, permit
from etl_batch.values import Actor

CSV_COLUMNS = ("seq", "ts", "user", "role", "action", "target", "outcome", "job", "ip", "detail")
_MOST_AT_ONCE = 10_000

Progress = Callable[[int, int], None]  #: bytes checked, and bytes in all


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are wanted: those that fulfil all of it."""

    user: str | None = None
    action: str | None = None
    outcome: str | None = None
    job: str | None = None
    since: str | None = None  #: UTC, ISO 8601, such as 2026-01-31 or 2026-01-31T12:00:00Z; from then on
    until: str | None = None  #: before then
    text: str = ""  #: anywhere in the entry, capitals or not

    def matches(self, entry: Entry) -> bool:
        """Whether an entry fulfils it."""
        wanted = ((self.user, entry.user), (self.action, entry.action), (self.outcome, entry.outcome))
        if any(asked is not None and asked != found for asked, found in (*wanted, (self.job, entry.job))):
            return False
        if self.since is not None and entry.ts < self.since:
            return False
        if self.until is not None and entry.ts >= self.until:
            return False
        return not self.text or self.text.casefold() in text_of(entry).casefold()


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, the newest first."""

    entries: tuple[Entry, ...]
    older: Position | None  #: give it to `page` for those that follow; None: there are none
    last_seq: int  #: number of the newest entry of the whole log; 0: nothing was recorded yet


@dataclass(frozen=True, slots=True)
class Head:
    """The signed end of the log, for an auditor to keep elsewhere."""

    checkpoint: Checkpoint
    line: str  #: what is to be kept


def page(
    home: Path, actor: Actor, wanted: Filter | None = None, *, before: Position | None = None, limit: int = 50
) -> Page:
    """Entries, the newest first.

    Args:
        home: whose log.
        actor: who asks.
        wanted: which entries; None: all.
        before: `Page.older` of the page before; None: from the newest on.
        limit: how many entries, 1 to 10000.

    Raises:
        Forbidden: the actor's role does not read the log.
        AuditUnreadable: the log cannot be read.
    """
    permit(actor, Permission.READ_AUDIT_LOG)
    found: list[tuple[Position, Entry]] = []
    newest = _newest(home)
    for match in _matching(home, wanted or Filter(), before):
        found.append(match)
        if len(found) > min(max(limit, 1), _MOST_AT_ONCE):
            break
    entries = found[: min(max(limit, 1), _MOST_AT_ONCE)]
    older = entries[-1][0] if len(found) > len(entries) else None
    return Page(tuple(entry for _, entry in entries), older, newest.seq if newest else 0)


def entries_of_job(home: Path, job_id: str) -> tuple[Entry, ...]:
    """All that the log says of a job, the newest first: for us to know what is still to be said; asks no role.

    Raises:
        AuditUnreadable: the log cannot be read.
    """
    return tuple(entry for _, entry in _matching(home, Filter(job=job_id), None))


def verify(home: Path, actor: Actor, head: str | None = None, progress: Progress | None = None) -> CheckedLog:
    """Check every line, every checkpoint, and a kept head; the log itself says afterwards that it was checked.

    Args:
        home: whose log.
        actor: who asks.
        head: what an auditor kept: one or more checkpoint lines.
        progress: called now and then.

    Raises:
        Forbidden: the actor's role does not read the log.
    """
    permit(actor, Permission.READ_AUDIT_LOG)
    files = AuditFiles(home / ".secrets")
    checked = inspect(files, head=head, progress=progress)
    if not files.log.exists():
        return checked
    outcome = Outcome.OK if checked.is_sound else Outcome.FAILED
    detail: Detail = {"entries": checked.entries, "finding": str(checked.finding)}
    return _noted(home, actor, checked, Event(action=Action.LOG_VERIFIED, outcome=outcome, detail=detail))


def head(home: Path, actor: Actor) -> Head | None:
    """The signed end of the log as it is now; None: nothing was recorded yet.

    Raises:
        Forbidden: the actor's role does not read the log.
        AuditUnavailable, SecretsExposed: it cannot be read or signed.
    """
    permit(actor, Permission.READ_AUDIT_LOG)
    found = AuditLog(home).head()
    return None if found is None else Head(found, found.line())


def latest_checkpoint(home: Path, actor: Actor) -> Checkpoint | None:
    """The newest checkpoint that was signed, without signing one; None: there is none.

    Raises:
        Forbidden: the actor's role does not read the log.
        AuditUnreadable: the checkpoints cannot be read.
    """
    permit(actor, Permission.READ_AUDIT_LOG)
    try:
        return last_checkpoint(AuditFiles(home / ".secrets"))
    except OSError as error:
        raise AuditUnreadable(f"the checkpoints cannot be read ({error.strerror})") from error


def export_csv(home: Path, actor: Actor, wanted: Filter | None = None) -> Iterator[str]:
    """The entries as CSV, the oldest first, escaped so that no spreadsheet runs a cell; piece by piece.

    Raises:
        Forbidden, AuditUnreadable: see `page`.
        AuditUnavailable: that it was exported cannot be recorded, so it is not.
    """
    _export_begins(home, actor, "csv")
    return _csv(home, wanted or Filter())


def export_json_lines(home: Path, actor: Actor, wanted: Filter | None = None) -> Iterator[str]:
    """The lines as they stand in the log, the oldest first; piece by piece.

    Raises:
        Forbidden, AuditUnreadable, AuditUnavailable: see `export_csv`.
    """
    _export_begins(home, actor, "jsonl")
    return (f"{line.decode('ascii', 'backslashreplace')}\n" for line, _ in _oldest_first(home, wanted or Filter()))


def as_json(entry: Entry) -> dict[str, object]:
    """An entry as a JSON object."""
    return {name: value for name, value in asdict(entry).items() if name != "is_readable"}


def _newest(home: Path) -> Entry | None:
    return next((entry for _, entry in _matching(home, Filter(), None)), None)


def _matching(home: Path, wanted: Filter, before: Position | None) -> Iterator[tuple[Position, Entry]]:
    """Entries that match, the newest first."""
    files, sieve = AuditFiles(home / ".secrets"), _Sieve.of(wanted)
    try:
        for placed in newest_first(files, before, sieve.may_hold) if files.folder.exists() else ():
            entry = sieve.entry(placed.line)
            if entry is not None:
                yield placed.start, entry
    except OSError as error:
        raise AuditUnreadable(f"the audit log cannot be read ({error.strerror})") from error


@dataclass(frozen=True, slots=True)
class _Sieve:
    """What makes an entry of a line that matches. Most others are passed over by their bytes, without parsing them."""

    wanted: Filter
    needles: tuple[bytes, ...]  #: bytes that every line that matches has
    search: TextSearch

    @classmethod
    def of(cls, wanted: Filter) -> _Sieve:
        named = {"user": wanted.user, "action": wanted.action, "outcome": wanted.outcome, "job": wanted.job}
        needles = [f'"{name}":{json.dumps(value)}'.encode() for name, value in named.items() if value is not None]
        return cls(wanted, tuple(needles), TextSearch.of(wanted.text))

    def may_hold(self, lines: bytes) -> bool:
        return all(needle in lines for needle in self.needles) and self.search.may_be_in(lines)

    def entry(self, line: bytes) -> Entry | None:
        if not self.may_hold(line):
            return None
        entry = entry_of(line)
        is_found = self.wanted == Filter() or (entry.is_readable and self.wanted.matches(entry))
        return entry if is_found else None


def _oldest_first(home: Path, wanted: Filter) -> Iterator[tuple[bytes, Entry]]:
    sieve = _Sieve.of(wanted)
    try:
        for line in oldest_first(AuditFiles(home / ".secrets")):
            entry = sieve.entry(line)
            if entry is not None:
                yield line, entry
    except OSError as error:
        raise AuditUnreadable(f"the audit log cannot be read ({error.strerror})") from error


def _csv(home: Path, wanted: Filter) -> Iterator[str]:
    yield ",".join(CSV_COLUMNS) + "\n"
    for _, entry in _oldest_first(home, wanted):
        values = as_json(entry)
        cells = [str(entry.seq)]
        for name in CSV_COLUMNS[1:-1]:
            value = values[name]
            cells.append(csv_cell(None if value is None else str(value)))
        cells.append(csv_cell(json.dumps(entry.detail, sort_keys=True, ensure_ascii=False)))
        yield ",".join(cells) + "\n"


def _export_begins(home: Path, actor: Actor, form: str) -> None:
    permit(actor, Permission.READ_AUDIT_LOG)
    event = Event(action=Action.LOG_EXPORTED, detail={"format": form})
    AuditLog(home).record(actor, event)
    notice(event)


def _noted(home: Path, actor: Actor, checked: CheckedLog, event: Event) -> CheckedLog:
    try:
        AuditLog(home).record(actor, event)
    except (AuditUnavailable, SecretsExposed) as error:
        return replace(checked, notes=(*checked.notes, f"that it was checked could not be recorded: {error}"))
    return checked
