"""The values that flow through the pipeline: plans on the way down, results on the way up. All frozen."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl_batch.light_dataclass import dataclass

KIB, MIB, GIB, NOT_KNOWN = 1024, 1024**2, 1024**3, -1  #: the last: of a span: its first row, or how many rows
TICKS_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}  #: by the names of the units of times
if TYPE_CHECKING:  #: Real: whole in JSON is read as whole. Number: of a result; null, then None, if not finite
    Real = float
    Number = float
else:
    Real, Number = int | float, int | float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does it: the name for the audit log, beside the user the operating system knows."""

    name: str
    os_user: str
    role: str | None = None
    ip: str | None = None
    session: str | None = field(default=None, compare=False, repr=False)  #: names it and opens nothing; never stored
    withheld: tuple[str, ...] = field(default=(), compare=False, repr=False)  #: what the role may, and this user not

    def stored(self) -> dict[str, str | None]:
        """As jobs keep who made them."""
        return {"name": self.name, "os_user": self.os_user, "role": self.role, "ip": self.ip}


@dataclass(frozen=True, slots=True)
class Span:
    """A run of whole records of one input, the unit of work: bytes `start` to `stop` of the file."""

    ordinal: int  #: place of its rows in the output, from 0
    source: int  #: which input, from 0
    start: int  #: bytes; the first row begins there, or behind, where that is not known
    stop: int  #: bytes
    first_row: int  #: number of its first row within the input, from 0; NOT_KNOWN until those before it are read
    rows: int  #: bad ones included; NOT_KNOWN until they are read
    part: int = 0  #: which part file of a folder its rows go to


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
    cells_escaped: int  #: that got an apostrophe before them
    csv_bytes: int
    parquet_bytes: int  #: length of the row group's pages
    parquet_footer: bytes  #: the footer of those pages, offsets counted from their own start
    apostrophes_inside: int = 0  #: of CSV cells; see `cell_escape`
    rejected: tuple[Rejected, ...] = ()
    learned: tuple[bytes, ...] = ()  #: of each accumulator of its table; see `accumulators.accumulator`
    sample: bytes = b""  #: its part of the sample and of the totals; see `sampling.span_sample`
    sample_rows_bytes: int = 0  #: of the rows that belong to that part, which the worker writes itself
    key_bytes: int = 0  #: of the keys of its rows, which the worker writes itself; see `accumulators.key_entries`
    parquet_schema: bytes = b""  #: a footer of the same columns without rows, with a worker's first row group
    csv_buffer: int | None = None  #: which of the worker's shared buffers holds its CSV; None: none
    is_unsure: bool = False  #: nothing was made of it: it must be known first where its rows begin


@dataclass(frozen=True, slots=True)
class InputSummary:
    """One input as it was read."""

    path: Path
    format: str
    bytes: int
    rows: int
    reading: dict[str, Any] | None = None  #: how a text was read, as JSON: see `formats/csv/read_as`; None: it is none


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputIdentity:
    """Of a file under its published name: to write, replace or copy it changes one of these, a rename the last."""

    inode: int
    size: int  #: bytes
    mtime_ns: int  #: last change of the content, or what somebody set
    ctime_ns: int  #: last change of content, name, owner, permissions or of `mtime_ns`

    @classmethod
    def of(cls, found: os.stat_result) -> OutputIdentity:
        """Of what `stat` found."""
        return cls(inode=found.st_ino, size=found.st_size, mtime_ns=found.st_mtime_ns, ctime_ns=found.st_ctime_ns)


@dataclass(frozen=True, slots=True)
class OutputSummary:
    """One output as it was published."""

    path: Path
    format: str
    bytes: int
    rows: int
    sha256: str | None  #: of the file; None for a folder of parts (each part is listed by itself)
    identity: OutputIdentity | None = None  #: once it has its name; None: not known
    sha256_content: str | None = None  #: of a compressed one, before it was; None: it is none
    dialect: Mapping[str, str] | None = None  #: of a CSV: its delimiter, decimal, line_end, encoding


@dataclass(frozen=True, slots=True)
class SideFile:
    """A file that a job left beside its output: the sample, the totals of blocks, the rejected rows."""

    path: Path
    bytes: int
    sha256: str
    identity: OutputIdentity | None = None  #: as of an output


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """What an output takes the place of, and where that stays."""

    path: Path  #: of the output: a file, or a folder of parts
    kept: Path  #: where the old one is from then on
    bytes: int | None  #: None: a folder
    job_id: str | None  #: of the job that made it; None: not known
    rows: int | None  #: which it had when that job was done
    is_changed: bool = False  #: somebody changed it since
    is_report: bool = False  #: of `--report`, in the place of an older one


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile(OutputIdentity):
    """What tells a file again that a job published, short of forging."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """What a worker was shut in with; see `machine.sandbox`."""

    landlock_abi: int  #: the kernel's version of Landlock; 0: none
    filesystem: bool  #: no file is opened by name but those that the policy names
    network: bool  #: no TCP connections; no sockets of any kind where `seccomp` holds, too
    seccomp: bool  #: system calls are filtered
    no_new_privs: bool

    def weaker(self, other: Sandbox) -> Sandbox:
        """What both of two workers were shut in with."""
        return Sandbox(**{one.name: min(getattr(self, one.name), getattr(other, one.name)) for one in fields(self)})


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of the job and the time it took."""

    name: str
    seconds: Real


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumEstimate:
    """The total of one stratum."""

    stratum: str
    population: int  #: rows
    sample: int  #: rows, certainties included
    total: Number
    std_error: Real | None  #: None: the variance is not known
    ci_low: Real | None
    ci_high: Real | None
    exact_total: Real | None = None  #: whole where the measure is; None: not known
    exact_total_text: str | None = None  #: with all its digits
    warnings: tuple[str, ...] = ()  #: each begins with a word or two, such as `low n:`


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalEstimate:
    """The total of a measure with its interval, and the exact total where it is known."""

    measure: str
    total: Number
    std_error: Real | None  #: None: the variance is not known
    df: Real | None  #: degrees of freedom; None: a census, or the variance is not known
    confidence: Real  #: nominal coverage of the interval, such as 0.95
    ci_low: Real | None  #: None: no honest interval can be given
    ci_high: Real | None
    exact_total: Real | None = None  #: whole where the measure is
    exact_total_text: str | None = None  #: with all its digits
    rows_population: int
    rows_sampled: int
    method: str  #: in words, such as "stratified, Satterthwaite t, Hall's transform"
    warnings: tuple[str, ...] = ()
    strata: tuple[StratumEstimate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePoint:
    """What the machine did in the moment before."""

    seconds: Real  #: since the job began
    cpu_percent: tuple[Real, ...]  #: of each core, 0 to 100
    rss_bytes: int  #: of all processes of the job
    read_mb_s: Real  #: 10^6 bytes per second, of all processes of the job
    write_mb_s: Real
    gpu_percent: Real | None = None  #: None: no GPU answers
    gpu_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What the machine did over a job."""

    interval_seconds: Real  #: between two points
    memory_bytes: int  #: of the machine
    gpu: str | None = None  #: its name; None: no GPU answers
    points: tuple[ProfilePoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSummary:
    """One table of a job that makes several."""

    name: str
    outputs: tuple[Path, ...]  #: its folders
    columns: tuple[str, ...]
    rows_in: int
    rows_out: int
    rows_quarantined: int
    estimates: tuple[TotalEstimate, ...] = ()
    column_profile: dict[str, Any] | None = None  #: as of a job with one table


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResult:
    """The whole outcome of a job; `metadata.py` makes JSON of it."""

    job_id: str
    actor: Actor
    started_at: str  #: UTC, ISO 8601
    finished_at: str  #: UTC, ISO 8601
    inputs: tuple[InputSummary, ...]
    outputs: tuple[OutputSummary, ...]
    side_files: tuple[SideFile, ...] = ()
    rows_in: int
    rows_out: int
    rows_quarantined: int
    cells_escaped: int  #: that got an apostrophe before them
    phases: tuple[Phase, ...]
    throughput_mb_s: Number  #: 10^6 bytes of input per second, over the whole job
    peak_rss_bytes: int  #: the sum of the peaks of all processes
    cpu_seconds: Real  #: all processes
    apostrophes_inside: int = 0  #: of cells, behind what some reader takes for a separator
    versions: dict[str, str] = field(default_factory=dict)
    estimates: tuple[TotalEstimate, ...] = ()
    warnings: tuple[str, ...] = ()  #: what a user should know about the totals
    notes: tuple[str, ...] = ()  #: what a user should know of how the inputs were read
    columns: tuple[str, ...] = ()  #: of the outputs, by their names there; none: not known, or each table has its own
    tables: tuple[TableSummary, ...] = ()  #: where there are several
    records_in: int | None = None  #: of the inputs, where a row is not one of their records; None: it is
    profile: Profile | None = None
    column_profile: dict[str, Any] | None = None  #: of the only table; see `accumulators.column_profile`; None: none
    contract: dict[str, Any] | None = None  #: what the rows came to under one; see `contracts.findings`; None: none
    sandbox: Sandbox | None = None  #: what every worker was shut in with; None: there was none, or it is not known
    replaced: tuple[Replaced, ...] = ()  #: what was there before the outputs
    published: tuple[PublishedFile, ...] = ()  #: the outputs as they are since; for the job store, not in the metadata
    report_problem: str | None = None  #: why there is no report; known only when the metadata are published
    report_paths: tuple[Path, ...] = ()  #: the report, and its copy that always is the last job's
    rejects_path: Path | None = None
    metadata_path: Path | None = None


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """How far the job is."""

    phase: str  #: start, unpack, check, convert or dry run
    done_bytes: int
    total_bytes: int
    rows: int
    note: str = ""  #: something the user should know; then nothing else is reported


Progress = Callable[[ProgressReport], None]
