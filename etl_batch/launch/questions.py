"""What the launch page asks of processes of their own, of the beginning of a file.

An input may be made to break what reads it, so that it is not read in the server.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from etl_batch.config import JobConfig, usable_cpus
from etl_batch.errors import CpuLimit, EtlError, OutOfMemory, TimedOut, WorkerCrashed
from etl_batch.formats.registry import format_named
from etl_batch.jobs.config_json import as_json
from etl_batch.launch.first_rows import ShownCell
from etl_batch.layouts.layout import Layout, RecordType
from etl_batch.layouts.occurrences import flattened
from etl_batch.layouts.raw_records import RawRecords
from etl_batch.layouts.toml_text import layout_text
from etl_batch.light_dataclass import dataclass
from etl_batch.machine.child_process import Limits
from etl_batch.machine.kept_process import KeptProcesses, Life
from etl_batch.machine.question import Asking, ask, error_from_answer
from etl_batch.permissions import Permission, permit
from etl_batch.sniffing.finding import Sniffed, from_json
from etl_batch.storage.closed_folders import homes_kept_closed
from etl_batch.storage.roots import Place
from etl_batch.text.first_rows import MOST_ROWS, FirstRows, WrittenRow
from etl_batch.values import GIB, Actor

_CELLS = ("plain", "escaped")
_RECORDS = 20  #: that are shown of a binary file
LOOK_SECONDS = 30.0  #: for first rows
LOOK_BYTES = 2 * GIB  #: of memory
_LOOK_MENDS: dict[type[EtlError], str] = {
    OutOfMemory: "the file cannot be shown here; `run` may still read it",
    WorkerCrashed: "look again in a minute; where it happens twice, check the file",
    TimedOut: "look again in a minute, when less is running",
    CpuLimit: "look again in a minute, when less is running",
}
_LOOKERS_LIFE = Life()
_LOOKING = Asking(
    command=["etl_batch.launch.looking"],
    limits=Limits(data_bytes=LOOK_BYTES, cpu_seconds=int(LOOK_SECONDS + _LOOKERS_LIFE.busy_seconds) * usable_cpus()),
    seconds=LOOK_SECONDS,
    who="the process that looked at the file",
    mends=_LOOK_MENDS,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is taken for."""

    format: str  #: as metadata have it
    because: str  #: in words, where its name does not say it
    rows: FirstRows | None  #: its first rows; None: they show by a layout only
    written: tuple[WrittenRow, ...] = ()  #: the same as a job writes them, where that may differ
    refused: EtlError | None = None  #: why a job would write none of them, where it shows in these rows

    @property
    def by_dialect(self) -> bool:
        """Whether it is text that may be read in several ways."""
        kind = format_named(self.format)
        return kind is not None and kind.by_dialect


def kept_lookers() -> KeptProcesses:
    """Processes that look at files, one for each user, kept for the next look."""
    return KeptProcesses(_LOOKING, _LOOKERS_LIFE)


def first_rows(
    actor: Actor, where: Place, config: JobConfig, rows: int = MOST_ROWS, by: KeptProcesses | None = None
) -> Seen:
    """What a file is, and its first rows; of a CSV as a job reads it, and not checked yet.

    Args:
        actor: who asks.
        where: the file.
        config: how it is read.
        rows: at most.
        by: the processes that look; None: one for this look alone.

    Raises:
        EtlError: as a job on this file would; or how the process ended that looked at it.
    """
    task = {"task": "rows", "config": as_json(config), "roots": _roots(config), "rows": rows}
    found = _look(actor, where, task, by)
    if found["rows"] is None:
        return Seen(found["format"], found["because"], None)
    written = tuple(WrittenRow(**{**row, **{name: tuple(row[name]) for name in _CELLS}}) for row in found["written"])
    refused = found["refused"] and error_from_answer(*found["refused"])
    return Seen(found["format"], found["because"], _rows(found["rows"]), written, refused)


def sniffed(actor: Actor, where: Place, config: JobConfig, by: KeptProcesses | None = None) -> Sniffed:
    """What the text of a file seems to be, whatever is said of it; see `first_rows`.

    Raises:
        EmptyInput: it holds nothing.
        EtlError: it may not be read, or how the process ended that looked at it.
    """
    task = {"task": "sniff", "member": config.member, "roots": _roots(config)}
    return from_json(_look(actor, where, task, by))


@dataclass(frozen=True, slots=True)
class NamedLayout:
    """A layout that is named for a file."""

    toml: str  #: as it stands in its file, or as a copybook comes to it
    notes: tuple[str, ...]  #: what a user should know of how it was read


def named_layout(actor: Actor, where: Place, config: JobConfig, by: KeptProcesses | None = None) -> NamedLayout:
    """The layout that a configuration names, for a file; see `first_rows`.

    Raises:
        LayoutInvalid: it is wrong.
        Ambiguous: it is a copybook, and nothing tells how what it does not say is to be read.
        EtlError: the file may not be read, or how the process ended that looked at it.
    """
    found = _look(actor, where, {"task": "layout", "config": as_json(config), "roots": _roots(config)}, by)
    return NamedLayout(found["toml"], tuple(found["notes"]))


@dataclass(frozen=True, slots=True)
class GuessedLength:
    """A length that the records of a file may have."""

    record_size: int
    reason: str  #: in words
    toml: str  #: a layout to begin from


def guessed_lengths(
    actor: Actor, where: Place, config: JobConfig, by: KeptProcesses | None = None
) -> tuple[GuessedLength, ...]:
    """The lengths that the records of a file may have, the likeliest first; see `first_rows`.

    Raises:
        EmptyInput: it holds nothing.
        EtlError: the file may not be read, or how the process ended that looked at it.
    """
    task = {"task": "lengths", "roots": _roots(config), "member": config.member}
    return tuple(GuessedLength(**one) for one in _look(actor, where, task, by)["lengths"])


def first_records(
    actor: Actor,
    where: Place,
    config: JobConfig,
    layout: Layout,
    by: KeptProcesses | None = None,
) -> tuple[RawRecords, tuple[tuple[ShownCell, ...], ...]]:
    """The first whole records of a binary file, where the layout says that they begin, and what they hold by it.

    Raises:
        EmptyInput: there is not one whole record.
        EtlError: as a job on this file would; or how the process ended that looked at it.
    """
    task = {
        "task": "records",
        "layout": layout_text(layout),
        "roots": _roots(config),
        "rows": _RECORDS,
        "member": config.member,
    }
    found = _look(actor, where, task, by)
    raw = RawRecords(
        size=found["size"],
        start=layout.header_bytes,
        raw=base64.b64decode(found["raw"]),
        record_size=layout.record_size,
        places=None if found["places"] is None else tuple(found["places"]),
    )
    cells = tuple(
        tuple(ShownCell(field, *cell) for field, cell in zip(flattened(layout).fields, row, strict=True))
        for row in found["cells"]
    )
    return raw, cells


@dataclass(frozen=True, slots=True)
class ShownType:
    """The first records of one of several types."""

    type: RecordType
    records: RawRecords
    cells: tuple[tuple[ShownCell, ...], ...]


@dataclass(frozen=True, slots=True)
class ShownTypes:
    """The first records of each type in a file of several."""

    types: tuple[ShownType, ...]
    seen: int  #: records that were looked at
    unknown: int  #: of these, how many are of no type
    first_unknown: int | None  #: where the first of them begins; bytes


def first_kinds(
    actor: Actor, where: Place, config: JobConfig, layout: Layout, by: KeptProcesses | None = None
) -> ShownTypes:
    """The first records of each type, and what they hold; see `first_records`.

    Raises:
        EmptyInput: there is not one whole record.
        EtlError: as a job on this file would; or how the process ended that looked at it.
    """
    task = {
        "task": "kinds", "layout": layout_text(layout), "roots": _roots(config), "rows": _RECORDS,
        "member": config.member,
    }  # fmt: skip
    found = _look(actor, where, task, by)
    types = tuple(_type(kind, its) for kind, its in zip(layout.records, found["types"], strict=True))
    return ShownTypes(types, found["seen"], found["unknown"], found["first_unknown"])


def _type(kind: RecordType, found: Mapping[str, Any]) -> ShownType:
    raw = RawRecords(
        size=found["size"], start=0, raw=base64.b64decode(found["raw"]), record_size=found["record_size"],
        places=tuple(found["places"]),
    )  # fmt: skip
    fields = flattened(kind.layout).fields
    cells = tuple(
        tuple(ShownCell(field, *cell) for field, cell in zip(fields, row, strict=True)) for row in found["cells"]
    )
    return ShownType(kind, raw, cells)


def _rows(found: Mapping[str, Any]) -> FirstRows:
    return FirstRows(**{**found, "names": tuple(found["names"]), "rows": tuple(map(tuple, found["rows"]))})


def _roots(config: JobConfig) -> list[str]:
    return [str(root) for root in config.input_roots]


def _look(actor: Actor, where: Place, task: Mapping[str, Any], by: KeptProcesses | None) -> Mapping[str, Any]:
    permit(actor, Permission.LAUNCH_JOBS)
    homes = [str(home) for home in homes_kept_closed()]
    asked = {**task, "path": str(where.path), "homes": homes}
    return ask(_LOOKING, asked) if by is None else by.ask((actor.name, actor.role), asked)
