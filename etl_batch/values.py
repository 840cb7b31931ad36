"""The values that flow through the pipeline: plans on the way down, results on the way up. All frozen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does it: the name for the audit log, beside the user the operating system knows."""

    name: str
    os_user: str
    role: str | None = None
    ip: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A run of whole records of one input, the unit of work: bytes `start` to `stop` of the file."""

    ordinal: int  #: place of its rows in the output, from 0
    source: int  #: which input, from 0
    start: int  #: bytes
    stop: int  #: bytes
    first_row: int  #: number of its first row within the input, from 0
    rows: int  #: bad ones included
    part: int = 0  #: which Parquet part file its rows go to


@dataclass(frozen=True, slots=True)
class Rejected:
    """A bad row: a value, not an exception."""

    source: int  #: which input, from 0
    row: int  #: within the input, from 1
    byte: int  #: where the row starts in the file
    reason: str
    raw: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class PartResult:
    """What one worker made of one span."""

    span: Span
    rows_in: int
    rows_out: int
    cells_escaped: int
    csv_bytes: int
    parquet_bytes: int  #: length of the row group's pages
    parquet_footer: bytes  #: the footer of those pages, offsets counted from their own start
    rejected: tuple[Rejected, ...] = ()


@dataclass(frozen=True, slots=True)
class InputSummary:
    """One input as it was read."""

    path: Path
    format: str
    bytes: int
    rows: int


@dataclass(frozen=True, slots=True)
class OutputSummary:
    """One output as it was published."""

    path: Path
    format: str
    bytes: int
    rows: int
    sha256: str | None  #: of the file; None for a folder of parts (each part is listed by itself)


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the job and the time it took."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The whole outcome of a job; `metadata.py` writes it as JSON."""

    job_id: str
    actor: Actor
    started_at: str  #: UTC, ISO 8601
    finished_at: str  #: UTC, ISO 8601
    inputs: tuple[InputSummary, ...]
    outputs: tuple[OutputSummary, ...]
    rows_in: int
    rows_out: int
    rows_quarantined: int
    cells_escaped: int
    phases: tuple[Phase, ...]
    throughput_mb_s: float  #: 10^6 bytes of input per second, over the whole job
    peak_rss_bytes: int  #: the sum of the peaks of all processes
    cpu_seconds: float  #: all processes
    versions: dict[str, str] = field(default_factory=dict)
    rejects_path: Path | None = None
    metadata_path: Path | None = None


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far the job is."""

    phase: str  #: start, check or convert
    done_bytes: int
    total_bytes: int
    rows: int
    note: str = ""  #: something the user should know; then nothing else is reported


Progress = Callable[[ProgressReport], None]
Notice = Callable[[str], None]  #: says what a user should know
